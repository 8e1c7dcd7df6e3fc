//! The result: the bytes that are sent, and what the device will show of them.

use super::decode::{self, Header, Wanted};
use super::error::Error;
use super::options::{Format, Rgb};
use super::pixels::RgbImage;
use super::sniff::sniff;

/// A picture that is ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// In pixels; 0 under [`Format::Original`] when the bytes are no picture that can be read here.
    pub width: u32,
    /// In pixels; 0 as for the width.
    pub height: u32,
    /// As it was asked for.
    pub format: Format,
    /// The quality that was used, where the format has one.
    pub quality: Option<u8>,
    /// What was lost or guessed on the way in. Empty when all went well.
    pub warnings: Vec<String>,
}

/// Pixels as a canvas takes them: rows of unpremultiplied R, G, B, A.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// In pixels, not 0.
    pub width: u32,
    /// In pixels, not 0.
    pub height: u32,
    /// Four bytes a pixel, without gaps.
    pub rgba: Vec<u8>,
}

impl Prepared {
    /// The MIME type of [`Self::bytes`].
    pub fn mime(&self) -> &'static str {
        match self.format {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Bmp => "image/bmp",
            Format::Original => {
                sniff(&self.bytes).map_or("application/octet-stream", |kind| kind.mime())
            }
            _ => "application/octet-stream",
        }
    }

    /// The usual file extension, without the dot: `raw` for pixels without a header, `bin` for an unknown file.
    pub fn extension(&self) -> &'static str {
        match self.format {
            Format::Jpeg => "jpg",
            Format::Png => "png",
            Format::Bmp => "bmp",
            Format::Original => sniff(&self.bytes).map_or("bin", |kind| kind.extension()),
            _ => "raw",
        }
    }

    /// What the device will show, read back from [`Self::bytes`]: after encoding, and without the EXIF orientation
    /// of an original, which small devices do not know.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an original that is no picture; what decoding it may meet otherwise.
    pub fn preview(&self) -> Result<Pixels, Error> {
        let header = Header::read(&self.bytes)?;
        let wanted = Wanted {
            scale: (1.0, 1.0),
            background: Rgb::WHITE,
            saturation: 1.0,
        };
        let decoded = decode::decode(&self.bytes, &header, wanted)?;
        Ok(Pixels::from(&decoded.image))
    }
}

impl From<&RgbImage> for Pixels {
    fn from(image: &RgbImage) -> Self {
        // No side of an image is over 65,535 (fit.rs, decode/header.rs), so neither conversion ever saturates.
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Self {
            width: side(image.width()),
            height: side(image.height()),
            rgba: image
                .pixels()
                .iter()
                .flat_map(|&[r, g, b]| [r, g, b, 255])
                .collect(),
        }
    }
}
