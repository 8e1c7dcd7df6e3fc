//! Luminance in whole numbers, for panels of black, white and grays.

use crate::image::color_space::opponent;
use crate::image::linear::{LUMA, decode};

/// White; black is 0.
pub(crate) const ONE: i32 = 1 << 14;
/// Steps of luminance for one entry of the table of nearest levels.
const STEP: u32 = 4;

/// Tables from bytes to luminance and from luminance to the nearest level.
#[derive(Debug)]
pub(crate) struct GrayFrame {
    /// The luminance of each ink.
    pub(crate) levels: Vec<i32>,
    /// What each byte in each channel adds to the luminance.
    shares: Box<[[i32; 3]; 256]>,
    nearest: Vec<u8>,
}

impl GrayFrame {
    /// From the inks' light over the white's and the exponent of the tone.
    pub(crate) fn new(inks: &[[f64; 3]], tone: f64) -> Self {
        let luminance: Vec<f64> = inks.iter().map(|&ink| opponent(ink)[0]).collect();
        let (low, high) = luminance
            .iter()
            .fold((f64::MAX, f64::MIN), |(low, high), &y| {
                (low.min(y), high.max(y))
            });
        let span = if high > low { high - low } else { 1.0 };
        let levels: Vec<i32> = luminance.iter().map(|y| fixed((y - low) / span)).collect();
        let light = |byte: usize| decode(byte as f64 / 255.0).powf(tone);
        let shares =
            std::array::from_fn(|byte| LUMA.map(|weight| fixed(light(byte) * f64::from(weight))));
        let nearest = (0..=ONE >> STEP)
            .map(|step| nearest(&levels, (step << STEP) + (1 << STEP >> 1)))
            .collect();
        Self {
            levels,
            shares: Box::new(shares),
            nearest,
        }
    }

    /// The luminance that a pixel should have.
    #[inline]
    pub(crate) fn luminance(&self, [r, g, b]: [u8; 3]) -> i32 {
        self.shares[usize::from(r)][0]
            + self.shares[usize::from(g)][1]
            + self.shares[usize::from(b)][2]
    }

    /// The level that is nearest to a luminance; outside black and white, those.
    #[inline]
    pub(crate) fn nearest(&self, luminance: i32) -> u8 {
        // Within the table for every luminance.
        self.nearest[(luminance.clamp(0, ONE - 1) >> STEP) as usize]
    }
}

/// Within a few times [`ONE`], so the conversion is exact.
fn fixed(light: f64) -> i32 {
    (light * f64::from(ONE)).round() as i32
}

fn nearest(levels: &[i32], luminance: i32) -> u8 {
    let nearest = (0..)
        .zip(levels)
        .min_by_key(|(_, level)| level.abs_diff(luminance));
    nearest.map_or(0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::frame::relative;
    use crate::image::palette::Inks;

    fn frame(inks: &Inks) -> GrayFrame {
        GrayFrame::new(&relative(inks), 1.0)
    }

    #[test]
    fn black_is_0_and_white_is_1_whatever_the_panel_shows() {
        let mono = frame(&Inks::mono(false));
        assert_eq!(mono.levels, [0, ONE]);
        assert_eq!(mono.luminance([0; 3]), 0);
        assert!(mono.luminance([255; 3]).abs_diff(ONE) <= 2);
        assert_eq!(frame(&Inks::grays(16)).levels[15], ONE);
    }

    #[test]
    fn levels_change_at_the_middle_between_two() {
        let grays = frame(&Inks::grays(4));
        for pair in grays.levels.windows(2) {
            let middle = (pair[0] + pair[1]) / 2;
            let below = grays.nearest(middle - (1 << STEP));
            assert_eq!(grays.nearest(middle + (1 << STEP)), below + 1);
        }
        assert_eq!((grays.nearest(-5_000), grays.nearest(50_000)), (0, 3));
    }

    #[test]
    fn an_exponent_below_1_is_brighter() {
        let bright = GrayFrame::new(&relative(&Inks::mono(false)), 0.5);
        assert!(bright.luminance([128; 3]) > 2 * frame(&Inks::mono(false)).luminance([128; 3]));
    }
}
