//! Rows of pixels as blocks of luma and, with half the samples along both axes, of colour.

use super::super::simd::{B16, F4};
use super::forward::Block;
use std::iter::Peekable;

/// Pixels along a side of a unit: four blocks of luma, one of each colour.
const UNIT: usize = 16;
/// Samples along a side of a block.
const SIDE: usize = 8;

/// A row of units. All samples are around 0.
pub(super) struct Planes {
    width: usize,
    /// Two rows of pixels, the last pixel repeated up to whole units.
    rows: [Vec<[u8; 3]>; 2],
    luma: Vec<f32>,
    blue: Vec<f32>,
    red: Vec<f32>,
}

impl Planes {
    /// For rows of so many pixels.
    pub(super) fn new(width: usize) -> Self {
        let width = width.next_multiple_of(UNIT);
        let half = || vec![0.0; width / 2 * SIDE];
        Self {
            width,
            rows: [vec![[0; 3]; width], vec![[0; 3]; width]],
            luma: vec![0.0; width * UNIT],
            blue: half(),
            red: half(),
        }
    }

    /// Takes the next rows; at the end of the picture its last one is repeated. Whether there were any.
    pub(super) fn fill<'a>(
        &mut self,
        pixels: &mut Peekable<impl Iterator<Item = &'a [[u8; 3]]>>,
    ) -> bool {
        if pixels.peek().is_none() {
            return false;
        }
        let lumas = self.luma.chunks_exact_mut(self.width * 2);
        let blues = self.blue.chunks_exact_mut(self.width / 2);
        let colors = blues.zip(self.red.chunks_exact_mut(self.width / 2));
        for (luma, (blue, red)) in lumas.zip(colors) {
            let [upper, lower] = &mut self.rows;
            fill_row(upper, pixels.next(), lower);
            fill_row(lower, pixels.next(), upper);
            let (above, below) = luma.split_at_mut(self.width);
            convert(&self.rows, [above, below], blue, red);
        }
        true
    }

    pub(super) const fn units(&self) -> usize {
        self.width / UNIT
    }

    /// The blocks of a unit in their order, each with the number of its component.
    pub(super) fn blocks(&self, unit: usize) -> impl Iterator<Item = (usize, Block)> {
        let (x, half) = (unit * UNIT, self.width / 2);
        let below = x + SIDE * self.width;
        let places = [
            (0, &self.luma, x, self.width),
            (0, &self.luma, x + SIDE, self.width),
            (0, &self.luma, below, self.width),
            (0, &self.luma, below + SIDE, self.width),
            (1, &self.blue, x / 2, half),
            (2, &self.red, x / 2, half),
        ];
        let places = places.into_iter();
        places.map(|(component, samples, start, stride)| (component, block(samples, start, stride)))
    }
}

/// A row from the picture's, or from the one before.
fn fill_row(row: &mut [[u8; 3]], pixels: Option<&[[u8; 3]]>, before: &[[u8; 3]]) {
    let pixels = pixels.unwrap_or(before);
    // Neither is empty, and the row is at least as long.
    let (within, beyond) = row.split_at_mut(pixels.len().min(row.len()));
    within.copy_from_slice(&pixels[..within.len()]);
    beyond.fill(*pixels.last().unwrap_or(&[0; 3]));
}

#[inline(always)]
fn block(samples: &[f32], start: usize, stride: usize) -> Block {
    [start, start + SIDE / 2].map(|start| {
        std::array::from_fn(|y| {
            let row = samples.get(start + y * stride..);
            F4::all(
                *row.and_then(|row| row.first_chunk())
                    .unwrap_or(&[0.0; SIDE / 2]),
            )
        })
    })
}

/// Two rows of pixels to luma, and their fours to colours (JFIF 1.02).
#[inline(never)]
fn convert(rows: &[Vec<[u8; 3]>; 2], luma: [&mut [f32]; 2], blue: &mut [f32], red: &mut [f32]) {
    let [upper, lower] = rows.each_ref().map(|row| row.as_chunks::<UNIT>().0);
    let [above, below] = luma.map(|row| row.as_chunks_mut::<UNIT>().0);
    let lumas = above.iter_mut().zip(below);
    let [blue, red] = [blue, red].map(|row| row.as_chunks_mut::<SIDE>().0);
    let colors = blue.iter_mut().zip(red);
    for ((pixels, (above, below)), (blue, red)) in upper.iter().zip(lower).zip(lumas).zip(colors) {
        let (above, below) = (to_luma(pixels.0, above), to_luma(pixels.1, below));
        for at in [0, 1] {
            let sum = |channel: usize| above[channel][at] + below[channel][at];
            let (r, g, b) = (sum(0), sum(1), sum(2));
            let of_blue = b - g * (0.331_264 / 0.5) - r * (0.168_736 / 0.5);
            let of_red = r - g * (0.418_688 / 0.5) - b * (0.081_312 / 0.5);
            write(blue, at, of_blue * 0.125);
            write(red, at, of_red * 0.125);
        }
    }
}

/// The luma of a row, and the sums of its pairs of pixels, channel by channel.
#[inline(always)]
fn to_luma(pixels: &[[u8; 3]; UNIT], luma: &mut [f32; UNIT]) -> [[F4; 2]; 3] {
    let [r, g, b] = B16::channels(pixels);
    let [r, g, b] = [floats(r), floats(g), floats(b)];
    for at in 0..4 {
        let sum = r[at] * 0.299 + g[at] * 0.587 + b[at] * 0.114;
        write(luma, at, sum - F4::splat(128.0));
    }
    [sums_of_pairs(r), sums_of_pairs(g), sums_of_pairs(b)]
}

#[inline(always)]
fn floats(channel: B16) -> [F4; 4] {
    let [a, b, c, d] = channel.to_ints();
    [a.to_floats(), b.to_floats(), c.to_floats(), d.to_floats()]
}

#[inline(always)]
fn sums_of_pairs([a, b, c, d]: [F4; 4]) -> [F4; 2] {
    [F4::sums_of_pairs([a, b]), F4::sums_of_pairs([c, d])]
}

/// The vector of this number in a row.
#[inline(always)]
fn write(row: &mut [f32], at: usize, vector: F4) {
    if let Some(place) = row.as_chunks_mut().0.get_mut(at) {
        *place = vector.to_array();
    }
}
