//! Luminance, for panels of black, white and grays.

use super::Names;
use super::tone::Curve;
use crate::image::color_space::opponent;
use crate::image::linear::{LUMA, decode};
use crate::image::palette::Inks;

/// White; black is 0.
pub(crate) const ONE: i32 = 1 << 18;
/// Steps of luminance for one entry of the table of nearest levels, as a power of 2.
const STEP: u32 = 8;
/// Bits of an entry that are luminance; the sum of three stays within them.
const LUMINANCE_BITS: u32 = 20;
/// The highest of the three bits that each name has above them.
const NAMES: u32 = 0x9240_0000;
/// What makes of three channels that have a name's byte its highest bit.
const ONE_MORE: u32 = 0x2490_0000;

/// Tables from bytes to luminance and from luminance to the nearest level.
#[derive(Debug)]
pub(crate) struct GrayFrame {
    /// The luminance of each ink.
    pub(crate) levels: Vec<i32>,
    pub(crate) names: Names,
    /// For each channel what each byte adds to the luminance; above it, in three bits for each name, a 1 if the name
    /// has this byte. With one more in red a name has all three where the sum is 4, so one addition looks up both.
    entries: Box<[[u32; 256]; 3]>,
    tone: Option<Curve>,
    nearest: Vec<u8>,
}

impl GrayFrame {
    /// From the inks' light over the white's and the exponent of the tone.
    ///
    /// A tone is one of luminance, or colours of the same light would become different grays. What `tone: "auto"` stands for is
    /// so near to 1 that the judge sees no difference if each channel has it, which a tenth of the time pays for.
    pub(crate) fn new(inks: &[[f64; 3]], names: Names, tone: f64) -> Self {
        let by_channel = [1.0, Inks::LIFT].contains(&tone);
        let luminance: Vec<f64> = inks.iter().map(|&ink| opponent(ink)[0]).collect();
        let (low, high) = luminance
            .iter()
            .fold((f64::MAX, f64::MIN), |(low, high), &y| {
                (low.min(y), high.max(y))
            });
        let span = if high > low { high - low } else { 1.0 };
        let levels: Vec<i32> = luminance.iter().map(|y| fixed((y - low) / span)).collect();
        let nearest = (0..=ONE >> STEP)
            .map(|step| nearest(&levels, (step << STEP) + (1 << STEP >> 1)))
            .collect();
        Self {
            levels,
            entries: entries(&names, if by_channel { tone } else { 1.0 }),
            tone: (!by_channel).then(|| Curve::new(tone)),
            names,
            nearest,
        }
    }

    /// The luminance that a pixel should have, and the ink that it keeps if it names one.
    #[inline(always)]
    pub(crate) fn look(&self, pixel: [u8; 3]) -> (i32, Option<u8>) {
        let sum = self.sum(pixel);
        let luminance = self.luminance::<true>(sum);
        if sum & NAMES == 0 {
            (luminance, None)
        } else {
            (luminance, self.names.find(pixel))
        }
    }

    /// What is known of a pixel: its luminance, and whether it has a name.
    #[inline(always)]
    fn sum(&self, [r, g, b]: [u8; 3]) -> u32 {
        let [red, green, blue] = &*self.entries;
        red[usize::from(r)] + green[usize::from(g)] + blue[usize::from(b)]
    }

    /// `TONED`: whether the frame may [be toned](Self::is_toned); one that is not is spared asking.
    #[inline(always)]
    fn luminance<const TONED: bool>(&self, sum: u32) -> i32 {
        match &self.tone {
            Some(curve) if TONED => curve.at(sum),
            // Within 20 bits.
            _ => (sum & ((1 << LUMINANCE_BITS) - 1)) as i32,
        }
    }

    /// Whether luminance goes through a curve.
    pub(crate) const fn is_toned(&self) -> bool {
        self.tone.is_some()
    }

    /// The level that is nearest to a luminance; outside black and white, those.
    #[inline(always)]
    pub(crate) fn nearest(&self, luminance: i32) -> u8 {
        // Within the table for every luminance.
        self.nearest[(luminance.clamp(0, ONE - 1) >> STEP) as usize]
    }

    /// `None` if there are more than two levels. `TONED`: whether it [is](Self::is_toned).
    pub(crate) fn mono<const TONED: bool>(&self) -> Option<Mono<'_, TONED>> {
        let [first, second] = *self.levels else {
            return None;
        };
        Some(Mono {
            frame: self,
            dark: u8::from(first > second),
        })
    }
}

/// The frame of a panel of black and white alone: a comparison instead of two lookups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mono<'a, const TONED: bool> {
    frame: &'a GrayFrame,
    /// The index of the dark ink; the light one is the other.
    pub(crate) dark: u8,
}

impl<const TONED: bool> Mono<'_, TONED> {
    /// What is known of a pixel, in one number.
    #[inline(always)]
    pub(crate) fn sum(&self, pixel: [u8; 3]) -> u32 {
        self.frame.sum(pixel)
    }

    /// The luminance that a pixel should have.
    #[inline(always)]
    pub(crate) fn luminance(&self, sum: u32) -> i32 {
        self.frame.luminance::<TONED>(sum)
    }

    /// Whether one of two pixels may have a name; if not, none has.
    #[inline(always)]
    pub(crate) fn may_have_names(&self, [first, second]: [u32; 2]) -> bool {
        (first | second) & NAMES != 0
    }

    /// The ink that a pixel keeps, if it names one.
    #[inline(always)]
    pub(crate) fn find(&self, pixel: [u8; 3]) -> Option<u8> {
        self.frame.names.find(pixel)
    }
}

fn entries(names: &Names, tone: f64) -> Box<[[u32; 256]; 3]> {
    let light = |byte: usize| decode(byte as f64 / 255.0).powf(tone);
    // No luminance is negative, so the conversion is exact.
    let share = |byte, weight: f32| fixed(light(byte) * f64::from(weight)) as u32;
    let mut entries = Box::new(LUMA.map(|weight| std::array::from_fn(|byte| share(byte, weight))));
    entries[0].iter_mut().for_each(|red| *red += ONE_MORE);
    // Two inks have at most four names, more have two that count: twelve bits.
    for (place, (color, _)) in names.scattered().enumerate() {
        for (channel, value) in color.into_iter().enumerate() {
            entries[channel][usize::from(value)] += 1 << (LUMINANCE_BITS as usize + 3 * place);
        }
    }
    entries
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
    use crate::image::options::Rgb;

    fn frame(inks: &Inks, tone: f64) -> GrayFrame {
        GrayFrame::new(&relative(inks), Names::new(inks), tone)
    }

    #[test]
    fn black_is_0_and_white_is_1_whatever_the_panel_shows() {
        let mono = frame(&Inks::mono(false), 1.0);
        assert_eq!(mono.levels, [0, ONE]);
        assert_eq!(mono.look([0; 3]), (0, Some(0)));
        let (white, ink) = mono.look([255; 3]);
        assert!(white.abs_diff(ONE) <= 2 && ink == Some(1));
        assert_eq!(frame(&Inks::grays(16), 1.0).levels[15], ONE);
    }

    #[test]
    fn a_name_is_found_beside_the_luminance_and_nothing_else_is() {
        let own = [Rgb([240, 240, 230]), Rgb([30, 40, 30])].map(Into::into);
        let own = frame(&Inks::own(&own).unwrap(), 1.0);
        for (pixel, ink) in [
            ([240, 240, 230], Some(0)),
            ([30, 40, 30], Some(1)),
            ([255; 3], Some(0)),
            ([0; 3], Some(1)),
            ([240, 240, 30], None),
            ([255, 0, 255], None),
            ([30; 3], None),
        ] {
            assert_eq!(own.look(pixel).1, ink, "{pixel:?}");
        }
    }

    #[test]
    fn levels_change_at_the_middle_between_two() {
        let grays = frame(&Inks::grays(4), 1.0);
        for pair in grays.levels.windows(2) {
            let middle = (pair[0] + pair[1]) / 2;
            let below = grays.nearest(middle - (1 << STEP));
            assert_eq!(grays.nearest(middle + (1 << STEP)), below + 1);
        }
        assert_eq!((grays.nearest(-ONE), grays.nearest(3 * ONE)), (0, 3));
    }

    #[test]
    fn colours_of_one_luminance_have_one_tone() {
        let frame = frame(&Inks::mono(false), 0.5);
        // Y = 0.2126 and 0.2126: 127 is sRGB for a gray of red's luminance.
        let [red, gray] = [[255, 0, 0], [127; 3]].map(|pixel| frame.look(pixel).0);
        assert!(red.abs_diff(gray) < ONE as u32 / 200, "{red}, {gray}");
    }

    #[test]
    fn an_exponent_below_1_is_brighter() {
        let [bright, plain] =
            [0.5, 1.0].map(|tone| frame(&Inks::mono(false), tone).look([128; 3]).0);
        assert!(bright > 2 * plain);
    }
}
