//! Pixels to the inks of a panel. Every dither works in the same frame: light relative to the panel's white, the same
//! tone, the same exact colours that stay (DITHER.md, "The algorithm").

mod diffuse;
mod ordered;

use super::budget;
use super::dbs;
use super::error::Error;
use super::frame::{ColorFrame, Frame, GrayFrame, Light, Names};
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
    if let Some(indexes) = frame.names.all(pixels) {
        return Ok(indexes);
    }
    Ok(match &frame.light {
        Light::Gray(gray) => in_grays(image, &frame.names, gray, dither),
        Light::Color(color) => in_colors(image, &frame.names, color, dither),
    })
}

fn in_grays(image: &RgbImage, names: &Names, frame: &GrayFrame, dither: Dither) -> Vec<u8> {
    match dither {
        Dither::None => each(image.pixels(), names, |pixel| {
            frame.nearest(frame.luminance(pixel))
        }),
        Dither::FloydSteinberg => diffuse::floyd_steinberg(image, names, frame),
        Dither::Atkinson => diffuse::atkinson(image, names, frame),
        Dither::Bayer => ordered::gray(image, names, frame),
        Dither::Dbs => dbs::refine_gray(
            image,
            names,
            frame,
            &diffuse::floyd_steinberg(image, names, frame),
        ),
    }
}

fn in_colors(image: &RgbImage, names: &Names, frame: &ColorFrame, dither: Dither) -> Vec<u8> {
    let nearest = |pixel| frame.nearest(ColorFrame::bounded(frame.target(pixel)));
    match dither {
        Dither::None => each(image.pixels(), names, nearest),
        Dither::FloydSteinberg => diffuse::floyd_steinberg(image, names, frame),
        Dither::Atkinson => diffuse::atkinson(image, names, frame),
        Dither::Bayer => ordered::color(image, names, frame),
        Dither::Dbs => dbs::refine_color(
            image,
            names,
            frame,
            &diffuse::floyd_steinberg(image, names, frame),
        ),
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

/// Each pixel for itself.
fn each(pixels: &[[u8; 3]], names: &Names, nearest: impl Fn([u8; 3]) -> u8) -> Vec<u8> {
    pixels
        .iter()
        .map(|&pixel| names.find(pixel).unwrap_or_else(|| nearest(pixel)))
        .collect()
}
