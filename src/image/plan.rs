//! From what the caller asked for to what will be done: all defaults, all ranges, and which option goes with which format.

use super::error::Error;
use super::fit::MAX_SIDE;
use super::options::{
    Columns, Dither, Fit, Format, Invert, Mirror, Palette, PrepareOptions, Rgb, Rotation, Rows,
    Tone,
};
use super::orient::Turn;
use super::pack::{Arrangement, Channels, Codes};
use super::palette::Inks;

const DEFAULT_QUALITY: u8 = 85;
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

/// What is written, and with what.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Output {
    Original,
    Jpeg { quality: u8 },
    Png,
    Bmp,
    Channels(Format, Channels, Columns),
    Panel(Panel),
}

/// What a panel of few colours gets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Panel {
    pub(crate) format: Format,
    pub(crate) inks: Inks,
    pub(crate) dither: Dither,
    /// The exponent on linear light.
    pub(crate) tone: f64,
    pub(crate) layout: PanelLayout,
}

/// How a panel's inks are written down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PanelLayout {
    Codes(Codes, Arrangement),
    Png,
    Bmp,
}

impl Output {
    pub(crate) const fn format(&self) -> Format {
        match self {
            Self::Original => Format::Original,
            Self::Jpeg { .. } => Format::Jpeg,
            Self::Png => Format::Png,
            Self::Bmp => Format::Bmp,
            Self::Channels(format, ..) | Self::Panel(Panel { format, .. }) => *format,
        }
    }
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
            output: output(format, options)?,
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

fn output(format: Format, options: &PrepareOptions) -> Result<Output, Error> {
    let columns = options.columns.unwrap_or(Columns::One);
    let rows = options.rows.unwrap_or(Rows::Padded);
    let channels = |channels| Ok(Output::Channels(format, channels, columns));
    let panel = |inks: Inks, layout| panel(format, inks, layout, options).map(Output::Panel);
    let bits = |inks: Inks, bits| {
        let codes = PanelLayout::Codes(Codes::Bits(bits), Arrangement { rows, columns });
        panel(inks.fit_bits(bits)?, codes)
    };
    match format {
        Format::Original => Ok(Output::Original),
        Format::Jpeg => Ok(Output::Jpeg {
            quality: quality(options.quality)?,
        }),
        Format::Png if options.palette.is_none() => Ok(Output::Png),
        Format::Bmp if options.palette.is_none() => Ok(Output::Bmp),
        Format::Png => panel(uncoded(format, options)?, PanelLayout::Png),
        Format::Bmp => panel(uncoded(format, options)?, PanelLayout::Bmp),
        Format::Rgb565Le => channels(Channels::Rgb565Le),
        Format::Rgb565Be => channels(Channels::Rgb565Be),
        Format::Rgb888 => channels(Channels::Rgb888),
        Format::Gray8 => channels(Channels::Gray8),
        Format::Gray4 => bits(Inks::grays(16), 4),
        Format::Gray2 => bits(Inks::grays(4), 2),
        Format::Mono1 => bits(Inks::mono(mono_invert(options.invert)?), 1),
        Format::Palette2 => bits(palette(format, options)?, 2),
        Format::Palette4 => bits(palette(format, options)?, 4),
        Format::Planes => {
            let planes = planes(options.invert);
            panel(
                three(uncoded(format, options)?)?,
                PanelLayout::Codes(planes, Arrangement { rows, columns }),
            )
        }
    }
}

fn panel(
    format: Format,
    inks: Inks,
    layout: PanelLayout,
    options: &PrepareOptions,
) -> Result<Panel, Error> {
    let tone = match options.tone.unwrap_or(Tone::Auto) {
        Tone::Auto => inks.auto_tone(),
        Tone::Exponent(exponent) if (0.4..=2.0).contains(&exponent) => exponent,
        Tone::Exponent(other) => {
            return Err(Error::invalid(
                "tone",
                format!("{other} is not within 0.4 to 2"),
            ));
        }
    };
    let dither = options.dither.unwrap_or(Dither::FloydSteinberg);
    Ok(Panel {
        format,
        inks,
        dither,
        tone,
        layout,
    })
}

fn palette(format: Format, options: &PrepareOptions) -> Result<Inks, Error> {
    match &options.palette {
        Some(Palette::Named(name)) => Ok(Inks::named(*name)),
        Some(Palette::Colors(colors)) => Inks::own(colors),
        None => Err(Error::invalid(
            "palette",
            format!("format {format} needs one: the panel's name or its colours"),
        )),
    }
}

/// A palette for a format that sends places in the palette, not codes.
fn uncoded(format: Format, options: &PrepareOptions) -> Result<Inks, Error> {
    match &options.palette {
        Some(Palette::Colors(colors)) if colors.iter().any(|color| color.code.is_some()) => {
            Err(Error::invalid(
                "palette",
                format!("format {format} sends no codes: leave code away"),
            ))
        }
        _ => palette(format, options),
    }
}

fn three(inks: Inks) -> Result<Inks, Error> {
    match inks.len() {
        3 => Ok(inks),
        other => {
            let reason =
                format!("planes have three colours, black, white and another, not {other}");
            Err(Error::invalid("palette", reason))
        }
    }
}

fn mono_invert(invert: Option<Invert>) -> Result<bool, Error> {
    match invert {
        None => Ok(false),
        Some(Invert::All(invert)) => Ok(invert),
        Some(Invert::Planes { .. }) => Err(Error::invalid(
            "invert",
            "mono1 has one plane: true or false",
        )),
    }
}

fn planes(invert: Option<Invert>) -> Codes {
    let (invert_black, invert_color) = match invert {
        None => (false, false),
        Some(Invert::All(invert)) => (invert, invert),
        Some(Invert::Planes { black, color }) => (black, color),
    };
    Codes::Planes {
        invert_black,
        invert_color,
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

fn quality(value: Option<u8>) -> Result<u8, Error> {
    match value.unwrap_or(DEFAULT_QUALITY) {
        quality @ 1..=100 => Ok(quality),
        other => Err(Error::invalid(
            "quality",
            format!("{other} is not within 1 to 100"),
        )),
    }
}

fn saturation(value: Option<f64>) -> Result<f32, Error> {
    match value.unwrap_or(1.0) {
        saturation if (0.0..=2.0).contains(&saturation) => Ok(saturation as f32),
        other => Err(Error::invalid(
            "saturation",
            format!("{other} is not within 0 to 2"),
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
        other => Err(Error::invalid(
            "maxMegapixels",
            format!("{other} is not above 0"),
        )),
    }
}

#[cfg(test)]
mod tests;
