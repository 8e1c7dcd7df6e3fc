//! The result: the bytes that are sent, and what the device will show of them.

use super::decode::{self, Header, Wanted};
use super::error::Error;
use super::options::{Columns, Format, Rgb};
use super::pack::{Arrangement, Channels, Codes};
use super::palette::{Inks, MAX_INKS};
use super::pixels::{RgbImage, length, side};
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
    /// How a device reads the bytes.
    pub(crate) view: View,
}

/// What must be known to read bytes back that do not say it themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// A file that says all.
    File,
    /// A file of colours by name, which the panel shows in its own.
    Named(Inks),
    Channels(Channels, Columns),
    Codes(Codes, Arrangement, Inks),
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

    /// What the device will show, read back from [`Self::bytes`]: after dithering and encoding, in the colours that the
    /// panel really has, and without the EXIF orientation of an original, which small devices do not know.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an original that is no picture; what decoding it may meet otherwise.
    pub fn preview(&self) -> Result<Pixels, Error> {
        let (width, height) = (length(self.width), length(self.height));
        Ok(match &self.view {
            View::File => Pixels::from(&decoded(&self.bytes)?),
            View::Named(inks) => {
                let mut image = decoded(&self.bytes)?;
                image
                    .pixels_mut()
                    .iter_mut()
                    .for_each(|pixel| *pixel = shown(*pixel, inks));
                Pixels::from(&image)
            }
            View::Channels(channels, columns) => {
                let pixels = channels.unpack(&self.bytes, width, *columns);
                self.pixels(pixels.into_iter())
            }
            View::Codes(codes, arrangement, inks) => {
                let indexes = codes.unpack(&self.bytes, width, height, inks, *arrangement);
                let mut colors = [[0; 3]; MAX_INKS];
                for (color, ink) in colors.iter_mut().zip(inks.as_slice()) {
                    *color = ink.shown.0;
                }
                let color = |index: u8| colors[usize::from(index) % MAX_INKS];
                self.pixels(indexes.into_iter().map(color))
            }
        })
    }

    fn pixels(&self, pixels: impl ExactSizeIterator<Item = [u8; 3]>) -> Pixels {
        Pixels {
            width: self.width,
            height: self.height,
            rgba: opaque(pixels),
        }
    }
}

fn decoded(bytes: &[u8]) -> Result<RgbImage, Error> {
    let header = Header::read(bytes)?;
    let wanted = Wanted {
        scale: (1.0, 1.0),
        background: Rgb::WHITE,
        saturation: 1.0,
    };
    Ok(decode::decode(bytes, &header, wanted)?.image)
}

/// What the panel shows for a colour by name.
fn shown(color: [u8; 3], inks: &Inks) -> [u8; 3] {
    inks.as_slice()
        .iter()
        .find(|ink| ink.color.0 == color)
        .map_or(color, |ink| ink.shown.0)
}

/// Written over a buffer of 255s: a compiler that spares bytes pushes four bytes one by one otherwise, which a slider waits for.
fn opaque(pixels: impl ExactSizeIterator<Item = [u8; 3]>) -> Vec<u8> {
    let mut rgba = vec![255; 4 * pixels.len()];
    let (out, _) = rgba.as_chunks_mut();
    for ([r, g, b, _], pixel) in out.iter_mut().zip(pixels) {
        [*r, *g, *b] = pixel;
    }
    rgba
}

impl From<&RgbImage> for Pixels {
    fn from(image: &RgbImage) -> Self {
        Self {
            width: side(image.width()),
            height: side(image.height()),
            rgba: opaque(image.pixels().iter().copied()),
        }
    }
}
