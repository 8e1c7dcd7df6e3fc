//! What each format writes, and the options that only some formats have.

use crate::image::error::Error;
use crate::image::options::{Columns, Dither, Format, Invert, Palette, PrepareOptions, Rows, Tone};
use crate::image::pack::{Arrangement, Channels, Codes};
use crate::image::palette::Inks;

const DEFAULT_QUALITY: u8 = 85;

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
    /// # Errors
    /// [`Error::Invalid`] for an option that is out of range or does not go with the format.
    pub(super) fn new(format: Format, options: &PrepareOptions) -> Result<Self, Error> {
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

fn panel(
    format: Format,
    inks: Inks,
    layout: PanelLayout,
    options: &PrepareOptions,
) -> Result<Panel, Error> {
    let tone = match options.tone.unwrap_or(Tone::Auto) {
        Tone::Auto => inks.auto_tone(),
        Tone::Exponent(exponent) if (0.4..=2.0).contains(&exponent) => exponent,
        Tone::Exponent(_) => {
            return Err(Error::invalid("tone", "it must be a number from 0.4 to 2"));
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

fn quality(value: Option<u8>) -> Result<u8, Error> {
    match value.unwrap_or(DEFAULT_QUALITY) {
        quality @ 1..=100 => Ok(quality),
        other => Err(Error::invalid(
            "quality",
            format!("{other} is not within 1 to 100"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::options::{PaletteColor, PanelName, Rgb};
    use crate::image::plan::Plan;

    fn rejected(options: &PrepareOptions) -> &'static str {
        match Plan::new(options) {
            Err(Error::Invalid { option, .. }) => option,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn raw_formats_take_the_options_of_their_kind() {
        let with = |format| PrepareOptions {
            format: Some(format),
            ..Default::default()
        };
        let bw = || Some(Palette::Named(PanelName::Bw));
        let bwr = || Some(Palette::Named(PanelName::Bwr));
        for (options, name) in [
            (
                PrepareOptions {
                    rows: Some(Rows::Padded),
                    ..with(Format::Gray8)
                },
                "rows",
            ),
            (
                PrepareOptions {
                    dither: Some(Dither::None),
                    ..with(Format::Rgb565Be)
                },
                "dither",
            ),
            (
                PrepareOptions {
                    dither: Some(Dither::None),
                    ..with(Format::Png)
                },
                "dither",
            ),
            (
                PrepareOptions {
                    columns: Some(Columns::Two),
                    palette: bw(),
                    ..with(Format::Bmp)
                },
                "columns",
            ),
            (
                PrepareOptions {
                    palette: bw(),
                    ..with(Format::Mono1)
                },
                "palette",
            ),
            (
                PrepareOptions {
                    invert: Some(Invert::All(true)),
                    ..with(Format::Gray2)
                },
                "invert",
            ),
            (
                PrepareOptions {
                    invert: Some(Invert::Planes {
                        black: true,
                        color: false,
                    }),
                    ..with(Format::Mono1)
                },
                "invert",
            ),
            (
                PrepareOptions {
                    tone: Some(Tone::Exponent(0.39)),
                    ..with(Format::Mono1)
                },
                "tone",
            ),
            (
                PrepareOptions {
                    tone: Some(Tone::Exponent(f64::NAN)),
                    ..with(Format::Mono1)
                },
                "tone",
            ),
            (
                PrepareOptions {
                    palette: bw(),
                    ..with(Format::Planes)
                },
                "palette",
            ),
            (
                PrepareOptions {
                    palette: Some(Palette::Named(PanelName::Acep7)),
                    ..with(Format::Palette2)
                },
                "palette",
            ),
            (with(Format::Palette4), "palette"),
        ] {
            assert_eq!(rejected(&options), name, "{options:?}");
        }
        for options in [
            PrepareOptions {
                rows: Some(Rows::Continuous),
                columns: Some(Columns::Two),
                ..with(Format::Gray2)
            },
            PrepareOptions {
                tone: Some(Tone::Exponent(2.0)),
                palette: bwr(),
                ..with(Format::Planes)
            },
            PrepareOptions {
                dither: Some(Dither::Bayer),
                palette: bwr(),
                ..with(Format::Png)
            },
            PrepareOptions {
                invert: Some(Invert::All(true)),
                ..with(Format::Mono1)
            },
        ] {
            assert!(Plan::new(&options).is_ok(), "{options:?}");
        }
    }

    #[test]
    fn codes_are_refused_where_they_do_not_fit_or_are_not_sent() {
        let color = |code| PaletteColor {
            code: Some(code),
            ..Rgb([code; 3]).into()
        };
        let own = |format, codes: &[u8]| PrepareOptions {
            format: Some(format),
            palette: Some(Palette::Colors(codes.iter().copied().map(color).collect())),
            ..Default::default()
        };
        assert_eq!(rejected(&own(Format::Palette2, &[0, 4])), "palette");
        assert_eq!(rejected(&own(Format::Palette4, &[0, 16])), "palette");
        assert_eq!(rejected(&own(Format::Planes, &[0, 1, 2])), "palette");
        assert!(Plan::new(&own(Format::Palette4, &[0, 15])).is_ok());
    }
}
