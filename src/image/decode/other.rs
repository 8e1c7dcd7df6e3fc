//! PNG, GIF and BMP through the `image` crate, each with the memory that its header foretold as its limit.

use super::super::adjust::Adjust;
use super::super::budget::{self, BUDGET};
use super::super::error::Error;
use super::super::options::Rgb;
use super::super::pixels::RgbImage;
use super::super::sniff::Kind;
use super::{Decoded, Header, Wanted, adjust, color, png, truncated};
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder};
use image::{ColorType, ImageDecoder, ImageError, ImageResult, Limits};
use std::io::Cursor;

/// Decodes the first picture of the file.
pub(super) fn decode(bytes: &[u8], header: &Header, wanted: Wanted) -> Result<Decoded, Error> {
    // While an index or a gray is unpacked, both forms are there; nothing else takes more than twice its pixels.
    let needed = header.unpacked.saturating_mul(header.depth + 3);
    budget::check("decoding", needed)?;
    let input = Cursor::new(bytes);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(BUDGET);
    let raw = match header.kind {
        Kind::Png => PngDecoder::with_limits(input, limits)
            .and_then(|decoder| raw(decoder, |data| png::read(bytes, data))),
        Kind::Gif => GifDecoder::new(input).and_then(|decoder| limited(decoder, limits)),
        Kind::Bmp => BmpDecoder::new(input).and_then(|decoder| limited(decoder, limits)),
        _ => return Err(header.kind.unsupported()),
    };
    let mut raw = raw.map_err(|error| from_image(header.kind, &error))??;
    let mut warnings = Vec::new();
    if raw.cut_off {
        warnings.push(truncated(header.kind));
    }
    let adjust = adjust(
        raw.profile.take().as_deref(),
        wanted.saturation,
        &mut warnings,
    );
    let transparent = raw.color.has_alpha();
    let (width, height) = (raw.width, raw.height);
    let rgb = raw.into_rgb(wanted.background, adjust.as_ref())?;
    let image = RgbImage::from_bytes(width, height, rgb)
        .ok_or_else(|| Error::corrupt(header.kind.name(), "it has fewer pixels than it says"))?;
    Ok(Decoded {
        image,
        scale: 1.0,
        adjust: adjust.filter(|_| !transparent),
        warnings,
    })
}

/// Pixels as the decoder left them.
struct Raw {
    width: usize,
    height: usize,
    color: ColorType,
    data: Vec<u8>,
    profile: Option<Vec<u8>>,
    /// The decoder stopped before the end.
    cut_off: bool,
}

impl Raw {
    fn into_rgb(self, background: Rgb, adjust: Option<&Adjust>) -> Result<Vec<u8>, Error> {
        let wide = self.color.bytes_per_pixel() > self.color.channel_count();
        let narrow = if wide {
            color::from_16_bits(self.data)
        } else {
            self.data
        };
        match self.color.channel_count() {
            1 => color::from_gray(&narrow),
            2 => color::from_gray_alpha(&narrow, background, adjust),
            3 => Ok(narrow),
            _ => color::from_rgba(&narrow, background, adjust),
        }
    }
}

fn limited(mut decoder: impl ImageDecoder, limits: Limits) -> ImageResult<Result<Raw, Error>> {
    decoder.set_limits(limits)?;
    raw(decoder, |_| None)
}

/// Reads what there is, the quick way if that can, which else leaves zeros. A file that ends too early is an error only if its first pixel is missing
/// too.
fn raw(
    mut decoder: impl ImageDecoder,
    quick: impl FnOnce(&mut [u8]) -> Option<()>,
) -> ImageResult<Result<Raw, Error>> {
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    // A profile that cannot be unpacked is no reason to refuse the picture.
    let profile = decoder.icc_profile().ok().flatten();
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
    let read = quick(&mut data).map_or_else(|| decoder.read_image(&mut data), Ok);
    let cut_off = match read {
        Ok(()) => false,
        Err(error) if is_end(&error) && data.iter().any(|&byte| byte != 0) => true,
        Err(error) => return Err(error),
    };
    if cut_off && color.bytes_per_pixel() > color.channel_count() {
        // Samples of 16 bits are brought into the machine's order only at the end, which was not reached.
        let samples = data.as_chunks_mut::<2>().0;
        samples
            .iter_mut()
            .for_each(|sample| *sample = u16::from_be_bytes(*sample).to_ne_bytes());
    }
    Ok(Ok(Raw {
        width,
        height,
        color,
        data,
        profile,
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
