//! Error diffusion: what an ink is too light or too dark is taken back from the neighbours that come later.
//!
//! One kernel for luminance in whole numbers and for colours in floats. It runs serpentine, each row the other way, or
//! worms would creep to one side. The chain from a pixel's error to the next pixel is what takes the time, and no
//! processor can break it; so two chains run side by side, one through the upper half of the picture and one through the
//! lower, which starts a few rows earlier to forget that it had no beginning.

use crate::image::frame::{ColorFrame, GrayFrame, Names};
use crate::image::pixels::RgbImage;
use crate::image::simd::F4;
use std::ops::{Add, Sub};

/// Rows above the lower half that are dithered for their errors alone.
const WARM_UP: usize = 8;
/// A picture with fewer rows is done in one chain.
const LEAST_ROWS: usize = 64;

/// Light that can be shared out.
pub(super) trait Light: Copy + Default + Add<Output = Self> + Sub<Output = Self> {
    fn times(self, factor: i32) -> Self;
    /// Divided by 2 to the power of `bits`.
    fn shifted(self, bits: u32) -> Self;
}

/// Where light is looked up.
pub(super) trait Medium {
    type Light: Light;
    /// What a pixel should have.
    fn target(&self, pixel: [u8; 3]) -> Self::Light;
    /// The ink for a light, and what it leaves over.
    fn choose(&self, light: Self::Light) -> (u8, Self::Light);
}

/// Floyd and Steinberg, "An adaptive algorithm for spatial greyscale", 1976.
///
/// ```text
///        x   7
///    3   5   1    sixteenths
/// ```
pub(super) fn floyd_steinberg<M: Medium>(image: &RgbImage, names: &Names, medium: &M) -> Vec<u8> {
    let (width, height) = (image.width(), image.height());
    let mut out = vec![0; width * height];
    let half = if height < LEAST_ROWS { 0 } else { height / 2 };
    let start = half.saturating_sub(WARM_UP);
    let (upper, lower) = out.split_at_mut(half * width);
    let mut upper = upper.chunks_exact_mut(width);
    let mut lower = lower.chunks_exact_mut(width);
    let mut discarded = vec![0; width];
    let mut errors = [(); 2].map(|()| vec![M::Light::default(); width + 2]);
    let rows: Vec<&[[u8; 3]]> = image.rows().collect();
    for (step, &below) in rows[start..].iter().enumerate() {
        let below_out = if start + step < half {
            Some(&mut discarded[..])
        } else {
            lower.next()
        };
        let [above_errors, below_errors] = &mut errors;
        let Some(below_out) = below_out else { break };
        let lower = Chain {
            pixels: below,
            out: below_out,
            errors: below_errors,
        };
        match upper.next() {
            Some(out) => {
                let upper = Chain {
                    pixels: rows[step],
                    out,
                    errors: above_errors,
                };
                diffuse_row([upper, lower], step % 2 == 1, names, medium);
            }
            None => diffuse_row([lower], step % 2 == 1, names, medium),
        }
    }
    out
}

/// A row of one chain, and the errors, in sixteenths, that the row before left for it. They are replaced by those for the
/// next. There is one more at either end, for what falls off the edge.
struct Chain<'a, L> {
    pixels: &'a [[u8; 3]],
    out: &'a mut [u8],
    errors: &'a mut [L],
}

fn diffuse_row<M: Medium, const N: usize>(
    mut chains: [Chain<'_, M::Light>; N],
    backwards: bool,
    names: &Names,
    medium: &M,
) {
    let width = chains
        .iter()
        .map(|chain| chain.pixels.len())
        .min()
        .unwrap_or(0);
    let none = M::Light::default();
    // What goes to the next pixel; what has come together for the one below the last; the last error.
    let (mut ahead, mut below, mut last) = ([none; N], [none; N], [none; N]);
    for place in 0..width {
        let (x, behind) = if backwards {
            (width - 1 - place, width + 1 - place)
        } else {
            (place, place)
        };
        for (n, chain) in chains.iter_mut().enumerate() {
            let pixel = chain.pixels[x];
            let light = medium.target(pixel) + (chain.errors[x + 1] + ahead[n]).shifted(4);
            let (ink, error) = match names.find(pixel) {
                Some(ink) => (ink, none),
                None => medium.choose(light),
            };
            chain.out[x] = ink;
            chain.errors[behind] = below[n] + error.times(3);
            below[n] = error.times(5) + last[n];
            ahead[n] = error.times(7);
            last[n] = error;
        }
    }
    let end = if backwards { 1 } else { width };
    for (n, chain) in chains.iter_mut().enumerate() {
        chain.errors[end] = below[n];
    }
}

/// Bill Atkinson's, of the first Macintosh: of eight parts six are shared out and two dropped.
///
/// ```text
///        x   1   1
///    1   1   1
///        1            eighths
/// ```
pub(super) fn atkinson<M: Medium>(image: &RgbImage, names: &Names, medium: &M) -> Vec<u8> {
    let width = image.width();
    let mut out = vec![0; width * image.height()];
    // This row's errors and those of the next two, with two more at either end.
    let mut errors = [(); 3].map(|()| vec![M::Light::default(); width + 4]);
    for (y, (pixels, out)) in image.rows().zip(out.chunks_exact_mut(width)).enumerate() {
        let [here, next, after] = &mut errors;
        for place in 0..width {
            let (x, ahead) = if y % 2 == 1 {
                (width - 1 - place, [0, 1])
            } else {
                (place, [4, 3])
            };
            let pixel = pixels[x];
            if let Some(ink) = names.find(pixel) {
                out[x] = ink;
                continue;
            }
            let (ink, error) = medium.choose(medium.target(pixel) + here[x + 2].shifted(3));
            out[x] = ink;
            let give = |row: &mut Vec<M::Light>, place: usize| row[place] = row[place] + error;
            ahead.into_iter().for_each(|offset| give(here, x + offset));
            (1..=3).for_each(|offset| give(next, x + offset));
            give(after, x + 2);
        }
        here.fill(M::Light::default());
        errors.rotate_left(1);
    }
    out
}

impl Light for i32 {
    #[inline(always)]
    fn times(self, factor: i32) -> Self {
        self * factor
    }

    #[inline(always)]
    fn shifted(self, bits: u32) -> Self {
        (self + (1 << bits >> 1)) >> bits
    }
}

impl Light for F4 {
    #[inline(always)]
    fn times(self, factor: i32) -> Self {
        self * factor as f32
    }

    #[inline(always)]
    fn shifted(self, bits: u32) -> Self {
        self * (1.0 / (1_u32 << bits) as f32)
    }
}

impl Medium for GrayFrame {
    type Light = i32;

    #[inline(always)]
    fn target(&self, pixel: [u8; 3]) -> i32 {
        self.luminance(pixel)
    }

    #[inline(always)]
    fn choose(&self, light: i32) -> (u8, i32) {
        let ink = self.nearest(light);
        (ink, light - self.levels[usize::from(ink)])
    }
}

impl Medium for ColorFrame {
    type Light = F4;

    #[inline(always)]
    fn target(&self, pixel: [u8; 3]) -> F4 {
        self.target(pixel)
    }

    #[inline(always)]
    fn choose(&self, light: F4) -> (u8, F4) {
        let light = Self::bounded(light);
        let ink = self.nearest(light);
        (ink, light - self.inks[usize::from(ink)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::frame::{Frame, Light as FrameLight};
    use crate::image::options::PanelName;
    use crate::image::palette::Inks;
    use crate::image::testing::photograph;

    /// The same as it stands in the paper, from row `start` on: no chains, no registers, every error at once where it goes.
    fn reference<M: Medium>(image: &RgbImage, start: usize, names: &Names, medium: &M) -> Vec<u8> {
        let (width, height) = (image.width(), image.height() - start);
        let mut errors = vec![M::Light::default(); width * height];
        let mut out = vec![0; width * height];
        for y in 0..height {
            let forward = if y % 2 == 0 { 1 } else { -1 };
            for place in 0..width {
                let x = if y % 2 == 0 { place } else { width - 1 - place };
                let pixel = image.pixels()[(start + y) * width + x];
                let light = medium.target(pixel) + errors[y * width + x].shifted(4);
                let (ink, error) = match names.find(pixel) {
                    Some(ink) => (ink, M::Light::default()),
                    None => medium.choose(light),
                };
                out[y * width + x] = ink;
                for (right, down, weight) in [(1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)] {
                    let to = x
                        .checked_add_signed(right * forward)
                        .filter(|to| *to < width);
                    if let (Some(to), true) = (to, y + down < height) {
                        let error = error.times(weight);
                        errors[(y + down) * width + to] = errors[(y + down) * width + to] + error;
                    }
                }
            }
        }
        out
    }

    fn check<M: Medium>(names: &Names, medium: &M, exact: bool) {
        for (width, height) in [(1, 1), (1, 90), (7, 5), (64, 63), (50, 64), (97, 131)] {
            let image = photograph(width, height);
            let fast = floyd_steinberg(&image, names, medium);
            let half = if height < LEAST_ROWS { 0 } else { height / 2 };
            let upper = reference(&image, 0, names, medium);
            let lower = reference(&image, half.saturating_sub(WARM_UP), names, medium);
            let warm = half.min(WARM_UP) * width;
            let both = [&upper[..half * width], &lower[warm..]].concat();
            let differing = fast.iter().zip(&both).filter(|(a, b)| a != b).count();
            // Floats are added in another order there, and the last bit can decide.
            let most = if exact { 0 } else { width * height / 50 };
            assert!(differing <= most, "{differing} of {width} × {height}");
        }
    }

    #[test]
    fn the_chains_give_what_the_paper_says() {
        for inks in [
            Inks::mono(false),
            Inks::grays(4),
            Inks::named(PanelName::Bwr),
            Inks::named(PanelName::Spectra6),
        ] {
            let frame = Frame::of(&inks, 1.0);
            match &frame.light {
                FrameLight::Gray(gray) => check(&frame.names, gray, true),
                FrameLight::Color(color) => check(&frame.names, color, false),
            }
        }
    }

    #[test]
    fn atkinson_drops_a_quarter_of_the_error() {
        let frame = Frame::of(&Inks::mono(false), 1.0);
        let FrameLight::Gray(gray) = &frame.light else {
            panic!()
        };
        let white = |value| {
            let image = RgbImage::filled(64, 64, [value; 3]);
            atkinson(&image, &frame.names, gray)
                .iter()
                .filter(|ink| **ink == 1)
                .count()
        };
        // A dark gray sinks to black and a light one rises to white.
        assert_eq!((white(60), white(252)), (0, 64 * 64));
        assert!((1_500..2_600).contains(&white(188)), "{}", white(188));
    }
}
