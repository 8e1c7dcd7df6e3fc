//! Pixels to the inks of a panel. Every dither works in the same frame: light relative to the panel's white, the same
//! tone, the same exact colours that stay (DITHER.md, "The algorithm").

mod diffuse;
mod ordered;

use super::budget;
use super::error::Error;
use super::frame::{ColorFrame, Frame, Light, Names};
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
    let names = &frame.names;
    Ok(match (&frame.light, dither) {
        (Light::Gray(gray), Dither::None) => {
            each(pixels, names, |pixel| gray.nearest(gray.luminance(pixel)))
        }
        (Light::Color(color), Dither::None) => each(pixels, names, |pixel| nearest(color, pixel)),
        (Light::Gray(gray), Dither::Bayer) => ordered::gray(image, names, gray),
        (Light::Color(color), Dither::Bayer) => ordered::color(image, names, color),
        (Light::Gray(gray), Dither::Atkinson) => diffuse::atkinson(image, names, gray),
        (Light::Color(color), Dither::Atkinson) => diffuse::atkinson(image, names, color),
        (Light::Gray(gray), _) => diffuse::floyd_steinberg(image, names, gray),
        (Light::Color(color), _) => diffuse::floyd_steinberg(image, names, color),
    })
}

/// What a dither holds beside picture and result, at the most.
fn bytes_a_pixel(dither: Dither) -> u64 {
    match dither {
        Dither::Dbs => 1 + 1 + 2 * 16,
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

fn nearest(frame: &ColorFrame, pixel: [u8; 3]) -> u8 {
    frame.nearest(ColorFrame::bounded(frame.target(pixel)))
}
