//! Pixels to a JPEG that small decoders take, of a quality or within a number of bytes.

mod codes;
mod encode;
mod forward;
mod planes;

use super::error::Error;
use super::pixels::RgbImage;
use super::write::over_max_bytes;
pub(crate) use codes::TABLES;
use encode::encode;
use forward::hundredths;

/// Encodings that the search for a size may make before it falls back on quality 1.
const MAX_ENCODINGS: usize = 8;
/// A size from this share of the limit on is near enough to it.
const NEAR: f64 = 0.97;

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

fn step(quality: u8) -> f64 {
    f64::from(hundredths(quality).max(1))
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

    /// As another encoder writes it.
    fn theirs(image: &RgbImage, quality: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder.set_chroma_subsampling_method(jpeg_encoder::ChromaSubsamplingMethod::Average);
        let (width, height) = (image.width() as u16, image.height() as u16);
        encoder
            .encode(image.bytes(), width, height, jpeg_encoder::ColorType::Rgb)
            .unwrap();
        out
    }

    /// As another decoder reads it.
    fn pixels(file: &[u8]) -> Vec<u8> {
        let image = image::load_from_memory(file).unwrap();
        image.into_rgb8().into_raw()
    }

    #[test]
    fn a_picture_is_as_good_and_as_small_as_by_another_encoder() {
        for (width, height) in [(320, 240), (1, 1), (17, 33), (161, 15), (16, 16)] {
            let image = testing::photograph(width, height);
            for quality in [1, 20, 50, 85, 99, 100] {
                let (ours, theirs) = (encode(&image, quality).unwrap(), theirs(&image, quality));
                // The tables: the frame has other, more usual names of the components.
                let tables = |file: &[u8]| {
                    let marker = |marker| file.windows(2).position(|at| at == [0xff, marker]);
                    file[marker(0xdb).unwrap()..marker(0xda).unwrap()].to_vec()
                };
                assert_eq!(tables(&ours), tables(&theirs), "at {quality}");
                let likeness = |file: &[u8]| testing::psnr(&pixels(file), image.bytes());
                let (us, them) = (likeness(&ours), likeness(&theirs));
                assert!(
                    us > them.min(45.0) - 0.2,
                    "{width} × {height} at {quality}: {us:.2} dB, {them:.2}"
                );
                assert!(
                    ours.len() * 100 <= theirs.len() * 101,
                    "{width} × {height} at {quality}: {} bytes, {}",
                    ours.len(),
                    theirs.len()
                );
            }
        }
    }

    #[test]
    fn the_brightest_and_the_darkest_have_codes() {
        // Squares and stripes of extremes, the largest coefficients that there can be, and the codes with the most bits.
        for (side, colors) in [
            (1, [[0; 3], [255; 3]]),
            (2, [[0, 0, 255], [255, 255, 0]]),
            (8, [[255, 0, 0], [0, 255, 255]]),
            (16, [[0; 3], [255; 3]]),
        ] {
            let image = RgbImage::from_fn(64, 48, |x, y| colors[(x / side + y / side) % 2]);
            let file = encode(&image, 100).unwrap();
            let found = pixels(&file);
            let luma = |bytes: &[u8]| -> Vec<u8> {
                let weighed = bytes.as_chunks::<3>().0.iter().map(|&[r, g, b]| {
                    0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
                });
                weighed.map(|luma| luma.round() as u8).collect()
            };
            let likeness = testing::psnr(&luma(&found), &luma(image.bytes()));
            assert!(likeness > 40.0, "{side}: {likeness:.1} dB");
        }
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
            full / 4,
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
