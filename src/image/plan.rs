//! From what the caller asked for to what will be done: all defaults, all ranges, and which option goes with which format.

mod output;

pub(crate) use output::{Output, Panel, PanelLayout};

use super::error::Error;
use super::fit::MAX_SIDE;
use super::options::{Fit, Format, Mirror, PrepareOptions, Rgb, Rotation};
use super::orient::Turn;

/// The limit where [`PrepareOptions::max_megapixels`] is left out, in millions of pixels.
const DEFAULT_MAX_MEGAPIXELS: f64 = 200.0;

/// Options that have been checked, with every default filled in.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) panel: (Option<u32>, Option<u32>),
    pub(crate) fit: Fit,
    /// Rotation and mirror; the file's own orientation goes before it.
    pub(crate) turn: Turn,
    pub(crate) background: Rgb,
    pub(crate) saturation: f32,
    pub(crate) output: Output,
    pub(crate) max_bytes: usize,
    pub(crate) max_pixels: u64,
}

impl Plan {
    /// # Errors
    /// [`Error::Invalid`] with the name of the first option that is out of range or that the format cannot honour.
    pub(crate) fn new(options: &PrepareOptions) -> Result<Self, Error> {
        let format = options.format.unwrap_or(Format::Jpeg);
        reject_strangers(format, options)?;
        Ok(Self {
            panel: (
                side("width", options.width)?,
                side("height", options.height)?,
            ),
            fit: options.fit.unwrap_or(Fit::Contain),
            turn: Turn::from_options(
                options.rotate.unwrap_or(Rotation::None),
                options.mirror.unwrap_or(Mirror::None),
            ),
            background: options.background.unwrap_or(Rgb::WHITE),
            saturation: saturation(options.saturation)?,
            output: Output::new(format, options)?,
            max_bytes: max_bytes(options.max_bytes)?,
            max_pixels: max_pixels(options.max_megapixels)?,
        })
    }
}

/// Options that were given though the format cannot honour them.
fn reject_strangers(format: Format, options: &PrepareOptions) -> Result<(), Error> {
    use Format::{Bmp, Gray2, Gray4, Jpeg, Mono1, Original, Palette2, Palette4, Planes, Png};
    let pixels = format != Original;
    let bits = matches!(format, Mono1 | Gray2 | Gray4 | Planes | Palette2 | Palette4);
    let palette = matches!(format, Planes | Palette2 | Palette4 | Png | Bmp);
    let dithered = bits || (palette && options.palette.is_some());
    let rules = [
        ("width", options.width.is_some(), pixels),
        ("height", options.height.is_some(), pixels),
        ("fit", options.fit.is_some(), pixels),
        ("rotate", options.rotate.is_some(), pixels),
        ("mirror", options.mirror.is_some(), pixels),
        ("background", options.background.is_some(), pixels),
        ("saturation", options.saturation.is_some(), pixels),
        ("quality", options.quality.is_some(), format == Jpeg),
        ("rows", options.rows.is_some(), bits),
        ("columns", options.columns.is_some(), format.is_raw()),
        ("dither", options.dither.is_some(), dithered),
        ("tone", options.tone.is_some(), dithered),
        ("palette", options.palette.is_some(), palette),
        (
            "invert",
            options.invert.is_some(),
            matches!(format, Mono1 | Planes),
        ),
    ];
    match rules.iter().find(|(_, given, fits)| *given && !fits) {
        Some((option @ ("dither" | "tone"), ..)) if palette => Err(Error::invalid(
            option,
            format!("format {format} has use for it only with a palette"),
        )),
        Some(&(option, ..)) => Err(Error::invalid(
            option,
            format!("format {format} has no use for it"),
        )),
        None => Ok(()),
    }
}

fn side(option: &'static str, value: Option<u32>) -> Result<Option<u32>, Error> {
    match value {
        Some(pixels) if !(1..=MAX_SIDE).contains(&pixels) => Err(Error::invalid(
            option,
            format!("{pixels} is not within 1 to {MAX_SIDE} pixels"),
        )),
        _ => Ok(value),
    }
}

fn saturation(value: Option<f64>) -> Result<f32, Error> {
    match value.unwrap_or(1.0) {
        saturation if (0.0..=2.0).contains(&saturation) => Ok(saturation as f32),
        _ => Err(Error::invalid(
            "saturation",
            "it must be a number from 0 to 2",
        )),
    }
}

fn max_bytes(value: Option<usize>) -> Result<usize, Error> {
    match value {
        Some(0) => Err(Error::invalid("maxBytes", "no picture fits into 0 bytes")),
        other => Ok(other.unwrap_or(usize::MAX)),
    }
}

fn max_pixels(megapixels: Option<f64>) -> Result<u64, Error> {
    match megapixels.unwrap_or(DEFAULT_MAX_MEGAPIXELS) {
        // A float conversion saturates, so infinity is "no limit but the memory".
        limit if limit > 0.0 => Ok((limit * 1e6) as u64),
        _ => Err(Error::invalid("maxMegapixels", "it must be above 0")),
    }
}

#[cfg(test)]
mod tests;
