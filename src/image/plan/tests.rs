//! Options in, a plan or the name of the wrong option out.

use super::*;
use crate::image::options::{Columns, Dither, Invert, Palette, PanelName, Rows, Tone};

fn rejected(options: &PrepareOptions) -> &'static str {
    match Plan::new(options) {
        Err(Error::Invalid { option, .. }) => option,
        other => panic!("{other:?}"),
    }
}

#[test]
fn defaults_are_those_of_the_interface() {
    let plan = Plan::new(&PrepareOptions::default()).unwrap();
    assert_eq!(plan.panel, (None, None));
    assert_eq!(plan.fit, Fit::Contain);
    assert_eq!(plan.turn, Turn::default());
    assert_eq!(plan.background, Rgb::WHITE);
    assert_eq!(plan.output, Output::Jpeg { quality: 85 });
    assert_eq!(plan.max_pixels, 200_000_000);
}

#[test]
fn values_out_of_range_are_invalid_by_name() {
    for (options, name) in [
        (
            PrepareOptions {
                width: Some(0),
                ..Default::default()
            },
            "width",
        ),
        (
            PrepareOptions {
                width: Some(128_000),
                ..Default::default()
            },
            "width",
        ),
        (
            PrepareOptions {
                height: Some(16_385),
                ..Default::default()
            },
            "height",
        ),
        (
            PrepareOptions {
                quality: Some(0),
                ..Default::default()
            },
            "quality",
        ),
        (
            PrepareOptions {
                quality: Some(101),
                ..Default::default()
            },
            "quality",
        ),
        (
            PrepareOptions {
                saturation: Some(2.1),
                ..Default::default()
            },
            "saturation",
        ),
        (
            PrepareOptions {
                saturation: Some(f64::NAN),
                ..Default::default()
            },
            "saturation",
        ),
        (
            PrepareOptions {
                max_bytes: Some(0),
                ..Default::default()
            },
            "maxBytes",
        ),
        (
            PrepareOptions {
                max_megapixels: Some(0.0),
                ..Default::default()
            },
            "maxMegapixels",
        ),
        (
            PrepareOptions {
                max_megapixels: Some(f64::NAN),
                ..Default::default()
            },
            "maxMegapixels",
        ),
    ] {
        assert_eq!(rejected(&options), name);
    }
    let most = PrepareOptions {
        width: Some(16_384),
        height: Some(1),
        ..Default::default()
    };
    assert!(Plan::new(&most).is_ok());
}

#[test]
fn options_that_the_format_cannot_honour_are_invalid_by_name() {
    let png = PrepareOptions {
        format: Some(Format::Png),
        quality: Some(85),
        ..Default::default()
    };
    assert_eq!(rejected(&png), "quality");
    let jpeg = PrepareOptions::default;
    for (options, name) in [
        (
            PrepareOptions {
                dither: Some(Dither::None),
                ..jpeg()
            },
            "dither",
        ),
        (
            PrepareOptions {
                tone: Some(Tone::Auto),
                ..jpeg()
            },
            "tone",
        ),
        (
            PrepareOptions {
                rows: Some(Rows::Padded),
                ..jpeg()
            },
            "rows",
        ),
        (
            PrepareOptions {
                columns: Some(Columns::One),
                ..jpeg()
            },
            "columns",
        ),
        (
            PrepareOptions {
                invert: Some(Invert::All(false)),
                ..jpeg()
            },
            "invert",
        ),
        (
            PrepareOptions {
                palette: Some(Palette::Named(PanelName::Bw)),
                ..jpeg()
            },
            "palette",
        ),
    ] {
        assert_eq!(rejected(&options), name);
    }
}

#[test]
fn original_takes_limits_but_no_option_for_a_picture() {
    let original = || PrepareOptions {
        format: Some(Format::Original),
        ..Default::default()
    };
    for (options, name) in [
        (
            PrepareOptions {
                width: Some(800),
                ..original()
            },
            "width",
        ),
        (
            PrepareOptions {
                fit: Some(Fit::Fill),
                ..original()
            },
            "fit",
        ),
        (
            PrepareOptions {
                rotate: Some(Rotation::None),
                ..original()
            },
            "rotate",
        ),
        (
            PrepareOptions {
                background: Some(Rgb::WHITE),
                ..original()
            },
            "background",
        ),
        (
            PrepareOptions {
                saturation: Some(1.0),
                ..original()
            },
            "saturation",
        ),
        (
            PrepareOptions {
                quality: Some(85),
                ..original()
            },
            "quality",
        ),
    ] {
        assert_eq!(rejected(&options), name);
    }
    assert!(
        Plan::new(&PrepareOptions {
            max_bytes: Some(1),
            ..original()
        })
        .is_ok()
    );
}
