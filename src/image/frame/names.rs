//! Pixels that name an ink: they keep it under every dither, so that text and lines are crisp.

use crate::image::palette::{Inks, Metric};

/// Places in a mask for the black and the white of a screen, behind those of the inks.
const BLACK: u32 = 16;
const WHITE: u32 = 17;

/// Exact colours and the inks that they stand for.
#[derive(Debug)]
pub(crate) struct Names {
    /// For each byte in each channel the names that have it there: three lookups and two ANDs find a name.
    masks: Box<[[u32; 3]; 256]>,
    /// The ink of each name.
    inks: [u8; 18],
    /// The names that count in a picture where not every pixel has one.
    scattered: u32,
}

impl Names {
    pub(crate) fn new(inks: &Inks) -> Self {
        let mut names = Self {
            masks: Box::new([[0; 3]; 256]),
            inks: [0; 18],
            scattered: 0,
        };
        for (place, ink) in (0..).zip(inks.as_slice()) {
            names.add(place, ink.color.0, place as usize);
        }
        names.add(BLACK, [0; 3], inks.black());
        names.add(WHITE, [255; 3], inks.white());
        // A gradient would show contours if each gray of the panel in it stayed.
        let grays = inks.metric() == Metric::Luminance && inks.len() > 2;
        names.scattered = if grays {
            1 << BLACK | 1 << WHITE
        } else {
            u32::MAX
        };
        names
    }

    /// The ink that a pixel of any picture keeps.
    #[inline]
    pub(crate) fn find(&self, pixel: [u8; 3]) -> Option<u8> {
        self.among(pixel, self.scattered)
    }

    /// The inks of all pixels, if each names one.
    pub(crate) fn all(&self, pixels: &[[u8; 3]]) -> Option<Vec<u8>> {
        pixels
            .iter()
            .map(|&pixel| self.among(pixel, u32::MAX))
            .collect()
    }

    #[inline]
    fn among(&self, [r, g, b]: [u8; 3], counting: u32) -> Option<u8> {
        let masks = &self.masks;
        let names = masks[usize::from(r)][0]
            & masks[usize::from(g)][1]
            & masks[usize::from(b)][2]
            & counting;
        (names != 0).then(|| self.inks[names.trailing_zeros() as usize])
    }

    /// There are at most 16 inks (palette.rs), so every place and index fits.
    fn add(&mut self, place: u32, color: [u8; 3], ink: usize) {
        for (channel, value) in color.into_iter().enumerate() {
            self.masks[usize::from(value)][channel] |= 1 << place;
        }
        self.inks[place as usize] = ink as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::options::{PanelName, Rgb};

    #[test]
    fn exact_colours_and_only_they_name_an_ink() {
        let names = Names::new(&Inks::named(PanelName::Acep7));
        assert_eq!(names.find([255, 128, 0]), Some(6));
        assert_eq!(names.find([255, 255, 0]), Some(5));
        // Each channel alone occurs in some ink, the colour does not.
        for stranger in [[255, 0, 255], [0, 128, 0], [255, 128, 255], [254, 0, 0]] {
            assert_eq!(names.find(stranger), None);
        }
    }

    #[test]
    fn black_and_white_of_a_screen_are_the_panels() {
        let own = [Rgb([240, 240, 230]), Rgb([30, 30, 30])].map(Into::into);
        let names = Names::new(&Inks::own(&own).unwrap());
        assert_eq!(
            (
                names.find([255; 3]),
                names.find([0; 3]),
                names.find([30; 3])
            ),
            (Some(0), Some(1), Some(1))
        );
    }

    #[test]
    fn grays_are_kept_only_where_the_whole_picture_consists_of_them() {
        let names = Names::new(&Inks::grays(4));
        assert_eq!((names.find([85; 3]), names.find([255; 3])), (None, Some(3)));
        assert_eq!(names.all(&[[85; 3], [0; 3], [170; 3]]), Some(vec![1, 0, 2]));
        assert_eq!(names.all(&[[85; 3], [86; 3]]), None);
    }
}
