//! What goes on from pixel to pixel and from row to row.

use super::Kernel;
use crate::image::simd::I4;
use std::ops::{Add, Sub};

/// Light that can be shared out.
pub(crate) trait Light: Copy + Default + Add<Output = Self> + Sub<Output = Self> {
    /// Times 2 to the power of `bits`.
    fn times(self, bits: u32) -> Self;
    /// Over 2 to the power of `bits`, rounded down.
    fn over(self, bits: u32) -> Self;
}

/// Errors from one row to the next. There is one more at either end, for what falls off the edge.
pub(super) struct Chain<L> {
    /// For this row.
    from: Vec<L>,
    /// For the next one.
    to: Vec<L>,
    /// For the one after that.
    after: Vec<L>,
    /// Rows that are done.
    row: u32,
}

impl<L: Light> Chain<L> {
    pub(super) fn new(width: usize) -> Self {
        let none = vec![L::default(); width + 2];
        Self {
            from: none.clone(),
            to: none.clone(),
            after: none,
            row: 0,
        }
    }

    /// Whether its next row runs from left to right.
    pub(super) const fn is_forwards(&self) -> bool {
        self.row.is_multiple_of(2)
    }

    /// Rows that are done.
    pub(super) const fn row(&self) -> u32 {
        self.row
    }

    /// For the next row, which has so many pixels.
    #[inline(always)]
    pub(super) fn errors<const FORWARDS: bool>(&mut self, width: usize) -> Errors<'_, L> {
        let none = L::default();
        Errors {
            from: &self.from[1..][..width],
            to: &mut self.to[if FORWARDS { 0 } else { 2 }..][..width],
            after: &mut self.after[1..][..width],
            ahead: none,
            below: none,
            last: none,
        }
    }

    /// Takes over what is left for the pixel below the last one.
    pub(super) fn end_row<K: Kernel>(&mut self, below: L) {
        let (first, last) = (0, self.to.len() - 1);
        let place = if self.is_forwards() { last - 1 } else { 1 };
        self.to[place] = K::last(self.to[place], below);
        // What fell off would add up.
        (self.to[first], self.to[last]) = (L::default(), L::default());
        self.row += 1;
        std::mem::swap(&mut self.from, &mut self.to);
        std::mem::swap(&mut self.to, &mut self.after);
    }
}

/// Those of a row that is being dithered. All slices have the same length, and where the compiler sees that no index needs a check.
pub(super) struct Errors<'a, L> {
    pub(super) from: &'a [L],
    /// Shifted by one, so that a pixel fills in what is below the one before it.
    pub(super) to: &'a mut [L],
    pub(super) after: &'a mut [L],
    /// For the next pixel.
    pub(super) ahead: L,
    /// What has come together for the pixel below the last one.
    pub(super) below: L,
    /// What was shared out of the last error.
    pub(super) last: L,
}

impl Light for i32 {
    #[inline(always)]
    fn times(self, bits: u32) -> Self {
        self << bits
    }

    #[inline(always)]
    fn over(self, bits: u32) -> Self {
        self >> bits
    }
}

impl Light for I4 {
    #[inline(always)]
    fn times(self, bits: u32) -> Self {
        self.shl(bits)
    }

    #[inline(always)]
    fn over(self, bits: u32) -> Self {
        self.shr(bits)
    }
}
