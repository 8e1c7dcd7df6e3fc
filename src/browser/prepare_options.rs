//! `PrepareOptions` of `api.d.ts`: names, types and ranges. What goes with which format, and all defaults, are the image room's.

use core::str::FromStr;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::options::Options;
use crate::image::{ColorError, Error, Invert, Palette, PaletteColor, PrepareOptions, Rgb, Tone};

/// Reads every option of `PrepareOptions` but `signal`, which belongs to the call. What does not go together is refused too,
/// before anything is fetched.
pub(super) fn read(options: &Options) -> PrepareOptions {
    let prepare = PrepareOptions {
        width: options.integer_if_given("width", 1, 16_384),
        height: options.integer_if_given("height", 1, 16_384),
        fit: named(options, "fit"),
        rotate: counted(options, "rotate"),
        mirror: named(options, "mirror"),
        background: color(options, "background"),
        format: named(options, "format"),
        rows: named(options, "rows"),
        columns: counted(options, "columns"),
        quality: byte(options, "quality", 1, 100),
        max_bytes: options
            .integer_if_given("maxBytes", 1, u32::MAX)
            .and_then(|most| usize::try_from(most).ok()),
        dither: named(options, "dither"),
        tone: tone(options),
        saturation: options.number("saturation", 0.0, 2.0),
        palette: palette(options),
        max_megapixels: options.number("maxMegapixels", 0.0, 100_000.0),
        invert: invert(options),
    };
    taken(options, super::image::check(&prepare));
    prepare
}

/// What the image room makes of an option, which names the option itself where it is wrong.
fn taken<T>(options: &Options, result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => return Some(value),
        Err(Error::Invalid { option, reason }) => options.refuse(option, &reason),
        Err(other) => options.refuse("options", &other.to_string()),
    }
    None
}

/// One of the names of an enum of the image room, whose own message lists them.
fn named<T: FromStr<Err = Error>>(options: &Options, name: &'static str) -> Option<T> {
    taken(options, options.string(name)?.parse())
}

/// A number that stands for one of the values of an enum: degrees, columns.
fn counted<T: TryFrom<u32, Error = Error>>(options: &Options, name: &'static str) -> Option<T> {
    let number = options.integer_if_given(name, 0, 360)?;
    taken(options, T::try_from(number))
}

fn byte(options: &Options, name: &'static str, least: u8, most: u8) -> Option<u8> {
    let number = options.integer_if_given(name, least.into(), most.into())?;
    u8::try_from(number).ok()
}

fn color(options: &Options, name: &'static str) -> Option<Rgb> {
    parsed(options, name, &options.string(name)?)
}

fn parsed(options: &Options, name: &'static str, text: &str) -> Option<Rgb> {
    text.parse()
        .map_err(|error: ColorError| options.refuse(name, &error.to_string()))
        .ok()
}

fn tone(options: &Options) -> Option<Tone> {
    let value = options.value("tone");
    match (value.as_string().as_deref(), value.as_f64()) {
        (Some("auto"), _) => return Some(Tone::Auto),
        (Some("none"), _) => return Some(Tone::Exponent(1.0)),
        (_, Some(exponent)) if (0.4..=2.0).contains(&exponent) => {
            return Some(Tone::Exponent(exponent));
        }
        _ => {}
    }
    if !value.is_undefined() {
        let reason = "must be \"auto\", \"none\" or a number from 0.4 to 2";
        options.refuse("tone", reason);
    }
    None
}

fn invert(options: &Options) -> Option<Invert> {
    if let Some(all) = options.value("invert").as_bool() {
        return Some(Invert::All(all));
    }
    let planes = options.nested("invert")?;
    let black = planes.boolean("black", false);
    let color = planes.boolean("color", false);
    Some(Invert::Planes { black, color })
}

fn palette(options: &Options) -> Option<Palette> {
    let value = options.value("palette");
    if let Some(name) = value.as_string() {
        return taken(options, name.parse()).map(Palette::Named);
    }
    let colors = value.dyn_ref::<Array>();
    let Some(colors) = colors.filter(|colors| (2..=16).contains(&colors.length())) else {
        if !value.is_undefined() {
            let reason = match colors {
                Some(_) => "must hold 2 to 16 colours",
                None => "must be a panel's name or an array of colours",
            };
            options.refuse("palette", reason);
        }
        return None;
    };
    let colors: Option<Vec<_>> = colors
        .iter()
        .map(|entry| palette_color(options, &entry))
        .collect();
    colors.map(Palette::Colors)
}

fn palette_color(options: &Options, entry: &JsValue) -> Option<PaletteColor> {
    if let Some(text) = entry.as_string() {
        return parsed(options, "palette", &text).map(PaletteColor::from);
    }
    let fields = options.under(entry, "palette");
    if fields.value("color").is_undefined() {
        fields.refuse("color", "is needed");
    }
    let shown = color(&fields, "shown");
    let code = byte(&fields, "code", 0, 15);
    Some(PaletteColor {
        color: color(&fields, "color")?,
        code,
        shown,
    })
}
