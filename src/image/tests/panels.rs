//! Pictures for panels of few colours: the bytes, what stays as it is, and what the preview shows.

use crate::image::palette::Inks;
use crate::image::testing::{photograph, png};
use crate::image::{
    Columns, Dither, Fit, Format, Invert, Palette, PaletteColor, PanelName, PrepareOptions,
    Prepared, Rgb, Rows, Tone, prepare,
};
use image::ExtendedColorType::Rgb8;

fn format(format: Format) -> PrepareOptions {
    PrepareOptions {
        format: Some(format),
        ..Default::default()
    }
}

fn with_palette(format: Format, name: PanelName) -> PrepareOptions {
    PrepareOptions {
        format: Some(format),
        palette: Some(name.into()),
        ..Default::default()
    }
}

/// Every format with inks and every palette that goes with it.
fn panels() -> Vec<(PrepareOptions, Inks)> {
    let named = |format, name| (with_palette(format, name), Inks::named(name));
    let mut panels = vec![
        (format(Format::Mono1), Inks::mono(false)),
        (format(Format::Gray2), Inks::grays(4)),
        (format(Format::Gray4), Inks::grays(16)),
        named(Format::Planes, PanelName::Bwr),
        named(Format::Planes, PanelName::Bwy),
        named(Format::Palette2, PanelName::Bwry),
    ];
    for &name in PanelName::ALL {
        panels.extend([
            named(Format::Palette4, name),
            named(Format::Png, name),
            named(Format::Bmp, name),
        ]);
    }
    panels
}

fn file(pixels: &[[u8; 3]], width: usize) -> Vec<u8> {
    png(&pixels.concat(), width, pixels.len() / width, Rgb8)
}

fn photo(width: usize, height: usize) -> Vec<u8> {
    png(photograph(width, height).bytes(), width, height, Rgb8)
}

/// What the preview shows, without its alpha.
fn shown(prepared: &Prepared) -> Vec<[u8; 3]> {
    prepared
        .preview()
        .unwrap()
        .rgba
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&[r, g, b, _]| [r, g, b])
        .collect()
}

#[test]
fn a_drawing_in_the_panels_colours_is_unchanged_by_every_dither() {
    for (options, inks) in panels() {
        let inks = inks.as_slice();
        // Lines of one pixel, areas, and each colour beside each other.
        let indexes: Vec<usize> = (0..40 * 30)
            .map(|i| (i % 7 * (i / 40) + i / 11) % inks.len())
            .collect();
        let drawing: Vec<[u8; 3]> = indexes.iter().map(|&index| inks[index].color.0).collect();
        for &dither in Dither::ALL {
            for tone in [Tone::Auto, Tone::Exponent(0.5)] {
                let options = PrepareOptions {
                    dither: Some(dither),
                    tone: Some(tone),
                    ..options.clone()
                };
                let prepared = prepare(&file(&drawing, 40), &options).unwrap();
                let expected: Vec<[u8; 3]> =
                    indexes.iter().map(|&index| inks[index].shown.0).collect();
                assert!(shown(&prepared) == expected, "{options:?}");
            }
        }
    }
}

#[test]
fn black_and_white_areas_beside_a_photograph_have_no_stray_pixel() {
    let (width, height) = (120, 90);
    let mut pixels = photograph(width, height).pixels().to_vec();
    for (place, pixel) in pixels.iter_mut().enumerate() {
        match place % width {
            40..60 => *pixel = [255; 3],
            80..100 => *pixel = [0; 3],
            _ => {}
        }
    }
    for (options, inks) in panels() {
        let (black, white) = (
            inks.as_slice()[inks.black()].shown.0,
            inks.as_slice()[inks.white()].shown.0,
        );
        for &dither in Dither::ALL {
            let options = PrepareOptions {
                dither: Some(dither),
                ..options.clone()
            };
            let shown = shown(&prepare(&file(&pixels, width), &options).unwrap());
            for (place, pixel) in shown.iter().enumerate() {
                match place % width {
                    40..60 => assert_eq!(*pixel, white, "{options:?}"),
                    80..100 => assert_eq!(*pixel, black, "{options:?}"),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn each_panel_gets_as_many_bytes_as_its_vendor_says() {
    use Format::{Bmp, Gray2, Mono1, Palette2, Palette4, Planes, Rgb565Be};
    use PanelName::{Acep7, Bw, Bwr, Bwry, Spectra6};
    let photo = photo(60, 40);
    let planes = with_palette(Planes, Bwr);
    for (options, width, height, bytes) in [
        (format(Mono1), 122, 250, 4_000),
        (format(Mono1), 800, 480, 48_000),
        (planes.clone(), 122, 250, 8_000),
        (planes.clone(), 400, 300, 30_000),
        (with_palette(Palette2, Bwry), 122, 250, 31 * 250),
        (with_palette(Palette4, Acep7), 600, 448, 134_400),
        (with_palette(Palette4, Spectra6), 800, 480, 192_000),
        (
            PrepareOptions {
                columns: Some(Columns::Two),
                ..with_palette(Palette4, Spectra6)
            },
            1200,
            1600,
            960_000,
        ),
        // Gicisky: bits run on over the row's end.
        (
            PrepareOptions {
                rows: Some(Rows::Continuous),
                ..planes
            },
            250,
            122,
            2 * 3_813,
        ),
        (format(Gray2), 400, 300, 30_000),
        (with_palette(Bmp, Bw), 800, 480, 48_062),
        (format(Rgb565Be), 240, 320, 153_600),
    ] {
        let sized = PrepareOptions {
            width: Some(width),
            height: Some(height),
            fit: Some(Fit::Cover),
            ..options
        };
        let prepared = prepare(&photo, &sized).unwrap();
        assert_eq!(
            (prepared.bytes.len(), prepared.width, prepared.height),
            (bytes, width, height),
            "{sized:?}"
        );
        assert_eq!(shown(&prepared).len(), (width * height) as usize);
    }
}

#[test]
fn the_preview_reads_what_is_sent_whatever_the_arrangement() {
    let photo = photo(38, 22);
    let plain = with_palette(Format::Planes, PanelName::Bwr);
    let expected = shown(&prepare(&photo, &plain).unwrap());
    for rows in [Rows::Padded, Rows::Continuous] {
        for columns in [Columns::One, Columns::Two] {
            for invert in [
                Invert::All(true),
                Invert::Planes {
                    black: false,
                    color: true,
                },
            ] {
                let (rows, columns, invert) = (Some(rows), Some(columns), Some(invert));
                let options = PrepareOptions {
                    rows,
                    columns,
                    invert,
                    ..plain.clone()
                };
                assert!(
                    shown(&prepare(&photo, &options).unwrap()) == expected,
                    "{options:?}"
                );
            }
        }
    }
    let odd = PrepareOptions {
        width: Some(37),
        columns: Some(Columns::Two),
        ..plain
    };
    assert_eq!(prepare(&photo, &odd).unwrap_err().code(), "invalid");
}

#[test]
fn raw_colours_come_back_in_the_preview() {
    let photo = photo(31, 17);
    let original = photograph(31, 17);
    for (name, least) in [
        (Format::Rgb888, 99.0),
        (Format::Rgb565Be, 34.0),
        (Format::Rgb565Le, 34.0),
        (Format::Bmp, 99.0),
    ] {
        let prepared = prepare(&photo, &format(name)).unwrap();
        let likeness = crate::image::testing::psnr(&shown(&prepared).concat(), original.bytes());
        assert!(likeness > least, "{name}: {likeness}");
    }
    let gray = prepare(&photo, &format(Format::Gray8)).unwrap();
    assert_eq!(shown(&gray)[5], [gray.bytes[5]; 3]);
    assert_eq!(
        (gray.mime(), gray.extension()),
        ("application/octet-stream", "raw")
    );
}

#[test]
fn a_flat_gray_is_as_light_as_it_should_be_on_every_panel() {
    let linear = |byte: u8| f64::from(crate::image::linear::light()[usize::from(byte)]);
    for (options, inks) in panels() {
        let mean = |pixels: &[[u8; 3]]| {
            pixels.iter().map(|pixel| linear(pixel[1])).sum::<f64>() / pixels.len() as f64
        };
        let [black, white] =
            [inks.black(), inks.white()].map(|index| linear(inks.as_slice()[index].shown.0[1]));
        for dither in [Dither::FloydSteinberg, Dither::Bayer, Dither::Dbs] {
            let tone = Some(Tone::Exponent(1.0));
            let options = PrepareOptions {
                dither: Some(dither),
                tone,
                ..options.clone()
            };
            let flat = file(&vec![[150; 3]; 96 * 96], 96);
            let got = (mean(&shown(&prepare(&flat, &options).unwrap())) - black) / (white - black);
            assert!(
                (got - linear(150)).abs() < 0.02,
                "{got} instead of {}: {options:?}",
                linear(150)
            );
        }
    }
}

#[test]
fn own_colours_are_sent_by_their_codes_and_shown_as_they_are() {
    let color = |text: &str, code, shown: &str| PaletteColor {
        color: text.parse().unwrap(),
        code: Some(code),
        shown: Some(shown.parse().unwrap()),
    };
    let colors = vec![
        color("#ffffff", 0, "#c0c0b8"),
        color("#ff0000", 2, "#902020"),
        color("#000000", 3, "#181818"),
    ];
    let options = PrepareOptions {
        palette: Some(Palette::Colors(colors)),
        ..format(Format::Palette2)
    };
    let row = [Rgb([255, 0, 0]), Rgb::BLACK, Rgb::WHITE].map(|color| color.0);
    let prepared = prepare(&file(&row, 3), &options).unwrap();
    assert_eq!(prepared.bytes, [0b1011_0000]);
    assert_eq!(
        shown(&prepared),
        [[0x90, 0x20, 0x20], [0x18; 3], [0xc0, 0xc0, 0xb8]]
    );
}

#[test]
fn two_colours_that_are_not_black_and_white_take_their_shares_too() {
    let colors = [Rgb([255, 255, 255]), Rgb([200, 0, 0])]
        .map(PaletteColor::from)
        .to_vec();
    let options = PrepareOptions {
        palette: Some(Palette::Colors(colors)),
        ..format(Format::Png)
    };
    let pixels = shown(&prepare(&file(&vec![[128; 3]; 64 * 64], 64), &options).unwrap());
    let white = pixels.iter().filter(|pixel| **pixel == [255; 3]).count();
    assert!((600..1_600).contains(&white), "{white}");
}
