//! Four numbers that go together: the channels of a pixel and one to spare.
//!
//! In WebAssembly they are one vector of its 128-bit instructions; elsewhere an array, and the tests run there.

use std::ops::{Add, Mul, Sub};

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use scalar as lanes;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use wasm as lanes;

/// Four floats: red, green, blue (or another three), and a fourth that stays 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct F4(lanes::Floats);

/// Four whole numbers, likewise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct I4(lanes::Ints);

/// Eight small whole numbers: two pixels of up to four channels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct W8(lanes::Words);

/// Which of eight numbers are meant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mask8(lanes::Words);

/// The number that has these bytes, the highest first. WebAssembly has no instruction that turns them round, but one for
/// vectors.
#[inline(always)]
pub(crate) fn u64_be(bytes: [u8; 8]) -> u64 {
    lanes::u64_be(bytes)
}

impl F4 {
    #[inline(always)]
    pub(crate) fn rgb([r, g, b]: [f32; 3]) -> Self {
        Self(lanes::floats([r, g, b, 0.0]))
    }

    #[inline(always)]
    pub(crate) fn splat(value: f32) -> Self {
        Self(lanes::floats([value; 4]))
    }

    #[inline(always)]
    pub(crate) fn to_rgb(self) -> [f32; 3] {
        lanes::three_floats(self.0)
    }

    /// All four.
    #[inline(always)]
    pub(crate) fn all(lanes: [f32; 4]) -> Self {
        Self(lanes::floats(lanes))
    }

    #[inline(always)]
    pub(crate) fn to_array(self) -> [f32; 4] {
        lanes::four_floats(self.0)
    }

    /// The least of the four. None may be NaN.
    #[inline(always)]
    pub(crate) fn least(self) -> f32 {
        lanes::least(self.0)
    }

    /// The sums of four vectors.
    #[inline(always)]
    pub(crate) fn sums(four: [Self; 4]) -> Self {
        Self(lanes::sums(four.map(|vector| vector.0)))
    }

    /// The first numbers of all four, the second, and so on.
    #[inline(always)]
    pub(crate) fn transposed(four: [Self; 4]) -> [Self; 4] {
        lanes::transposed(four.map(|vector| vector.0)).map(Self)
    }

    /// To the nearest whole numbers.
    #[inline(always)]
    pub(crate) fn round(self) -> I4 {
        I4(lanes::round(self.0))
    }

    /// Two of them as bytes, without their fractions; what is below or above is the least or the most that a byte can be.
    #[inline(always)]
    pub(crate) fn to_bytes(two: [Self; 2]) -> [u8; 8] {
        lanes::bytes(two.map(|vector| vector.0))
    }

    /// The sum of the first three.
    #[inline(always)]
    pub(crate) fn sum(self) -> f32 {
        let [r, g, b] = self.to_rgb();
        r + g + b
    }
}

impl I4 {
    #[inline(always)]
    pub(crate) fn rgb([r, g, b]: [i32; 3]) -> Self {
        Self(lanes::ints([r, g, b, 0]))
    }

    #[inline(always)]
    pub(crate) fn splat(value: i32) -> Self {
        Self(lanes::ints([value; 4]))
    }

    #[inline(always)]
    pub(crate) fn to_rgb(self) -> [i32; 3] {
        lanes::three_ints(self.0)
    }

    /// All four.
    #[inline(always)]
    pub(crate) fn to_array(self) -> [i32; 4] {
        lanes::four_ints(self.0)
    }

    /// A bit for each that is not 0, the first the lowest.
    #[inline(always)]
    pub(crate) fn not_zero(self) -> u8 {
        lanes::not_zero(self.0)
    }

    #[inline(always)]
    pub(crate) fn clamp(self, low: i32, high: i32) -> Self {
        let lifted = lanes::max(self.0, lanes::ints([low; 4]));
        Self(lanes::min(lifted, lanes::ints([high; 4])))
    }

    /// Times 2 to the power of `bits`.
    #[inline(always)]
    pub(crate) fn shl(self, bits: u32) -> Self {
        Self(lanes::shl(self.0, bits))
    }

    /// Over 2 to the power of `bits`, rounded down.
    #[inline(always)]
    pub(crate) fn shr(self, bits: u32) -> Self {
        Self(lanes::shr(self.0, bits))
    }
}

impl W8 {
    #[inline(always)]
    pub(crate) fn pixels(two: [[u8; 4]; 2]) -> Self {
        Self(lanes::words(two))
    }

    /// Those that are within bytes.
    #[inline(always)]
    pub(crate) fn to_pixels(self) -> [[u8; 4]; 2] {
        lanes::pixels(self.0)
    }

    /// This one's first pixel, and another's first as the second.
    #[inline(always)]
    pub(crate) fn with_second(self, other: Self) -> Self {
        Self(lanes::firsts(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        Self(lanes::min_words(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn max(self, other: Self) -> Self {
        Self(lanes::max_words(self.0, other.0))
    }

    /// Where this is more than the other.
    #[inline(always)]
    pub(crate) fn is_more(self, other: Self) -> Mask8 {
        Mask8(lanes::are_more(self.0, other.0))
    }

    /// Half of it, rounded down.
    #[inline(always)]
    pub(crate) fn half(self) -> Self {
        Self(lanes::halves(self.0))
    }

    #[inline(always)]
    pub(crate) fn low_bytes(self) -> Self {
        Self(lanes::low_bytes(self.0))
    }
}

impl Mask8 {
    /// The first where it is meant, and elsewhere the second.
    #[inline(always)]
    pub(crate) fn choose(self, first: W8, second: W8) -> W8 {
        W8(lanes::choose(self.0, first.0, second.0))
    }
}

impl Default for W8 {
    #[inline(always)]
    fn default() -> Self {
        Self::pixels([[0; 4]; 2])
    }
}

impl Default for F4 {
    #[inline(always)]
    fn default() -> Self {
        Self::splat(0.0)
    }
}

impl Default for I4 {
    #[inline(always)]
    fn default() -> Self {
        Self::splat(0)
    }
}

macro_rules! lane_by_lane {
    ($($type:ident: $operator:ident::$method:ident = $lanes:ident;)*) => {$(
        impl $operator for $type {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(lanes::$lanes(self.0, other.0))
            }
        }
    )*};
}

lane_by_lane! {
    F4: Add::add = add_floats;
    F4: Sub::sub = sub_floats;
    F4: Mul::mul = mul_floats;
    I4: Add::add = add_ints;
    I4: Sub::sub = sub_ints;
    I4: Mul::mul = mul_ints;
    W8: Add::add = add_words;
    W8: Sub::sub = sub_words;
}

impl Mul<f32> for F4 {
    type Output = Self;

    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        self * Self::splat(factor)
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod scalar {
    pub(super) type Floats = [f32; 4];
    pub(super) type Ints = [i32; 4];

    macro_rules! each_lane {
        ($($name:ident: $vector:ident = $lane:expr;)*) => {$(
            #[inline(always)]
            pub(super) fn $name(a: $vector, b: $vector) -> $vector {
                [$lane(a[0], b[0]), $lane(a[1], b[1]), $lane(a[2], b[2]), $lane(a[3], b[3])]
            }
        )*};
    }

    each_lane! {
        add_floats: Floats = |a, b| a + b;
        sub_floats: Floats = |a, b| a - b;
        mul_floats: Floats = |a, b| a * b;
        add_ints: Ints = |a, b| a + b;
        sub_ints: Ints = |a, b| a - b;
        mul_ints: Ints = |a, b| a * b;
        min: Ints = i32::min;
        max: Ints = i32::max;
    }

    pub(super) type Words = [i16; 8];

    macro_rules! each_word {
        ($($name:ident = $lane:expr;)*) => {$(
            #[inline(always)]
            pub(super) fn $name(a: Words, b: Words) -> Words {
                std::array::from_fn(|lane| $lane(a[lane], b[lane]))
            }
        )*};
    }

    each_word! {
        add_words = i16::wrapping_add;
        sub_words = i16::wrapping_sub;
        min_words = i16::min;
        max_words = i16::max;
        are_more = |a, b| -i16::from(a > b);
    }

    pub(super) fn words([first, second]: [[u8; 4]; 2]) -> Words {
        let [a, b, c, d] = first.map(i16::from);
        let [e, f, g, h] = second.map(i16::from);
        [a, b, c, d, e, f, g, h]
    }

    pub(super) fn pixels([a, b, c, d, e, f, g, h]: Words) -> [[u8; 4]; 2] {
        [[a, b, c, d], [e, f, g, h]].map(|pixel| pixel.map(|lane| lane as u8))
    }

    pub(super) fn firsts([a, b, c, d, ..]: Words, [e, f, g, h, ..]: Words) -> Words {
        [a, b, c, d, e, f, g, h]
    }

    pub(super) fn halves(words: Words) -> Words {
        words.map(|lane| lane >> 1)
    }

    pub(super) fn low_bytes(words: Words) -> Words {
        words.map(|lane| lane & 255)
    }

    pub(super) fn choose(mask: Words, first: Words, second: Words) -> Words {
        std::array::from_fn(|lane| {
            if mask[lane] == 0 {
                second[lane]
            } else {
                first[lane]
            }
        })
    }

    pub(super) fn u64_be(bytes: [u8; 8]) -> u64 {
        u64::from_be_bytes(bytes)
    }

    pub(super) fn floats(lanes: [f32; 4]) -> Floats {
        lanes
    }

    pub(super) fn ints(lanes: [i32; 4]) -> Ints {
        lanes
    }

    pub(super) fn four_floats(vector: Floats) -> [f32; 4] {
        vector
    }

    pub(super) fn least([a, b, c, d]: Floats) -> f32 {
        a.min(b).min(c.min(d))
    }

    pub(super) fn sums(four: [Floats; 4]) -> Floats {
        four.map(|[a, b, c, d]| (a + b) + (c + d))
    }

    pub(super) fn transposed(four: [Floats; 4]) -> [Floats; 4] {
        std::array::from_fn(|lane| four.map(|vector| vector[lane]))
    }

    pub(super) fn four_ints(vector: Ints) -> [i32; 4] {
        vector
    }

    pub(super) fn not_zero([a, b, c, d]: Ints) -> u8 {
        u8::from(a != 0) | u8::from(b != 0) << 1 | u8::from(c != 0) << 2 | u8::from(d != 0) << 3
    }

    pub(super) fn round(vector: Floats) -> Ints {
        // Saturates, as the instruction does.
        vector.map(|lane| lane.round_ties_even() as i32)
    }

    pub(super) fn bytes([a, b]: [Floats; 2]) -> [u8; 8] {
        std::array::from_fn(|at| if at < 4 { a[at] as u8 } else { b[at - 4] as u8 })
    }

    pub(super) fn three_floats([a, b, c, _]: Floats) -> [f32; 3] {
        [a, b, c]
    }

    pub(super) fn three_ints([a, b, c, _]: Ints) -> [i32; 3] {
        [a, b, c]
    }

    pub(super) fn shl(vector: Ints, bits: u32) -> Ints {
        vector.map(|lane| lane << bits)
    }

    pub(super) fn shr(vector: Ints, bits: u32) -> Ints {
        vector.map(|lane| lane >> bits)
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use std::arch::wasm32::{
        f32x4, f32x4_extract_lane, f32x4_nearest, f32x4_pmin, i8x16_shuffle, i16x8_narrow_i32x4,
        i16x8_shr, i16x8_splat, i32x4, i32x4_bitmask, i32x4_extract_lane, i32x4_ne, i32x4_shuffle,
        i32x4_splat, i32x4_trunc_sat_f32x4, i64x2_shuffle, u8x16_narrow_i16x8,
        u16x8_extend_low_u8x16, u64x2, u64x2_extract_lane, v128_and, v128_bitselect,
    };
    pub(super) use std::arch::wasm32::{
        f32x4_add as add_floats, f32x4_mul as mul_floats, f32x4_sub as sub_floats,
        i16x8_add as add_words, i16x8_gt as are_more, i16x8_max as max_words,
        i16x8_min as min_words, i16x8_sub as sub_words, i32x4_add as add_ints, i32x4_max as max,
        i32x4_min as min, i32x4_mul as mul_ints, i32x4_shl as shl, i32x4_shr as shr,
        i32x4_sub as sub_ints, v128 as Floats, v128 as Ints, v128 as Words,
    };

    #[inline(always)]
    pub(super) fn words(two: [[u8; 4]; 2]) -> Words {
        let [first, second] = two.map(u32::from_le_bytes);
        let both = u64::from(first) | u64::from(second) << 32;
        u16x8_extend_low_u8x16(u64x2(both, 0))
    }

    #[inline(always)]
    pub(super) fn pixels(v: Words) -> [[u8; 4]; 2] {
        let both = u64x2_extract_lane::<0>(u8x16_narrow_i16x8(v, v));
        [both as u32, (both >> 32) as u32].map(u32::to_le_bytes)
    }

    #[inline(always)]
    pub(super) fn firsts(a: Words, b: Words) -> Words {
        i64x2_shuffle::<0, 2>(a, b)
    }

    #[inline(always)]
    pub(super) fn halves(v: Words) -> Words {
        i16x8_shr(v, 1)
    }

    #[inline(always)]
    pub(super) fn low_bytes(v: Words) -> Words {
        v128_and(v, i16x8_splat(255))
    }

    #[inline(always)]
    pub(super) fn choose(mask: Words, first: Words, second: Words) -> Words {
        v128_bitselect(first, second, mask)
    }

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
        let pairs = |a, b| {
            let (even, odd) = (
                i32x4_shuffle::<0, 2, 4, 6>(a, b),
                i32x4_shuffle::<1, 3, 5, 7>(a, b),
            );
            add_floats(even, odd)
        };
        pairs(pairs(a, b), pairs(c, d))
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lane_is_reckoned_for_itself() {
        let (a, b) = (F4::rgb([1.0, -2.0, 3.5]), F4::rgb([0.5, 4.0, 0.0]));
        assert_eq!((a + b).to_rgb(), [1.5, 2.0, 3.5]);
        assert_eq!((a - b).to_rgb(), [0.5, -6.0, 3.5]);
        assert_eq!((a * b).to_rgb(), [0.5, -8.0, 0.0]);
        assert_eq!((a * 2.0).sum(), 5.0);
        assert_eq!(
            F4::rgb([2.4, -2.6, 1e20]).round().to_rgb(),
            [2, -3, i32::MAX]
        );
        let rows = [[1.0, 2.0, 3.0, 4.0], [5.0; 4], [6.0; 4], [7.0; 4]];
        let columns = F4::transposed(rows.map(F4::all)).map(F4::to_array);
        assert_eq!(
            columns,
            [1.0, 2.0, 3.0, 4.0].map(|first| [first, 5.0, 6.0, 7.0])
        );
        let whole = F4::all([1.5, -2.5, 3.0, -1e20]).round().to_array();
        assert_eq!(whole, [2, -2, 3, i32::MIN]);
        assert_eq!(u64_be([1, 2, 3, 4, 5, 6, 7, 255]), 0x0102_0304_0506_07ff);
        let (a, b) = ([-1.0, 0.9, 254.9, 255.9], [300.0, 1e9, -1e9, 127.5]);
        assert_eq!(
            F4::to_bytes([F4::all(a), F4::all(b)]),
            [0, 0, 254, 255, 255, 255, 0, 127]
        );
        let (a, b) = (I4::rgb([1, -7, 3]), I4::rgb([2, 4, -1]));
        assert_eq!((a + b).to_rgb(), [3, -3, 2]);
        assert_eq!((a - b).to_rgb(), [-1, -11, 4]);
        assert_eq!((a * b).to_rgb(), [2, -28, -3]);
        assert_eq!(a.clamp(-1, 2).to_rgb(), [1, -1, 2]);
        assert_eq!(
            (a.shl(2).to_rgb(), a.shr(1).to_rgb()),
            ([4, -28, 12], [0, -4, 1])
        );
    }
}
