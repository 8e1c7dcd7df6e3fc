//! Any file to pixels. What a file says of itself is read first, by [`Header`], and held against the limits before a
//! decoder sees the file; JPEG is scaled while it is decoded.

mod color;
mod header;
mod jpeg;
mod other;
mod png;
mod webp;

pub(crate) use color::from_rgba;
pub(crate) use header::Header;
pub use webp::take_turn;

use super::adjust::Adjust;
use super::error::Error;
use super::fit::Crop;
use super::icc::Profile;
use super::options::Rgb;
use super::pixels::RgbImage;
use super::sniff::Kind;

/// How the pixels are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// How much larger the result will be than the source, along x and along y as the file stores them.
    pub(crate) scale: (f64, f64),
    /// Goes under transparent pixels.
    pub(crate) background: Rgb,
    /// 1 is as it is.
    pub(crate) saturation: f32,
}

/// What came out of a file.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) image: RgbImage,
    /// Pixels of `image` for one of the source, along x and y: 1, or an eighth or more for a scaled JPEG.
    pub(crate) scale: f64,
    /// What is still to be done to the colours: it costs less once the picture is small. Under transparency it has been
    /// done already, because it must not touch the background.
    pub(crate) adjust: Option<Adjust>,
    pub(crate) warnings: Vec<String>,
}

impl Decoded {
    /// The part of `image` that shows `crop` of the source.
    pub(crate) fn crop(&self, crop: Crop) -> Crop {
        // A scaled JPEG rounds its last block up: the source's edge lies within the last pixel, not at its end.
        let clip = |start: f64, length: f64, most: usize| {
            let start = start * self.scale;
            (start, (length * self.scale).min(most as f64 - start))
        };
        let (left, width) = clip(crop.left, crop.width, self.image.width());
        let (top, height) = clip(crop.top, crop.height, self.image.height());
        Crop {
            left,
            top,
            width,
            height,
        }
    }
}

/// Decodes the first or only picture of a file.
///
/// # Errors
/// [`Error::Corrupt`], [`Error::Unsupported`], or [`Error::TooLarge`] for more memory than the budget has.
pub(crate) fn decode(bytes: &[u8], header: &Header, wanted: Wanted) -> Result<Decoded, Error> {
    match &header.jpeg {
        Some(frame) => jpeg::decode(bytes, frame, wanted),
        None => other::decode(bytes, header, wanted),
    }
}

/// What is to be done to the colours of a picture with this profile. One that is not understood is left alone, with a
/// warning.
fn adjust(profile: Option<&[u8]>, saturation: f32, warnings: &mut Vec<String>) -> Option<Adjust> {
    let read = profile.map(Profile::read);
    if read == Some(None) {
        let warning = "the picture's colour profile was left alone: its colours are taken for sRGB";
        warnings.push(warning.into());
    }
    let profile = read.flatten().filter(|profile| !profile.is_srgb());
    Adjust::new(profile.as_ref(), saturation)
}

/// Says that a file ends too early and that what is there is shown.
fn truncated(kind: Kind) -> String {
    format!(
        "the {} file is cut off: what is there is shown, the rest is not",
        kind.name()
    )
}
