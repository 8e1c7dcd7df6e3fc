//! What the tests of this room share: pictures that are drawn, files that are made, a measure of likeness.

use super::pixels::RgbImage;
use image::{ExtendedColorType, ImageEncoder};

/// Bytes that follow no pattern, from a seed.
pub(crate) fn noise(mut seed: u32) -> impl FnMut() -> u8 {
    move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    }
}

/// Something like a photograph: smooth shades, edges at all angles, a little noise, colours throughout.
pub(crate) fn photograph(width: usize, height: usize) -> RgbImage {
    let mut noise = noise(1);
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f64 / width as f64, y as f64 / height as f64);
        let hills = (u * 9.0).sin() * (v * 7.0 + u * 3.0).cos();
        // A lens leaves no edge sharper than a few pixels.
        let rings = (((u - 0.4).hypot(v - 0.6) * 60.0).sin() * 6.0).tanh()
            * if u + v > 1.1 { 20.0 } else { 4.0 };
        let grain = f64::from(noise()) / 64.0;
        [
            130.0 + 90.0 * hills + rings,
            110.0 + 80.0 * v + rings,
            200.0 - 120.0 * u * v - 40.0 * hills,
        ]
        .map(|channel| (channel + grain).clamp(0.0, 255.0) as u8)
    })
}

/// Peak signal to noise in dB over all channels; infinite for equal pictures.
pub(crate) fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 / (sum / a.len() as f64)).log10()
}

/// The markers of a JPEG's segments up to its scan.
pub(crate) fn jpeg_markers(file: &[u8]) -> Vec<u8> {
    let mut markers = Vec::new();
    let mut at = 2;
    while file[at] == 0xff {
        markers.push(file[at + 1]);
        if file[at + 1] == 0xda {
            break;
        }
        at += 2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
    }
    markers
}

/// A JPEG whose colours have half the samples along x and y, progressive or not.
pub(crate) fn jpeg(image: &RgbImage, quality: u8, progressive: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.set_progressive(progressive);
    let (width, height) = (image.width() as u16, image.height() as u16);
    encoder
        .encode(image.bytes(), width, height, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    out
}

/// Puts a segment right behind the start of a JPEG.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, data, &jpeg[2..]].concat()
}

/// A PNG of raw samples.
pub(crate) fn png(data: &[u8], width: usize, height: usize, color: ExtendedColorType) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut out);
    encoder
        .write_image(data, width as u32, height as u32, color)
        .unwrap();
    out
}
