//! Prepares pictures from the command line and shows what a panel makes of them; the quality and corpus suites use it.
//!
//! ```sh
//! cargo run --example prepare -- photo.jpg panel.png format=palette4 palette=spectra6 width=800 height=480
//! ```
//!
//! The second file is the preview, as a PNG. Without arguments it reads lines of the same words from standard input, apart
//! by tabs, and answers each with one line: the bytes that would be sent, milliseconds and warnings, or the error's code.

#![allow(
    clippy::disallowed_methods,
    reason = "the crate's own clock is an argument; this program has one of its own"
)]

use std::error::Error;
use std::io::{BufRead, Write};
use std::str::FromStr;
use std::time::Instant;

use mqtt_image_sender::image::{Format, PrepareOptions, prepare, prepare_pixels};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if !words.is_empty() {
        println!("{}", run(&words)?);
        return Ok(());
    }
    for line in std::io::stdin().lock().lines() {
        let words: Vec<String> = line?.split('\t').map(str::to_owned).collect();
        let answer = run(&words).unwrap_or_else(|error| format!("error\t{error}"));
        writeln!(std::io::stdout(), "{answer}")?;
    }
    Ok(())
}

/// Reads the first file, writes the second, and tells about it.
fn run(words: &[String]) -> Result<String, Box<dyn Error>> {
    let [source, target, settings @ ..] = words else {
        return Err("usage: prepare SOURCE TARGET.png [option=value …]".into());
    };
    let options = options(settings)?;
    let bytes = std::fs::read(source)?;
    let started = Instant::now();
    let prepared = match prepare(&bytes, &options) {
        Ok(prepared) => prepared,
        Err(error) => return Ok(format!("{}\t{error}", error.code())),
    };
    let milliseconds = started.elapsed().as_secs_f64() * 1e3;
    let shown = prepared.preview()?;
    let as_png = PrepareOptions {
        format: Some(Format::Png),
        ..PrepareOptions::default()
    };
    let png = prepare_pixels(&shown.rgba, shown.width, shown.height, &as_png)?;
    std::fs::write(target, &png.bytes)?;
    let warnings = prepared.warnings.join("; ");
    Ok(format!(
        "ok\t{}\t{milliseconds:.1}\t{warnings}",
        prepared.bytes.len()
    ))
}

fn options(settings: &[String]) -> Result<PrepareOptions, Box<dyn Error>> {
    let mut options = PrepareOptions::default();
    for setting in settings {
        let (name, value) = setting.split_once('=').ok_or("an option is name=value")?;
        match name {
            "width" => options.width = parsed(value)?,
            "height" => options.height = parsed(value)?,
            "fit" => options.fit = parsed(value)?,
            "format" => options.format = parsed(value)?,
            "quality" => options.quality = parsed(value)?,
            "dither" => options.dither = parsed(value)?,
            "tone" => options.tone = parsed(value)?,
            "saturation" => options.saturation = parsed(value)?,
            "palette" => {
                options.palette = Some(value.parse::<mqtt_image_sender::image::PanelName>()?.into())
            }
            "background" => options.background = parsed(value)?,
            other => return Err(format!("this example has no option {other}").into()),
        }
    }
    Ok(options)
}

fn parsed<T: FromStr>(text: &str) -> Result<Option<T>, Box<dyn Error>>
where
    T::Err: Error + 'static,
{
    Ok(Some(text.parse()?))
}
