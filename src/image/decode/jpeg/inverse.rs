//! The inverse DCT to 1 to 16 values along each axis.
//!
//! A block's lowest frequencies alone are the block at fewer pixels, and all of them with zeros for higher ones the block at
//! more: the cosines are those of the other size, and the factors stay the same (ITU-T T.81, A.3.3).

use super::bits::{NOWHERE, Places, ROOM, Used};
use crate::image::simd::F4;
use crate::image::zigzag::ZIGZAG;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The most values along an axis.
pub(super) const MOST: usize = 16;

/// Numbers of a vector.
const LANES: usize = 4;

/// How many frequencies of a row have room for so many values: enough, in whole vectors.
const fn frequencies(size: usize) -> usize {
    if size > LANES { 2 * LANES } else { LANES }
}

/// How many values of a block of a component with so many in a unit there may be, where the most have so many: as many as there
/// are pixels, where the inverse has that many.
pub(super) fn size(own: usize, most: usize, eighths: usize) -> usize {
    (most * eighths).div_ceil(own.max(1)).clamp(1, MOST)
}

/// Where the coefficients of a block go that becomes so many values along x and y.
pub(super) fn places(size: (usize, usize), factors: [f32; 64]) -> Places {
    let mut places = [NOWHERE; 64];
    let mut marks = [Used::default(); 64];
    for ((place, mark), &at) in places.iter_mut().zip(&mut marks).zip(&ZIGZAG) {
        let (u, v) = (usize::from(at % 8), usize::from(at / 8));
        if u < size.0 && v < size.1 {
            // Below 64.
            *place = (v * frequencies(size.0) + u) as u8;
            *mark = Used::place(u, v);
        }
    }
    Places {
        places,
        marks,
        factors,
        end: kept(size),
    }
}

/// How many of a block's first coefficients, in the order of the file, there is use for at this size.
pub(super) fn kept(size: (usize, usize)) -> usize {
    let is_used = |at: &u8| usize::from(at % 8) < size.0 && usize::from(at / 8) < size.1;
    ZIGZAG.iter().rposition(is_used).unwrap_or(0) + 1
}

/// What a size's cosines are at each place, for each frequency.
pub(super) struct Waves([[f32; MOST]; 8]);

impl Waves {
    /// For so many values along an axis.
    pub(super) fn new(size: usize) -> Self {
        let wave = |frequency: usize, at: usize| {
            let angle = (2 * at + 1) as f64 * frequency as f64 * PI / (2 * size.max(1)) as f64;
            (0.5 * angle.cos() * if frequency == 0 { FRAC_1_SQRT_2 } else { 1.0 }) as f32
        };
        Self(std::array::from_fn(|frequency| {
            std::array::from_fn(|at| wave(frequency, at))
        }))
    }
}

/// Where a block's samples go.
pub(super) struct Rows<'a> {
    out: &'a mut [u8],
    height: usize,
    stride: usize,
}

impl<'a> Rows<'a> {
    /// So many rows, the first at the start of `out` and the next each `stride` further.
    pub(super) fn new(out: &'a mut [u8], height: usize, stride: usize) -> Self {
        Self {
            out,
            height: height.min(MOST),
            stride: stride.max(1),
        }
    }

    /// The first samples of each, `X` vectors of them.
    fn iter<const X: usize>(&mut self) -> impl Iterator<Item = &mut [[u8; LANES]; X]> {
        let rows = self.out.chunks_mut(self.stride).take(self.height);
        rows.filter_map(|row| row.as_chunks_mut().0.first_chunk_mut())
    }
}

/// A block to samples, so many in each row; of its coefficients but the mean there are only zeros left.
#[inline(always)]
pub(super) fn samples(
    size: usize,
    block: &mut [f32; ROOM],
    used: Used,
    waves: &[Waves; 2],
    out: &mut Rows<'_>,
) {
    match size {
        1..=4 => samples_by::<1, 1>(block, used, waves, out),
        5..=8 => samples_by::<2, 2>(block, used, waves, out),
        _ => samples_by::<2, 4>(block, used, waves, out),
    }
}

#[inline(always)]
fn samples_by<const U: usize, const X: usize>(
    block: &mut [f32; ROOM],
    used: Used,
    waves: &[Waves; 2],
    out: &mut Rows<'_>,
) {
    if used.is_none() {
        flat::<X>(block[0], out);
    } else {
        inverse::<U, X>(block, used, waves, out);
    }
}

/// Turns a block's frequencies, in rows of `U` vectors, into `X` vectors of samples in each row of `out`, and leaves zeros in their
/// place. Of the samples those beyond the block's size mean nothing: the next block is written over them.
fn inverse<const U: usize, const X: usize>(
    block: &mut [f32; ROOM],
    used: Used,
    [along, down]: &[Waves; 2],
    out: &mut Rows<'_>,
) {
    // Most blocks have few high frequencies. Where there are few in any case, steps of a fixed number are quicker.
    let (tall, wide) = match U {
        1 => (out.height, LANES),
        _ => used.extent(),
    };
    let (rows, _) = block.as_chunks_mut::<LANES>().0.as_chunks_mut::<U>();
    let rows = &mut rows[..tall.min(8)];
    for (y, out) in out.iter::<X>().enumerate() {
        let mut column = [F4::default(); U];
        for (row, wave) in rows.iter().zip(&down.0) {
            let wave = F4::splat(wave[y % MOST]);
            for u in 0..U {
                column[u] = column[u] + wave * F4::all(row[u]);
            }
        }
        // The middle of the bytes, and a half to round by.
        let mut sums = [F4::splat(128.5); X];
        let column = column.map(F4::to_array);
        let values = column.as_flattened();
        for (value, wave) in values[..wide.min(U * LANES)].iter().zip(&along.0) {
            let (value, wave) = (F4::splat(*value), wave.as_chunks::<LANES>().0);
            for x in 0..X {
                sums[x] = sums[x] + value * F4::all(wave[x]);
            }
        }
        *out = to_bytes(sums);
    }
    rows.fill([[0.0; LANES]; U]);
}

/// The same of a block that has only its mean.
fn flat<const X: usize>(mean: f32, out: &mut Rows<'_>) {
    let bytes = to_bytes([F4::splat(mean / 8.0 + 128.5); X]);
    out.iter().for_each(|row| *row = bytes);
}

#[inline(always)]
fn to_bytes<const X: usize>(sums: [F4; X]) -> [[u8; LANES]; X] {
    let mut bytes = [[0; LANES]; X];
    let (eights, four) = bytes.as_flattened_mut().as_chunks_mut();
    let (pairs, one) = sums.as_chunks();
    eights
        .iter_mut()
        .zip(pairs)
        .for_each(|(to, pair)| *to = F4::to_bytes(*pair));
    for sums in one {
        let bytes = F4::to_bytes([*sums; 2]);
        four.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    }
    bytes
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
        inverse::<2, 2>(
            &mut block,
            Used::place(u, v),
            &[waves, Waves::new(8)],
            &mut Rows::new(&mut out, 8, 8),
        );
        for (at, &byte) in out.iter().enumerate() {
            let cos = |f: usize, x: usize| ((2 * x + 1) as f64 * f as f64 * 0.19634954).cos();
            let exact = 138.0 + 300.0 / 4.0 * cos(u, at % 8) * cos(v, at / 8);
            assert!((exact - f64::from(byte)).abs() < 0.51, "{at}");
        }
    }

    /// The values along x of a block with this wave, at so many of them.
    fn along(values: &[(usize, f32)], size: usize) -> Vec<u8> {
        let mut out = [0; MOST];
        let (block, rows) = (&mut block(values), &mut Rows::new(&mut out, 1, MOST));
        let waves = [Waves::new(size), Waves::new(1)];
        match size {
            1..=4 => inverse::<1, 1>(block, Used::place(1, 0), &waves, rows),
            5..=8 => inverse::<2, 2>(block, Used::place(1, 0), &waves, rows),
            _ => inverse::<2, 4>(block, Used::place(1, 0), &waves, rows),
        }
        out[..size].to_vec()
    }

    #[test]
    fn fewer_or_more_values_are_the_same_wave() {
        // A slow wave along x, by the formula at the middle of each of so many parts.
        for size in 1..=MOST {
            let found = along(&[(0, 200.0), (1, 250.0)], size);
            for (at, byte) in found.iter().enumerate() {
                let angle = (2 * at + 1) as f64 * std::f64::consts::PI / (2 * size) as f64;
                let wave = if size > 1 { angle.cos() } else { 0.0 };
                let exact = 128.0 + 25.0 + 250.0 / 4.0 * wave / 2.0_f64.sqrt();
                let byte = f64::from(*byte);
                assert!((exact - byte).abs() < 0.51, "{size}: {byte} for {exact}");
            }
        }
    }

    #[test]
    fn a_flat_block_is_the_same_by_both_ways_and_stays_within_bytes() {
        let waves = [4, 4].map(Waves::new);
        for mean in [-5000.0, -100.0, 0.0, 333.0, 5000.0] {
            let (mut slow, mut fast) = ([0; 16], [1; 16]);
            let block = &mut block(&[(0, mean)]);
            inverse::<1, 1>(
                block,
                Used::default(),
                &waves,
                &mut Rows::new(&mut slow, 4, 4),
            );
            flat::<1>(mean, &mut Rows::new(&mut fast, 4, 4));
            assert_eq!(slow, fast);
        }
    }
}
