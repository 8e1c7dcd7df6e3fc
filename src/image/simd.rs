//! Four floats that go together: the channels of a pixel and one to spare. The compiler makes vector instructions of it.

use std::ops::{Add, AddAssign, Mul, Sub};

/// Red, green, blue (or another three), and a fourth that stays 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(16))]
pub(crate) struct F4(pub(crate) [f32; 4]);

impl F4 {
    pub(crate) const fn rgb([r, g, b]: [f32; 3]) -> Self {
        Self([r, g, b, 0.0])
    }

    pub(crate) const fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    pub(crate) fn clamp(self, low: f32, high: f32) -> Self {
        // Two comparisons that are each one instruction; `f32::clamp` minds NaN, of which there is none here.
        let lifted = self.0.map(|v| if low < v { v } else { low });
        Self(lifted.map(|v| if v < high { v } else { high }))
    }

    /// The sum of the four products.
    #[inline(always)]
    pub(crate) fn dot(self, other: Self) -> f32 {
        let Self([a, b, c, d]) = self * other;
        (a + b) + (c + d)
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let (a, b) = (self.0, other.0);
        Self([f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])])
    }
}

impl Add for F4 {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl AddAssign for F4 {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for F4 {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl Mul for F4 {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
}

impl Mul<f32> for F4 {
    type Output = Self;

    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        self * Self::splat(factor)
    }
}
