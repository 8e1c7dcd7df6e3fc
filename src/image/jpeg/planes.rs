//! Rows of pixels as blocks of luma and, with half the samples along both axes, of colour.

use super::super::simd::F4;
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
    const HALF: usize = UNIT / 2;
    let [upper, lower] = rows;
    let pixels = upper
        .as_chunks::<UNIT>()
        .0
        .iter()
        .zip(lower.as_chunks::<UNIT>().0);
    let [above, below] = luma.map(|row| row.as_chunks_mut::<UNIT>().0.iter_mut());
    let colors = blue
        .as_chunks_mut::<HALF>()
        .0
        .iter_mut()
        .zip(red.as_chunks_mut::<HALF>().0);
    for (((upper, lower), (above, below)), (blue, red)) in pixels.zip(above.zip(below)).zip(colors)
    {
        let mut sums = [[0.0; HALF]; 3];
        for (pixels, luma) in [(upper, above), (lower, below)] {
            let [r, g, b] = channels(pixels);
            for at in 0..UNIT {
                luma[at] = 0.299 * r[at] + 0.587 * g[at] + 0.114 * b[at] - 128.0;
            }
            for (sums, channel) in sums.iter_mut().zip([r, g, b]) {
                for at in 0..HALF {
                    sums[at] += channel[2 * at] + channel[2 * at + 1];
                }
            }
        }
        let [r, g, b] = sums;
        for at in 0..HALF {
            blue[at] = (b[at] - 0.331_264 / 0.5 * g[at] - 0.168_736 / 0.5 * r[at]) / 8.0;
            red[at] = (r[at] - 0.418_688 / 0.5 * g[at] - 0.081_312 / 0.5 * b[at]) / 8.0;
        }
    }
}

#[inline(always)]
fn channels(pixels: &[[u8; 3]; UNIT]) -> [[f32; UNIT]; 3] {
    let bytes: [[u8; UNIT]; 3] =
        std::array::from_fn(|channel| std::array::from_fn(|at| pixels[at][channel]));
    bytes.map(|channel| channel.map(f32::from))
}
