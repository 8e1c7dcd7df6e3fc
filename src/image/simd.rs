//! Numbers that are reckoned with together: four, as the channels of a pixel and one to spare, eight or sixteen.
//!
//! In WebAssembly they are one vector of its 128-bit instructions; elsewhere an array, and the tests run there. The compiler
//! is told to make no vectors of its own: it makes them of loops that hardly ever run, too, and they weigh 3 % of the module.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;

use std::ops::{Add, BitAnd, Mul, Sub};

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

/// Sixteen bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct B16(lanes::Bytes);

/// Which of sixteen bytes are meant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mask16(lanes::Bytes);

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
    pub(crate) fn sums([a, b, c, d]: [Self; 4]) -> Self {
        Self(lanes::sums([a.0, b.0, c.0, d.0]))
    }

    /// The first numbers of all four, the second, and so on.
    #[inline(always)]
    pub(crate) fn transposed([a, b, c, d]: [Self; 4]) -> [Self; 4] {
        let [a, b, c, d] = lanes::transposed([a.0, b.0, c.0, d.0]);
        [Self(a), Self(b), Self(c), Self(d)]
    }

    /// The sums of the first and the second of eight numbers, of the third and the fourth, and so on.
    #[inline(always)]
    pub(crate) fn sums_of_pairs([a, b]: [Self; 2]) -> Self {
        Self(lanes::sums_of_pairs([a.0, b.0]))
    }

    /// To the nearest whole numbers.
    #[inline(always)]
    pub(crate) fn round(self) -> I4 {
        I4(lanes::round(self.0))
    }

    /// Two of them as bytes, without their fractions; what is below or above is the least or the most that a byte can be.
    #[inline(always)]
    pub(crate) fn to_bytes([a, b]: [Self; 2]) -> [u8; 8] {
        lanes::bytes([a.0, b.0])
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

    #[inline(always)]
    pub(crate) fn to_floats(self) -> F4 {
        F4(lanes::to_floats(self.0))
    }

    /// A bit for each that is not 0, the first the lowest.
    #[inline(always)]
    pub(crate) fn not_zero(self) -> u8 {
        lanes::not_zero(self.0)
    }

    /// A bit for each that is below 0, likewise.
    #[inline(always)]
    pub(crate) fn negative(self) -> u8 {
        lanes::negative(self.0)
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

// Nothing is mapped here, but written out: what the compiler makes of `map` is a call, which keeps vectors in memory.
impl B16 {
    #[inline(always)]
    pub(crate) fn all(lanes: &[u8; 16]) -> Self {
        Self(lanes::sixteen(lanes))
    }

    /// The channels of sixteen pixels, each for itself.
    #[inline(always)]
    pub(crate) fn channels(pixels: &[[u8; 3]; 16]) -> [Self; 3] {
        let (thirds, _) = pixels.as_flattened().as_chunks();
        let Some([a, b, c]) = thirds.first_chunk() else {
            return [Self::default(); 3];
        };
        let [a, b, c] = lanes::channels([lanes::sixteen(a), lanes::sixteen(b), lanes::sixteen(c)]);
        [Self(a), Self(b), Self(c)]
    }

    /// The other way about.
    #[inline(always)]
    pub(crate) fn write_pixels([a, b, c]: [Self; 3], pixels: &mut [[u8; 3]; 16]) {
        let [a, b, c] = lanes::joined([a.0, b.0, c.0]);
        let (thirds, _) = pixels.as_flattened_mut().as_chunks_mut();
        if let Some(thirds) = thirds.first_chunk_mut() {
            *thirds = [
                lanes::to_sixteen(a),
                lanes::to_sixteen(b),
                lanes::to_sixteen(c),
            ];
        }
    }

    #[inline(always)]
    pub(crate) fn to_ints(self) -> [I4; 4] {
        let [a, b, c, d] = lanes::widened(self.0);
        [I4(a), I4(b), I4(c), I4(d)]
    }

    /// What is below or above becomes the least or the most that a byte can be.
    #[inline(always)]
    pub(crate) fn from_ints([a, b, c, d]: [I4; 4]) -> Self {
        Self(lanes::narrowed([a.0, b.0, c.0, d.0]))
    }

    /// Four pixels of up to four channels.
    #[inline(always)]
    pub(crate) fn pixels(four: [[u8; 4]; 4]) -> Self {
        Self(lanes::fours(four))
    }

    #[inline(always)]
    pub(crate) fn to_pixels(self) -> [[u8; 4]; 4] {
        lanes::to_fours(self.0)
    }

    /// This pixel, and then the first three.
    #[inline(always)]
    pub(crate) fn pushed(self, first: [u8; 4]) -> Self {
        Self(lanes::pushed(self.0, first))
    }

    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        Self(lanes::min_bytes(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn max(self, other: Self) -> Self {
        Self(lanes::max_bytes(self.0, other.0))
    }

    /// Both together, or the most that a byte can be.
    #[inline(always)]
    pub(crate) fn more(self, other: Self) -> Self {
        Self(lanes::saturating_add(self.0, other.0))
    }

    /// Without the other, or 0.
    #[inline(always)]
    pub(crate) fn less(self, other: Self) -> Self {
        Self(lanes::saturating_sub(self.0, other.0))
    }

    /// Half of both together, rounded down.
    #[inline(always)]
    pub(crate) fn half_sum(self, other: Self) -> Self {
        Self(lanes::half_sum(self.0, other.0))
    }

    /// From this table of sixteen what stands at these places, all of which are below 16.
    #[inline(always)]
    pub(crate) fn look_up(self, places: Self) -> Self {
        Self(lanes::look_up(self.0, places.0))
    }

    /// The first eight, and the others.
    #[inline(always)]
    pub(crate) fn halves(self) -> [[u8; 8]; 2] {
        lanes::halves(self.0)
    }

    #[inline(always)]
    pub(crate) fn is_at_least(self, other: Self) -> Mask16 {
        Mask16(lanes::are_at_least(self.0, other.0))
    }

    /// A bit for each that is this byte, the first the lowest.
    #[inline(always)]
    pub(crate) fn are(self, byte: u8) -> u16 {
        lanes::are(self.0, byte)
    }
}

impl Mask16 {
    /// The first where it is meant, and elsewhere the second.
    #[inline(always)]
    pub(crate) fn choose(self, first: B16, second: B16) -> B16 {
        B16(lanes::choose(self.0, first.0, second.0))
    }
}

impl Default for B16 {
    #[inline(always)]
    fn default() -> Self {
        Self::all(&[0; 16])
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
    I4: BitAnd::bitand = and_ints;
    B16: Add::add = add_bytes;
}

impl Mul<f32> for F4 {
    type Output = Self;

    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        self * Self::splat(factor)
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
