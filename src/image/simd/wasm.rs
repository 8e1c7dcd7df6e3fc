//! The vectors as those of WebAssembly's 128-bit instructions.

use std::arch::wasm32::{
    f32x4, f32x4_convert_i32x4, f32x4_extract_lane, f32x4_nearest, f32x4_pmin, i8x16_bitmask,
    i8x16_eq, i8x16_shuffle, i8x16_swizzle, i16x8_narrow_i32x4, i32x4, i32x4_bitmask,
    i32x4_extract_lane, i32x4_ne, i32x4_shuffle, i32x4_splat, i32x4_trunc_sat_f32x4, u8x16_avgr,
    u8x16_narrow_i16x8, u8x16_splat, u8x16_sub, u16x8_extend_high_u8x16, u16x8_extend_low_u8x16,
    u32x4_extend_high_u16x8, u32x4_extend_low_u16x8, u64x2, u64x2_extract_lane, v128_and,
    v128_bitselect, v128_xor,
};
pub(super) use std::arch::wasm32::{
    f32x4_add as add_floats, f32x4_mul as mul_floats, f32x4_sub as sub_floats,
    i32x4_add as add_ints, i32x4_max as max, i32x4_min as min, i32x4_mul as mul_ints,
    i32x4_shl as shl, i32x4_shr as shr, i32x4_sub as sub_ints, u8x16_add as add_bytes,
    u8x16_add_sat as saturating_add, u8x16_max as max_bytes, u8x16_min as min_bytes,
    u8x16_sub_sat as saturating_sub, v128 as Floats, v128 as Ints, v128 as Bytes,
    v128_and as and_ints,
};

#[inline(always)]
pub(super) fn u64_be(bytes: [u8; 8]) -> u64 {
    let v = u64x2(u64::from_le_bytes(bytes), 0);
    let turned = i8x16_shuffle::<7, 6, 5, 4, 3, 2, 1, 0, 8, 9, 10, 11, 12, 13, 14, 15>(v, v);
    u64x2_extract_lane::<0>(turned)
}

#[inline(always)]
pub(super) fn floats([a, b, c, d]: [f32; 4]) -> Floats {
    f32x4(a, b, c, d)
}

#[inline(always)]
pub(super) fn ints([a, b, c, d]: [i32; 4]) -> Ints {
    i32x4(a, b, c, d)
}

#[inline(always)]
pub(super) fn four_floats(v: Floats) -> [f32; 4] {
    let [a, b, c] = three_floats(v);
    [a, b, c, f32x4_extract_lane::<3>(v)]
}

#[inline(always)]
pub(super) fn least(v: Floats) -> f32 {
    let two = f32x4_pmin(v, i32x4_shuffle::<2, 3, 0, 1>(v, v));
    let one = f32x4_pmin(two, i32x4_shuffle::<1, 0, 3, 2>(two, two));
    f32x4_extract_lane::<0>(one)
}

/// In pairs, as the scalar ones.
#[inline(always)]
pub(super) fn sums([a, b, c, d]: [Floats; 4]) -> Floats {
    sums_of_pairs([sums_of_pairs([a, b]), sums_of_pairs([c, d])])
}

#[inline(always)]
pub(super) fn transposed([a, b, c, d]: [Floats; 4]) -> [Floats; 4] {
    let low = |a, b| i32x4_shuffle::<0, 4, 1, 5>(a, b);
    let high = |a, b| i32x4_shuffle::<2, 6, 3, 7>(a, b);
    let first = |a, b| i32x4_shuffle::<0, 1, 4, 5>(a, b);
    let second = |a, b| i32x4_shuffle::<2, 3, 6, 7>(a, b);
    let [ab, cd] = [low(a, b), low(c, d)];
    let [ab_high, cd_high] = [high(a, b), high(c, d)];
    [
        first(ab, cd),
        second(ab, cd),
        first(ab_high, cd_high),
        second(ab_high, cd_high),
    ]
}

#[inline(always)]
pub(super) fn not_zero(v: Ints) -> u8 {
    i32x4_bitmask(i32x4_ne(v, i32x4_splat(0)))
}

#[inline(always)]
pub(super) fn negative(v: Ints) -> u8 {
    i32x4_bitmask(v)
}

#[inline(always)]
pub(super) fn four_ints(v: Ints) -> [i32; 4] {
    let [a, b, c] = three_ints(v);
    [a, b, c, i32x4_extract_lane::<3>(v)]
}

#[inline(always)]
pub(super) fn round(v: Floats) -> Ints {
    i32x4_trunc_sat_f32x4(f32x4_nearest(v))
}

#[inline(always)]
pub(super) fn bytes([a, b]: [Floats; 2]) -> [u8; 8] {
    let whole = i16x8_narrow_i32x4(i32x4_trunc_sat_f32x4(a), i32x4_trunc_sat_f32x4(b));
    u64x2_extract_lane::<0>(u8x16_narrow_i16x8(whole, whole)).to_le_bytes()
}

#[inline(always)]
pub(super) fn three_floats(v: Floats) -> [f32; 3] {
    [
        f32x4_extract_lane::<0>(v),
        f32x4_extract_lane::<1>(v),
        f32x4_extract_lane::<2>(v),
    ]
}

#[inline(always)]
pub(super) fn three_ints(v: Ints) -> [i32; 3] {
    [
        i32x4_extract_lane::<0>(v),
        i32x4_extract_lane::<1>(v),
        i32x4_extract_lane::<2>(v),
    ]
}

#[inline(always)]
pub(super) fn sums_of_pairs([a, b]: [Floats; 2]) -> Floats {
    let (even, odd) = (
        i32x4_shuffle::<0, 2, 4, 6>(a, b),
        i32x4_shuffle::<1, 3, 5, 7>(a, b),
    );
    add_floats(even, odd)
}

#[inline(always)]
pub(super) fn to_floats(v: Ints) -> Floats {
    f32x4_convert_i32x4(v)
}

#[inline(always)]
pub(super) fn sixteen(bytes: &[u8; 16]) -> Bytes {
    let both = u128::from_le_bytes(*bytes);
    u64x2(both as u64, (both >> 64) as u64)
}

#[inline(always)]
pub(super) fn to_sixteen(v: Bytes) -> [u8; 16] {
    let (low, high) = (u64x2_extract_lane::<0>(v), u64x2_extract_lane::<1>(v));
    (u128::from(low) | u128::from(high) << 64).to_le_bytes()
}

/// What the first two thirds have of each channel, and then what the last one has.
#[inline(always)]
pub(super) fn channels([a, b, c]: [Bytes; 3]) -> [Bytes; 3] {
    let [first, second, third] = [
        i8x16_shuffle::<0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0>(a, b),
        i8x16_shuffle::<1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0>(a, b),
        i8x16_shuffle::<2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0>(a, b),
    ];
    [
        i8x16_shuffle::<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29>(first, c),
        i8x16_shuffle::<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30>(second, c),
        i8x16_shuffle::<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31>(third, c),
    ]
}

/// What the first two channels have of each third, and then what the last one has.
#[inline(always)]
pub(super) fn joined([a, b, c]: [Bytes; 3]) -> [Bytes; 3] {
    let [first, second, third] = [
        i8x16_shuffle::<0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5>(a, b),
        i8x16_shuffle::<21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26>(a, b),
        i8x16_shuffle::<0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0>(a, b),
    ];
    [
        i8x16_shuffle::<0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15>(first, c),
        i8x16_shuffle::<0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15>(second, c),
        i8x16_shuffle::<26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31>(third, c),
    ]
}

#[inline(always)]
pub(super) fn widened(v: Bytes) -> [Ints; 4] {
    let (low, high) = (u16x8_extend_low_u8x16(v), u16x8_extend_high_u8x16(v));
    [
        u32x4_extend_low_u16x8(low),
        u32x4_extend_high_u16x8(low),
        u32x4_extend_low_u16x8(high),
        u32x4_extend_high_u16x8(high),
    ]
}

#[inline(always)]
pub(super) fn narrowed([a, b, c, d]: [Ints; 4]) -> Bytes {
    u8x16_narrow_i16x8(i16x8_narrow_i32x4(a, b), i16x8_narrow_i32x4(c, d))
}

#[inline(always)]
pub(super) fn fours([a, b, c, d]: [[u8; 4]; 4]) -> Bytes {
    let number = i32::from_le_bytes;
    i32x4(number(a), number(b), number(c), number(d))
}

#[inline(always)]
pub(super) fn to_fours(v: Bytes) -> [[u8; 4]; 4] {
    let [a, b, c, d] = four_ints(v);
    [
        a.to_le_bytes(),
        b.to_le_bytes(),
        c.to_le_bytes(),
        d.to_le_bytes(),
    ]
}

#[inline(always)]
pub(super) fn pushed(v: Bytes, first: [u8; 4]) -> Bytes {
    i32x4_shuffle::<3, 4, 5, 6>(i32x4_splat(i32::from_le_bytes(first)), v)
}

#[inline(always)]
pub(super) fn half_sum(a: Bytes, b: Bytes) -> Bytes {
    // The instruction rounds up.
    let odd = v128_and(v128_xor(a, b), u8x16_splat(1));
    u8x16_sub(u8x16_avgr(a, b), odd)
}

#[inline(always)]
pub(super) fn are_at_least(a: Bytes, b: Bytes) -> Bytes {
    i8x16_eq(max_bytes(a, b), a)
}

#[inline(always)]
pub(super) fn look_up(table: Bytes, places: Bytes) -> Bytes {
    i8x16_swizzle(table, places)
}

#[inline(always)]
pub(super) fn halves(v: Bytes) -> [[u8; 8]; 2] {
    let (low, high) = (u64x2_extract_lane::<0>(v), u64x2_extract_lane::<1>(v));
    [low.to_le_bytes(), high.to_le_bytes()]
}

#[inline(always)]
pub(super) fn choose(mask: Bytes, first: Bytes, second: Bytes) -> Bytes {
    v128_bitselect(first, second, mask)
}

#[inline(always)]
pub(super) fn are(v: Bytes, byte: u8) -> u16 {
    i8x16_bitmask(i8x16_eq(v, u8x16_splat(byte)))
}
