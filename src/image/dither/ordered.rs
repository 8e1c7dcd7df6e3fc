//! Ordered dithering: a fixed pattern of 8 × 8 thresholds. Nothing crawls when a detail of the picture changes.

use crate::image::frame::{ColorFrame, GrayFrame};
use crate::image::linear::LUMA;
use crate::image::palette::MAX_INKS;
use crate::image::pixels::RgbImage;
use crate::image::simd::{F4, I4};
use crate::image::sort::sort_by_key;

/// Sides of the pattern.
const SIDE: usize = 8;
/// Inks that a colour is mixed of: half of the 64 places, which is enough for the eye and takes half the time.
const PARTS: usize = 32;

/// Grays: the two levels about a luminance, in the shares that it needs of them.
pub(super) fn gray(image: &RgbImage, frame: &GrayFrame) -> Vec<u8> {
    let mut levels: Vec<(i32, u8)> = frame.levels.iter().copied().zip(0..).collect();
    sort_by_key(&mut levels, |&level| level);
    each(image, |pixel, threshold| {
        let (luminance, named) = frame.look(pixel);
        if let Some(ink) = named {
            return ink;
        }
        let above = levels
            .partition_point(|&(level, _)| level <= luminance)
            .clamp(1, levels.len() - 1);
        let ((low, dark), (high, light)) = (levels[above - 1], levels[above]);
        // In 64ths of the way from one level to the other, against the middle of the threshold's step.
        let wins = (luminance - low) * 128 > (high - low) * (2 * i32::from(threshold) + 1);
        if wins { light } else { dark }
    })
}

/// Colours: inks that together make the colour, from dark to light, and each place of the pattern takes its own of them
/// (the idea of T. Knoll's pattern dithering, with our light and our nearest ink).
pub(super) fn color(image: &RgbImage, frame: &ColorFrame) -> Vec<u8> {
    let mut mixtures = Mixtures::new(frame);
    each(image, |pixel, threshold| {
        if let Some(ink) = frame.names.find(pixel) {
            return ink;
        }
        // The first threshold is the first to become light, so it takes the lightest.
        mixtures.of(pixel)[PARTS - 1 - usize::from(threshold) * PARTS / (SIDE * SIDE)]
    })
}

/// Mixtures that were made already: a photograph has a colour for every third pixel, but only a thirtieth of them lie
/// further apart than a step from one mixture to the next.
struct Mixtures<'a> {
    frame: &'a ColorFrame,
    /// The inks from dark to light.
    order: Vec<u8>,
    /// Each in the place that its colour's hash names, over what was there.
    kept: Vec<Mixture>,
}

#[derive(Clone, Copy)]
struct Mixture {
    /// The highest bits of each channel.
    of: u32,
    /// From dark to light.
    inks: [u8; PARTS],
}

impl<'a> Mixtures<'a> {
    /// Places for mixtures, as a power of 2: some 600 kB.
    const PLACES: u32 = 14;
    /// Bits of each channel that a mixture is not made for.
    const DROPPED: u32 = 2;
    /// Another than any colour.
    const NONE: u32 = u32::MAX;

    fn new(frame: &'a ColorFrame) -> Self {
        let brightness = |&ink: &u8| (frame.inks[usize::from(ink)] * F4::rgb(LUMA)).sum();
        let mut order: Vec<u8> = (0..).take(frame.inks.len()).collect();
        sort_by_key(&mut order, brightness);
        let none = Mixture {
            of: Self::NONE,
            inks: [0; PARTS],
        };
        Self {
            frame,
            order,
            kept: vec![none; 1 << Self::PLACES],
        }
    }

    #[inline(always)]
    fn of(&mut self, pixel: [u8; 3]) -> &[u8; PARTS] {
        let [r, g, b] = pixel.map(|channel| u32::from(channel >> Self::DROPPED));
        let of = r << 16 | g << 8 | b;
        // By 2 to the power of 32 over the golden ratio, as multiplicative hashes do.
        let place = of.wrapping_mul(0x9e37_79b1) >> (u32::BITS - Self::PLACES);
        let kept = &mut self.kept[place as usize];
        if kept.of != of {
            *kept = Mixture {
                of,
                inks: sorted(&mix(self.frame, middle(self.frame, pixel)), &self.order),
            };
        }
        &kept.inks
    }
}

/// The light in the middle of the colours that share a mixture.
fn middle(frame: &ColorFrame, pixel: [u8; 3]) -> I4 {
    let half = 1 << (Mixtures::DROPPED - 1);
    let low = pixel.map(|channel| (channel >> Mixtures::DROPPED << Mixtures::DROPPED) + half - 1);
    (frame.target(low) + frame.target(low.map(|channel| channel + 1))).shr(1)
}

/// By counting: there are few inks.
fn sorted(mixture: &[u8; PARTS], order: &[u8]) -> [u8; PARTS] {
    let mut counts = [0_usize; MAX_INKS];
    for &ink in mixture {
        counts[usize::from(ink) % MAX_INKS] += 1;
    }
    let mut sorted = [0; PARTS];
    let mut rest = sorted.as_mut_slice();
    for &ink in order {
        let count = counts[usize::from(ink) % MAX_INKS].min(rest.len());
        let (these, after) = rest.split_at_mut(count);
        these.fill(ink);
        rest = after;
    }
    sorted
}

fn mix(frame: &ColorFrame, target: I4) -> [u8; PARTS] {
    let mut left = I4::default();
    std::array::from_fn(|_| {
        // Unlike in diffusion what is left is not bounded: it is settled within the mixture.
        let wanted = target + left;
        let (ink, light) = frame.nearest(ColorFrame::bounded(wanted));
        left = wanted - light;
        ink
    })
}

fn each(image: &RgbImage, mut ink: impl FnMut([u8; 3], u8) -> u8) -> Vec<u8> {
    let pattern = pattern();
    let mut out = vec![0; image.pixels().len()];
    let rows = image.rows().zip(out.chunks_exact_mut(image.width()));
    for ((pixels, out), thresholds) in rows.zip(pattern.iter().cycle()) {
        // By pieces as wide as the pattern: the compiler unrolls them.
        for (pixels, out) in pixels.chunks(SIDE).zip(out.chunks_mut(SIDE)) {
            for ((&pixel, out), &threshold) in pixels.iter().zip(out).zip(thresholds) {
                *out = ink(pixel, threshold);
            }
        }
    }
    out
}

/// B. E. Bayer, 1973: the bits of x ^ y and y, from the lowest up, are the threshold's from the highest down.
fn pattern() -> [[u8; SIDE]; SIDE] {
    let threshold = |x: u8, y: u8| {
        let bit = |value: u8, place: u8| value >> place & 1;
        (0..3).fold(0, |sum, place| {
            sum << 2 | bit(x ^ y, place) << 1 | bit(y, place)
        })
    };
    std::array::from_fn(|y| std::array::from_fn(|x| threshold(x as u8, y as u8)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::frame::{Frame, ONE};
    use crate::image::options::PanelName;
    use crate::image::palette::Inks;

    #[test]
    fn the_pattern_has_each_threshold_once_and_spreads_the_first_of_them() {
        let pattern = pattern();
        let mut all: Vec<u8> = pattern.concat();
        all.sort_unstable();
        assert!(all.iter().copied().eq(0..64));
        assert_eq!(
            (pattern[0][0], pattern[4][4], pattern[4][0], pattern[0][4]),
            (0, 1, 3, 2)
        );
    }

    #[test]
    fn a_flat_gray_has_its_share_of_white() {
        let frame = Frame::of(&Inks::mono(false), 1.0);
        let Frame::Gray(frame) = &*frame else {
            panic!()
        };
        for value in [60, 128, 188, 230] {
            let image = RgbImage::filled(64, 64, [value; 3]);
            let white = gray(&image, frame).iter().filter(|&&ink| ink == 1).count();
            let wanted = frame.look([value; 3]).0 * 64 * 64 / ONE;
            assert!(
                (white as i32 - wanted).abs() <= 64,
                "{value}: {white} of {wanted}"
            );
        }
    }

    #[test]
    fn a_mixture_is_sorted_as_the_inks_are() {
        let mixture: [u8; PARTS] = std::array::from_fn(|place| (place % 5) as u8);
        let order = [3, 0, 4, 2, 1];
        let mut expected = mixture;
        expected.sort_by_key(|ink| order.iter().position(|other| other == ink));
        assert_eq!(sorted(&mixture, &order), expected);
    }

    #[test]
    fn a_colour_is_mixed_of_inks_that_make_it() {
        let frame = Frame::of(&Inks::named(PanelName::Spectra6), 1.0);
        let Frame::Color(frame) = &*frame else {
            panic!()
        };
        for pixel in [[200, 150, 60], [60, 90, 160], [120, 120, 120]] {
            let target = frame.target(pixel);
            let inks = mix(frame, target).map(|ink| frame.inks[usize::from(ink)]);
            let sum = inks.into_iter().fold(F4::default(), |sum, ink| sum + ink);
            let off = (sum * (1.0 / PARTS as f32) - ColorFrame::unit(target)).to_rgb();
            assert!(off.iter().all(|v| v.abs() < 0.04), "{pixel:?}: {off:?}");
        }
    }

    #[test]
    fn what_is_kept_of_mixtures_is_what_they_would_be_anew() {
        let frame = Frame::of(&Inks::named(PanelName::Acep7), 1.0);
        let Frame::Color(frame) = &*frame else {
            panic!()
        };
        // More colours than places.
        let image = RgbImage::from_fn(160, 160, |x, y| [x as u8, y as u8, (x * y / 100) as u8]);
        let pattern = pattern();
        let order = Mixtures::new(frame).order;
        let inks = color(&image, frame);
        for (at, (&pixel, &ink)) in image.pixels().iter().zip(&inks).enumerate() {
            let threshold = pattern[at / 160 % SIDE][at % 160 % SIDE];
            let anew = sorted(&mix(frame, middle(frame, pixel)), &order);
            let anew = anew[PARTS - 1 - usize::from(threshold) * PARTS / (SIDE * SIDE)];
            assert_eq!(frame.names.find(pixel).unwrap_or(anew), ink, "{pixel:?}");
        }
    }

    #[test]
    fn colours_that_share_a_mixture_lie_about_its_middle() {
        let frame = Frame::of(&Inks::named(PanelName::Spectra6), 1.0);
        let Frame::Color(frame) = &*frame else {
            panic!()
        };
        let [low, middle, high] = [[200, 100, 40], [202, 101, 43], [203, 103, 43]];
        let [low, high] = [low, high].map(|pixel| frame.target(pixel).to_rgb());
        let middle = super::middle(frame, middle).to_rgb();
        for channel in 0..3 {
            let off = (low[channel] + high[channel]) / 2 - middle[channel];
            assert!(off.abs() * 20 < high[channel] - low[channel], "{channel}");
        }
    }
}
