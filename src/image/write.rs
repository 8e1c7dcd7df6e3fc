//! The last step: pixels to the bytes of a format, by way of the panel's inks where it has few.

use super::dither::dither;
use super::error::Error;
use super::options::Columns;
use super::pack::Channels;
use super::pixels::RgbImage;
use super::plan::{Output, Panel, PanelLayout};
use super::prepared::View;
use super::{bmp, jpeg, png};

/// Bytes, and what must be known to read them.
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) quality: Option<u8>,
    pub(crate) view: View,
}

impl Output {
    /// # Errors
    /// [`Error::TooLarge`] over `max_bytes` where the format can do something about it, or over the memory;
    /// [`Error::Invalid`] for two columns of an odd width.
    pub(crate) fn write(&self, image: RgbImage, max_bytes: usize) -> Result<Written, Error> {
        let file = |bytes| Written {
            bytes,
            quality: None,
            view: View::File,
        };
        match self {
            Self::Jpeg { quality } => {
                let (bytes, quality) = jpeg::encode_within(&image, *quality, max_bytes)?;
                Ok(Written {
                    quality: Some(quality),
                    ..file(bytes)
                })
            }
            // Pixels have no original: that was refused when the job was made.
            Self::Png | Self::Original => png::rgb(&image).map(file),
            Self::Bmp => bmp::rgb(&image).map(file),
            Self::Channels(_, channels, columns) => {
                check_width(*columns, image.width())?;
                let bytes = match (channels, columns) {
                    (Channels::Rgb888, Columns::One) => image.into_bytes(),
                    _ => channels.pack(image.pixels(), image.width(), *columns)?,
                };
                Ok(Written {
                    bytes,
                    quality: None,
                    view: View::Channels(*channels, *columns),
                })
            }
            Self::Panel(panel) => panel.write(&image),
        }
    }
}

impl Panel {
    fn write(&self, image: &RgbImage) -> Result<Written, Error> {
        let width = image.width();
        if let PanelLayout::Codes(_, arrangement) = self.layout {
            check_width(arrangement.columns, width)?;
        }
        let indexes = dither(image, &self.inks, self.dither, self.tone)?;
        let inks = self.inks.clone();
        let (bytes, view) = match self.layout {
            PanelLayout::Codes(codes, arrangement) => (
                codes.pack(&indexes, width, &inks, arrangement),
                View::Codes(codes, arrangement, inks),
            ),
            PanelLayout::Png => (png::indexed(&indexes, width, &inks)?, View::Named(inks)),
            PanelLayout::Bmp => (bmp::indexed(&indexes, width, &inks)?, View::Named(inks)),
        };
        Ok(Written {
            bytes,
            quality: None,
            view,
        })
    }
}

/// The result cannot be brought under the limit.
pub(crate) fn over_max_bytes(length: usize, max_bytes: usize) -> Error {
    let reason = format!(
        "{length} bytes at the least, over the limit of {max_bytes}: ask for fewer pixels or more bytes"
    );
    Error::too_large("maxBytes", reason)
}

fn check_width(columns: Columns, width: usize) -> Result<(), Error> {
    match (columns, width % 2) {
        (Columns::Two, 1) => Err(Error::invalid(
            "columns",
            format!("{width} pixels have no two equal halves"),
        )),
        _ => Ok(()),
    }
}
