//! The inverse DCT to 1, 2, 4 or 8 values along each axis.
//!
//! A block's lowest frequencies alone are the block at fewer pixels: the cosines are those of the smaller size, and the
//! factors stay the same (ITU-T T.81, A.3.3).

use super::bits::ROOM;
use std::f32::consts::{FRAC_1_SQRT_2, PI};

/// What a size's cosines are at each place, for each frequency.
pub(super) struct Waves([[f32; 8]; 8]);

impl Waves {
    /// For so many values along an axis.
    pub(super) fn new(size: usize) -> Self {
        let wave = |frequency: usize, at: usize| {
            let angle = (2 * at + 1) as f32 * frequency as f32 * PI / (2 * size.max(1)) as f32;
            0.5 * angle.cos() * if frequency == 0 { FRAC_1_SQRT_2 } else { 1.0 }
        };
        Self(std::array::from_fn(|frequency| {
            std::array::from_fn(|at| wave(frequency, at))
        }))
    }
}

/// Turns a block's frequencies, row by row, into `X` × `height` samples at the start of `out`, whose rows lie `stride` apart, and
/// leaves zeros in their place.
pub(super) fn inverse<const X: usize>(
    block: &mut [f32; ROOM],
    height: usize,
    [along, down]: [&Waves; 2],
    out: &mut [u8],
    stride: usize,
) {
    let (rows, _) = block[..X * 8].as_chunks_mut::<X>();
    let rows = &mut rows[..height.min(8)];
    for (y, out) in out.chunks_mut(stride.max(1)).take(rows.len()).enumerate() {
        let mut column = [0.0; X];
        for (row, wave) in rows.iter().zip(&down.0) {
            for u in 0..X {
                column[u] += wave[y % 8] * row[u];
            }
        }
        // The middle of the bytes, and a half to round by.
        let mut sums = [128.5; X];
        for (value, wave) in column.iter().zip(&along.0) {
            for x in 0..X {
                sums[x] += value * wave[x];
            }
        }
        if let Some(out) = out.first_chunk_mut::<X>() {
            *out = sums.map(to_byte);
        }
    }
    rows.fill([0.0; X]);
}

/// The same of a block that has only its mean.
pub(super) fn flat<const X: usize>(mean: f32, height: usize, out: &mut [u8], stride: usize) {
    let byte = to_byte(mean / 8.0 + 128.5);
    for row in out.chunks_mut(stride.max(1)).take(height) {
        if let Some(row) = row.first_chunk_mut::<X>() {
            *row = [byte; X];
        }
    }
}

#[inline(always)]
fn to_byte(value: f32) -> u8 {
    // Within a byte, so the conversions cut off the fraction alone.
    value.clamp(0.0, 255.0) as i32 as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(values: &[(usize, f32)]) -> [f32; ROOM] {
        let mut block = [0.0; ROOM];
        values.iter().for_each(|&(at, value)| block[at] = value);
        block
    }

    #[test]
    fn eight_by_eight_is_the_formula_of_the_standard() {
        let (u, v) = (3, 5);
        let mut block = block(&[(0, 80.0), (v * 8 + u, 300.0)]);
        let waves = Waves::new(8);
        let mut out = [0; 64];
        inverse::<8>(&mut block, 8, [&waves, &waves], &mut out, 8);
        for (at, &byte) in out.iter().enumerate() {
            let cos = |f: usize, x: usize| ((2 * x + 1) as f64 * f as f64 * 0.19634954).cos();
            let exact = 138.0 + 300.0 / 4.0 * cos(u, at % 8) * cos(v, at / 8);
            assert!((exact - f64::from(byte)).abs() < 0.51, "{at}");
        }
    }

    #[test]
    fn fewer_values_are_the_means_of_those_that_they_stand_for() {
        // A slow wave along x.
        let mut full = block(&[(0, 200.0), (1, 250.0)]);
        let mut small = block(&[(0, 200.0), (1, 250.0)]);
        let (eight, two) = (Waves::new(8), Waves::new(2));
        let (mut all, mut few) = ([0; 64], [0; 2]);
        inverse::<8>(&mut full, 8, [&eight, &eight], &mut all, 8);
        inverse::<2>(&mut small, 1, [&two, &Waves::new(1)], &mut few, 2);
        for (half, &byte) in few.iter().enumerate() {
            let mean = all[half * 4..half * 4 + 4]
                .iter()
                .map(|&b| i32::from(b))
                .sum::<i32>()
                / 4;
            assert!((mean - i32::from(byte)).abs() <= 4, "{mean} and {byte}");
        }
    }

    #[test]
    fn a_flat_block_is_the_same_by_both_ways_and_stays_within_bytes() {
        let waves = Waves::new(4);
        for mean in [-5000.0, -100.0, 0.0, 333.0, 5000.0] {
            let (mut slow, mut fast) = ([0; 16], [1; 16]);
            inverse::<4>(&mut block(&[(0, mean)]), 4, [&waves, &waves], &mut slow, 4);
            flat::<4>(mean, 4, &mut fast, 4);
            assert_eq!(slow, fast);
        }
    }
}
