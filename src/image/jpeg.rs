//! Pixels to a JPEG that small decoders take, of a quality or within a number of bytes.

use super::error::Error;
use super::pixels::RgbImage;
use super::write::over_max_bytes;
use jpeg_encoder::{
    ChromaSubsamplingMethod, Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr,
};

/// Encodings that the search for a size may make before it falls back on quality 1.
const MAX_ENCODINGS: usize = 8;
/// A size from this share of the limit on is near enough to it.
const NEAR: f64 = 0.97;

/// Baseline JPEG, 4:2:0, with the standard's Huffman tables (ITU-T T.81, Annex K): what TJpgDec and the like take.
///
/// # Errors
/// [`Error::TooLarge`] for a side over 65,535.
pub(crate) fn encode(image: &RgbImage, quality: u8) -> Result<Vec<u8>, Error> {
    let (Ok(width), Ok(height)) = (u16::try_from(image.width()), u16::try_from(image.height()))
    else {
        return Err(Error::too_large(
            "memory",
            "a JPEG has at most 65535 pixels a side",
        ));
    };
    let mut out = Vec::with_capacity(image.bytes().len() / 8);
    let mut encoder = Encoder::new(&mut out, quality);
    // The crate would take 4:4:4 from quality 90 on, and the first of four samples for all.
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let rows = Rows {
        image,
        width,
        height,
    };
    match encoder.encode_image(rows) {
        Ok(()) => Ok(out),
        Err(error) => Err(Error::too_large("memory", error.to_string())),
    }
}

/// The rows as the encoder takes them. Its own way with a colour type would bring the code of all nine along.
struct Rows<'a> {
    image: &'a RgbImage,
    width: u16,
    height: u16,
}

impl ImageBuffer for Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, [luma, blue, red, _]: &mut [Vec<u8>; 4]) {
        let width = self.image.width();
        let start = usize::from(y) * width;
        let row = self.image.pixels().get(start..start + width);
        for &[r, g, b] in row.unwrap_or_default() {
            let (y, cb, cr) = rgb_to_ycbcr(r, g, b);
            luma.push(y);
            blue.push(cb);
            red.push(cr);
        }
    }
}

/// The JPEG of the highest quality, from `quality` down, that has at most `max_bytes`; nearly the highest where many would
/// have to be tried. With it the quality that was found.
///
/// # Errors
/// [`Error::TooLarge`] if even quality 1 is larger.
pub(crate) fn encode_within(
    image: &RgbImage,
    quality: u8,
    max_bytes: usize,
) -> Result<(Vec<u8>, u8), Error> {
    let first = encode(image, quality)?;
    if first.len() <= max_bytes {
        return Ok((first, quality));
    }
    let mut too_large = (quality, first.len());
    let mut found: Option<(Vec<u8>, u8)> = None;
    for _ in 1..MAX_ENCODINGS {
        let fitting = found
            .as_ref()
            .map(|(bytes, quality)| (*quality, bytes.len()));
        let least = fitting.map_or(0, |(quality, _)| quality);
        let near = fitting.is_some_and(|(_, length)| length as f64 >= max_bytes as f64 * NEAR);
        if near || least + 1 >= too_large.0 {
            break;
        }
        let next = guess(fitting, too_large, max_bytes).clamp(least + 1, too_large.0 - 1);
        let bytes = encode(image, next)?;
        if bytes.len() <= max_bytes {
            found = Some((bytes, next));
        } else {
            too_large = (next, bytes.len());
        }
    }
    let (bytes, quality) = match found {
        Some(found) => found,
        // The search may end above quality 1 without having found any; then 1 is the last word.
        None if too_large.0 > 1 => (encode(image, 1)?, 1),
        None => return Err(over_max_bytes(too_large.1, max_bytes)),
    };
    match bytes.len() {
        length if length > max_bytes => Err(over_max_bytes(length, max_bytes)),
        _ => Ok((bytes, quality)),
    }
}

/// The quality at which the size should come out just under the limit. Sizes fall as a power of the quantiser's step:
/// with one size known that power is taken from experience, with two from them.
fn guess(fitting: Option<(u8, usize)>, too_large: (u8, usize), max_bytes: usize) -> u8 {
    const USUAL_POWER: f64 = -0.65;
    let (x, y) = (step(too_large.0).ln(), (too_large.1 as f64).ln());
    let power = match fitting {
        Some((quality, length)) => ((length as f64).ln() - y) / (step(quality).ln() - x),
        None => USUAL_POWER,
    };
    let goal = (max_bytes as f64 * (1.0 + NEAR) / 2.0).ln();
    quality_of_step((x + (goal - y) / power).exp())
}

/// By how many hundredths the standard's quantisers are multiplied (the scale of the Independent JPEG Group).
fn step(quality: u8) -> f64 {
    match quality {
        0..50 => 5000.0 / f64::from(quality.max(1)),
        _ => (200.0 - 2.0 * f64::from(quality)).max(1.0),
    }
}

fn quality_of_step(step: f64) -> u8 {
    let quality = if step > 100.0 {
        5000.0 / step
    } else {
        (200.0 - step) / 2.0
    };
    // Within 0 to 100, so the conversion is exact.
    quality.clamp(0.0, 100.0).floor() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::testing;

    #[test]
    fn a_jpeg_is_what_small_decoders_take() {
        let bytes = encode(&testing::photograph(64, 48), 95).unwrap();
        let markers = testing::jpeg_markers(&bytes);
        assert!(markers.contains(&0xc0), "baseline");
        assert!(!markers.contains(&0xdd), "no restart interval");
        let frame = bytes
            .windows(2)
            .position(|pair| pair == [0xff, 0xc0])
            .unwrap();
        assert_eq!(bytes[frame + 11], 0x22, "4:2:0 at every quality");
    }

    #[test]
    fn the_quality_is_lowered_until_the_bytes_suffice() {
        let image = testing::photograph(320, 240);
        let full = encode(&image, 85).unwrap().len();
        assert_eq!(encode_within(&image, 85, full).unwrap().1, 85);
        let smallest = encode(&image, 1).unwrap().len();
        for limit in [
            full - 1,
            full * 3 / 4,
            full / 2,
            full / 3,
            full / 5,
            smallest + 100,
            smallest,
        ] {
            let (bytes, quality) = encode_within(&image, 85, limit).unwrap();
            assert!(bytes.len() <= limit, "{} of {limit}", bytes.len());
            let next = encode(&image, quality + 1).unwrap().len();
            assert!(
                next > limit || bytes.len() as f64 >= 0.97 * limit as f64,
                "quality {quality}: {} or {next} of {limit}",
                bytes.len()
            );
        }
        let error = encode_within(&image, 85, smallest - 1).unwrap_err();
        assert_eq!(error.code(), "too-large");
    }
}
