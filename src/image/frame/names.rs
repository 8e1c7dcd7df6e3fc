//! Pixels that name an ink: they keep it under every dither, so that text and lines are crisp.

use crate::image::palette::{Inks, Metric};

/// Exact colours and the inks that they stand for.
#[derive(Debug)]
pub(crate) struct Names {
    /// For each byte in each channel the names that have it there: three lookups and two ANDs find a name.
    masks: Box<[[u32; 3]; 256]>,
    /// The colour of each name and the index of its ink: those of the palette, then the black and the white of a screen.
    list: Vec<([u8; 3], u8)>,
    /// The names that count in a picture where not every pixel has one.
    scattered: u32,
}

impl Names {
    pub(crate) fn new(inks: &Inks) -> Self {
        // There are at most 16 inks (palette.rs), so every index fits, and every place into a mask.
        let screen = [([0; 3], inks.black() as u8), ([255; 3], inks.white() as u8)];
        let list: Vec<([u8; 3], u8)> = inks
            .as_slice()
            .iter()
            .map(|ink| ink.color.0)
            .zip(0..)
            .chain(screen)
            .collect();
        let mut masks = Box::new([[0; 3]; 256]);
        for (place, (color, _)) in list.iter().enumerate() {
            for (channel, &value) in color.iter().enumerate() {
                masks[usize::from(value)][channel] |= 1 << place;
            }
        }
        // A gradient would show contours if each gray of the panel in it stayed.
        let grays = inks.metric() == Metric::Luminance && inks.len() > 2;
        let scattered = if grays { 0b11 << inks.len() } else { u32::MAX };
        Self {
            masks,
            list,
            scattered,
        }
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

    /// The names that count in any picture.
    pub(crate) fn scattered(&self) -> impl Iterator<Item = ([u8; 3], u8)> {
        let counts = |place: usize| self.scattered >> place & 1 == 1;
        self.list
            .iter()
            .copied()
            .enumerate()
            .filter(move |(place, _)| counts(*place))
            .map(|(_, name)| name)
    }

    #[inline]
    fn among(&self, [r, g, b]: [u8; 3], counting: u32) -> Option<u8> {
        let masks = &self.masks;
        let names = masks[usize::from(r)][0]
            & masks[usize::from(g)][1]
            & masks[usize::from(b)][2]
            & counting;
        if names == 0 {
            return None;
        }
        self.list
            .get(names.trailing_zeros() as usize)
            .map(|(_, ink)| *ink)
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
        assert!(names.scattered().eq([([0; 3], 0), ([255; 3], 3)]));
    }
}
