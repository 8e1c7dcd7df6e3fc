//! The forward DCT of a block and its quantisation.

use super::super::simd::F4;

/// The left half of a block and the right one: four numbers of each row.
pub(super) type Block = [[F4; 8]; 2];

/// The coefficients of a block, in rows of 8.
pub(super) struct Coefficients {
    pub(super) values: [i32; 64],
    /// A bit for each that is not 0.
    pub(super) used: u64,
}

/// The steps of the coefficients, in rows of 8: of luma and of colours (T.81, tables K.1 and K.2), for quality 50.
const STEPS: [[u8; 64]; 2] = [
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69,
        56, 14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81,
        104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ],
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99,
        99, 47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ],
];

/// How many hundredths of those for quality 50 the steps of a quality are (the scale of the Independent JPEG Group).
pub(super) const fn hundredths(quality: u8) -> u32 {
    let quality = if quality == 0 { 1 } else { quality };
    match quality {
        0..50 => 5000 / quality as u32,
        50..100 => 200 - 2 * quality as u32,
        _ => 0,
    }
}

/// The steps of luma and of colours for a quality, in rows of 8.
pub(super) fn steps(quality: u8) -> [[u8; 64]; 2] {
    let mut steps = STEPS;
    scale(steps.as_flattened_mut(), hundredths(quality));
    steps
}

// In its caller it would be made for each of the steps.
#[inline(never)]
fn scale(steps: &mut [u8], hundredths: u32) {
    for step in steps {
        let scaled = (u32::from(*step) * hundredths + 50) / 100;
        // At most 255.
        *step = scaled.clamp(1, 255) as u8;
    }
}

/// By how much what [`transform`] gives of a frequency is larger than the eighth root of what the standard's formula does: the
/// cosine of so many sixteenths of half a turn, times the square root of 2.
const OWN: [f32; 8] = [
    1.0,
    1.387_039_8,
    1.306_563,
    1.175_875_6,
    1.0,
    0.785_694_96,
    0.541_196_1,
    0.275_899_4,
];

/// What the values of the transform are multiplied by to become coefficients: its own factors, and one over the steps.
pub(super) struct Factors(Block);

impl Factors {
    #[inline(never)]
    pub(super) fn new(steps: &[u8; 64]) -> Self {
        let mut factors = [[F4::splat(0.0); 8]; 2];
        for (half, factors) in factors.iter_mut().enumerate() {
            for (v, factors) in factors.iter_mut().enumerate() {
                let place = |lane| (half * 4 + lane, v * 8 + half * 4 + lane);
                *factors = F4::all(
                    [0, 1, 2, 3]
                        .map(place)
                        .map(|(u, at)| 1.0 / (8.0 * OWN[u] * OWN[v] * f32::from(steps[at]))),
                );
            }
        }
        Self(factors)
    }

    /// The quantised coefficients of a block of samples around 0.
    pub(super) fn coefficients(&self, samples: &Block) -> Coefficients {
        let values = turned_transform(&turned_transform(samples));
        let mut coefficients = Coefficients {
            values: [0; 64],
            used: 0,
        };
        let rows = coefficients.values.as_chunks_mut::<8>().0;
        for (y, row) in rows.iter_mut().enumerate() {
            let halves = row.as_chunks_mut::<4>().0;
            for (x, (half, (values, factors))) in halves
                .iter_mut()
                .zip(values.iter().zip(&self.0))
                .enumerate()
            {
                let whole = (values[y] * factors[y]).round();
                *half = whole.to_array();
                coefficients.used |= u64::from(whole.not_zero()) << (y * 8 + x * 4);
            }
        }
        coefficients
    }
}

/// Transforms the columns, which become rows.
#[inline(never)]
fn turned_transform(block: &Block) -> Block {
    let [left, right] = block;
    let (left, right) = (transform(left), transform(right));
    let turned = |half: &[F4; 8], from: usize| {
        F4::transposed([half[from], half[from + 1], half[from + 2], half[from + 3]])
    };
    let rows = |from: usize| {
        let ([a, b, c, d], [e, f, g, h]) = (turned(&left, from), turned(&right, from));
        [a, b, c, d, e, f, g, h]
    };
    [rows(0), rows(4)]
}

/// Four transforms side by side, of the first values of all rows, of the second and so on, by five multiplications each
/// (Arai, Agui and Nakajima, 1988).
#[inline(always)]
fn transform(rows: &[F4; 8]) -> [F4; 8] {
    use std::f32::consts::FRAC_1_SQRT_2;
    /// The sine of a sixteenth of a turn, and that and its cosine, times the square root of 2, from each other.
    const TURNED: [f32; 3] = [0.382_683_43, 0.541_196_1, 1.306_563];
    let sum = |y: usize| rows[y] + rows[7 - y];
    let difference = |y: usize| rows[y] - rows[7 - y];

    let (outer, inner) = (sum(0) + sum(3), sum(1) + sum(2));
    let (outer_2, inner_2) = (sum(0) - sum(3), sum(1) - sum(2));
    let middle = (outer_2 + inner_2) * FRAC_1_SQRT_2;
    let even = [
        outer + inner,
        outer_2 + middle,
        outer - inner,
        outer_2 - middle,
    ];

    let low = difference(3) + difference(2);
    let middle = (difference(2) + difference(1)) * FRAC_1_SQRT_2;
    let high = difference(1) + difference(0);
    let both = (low - high) * TURNED[0];
    let (low, high) = (low * TURNED[1] + both, high * TURNED[2] + both);
    let (more, less) = (difference(0) + middle, difference(0) - middle);
    [
        even[0],
        more + high,
        even[1],
        less - low,
        even[2],
        less + low,
        even[3],
        more - high,
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::zigzag::ZIGZAG;
    use super::*;
    use crate::image::testing::noise;

    #[test]
    fn coefficients_are_those_of_the_standards_formula() {
        use std::f64::consts::{FRAC_1_SQRT_2, PI};
        let mut byte = noise(7);
        let mut sample = || f32::from(byte()) - 128.0;
        let samples: [[f32; 8]; 8] = [(); 8].map(|()| [(); 8].map(|()| sample()));
        let half = |from: usize| samples.map(|row| F4::all(*row[from..].first_chunk().unwrap()));
        let ones = Factors::new(&[1; 64]).coefficients(&[half(0), half(4)]);
        let bits = ones.values.iter().enumerate();
        let bits = bits.map(|(at, value)| u64::from(*value != 0) << at);
        assert_eq!(ones.used, bits.sum());
        let wave = |f: usize, x: usize| ((2 * x + 1) as f64 * f as f64 * PI / 16.0).cos();
        let scale = |f: usize| if f == 0 { FRAC_1_SQRT_2 } else { 1.0 };
        for at in ZIGZAG {
            let (u, v) = (usize::from(at % 8), usize::from(at / 8));
            let mut sum = 0.0;
            for (y, row) in samples.iter().enumerate() {
                for (x, sample) in row.iter().enumerate() {
                    sum += f64::from(*sample) * wave(u, x) * wave(v, y);
                }
            }
            let exact = sum / 4.0 * scale(u) * scale(v);
            let found = f64::from(ones.values[usize::from(at)]);
            assert!(
                (found - exact).abs() < 0.501,
                "{u}, {v}: {found} for {exact}"
            );
        }
    }

    #[test]
    fn the_steps_are_finer_at_higher_qualities() {
        assert_eq!(steps(50), STEPS);
        assert_eq!(steps(100), [[1; 64]; 2]);
        assert_eq!(steps(1), [[255; 64]; 2]);
        assert_eq!(steps(85)[0][..4], [5, 3, 3, 5]);
        assert_eq!(steps(0), steps(1));
    }
}
