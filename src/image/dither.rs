//! Pixels to the inks of a panel. Every dither works in the same frame: light relative to the panel's white, the same
//! tone, the same exact colours that stay (DITHER.md, "The algorithm").

mod diffuse;
mod ordered;

use super::budget;
use super::dbs;
use super::error::Error;
use super::frame::{ColorFrame, Frame, GrayFrame};
use super::options::Dither;
use super::palette::Inks;
use super::pixels::RgbImage;

/// The index of an ink for each pixel.
///
/// # Errors
/// [`Error::TooLarge`] where the result or what the search keeps beside it does not fit into the budget.
pub(crate) fn dither(
    image: &RgbImage,
    inks: &Inks,
    dither: Dither,
    tone: f64,
) -> Result<Vec<u8>, Error> {
    let pixels = image.pixels();
    budget::check(
        "dithering",
        pixels.len() as u64 * (3 + bytes_a_pixel(dither)),
    )?;
    let frame = Frame::of(inks, tone);
    if let Some(indexes) = frame.named(pixels) {
        return Ok(indexes);
    }
    Ok(match &*frame {
        Frame::Gray(gray) => in_grays(image, gray, dither),
        Frame::Color(color) => in_colors(image, color, dither),
    })
}

fn in_grays(image: &RgbImage, frame: &GrayFrame, dither: Dither) -> Vec<u8> {
    let nearest = |&pixel: &[u8; 3]| {
        let (luminance, named) = frame.look(pixel);
        named.unwrap_or_else(|| frame.nearest(luminance))
    };
    match dither {
        Dither::None => image.pixels().iter().map(nearest).collect(),
        Dither::FloydSteinberg | Dither::Atkinson => diffused(image, frame, dither),
        Dither::Bayer => ordered::gray(image, frame),
        Dither::Dbs => dbs::refine_gray(image, frame, &diffused(image, frame, dither)),
    }
}

fn diffused(image: &RgbImage, frame: &GrayFrame, dither: Dither) -> Vec<u8> {
    if frame.is_toned() {
        diffused_toned::<true>(image, frame, dither)
    } else {
        diffused_toned::<false>(image, frame, dither)
    }
}

fn diffused_toned<const TONED: bool>(
    image: &RgbImage,
    frame: &GrayFrame,
    dither: Dither,
) -> Vec<u8> {
    match frame.mono::<TONED>() {
        Some(mono) => diffuse::by_mono(dither, image, mono),
        None => diffuse::by(dither, image, frame),
    }
}

fn in_colors(image: &RgbImage, frame: &ColorFrame, dither: Dither) -> Vec<u8> {
    let nearest = |&pixel: &[u8; 3]| {
        let light = || ColorFrame::bounded(frame.target(pixel));
        frame
            .names
            .find(pixel)
            .unwrap_or_else(|| frame.nearest(light()).0)
    };
    match dither {
        Dither::None => image.pixels().iter().map(nearest).collect(),
        Dither::FloydSteinberg | Dither::Atkinson => diffuse::by(dither, image, frame),
        Dither::Bayer => ordered::color(image, frame),
        Dither::Dbs => dbs::refine_color(image, frame, &diffuse::by(dither, image, frame)),
    }
}

/// What a dither holds beside picture and result, at the most.
fn bytes_a_pixel(dither: Dither) -> u64 {
    match dither {
        // Two indexes, a state, and the error before and after the eye.
        Dither::Dbs => 3 + 2 * 16,
        _ => 1,
    }
}
