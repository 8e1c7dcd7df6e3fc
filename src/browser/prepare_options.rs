//! `PrepareOptions` of `api.d.ts`: names, types and ranges. What goes with which format, and all defaults, are the image room's.

use core::str::FromStr;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::error::Invalid;
use super::options::Options;
use crate::image::{Invert, Palette, PaletteColor, PrepareOptions, Rgb, Tone};

/// Reads every option of `PrepareOptions` but `signal`, which belongs to the call.
pub(super) fn read(options: &Options) -> Result<PrepareOptions, Invalid> {
    Ok(PrepareOptions {
        width: options.integer("width", 1, 16_384)?,
        height: options.integer("height", 1, 16_384)?,
        fit: named(options, "fit")?,
        rotate: counted(options, "rotate")?,
        mirror: named(options, "mirror")?,
        background: color(options, "background")?,
        format: named(options, "format")?,
        rows: named(options, "rows")?,
        columns: counted(options, "columns")?,
        quality: options
            .integer("quality", 1, 100)?
            .and_then(|quality| u8::try_from(quality).ok()),
        max_bytes: options
            .integer("maxBytes", 1, u32::MAX)?
            .and_then(|most| usize::try_from(most).ok()),
        dither: named(options, "dither")?,
        tone: tone(options)?,
        saturation: options.number("saturation", 0.0, 2.0)?,
        palette: palette(options)?,
        max_megapixels: options.number("maxMegapixels", 0.0, 100_000.0)?,
        invert: invert(options)?,
    })
}

/// The image room names the option itself.
pub(super) fn invalid(error: crate::image::Error) -> Invalid {
    match error {
        crate::image::Error::Invalid { option, reason } => Invalid::new(option, &reason),
        other => Invalid::new("options", &other.to_string()),
    }
}

/// One of the names of an enum of the image room, whose own message lists them.
fn named<T: FromStr<Err = crate::image::Error>>(
    options: &Options,
    name: &'static str,
) -> Result<Option<T>, Invalid> {
    let Some(text) = options.string(name)? else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(invalid)
}

/// A number that stands for one of the values of an enum: degrees, columns.
fn counted<T: TryFrom<u32, Error = crate::image::Error>>(
    options: &Options,
    name: &'static str,
) -> Result<Option<T>, Invalid> {
    let Some(number) = options.integer(name, 0, 360)? else {
        return Ok(None);
    };
    T::try_from(number).map(Some).map_err(invalid)
}

fn color(options: &Options, name: &'static str) -> Result<Option<Rgb>, Invalid> {
    let Some(text) = options.string(name)? else {
        return Ok(None);
    };
    text.parse()
        .map(Some)
        .map_err(|error: crate::image::ColorError| options.invalid(name, &error.to_string()))
}

fn tone(options: &Options) -> Result<Option<Tone>, Invalid> {
    let Some(value) = options.value("tone")? else {
        return Ok(None);
    };
    match (value.as_string().as_deref(), value.as_f64()) {
        (Some("auto"), _) => Ok(Some(Tone::Auto)),
        (Some("none"), _) => Ok(Some(Tone::Exponent(1.0))),
        (_, Some(exponent)) if (0.4..=2.0).contains(&exponent) => {
            Ok(Some(Tone::Exponent(exponent)))
        }
        _ => Err(options.invalid(
            "tone",
            "must be \"auto\", \"none\" or a number from 0.4 to 2",
        )),
    }
}

fn invert(options: &Options) -> Result<Option<Invert>, Invalid> {
    let Some(value) = options.value("invert")? else {
        return Ok(None);
    };
    if let Some(all) = value.as_bool() {
        return Ok(Some(Invert::All(all)));
    }
    let Some(planes) = options.nested("invert")? else {
        return Ok(None);
    };
    let black = planes.boolean("black")?.unwrap_or(false);
    let color = planes.boolean("color")?.unwrap_or(false);
    planes.finish()?;
    Ok(Some(Invert::Planes { black, color }))
}

fn palette(options: &Options) -> Result<Option<Palette>, Invalid> {
    let Some(value) = options.value("palette")? else {
        return Ok(None);
    };
    if let Some(name) = value.as_string() {
        return name
            .parse()
            .map(|name| Some(Palette::Named(name)))
            .map_err(invalid);
    }
    let Some(colors) = value.dyn_ref::<Array>() else {
        return Err(options.invalid("palette", "must be a panel's name or an array of colours"));
    };
    if !(2..=16).contains(&colors.length()) {
        return Err(options.invalid("palette", "must hold 2 to 16 colours"));
    }
    let colors: Result<Vec<_>, _> = colors.iter().map(|entry| palette_color(&entry)).collect();
    colors.map(|colors| Some(Palette::Colors(colors)))
}

fn palette_color(entry: &JsValue) -> Result<PaletteColor, Invalid> {
    if let Some(text) = entry.as_string() {
        let color: Rgb = text.parse().map_err(|error: crate::image::ColorError| {
            Invalid::new("palette", &error.to_string())
        })?;
        return Ok(color.into());
    }
    let fields = Options::under(entry, "palette")?;
    let needed = || fields.invalid("color", "is needed");
    let color = color(&fields, "color")?.ok_or_else(needed)?;
    let code = fields
        .integer("code", 0, 15)?
        .and_then(|code| u8::try_from(code).ok());
    let shown = self::color(&fields, "shown")?;
    fields.finish()?;
    Ok(PaletteColor { color, code, shown })
}
