//! PNG, GIF, BMP and WebP through the `image` crate, each with the memory that its header foretold as its limit.

use super::super::budget::{self, BUDGET};
use super::super::error::Error;
use super::super::pixels::RgbImage;
use super::super::sniff::Kind;
use super::{Decoded, Header, Wanted, color, truncated};
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{ColorType, ImageDecoder, ImageError, ImageResult, Limits};
use std::io::Cursor;

/// Decodes the first picture of the file.
pub(super) fn decode(bytes: &[u8], header: &Header, wanted: Wanted) -> Result<Decoded, Error> {
    // While an index or a gray is unpacked, both forms are there; nothing else takes more than twice its pixels.
    budget::check("decoding", header.unpacked * (header.depth + 3))?;
    let input = Cursor::new(bytes);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(BUDGET);
    let raw = match header.kind {
        Kind::Png => PngDecoder::with_limits(input, limits).and_then(raw),
        Kind::Gif => GifDecoder::new(input).and_then(|decoder| limited(decoder, limits)),
        Kind::Bmp => BmpDecoder::new(input).and_then(|decoder| limited(decoder, limits)),
        _ => WebPDecoder::new(input).and_then(|decoder| limited(decoder, limits)),
    };
    let raw = raw.map_err(|error| from_image(header.kind, &error))??;
    let warnings = if raw.cut_off {
        vec![truncated(header.kind)]
    } else {
        Vec::new()
    };
    let saturated = raw.color.has_alpha();
    let (width, height) = (raw.width, raw.height);
    let image = RgbImage::from_bytes(width, height, raw.into_rgb(wanted)?)
        .ok_or_else(|| Error::corrupt(header.kind.name(), "it has fewer pixels than it says"))?;
    Ok(Decoded {
        image,
        scale: 1.0,
        saturated,
        warnings,
    })
}

/// Pixels as the decoder left them.
struct Raw {
    width: usize,
    height: usize,
    color: ColorType,
    data: Vec<u8>,
    /// The decoder stopped before the end.
    cut_off: bool,
}

impl Raw {
    fn into_rgb(self, wanted: Wanted) -> Result<Vec<u8>, Error> {
        let narrow = match self.color {
            ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
                color::from_16_bits(self.data, 16)
            }
            _ => self.data,
        };
        match self.color {
            ColorType::L8 | ColorType::L16 => color::from_gray(&narrow),
            ColorType::La8 | ColorType::La16 => color::from_gray_alpha(&narrow, wanted.background),
            ColorType::Rgba8 | ColorType::Rgba16 => {
                color::from_rgba(&narrow, wanted.background, wanted.saturation)
            }
            _ => Ok(narrow),
        }
    }
}

fn limited(mut decoder: impl ImageDecoder, limits: Limits) -> ImageResult<Result<Raw, Error>> {
    decoder.set_limits(limits)?;
    raw(decoder)
}

/// Reads what there is. A file that ends too early is an error only if its first pixel is missing too.
fn raw(decoder: impl ImageDecoder) -> ImageResult<Result<Raw, Error>> {
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    let sizes = (
        usize::try_from(decoder.total_bytes()),
        usize::try_from(width),
        usize::try_from(height),
    );
    let (Ok(total), Ok(width), Ok(height)) = sizes else {
        return Ok(Err(Error::too_large(
            "memory",
            "the picture does not fit into memory",
        )));
    };
    let mut data = match budget::zeroed(total) {
        Ok(data) => data,
        Err(error) => return Ok(Err(error)),
    };
    let cut_off = match decoder.read_image(&mut data) {
        Ok(()) => false,
        Err(error) if is_end(&error) && data.iter().any(|&byte| byte != 0) => true,
        Err(error) => return Err(error),
    };
    Ok(Ok(Raw {
        width,
        height,
        color,
        data,
        cut_off,
    }))
}

/// Whether the file ended before its picture did. The decoders wrap it in errors of their own, so the chain is searched.
fn is_end(error: &ImageError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = match error {
        ImageError::IoError(io) => Some(io),
        other => Some(other),
    };
    while let Some(error) = cause {
        if error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof)
        {
            return true;
        }
        cause = error.source();
    }
    false
}

fn from_image(kind: Kind, error: &ImageError) -> Error {
    match error {
        ImageError::Unsupported(_) => Error::Unsupported {
            what: format!("a {} of this kind ({error})", kind.name()).into(),
            advice: "save the picture as an ordinary JPEG or PNG",
        },
        ImageError::Limits(_) => Error::too_large(
            "memory",
            format!("the {} asks for too much memory", kind.name()),
        ),
        _ => Error::corrupt(kind.name(), error),
    }
}
