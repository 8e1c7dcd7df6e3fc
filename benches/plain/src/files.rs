//! The crate `image` alone. Each function tells the length of its result, or 0.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageReader};

use crate::{INPUT, keep, lock};

const QUALITY: u8 = 85;

/// A file to a JPEG of this size.
#[unsafe(no_mangle)]
pub extern "C" fn to_jpeg(width: u32, height: u32) -> usize {
    keep(decode().and_then(|picture| {
        let small = picture.resize_exact(width, height, FilterType::Triangle);
        let mut file = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
        encoder.encode_image(&small.into_rgb8()).ok()?;
        Some(file)
    }))
}

/// A file to R, G, B.
#[unsafe(no_mangle)]
pub extern "C" fn to_rgb() -> usize {
    keep(decode().map(|picture| picture.into_rgb8().into_raw()))
}

fn decode() -> Option<DynamicImage> {
    let input = lock(&INPUT);
    let reader = ImageReader::new(Cursor::new(input.as_slice()));
    reader.with_guessed_format().ok()?.decode().ok()
}
