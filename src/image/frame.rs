//! What every dither starts from: the light that a pixel should have on this panel, and what each ink has.
//!
//! All light in here is linear and relative to the panel's white, because the eye takes the paper for white. Black is
//! never 0 on a panel, so the picture's black is laid on the panel's and the rest is moved up with it ("black point
//! compensation"). Panels of black, white and grays keep 0 and 1: with them the compensation would cancel out anyway.
//!
//! Light is kept in whole numbers: error diffusion hangs on the time from one pixel to the next, and theirs is a third of
//! that of floats.

mod color;
mod gray;
mod names;
mod tone;

pub(crate) use color::ColorFrame;
use color::Reach;
pub(crate) use gray::{GrayFrame, Mono, ONE};
pub(crate) use names::Names;

use super::linear::decode;
use super::palette::{Inks, Metric};
use std::sync::{Arc, Mutex, PoisonError};

/// Frames that are kept: a page prepares for one panel, or for a few in turn.
const KEPT: usize = 4;

/// Tables for one palette and one tone.
#[derive(Debug)]
pub(crate) enum Frame {
    /// Only luminance counts.
    Gray(GrayFrame),
    /// Colours do.
    Color(Box<ColorFrame>),
}

impl Frame {
    /// The frame of these inks and this exponent, made or kept from before.
    pub(crate) fn of(inks: &Inks, tone: f64) -> Arc<Self> {
        type Kept = Vec<(Inks, u64, Arc<Frame>)>;
        static FRAMES: Mutex<Kept> = Mutex::new(Vec::new());
        let mut frames = FRAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it =
            |(of, exponent, _): &(Inks, u64, Arc<Self>)| of == inks && *exponent == tone.to_bits();
        let entry = match frames.iter().position(is_it) {
            Some(index) => frames.remove(index),
            None => {
                let kin = frames.iter().find(|(of, ..)| of == inks);
                let frame = Self::new(inks, tone, kin.map(|(.., frame)| &**frame));
                (inks.clone(), tone.to_bits(), Arc::new(frame))
            }
        };
        let frame = Arc::clone(&entry.2);
        frames.insert(0, entry);
        frames.truncate(KEPT);
        frame
    }

    /// `kin`: a frame of the same inks and another tone.
    fn new(inks: &Inks, tone: f64, kin: Option<&Self>) -> Self {
        let (relative, names) = (relative(inks), Names::new(inks));
        match inks.metric() {
            Metric::Luminance => Self::Gray(GrayFrame::new(&relative, names, tone)),
            metric => {
                let black = inks.black();
                let reach = match kin {
                    Some(Self::Color(frame)) => frame.reach(),
                    _ => Reach::new(&relative, black, metric, inks.auto_tone()),
                };
                Self::Color(Box::new(ColorFrame::new(
                    &relative, names, black, reach, tone,
                )))
            }
        }
    }

    /// The inks of all pixels, if each names one.
    pub(crate) fn named(&self, pixels: &[[u8; 3]]) -> Option<Vec<u8>> {
        match self {
            Self::Gray(frame) => frame.names.all(pixels),
            Self::Color(frame) => frame.names.all(pixels),
        }
    }
}

/// The inks' light over the white's, channel by channel.
fn relative(inks: &Inks) -> Vec<[f64; 3]> {
    let linear = |color: [u8; 3]| color.map(|channel| decode(f64::from(channel) / 255.0));
    let shown: Vec<[f64; 3]> = inks
        .as_slice()
        .iter()
        .map(|ink| linear(ink.shown.0))
        .collect();
    let white = shown.get(inks.white()).copied().unwrap_or([1.0; 3]);
    // A channel that the white lacks is one that no ink has: the white has the largest least channel.
    let over = |color: [f64; 3]| {
        [0, 1, 2].map(|c| {
            if white[c] > 0.0 {
                color[c] / white[c]
            } else {
                color[c]
            }
        })
    };
    shown.into_iter().map(over).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::options::PanelName;

    #[test]
    fn a_frame_is_made_once_for_a_palette_and_a_tone() {
        let inks = Inks::named(PanelName::Bwry);
        let first = Frame::of(&inks, 0.9);
        assert!(Arc::ptr_eq(&first, &Frame::of(&inks, 0.9)));
        assert!(!Arc::ptr_eq(&first, &Frame::of(&inks, 1.0)));
    }

    #[test]
    fn the_panels_white_is_1_in_every_channel() {
        for &name in PanelName::ALL {
            let inks = Inks::named(name);
            assert_eq!(relative(&inks)[inks.white()], [1.0; 3], "{name}");
        }
    }
}
