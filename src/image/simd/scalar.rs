//! The vectors as arrays, one number after the other.

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
    and_ints: Ints = |a, b| a & b;
    min: Ints = i32::min;
    max: Ints = i32::max;
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

pub(super) fn negative(vector: Ints) -> u8 {
    not_zero(shr(vector, 31))
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

pub(super) fn sums_of_pairs([a, b]: [Floats; 2]) -> Floats {
    [a[0] + a[1], a[2] + a[3], b[0] + b[1], b[2] + b[3]]
}

pub(super) fn to_floats(vector: Ints) -> Floats {
    vector.map(|lane| lane as f32)
}

pub(super) type Bytes = [u8; 16];

pub(super) fn sixteen(bytes: &[u8; 16]) -> Bytes {
    *bytes
}

pub(super) fn to_sixteen(bytes: Bytes) -> [u8; 16] {
    bytes
}

pub(super) fn channels(thirds: [Bytes; 3]) -> [Bytes; 3] {
    let byte = |at: usize| thirds[at / 16][at % 16];
    std::array::from_fn(|channel| std::array::from_fn(|at| byte(3 * at + channel)))
}

pub(super) fn joined(channels: [Bytes; 3]) -> [Bytes; 3] {
    let byte = |at: usize| channels[at % 3][at / 3];
    std::array::from_fn(|third| std::array::from_fn(|at| byte(16 * third + at)))
}

pub(super) fn widened(bytes: Bytes) -> [Ints; 4] {
    std::array::from_fn(|four| std::array::from_fn(|at| i32::from(bytes[4 * four + at])))
}

pub(super) fn narrowed(four: [Ints; 4]) -> Bytes {
    std::array::from_fn(|at| four[at / 4][at % 4].clamp(0, 255) as u8)
}

macro_rules! each_byte {
    ($($name:ident = $lane:expr;)*) => {$(
        #[inline(always)]
        pub(super) fn $name(a: Bytes, b: Bytes) -> Bytes {
            std::array::from_fn(|lane| $lane(a[lane], b[lane]))
        }
    )*};
}

each_byte! {
    add_bytes = u8::wrapping_add;
    saturating_add = u8::saturating_add;
    saturating_sub = u8::saturating_sub;
    min_bytes = u8::min;
    max_bytes = u8::max;
    half_sum = u8::midpoint;
    are_at_least = |a, b| if a >= b { 255 } else { 0 };
}

pub(super) fn look_up(table: Bytes, places: Bytes) -> Bytes {
    places.map(|place| table[usize::from(place % 16)])
}

pub(super) fn halves(bytes: Bytes) -> [[u8; 8]; 2] {
    std::array::from_fn(|half| std::array::from_fn(|at| bytes[8 * half + at]))
}

pub(super) fn choose(mask: Bytes, first: Bytes, second: Bytes) -> Bytes {
    let lane = |lane: usize| if mask[lane] == 0 { second } else { first }[lane];
    std::array::from_fn(lane)
}

pub(super) fn fours(four: [[u8; 4]; 4]) -> Bytes {
    std::array::from_fn(|at| four[at / 4][at % 4])
}

pub(super) fn to_fours(bytes: Bytes) -> [[u8; 4]; 4] {
    std::array::from_fn(|four| std::array::from_fn(|at| bytes[4 * four + at]))
}

pub(super) fn pushed(bytes: Bytes, first: [u8; 4]) -> Bytes {
    let [a, b, c, _] = to_fours(bytes);
    fours([first, a, b, c])
}

pub(super) fn are(bytes: Bytes, byte: u8) -> u16 {
    let bits = (0..16).map(|at| u16::from(bytes[at] == byte) << at);
    bits.sum()
}
