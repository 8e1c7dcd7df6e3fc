//! The images: any bytes as a picture's file, or as pixels, under any options. Nothing panics; a result is what was asked
//! for and can be shown; an error blames the options only where they are to blame.

use mqtt_image_sender::image::{
    Columns, Dither, Error, Fit, Format, Invert, Job, Mirror, Palette, PaletteColor, PanelName,
    PrepareOptions, Prepared, Rgb, Rotation, Rows, Source, Tone, prepare, prepare_pixels,
};

use super::script::Script;

pub fn run(data: &[u8]) {
    let mut script = Script::new(data);
    let options = options(&mut script);
    let outcome = match script.byte() {
        ..0xf0 => {
            let file = script.rest();
            let outcome = prepare(file, &options);
            if let (Ok(prepared), Format::Original) = (&outcome, format(&options)) {
                assert_eq!(prepared.bytes, file);
            }
            check_blame(&outcome, &options, file.is_empty());
            outcome
        }
        _ => {
            let width = 1 + script.below(24);
            let rest = script.rest();
            let height = rest.len() / (4 * width);
            let rgba = &rest[..height * width * 4];
            let side = |length: usize| u32::try_from(length).expect("there are few pixels");
            let outcome = prepare_pixels(rgba, side(width), side(height), &options);
            let is_bad = height == 0 || format(&options) == Format::Original;
            check_blame(&outcome, &options, is_bad);
            outcome
        }
    };
    if let Ok(prepared) = outcome {
        check_size(&prepared, &options);
        check_shown(&prepared, &options);
    }
}

/// Options are refused whatever the picture is, and a source only where it is a bad one.
fn check_blame(outcome: &Result<Prepared, Error>, options: &PrepareOptions, is_bad: bool) {
    let options_fit = Job::new(Source::File(b"x".into()), options).is_ok();
    match outcome {
        // Whether there are two halves is known only with the picture.
        Err(Error::Invalid { option, .. }) if *option == "columns" => {
            assert_eq!(options.columns, Some(Columns::Two));
        }
        Err(error @ Error::Invalid { .. }) => assert!(!options_fit || is_bad, "{error}"),
        Err(error) => assert!(options_fit && !error.to_string().is_empty(), "{error}"),
        Ok(_) => assert!(options_fit && !is_bad),
    }
}

/// As large as was asked for, in pixels and in bytes.
fn check_size(prepared: &Prepared, options: &PrepareOptions) {
    let format = format(options);
    assert_eq!(prepared.format, format);
    assert!(prepared.bytes.len() <= options.max_bytes.unwrap_or(usize::MAX));
    if format == Format::Original {
        return;
    }
    assert!(prepared.width > 0 && prepared.height > 0);
    if options.fit != Some(Fit::ScaleDown) {
        assert_eq!(options.width.unwrap_or(prepared.width), prepared.width);
        assert_eq!(options.height.unwrap_or(prepared.height), prepared.height);
    }
    if let Some(bytes) = raw_bytes(prepared, options) {
        assert_eq!(prepared.bytes.len(), bytes);
    }
}

/// How many bytes pixels without a header have; `None` for files, and for two controllers.
fn raw_bytes(prepared: &Prepared, options: &PrepareOptions) -> Option<usize> {
    let (bits, planes) = match prepared.format {
        Format::Rgb888 => (24, 1),
        Format::Rgb565Le | Format::Rgb565Be => (16, 1),
        Format::Gray8 => (8, 1),
        Format::Gray4 | Format::Palette4 => (4, 1),
        Format::Gray2 | Format::Palette2 => (2, 1),
        Format::Mono1 => (1, 1),
        Format::Planes => (1, 2),
        Format::Jpeg | Format::Png | Format::Bmp | Format::Original => return None,
    };
    let [width, height] = [prepared.width, prepared.height].map(|side| side as usize);
    match (options.columns, options.rows) {
        (Some(Columns::Two), _) => None,
        (_, Some(Rows::Continuous)) => Some(planes * (width * height * bits).div_ceil(8)),
        _ => Some(planes * (width * bits).div_ceil(8) * height),
    }
}

/// It can be shown, in no more colours than the panel has.
fn check_shown(prepared: &Prepared, options: &PrepareOptions) {
    let shown = match prepared.preview() {
        Ok(shown) => shown,
        Err(error) => return assert_eq!(prepared.format, Format::Original, "{error}"),
    };
    if prepared.format != Format::Original {
        assert_eq!(
            (shown.width, shown.height),
            (prepared.width, prepared.height)
        );
    }
    let (pixels, rest) = shown.rgba.as_chunks::<4>();
    let count = u64::from(shown.width) * u64::from(shown.height);
    assert!(rest.is_empty() && pixels.len() as u64 == count);
    let most = match (prepared.format, &options.palette) {
        (Format::Mono1, _) => 2,
        (Format::Planes, _) => 3,
        (Format::Gray2 | Format::Palette2, _) => 4,
        (Format::Gray4 | Format::Palette4, _) | (Format::Png | Format::Bmp, Some(_)) => 16,
        _ => return,
    };
    let mut seen = Vec::new();
    for pixel in pixels {
        if !seen.contains(pixel) {
            seen.push(*pixel);
            assert!(seen.len() <= most, "more than {most} colours: {seen:?}");
        }
    }
}

fn format(options: &PrepareOptions) -> Format {
    options.format.unwrap_or(Format::Jpeg)
}

/// Mostly such as the format can honour: the others are refused before the picture is looked at.
fn options(script: &mut Script) -> PrepareOptions {
    let format = script.one_of(Format::ALL);
    // One more bit for each option that is given, and one that gives them all.
    let given = script.short();
    let is_given = |bit: u16| given & (1 << bit) != 0;
    let strange = given == 0xa5a5;
    let has_pixels = strange || format != Format::Original;
    let has_bits = strange || (format.is_raw() && !has_channels(format));
    let takes_palette = matches!(format, Format::Planes | Format::Palette2 | Format::Palette4);
    let may_take_palette = takes_palette || matches!(format, Format::Png | Format::Bmp);
    let palette =
        (takes_palette || (may_take_palette && is_given(0)) || strange).then(|| palette(script));
    let is_dithered = strange || has_bits || palette.is_some();
    let if_given = |bit, fits: bool| (fits && is_given(bit)).then_some(());
    PrepareOptions {
        width: if_given(1, has_pixels).map(|()| side(script)),
        height: if_given(2, has_pixels).map(|()| side(script)),
        fit: if_given(3, has_pixels).map(|()| script.one_of(Fit::ALL)),
        rotate: if_given(4, has_pixels).map(|()| script.one_of(Rotation::ALL)),
        mirror: if_given(5, has_pixels).map(|()| script.one_of(Mirror::ALL)),
        background: if_given(6, has_pixels).map(|()| rgb(script)),
        format: Some(format),
        rows: if_given(7, has_bits).map(|()| script.one_of(Rows::ALL)),
        columns: if_given(8, strange || format.is_raw()).map(|()| script.one_of(Columns::ALL)),
        quality: if_given(9, strange || format == Format::Jpeg).map(|()| script.byte() % 102),
        max_bytes: if_given(10, true).map(|()| usize::from(script.short() % 2048)),
        dither: if_given(11, is_dithered).map(|()| script.one_of(Dither::ALL)),
        tone: if_given(12, is_dithered).map(|()| tone(script)),
        saturation: if_given(13, has_pixels).map(|()| f64::from(script.byte()) / 120.0),
        palette,
        max_megapixels: Some(megapixels(script)),
        invert: if_given(14, matches!(format, Format::Mono1 | Format::Planes))
            .map(|()| invert(script)),
    }
}

fn has_channels(format: Format) -> bool {
    use Format::{Gray8, Rgb565Be, Rgb565Le, Rgb888};
    matches!(format, Rgb565Le | Rgb565Be | Rgb888 | Gray8)
}

/// Small ones, so that much is tried; and, once in a while, those at the ends of what is allowed: a picture 16,384 pixels wide
/// takes as long as a thousand others.
fn side(script: &mut Script) -> u32 {
    match script.short() {
        u16::MAX => script.one_of(&[0, 16_384, 16_385, u32::MAX]),
        short => u32::from(short % 48) + 1,
    }
}

/// Few, since a header costs nothing and pixels cost time; once in a while as many as there may be.
fn megapixels(script: &mut Script) -> f64 {
    match script.short() {
        0xfff0.. => script.one_of(&[200.0, f64::INFINITY, 0.0, f64::NAN]),
        short => 0.0002 * f64::from(short % 16 + 1),
    }
}

fn tone(script: &mut Script) -> Tone {
    match script.byte() {
        0..200 => Tone::Auto,
        byte => Tone::Exponent(f64::from(byte % 4) * 0.55),
    }
}

fn invert(script: &mut Script) -> Invert {
    match script.below(3) {
        0 => Invert::All(script.yes()),
        _ => Invert::Planes {
            black: script.yes(),
            color: script.yes(),
        },
    }
}

/// One of a few, whose tables are kept; others rarely, since making the tables of one takes long.
fn palette(script: &mut Script) -> Palette {
    let own = |colors: &[[u8; 3]]| {
        Palette::Colors(colors.iter().map(|&color| Rgb(color).into()).collect())
    };
    match script.byte() {
        0..128 => Palette::Named(PanelName::Bwr),
        128..192 => Palette::Named(PanelName::Spectra6),
        192..220 => own(&[[0; 3], [255; 3], [128; 3]]),
        220..240 => own(&[[0; 3], [1; 3]]),
        240..250 => Palette::Named(script.one_of(PanelName::ALL)),
        _ => Palette::Colors((0..script.below(18)).map(|_| color(script)).collect()),
    }
}

fn color(script: &mut Script) -> PaletteColor {
    PaletteColor {
        color: rgb(script),
        code: script.yes().then(|| script.byte() % 18),
        shown: script.yes().then(|| rgb(script)),
    }
}

fn rgb(script: &mut Script) -> Rgb {
    Rgb([(); 3].map(|()| script.byte()))
}
