//! Files made here, prepared, and decoded by other decoders.

use crate::image::icc::made;
use crate::image::testing::{jpeg, photograph, png, psnr, with_segment};
use crate::image::{
    Error, Fit, Format, Job, Mirror, PrepareOptions, Rgb, Rotation, Source, Step, prepare,
    prepare_pixels,
};
use image::ExtendedColorType::{L8, L16, La8, Rgb8, Rgb16, Rgba8, Rgba16};
use image::{ImageEncoder, RgbImage};
use std::borrow::Cow;

fn options() -> PrepareOptions {
    PrepareOptions::default()
}

fn as_png() -> PrepareOptions {
    PrepareOptions {
        format: Some(Format::Png),
        ..options()
    }
}

fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_photograph_becomes_a_jpeg_of_the_panels_size() {
    let file = jpeg(&photograph(640, 480), 92, false);
    let prepared = prepare(
        &file,
        &PrepareOptions {
            width: Some(200),
            height: Some(200),
            ..options()
        },
    )
    .unwrap();
    assert_eq!(
        (prepared.width, prepared.height, prepared.quality),
        (200, 200, Some(85))
    );
    assert_eq!(
        (prepared.format, prepared.mime(), prepared.extension()),
        (Format::Jpeg, "image/jpeg", "jpg")
    );
    assert!(prepared.warnings.is_empty(), "{:?}", prepared.warnings);
    let shown = decoded(&prepared.bytes);
    assert_eq!(shown.dimensions(), (200, 200));
    assert_eq!(shown.get_pixel(100, 5).0, [255; 3], "a bar");
    let preview = prepared.preview().unwrap();
    assert_eq!(
        (preview.width, preview.height, preview.rgba.len()),
        (200, 200, 160_000)
    );
}

#[test]
fn the_scaled_path_is_as_good_as_a_full_decode_with_lanczos() {
    // At 8 eighths and fewer, each with hardly more than its margin, and a source whose last block is cut.
    let cases = [
        ((1000, 752), (900, 677)),
        ((1000, 752), (699, 525)),
        ((1000, 752), (599, 450)),
        ((1000, 752), (499, 375)),
        ((1000, 752), (399, 300)),
        ((1000, 752), (299, 225)),
        ((1000, 752), (199, 150)),
        ((1003, 749), (200, 150)),
        ((1000, 752), (48, 36)),
    ];
    for (source, panel) in cases {
        for progressive in [false, true] {
            let file = jpeg(&photograph(source.0, source.1), 92, progressive);
            let fill = PrepareOptions {
                width: Some(panel.0),
                height: Some(panel.1),
                fit: Some(Fit::Fill),
                ..as_png()
            };
            let ours = decoded(&prepare(&file, &fill).unwrap().bytes);
            let full = image::imageops::resize(
                &decoded(&file),
                panel.0,
                panel.1,
                image::imageops::FilterType::Lanczos3,
            );
            let likeness = psnr(ours.as_raw(), full.as_raw());
            assert!(
                likeness >= 43.0,
                "{source:?} to {panel:?}, progressive {progressive}: {likeness:.1} dB"
            );
        }
    }
}

#[test]
fn each_orientation_is_applied_once_in_each_format_that_has_one() {
    // Three colours in the corners of an upright 48 × 32 picture: white, red, and blue left below.
    let upright = crate::image::pixels::RgbImage::from_fn(48, 32, |x, y| match (x < 24, y < 16) {
        (true, true) => [255, 255, 255],
        (false, true) => [255, 0, 0],
        (true, false) => [0, 0, 255],
        (false, false) => [0, 0, 0],
    });
    // How a file of each orientation must be stored: the turn that undoes the orientation.
    for (value, undo) in [
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
        (5, 5),
        (6, 8),
        (7, 7),
        (8, 6),
    ] {
        let stored = crate::image::orient::Turn::from_exif(undo)
            .unwrap()
            .apply(upright.clone());
        let exif = [&b"Exif\0\0"[..], &crate::image::exif::block(value)].concat();
        let plain = jpeg(&stored, 95, false);
        for result in [
            prepare(&with_segment(&plain, 0xe1, &exif), &as_png()),
            prepare(
                &with_segment(&plain, 0xe1, &exif),
                &PrepareOptions {
                    width: Some(24),
                    ..as_png()
                },
            ),
        ] {
            let image = decoded(&result.unwrap().bytes);
            let (w, h) = image.dimensions();
            assert_eq!((w * 2, h * 3), (h * 3, w * 2), "orientation {value}");
            for (x, y, color) in [
                (4, 4, [255; 3]),
                (w - 4, 4, [255, 0, 0]),
                (4, h - 4, [0, 0, 255]),
                (w - 4, h - 4, [0; 3]),
            ] {
                let distance = image
                    .get_pixel(x, y)
                    .0
                    .iter()
                    .zip(color)
                    .map(|(a, b)| a.abs_diff(b))
                    .max();
                assert!(
                    distance < Some(30),
                    "orientation {value} at {x}, {y}: {:?}",
                    image.get_pixel(x, y)
                );
            }
        }
    }
}

#[test]
fn the_fit_is_computed_on_the_turned_size() {
    let exif = [&b"Exif\0\0"[..], &crate::image::exif::block(6)].concat();
    let file = with_segment(&jpeg(&photograph(80, 40), 90, false), 0xe1, &exif);
    let by_width = prepare(
        &file,
        &PrepareOptions {
            width: Some(20),
            ..options()
        },
    )
    .unwrap();
    assert_eq!((by_width.width, by_width.height), (20, 40));
    let turned = PrepareOptions {
        width: Some(20),
        rotate: Some(Rotation::Quarter),
        ..options()
    };
    let back = prepare(&file, &turned).unwrap();
    assert_eq!((back.width, back.height), (20, 10));
}

#[test]
fn rotation_and_mirror_move_the_pixels_of_a_png_exactly() {
    let file = png(
        &[1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6],
        3,
        2,
        Rgb8,
    );
    let turned = PrepareOptions {
        rotate: Some(Rotation::Quarter),
        mirror: Some(Mirror::Vertical),
        ..as_png()
    };
    let image = decoded(&prepare(&file, &turned).unwrap().bytes);
    let reds: Vec<u8> = image.pixels().map(|pixel| pixel.0[0]).collect();
    assert_eq!((image.dimensions(), reds), ((2, 3), vec![6, 3, 5, 2, 4, 1]));
}

#[test]
fn transparent_pixels_and_bars_have_the_background_in_jpeg_and_png() {
    let file = png(&[0, 0, 0, 0].repeat(16), 4, 4, Rgba8);
    for format in [Format::Jpeg, Format::Png] {
        let white = PrepareOptions {
            format: Some(format),
            ..options()
        };
        assert_eq!(
            decoded(&prepare(&file, &white).unwrap().bytes)
                .get_pixel(1, 1)
                .0,
            [255; 3]
        );
        let green = PrepareOptions {
            background: Some(Rgb([0, 160, 0])),
            width: Some(8),
            height: Some(4),
            ..white
        };
        let image = decoded(&prepare(&file, &green).unwrap().bytes);
        for pixel in image.pixels() {
            assert!(
                pixel.0[1].abs_diff(160) <= 2 && pixel.0[0] <= 2,
                "{pixel:?}"
            );
        }
    }
}

#[test]
fn every_depth_of_png_is_read() {
    let wide = |samples: &[u16]| {
        samples
            .iter()
            .flat_map(|sample| sample.to_ne_bytes())
            .collect::<Vec<u8>>()
    };
    for (file, expected) in [
        (png(&[9, 200], 2, 1, L8), [9, 9, 9, 200, 200, 200]),
        (png(&[9, 255, 7, 0], 2, 1, La8), [9, 9, 9, 255, 255, 255]),
        (
            png(&[1, 2, 3, 255, 9, 9, 9, 0], 2, 1, Rgba8),
            [1, 2, 3, 255, 255, 255],
        ),
        (
            png(&wide(&[0x0909, 0xffff]), 2, 1, L16),
            [9, 9, 9, 255, 255, 255],
        ),
        (
            png(
                &wide(&[0x0101, 0x0202, 0x0303, 0, 0x7f7f, 0xffff]),
                2,
                1,
                Rgb16,
            ),
            [1, 2, 3, 0, 127, 255],
        ),
        (
            png(
                &wide(&[0x0101, 0x0202, 0x0303, 0xffff, 5, 5, 5, 0]),
                2,
                1,
                Rgba16,
            ),
            [1, 2, 3, 255, 255, 255],
        ),
    ] {
        assert_eq!(
            decoded(&prepare(&file, &as_png()).unwrap().bytes).as_raw(),
            &expected
        );
    }
}

#[test]
fn a_gif_and_a_bitmap_are_read() {
    let image = photograph(40, 30);
    for format in [image::ImageFormat::Bmp, image::ImageFormat::Gif] {
        let rgba = RgbImage::from_raw(40, 30, image.bytes().to_vec()).unwrap();
        let mut file = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(rgba)
            .write_to(&mut file, format)
            .unwrap();
        let ours = decoded(&prepare(file.get_ref(), &as_png()).unwrap().bytes);
        let limit = if format == image::ImageFormat::Gif {
            25.0
        } else {
            99.0
        };
        assert!(psnr(ours.as_raw(), image.bytes()) > limit, "{format:?}");
    }
}

/// A GIF of 4 × 2 whose first frame is one red pixel at (1, 1).
const SMALL_FRAME: &[u8] =
    b"GIF89a\x04\0\x02\0\x80\0\0\xff\0\0\0\0\0,\x01\0\x01\0\x01\0\x01\0\0\x02\x02\x44\x01\0;";

#[test]
fn a_gifs_first_frame_lies_where_it_says_on_the_background() {
    let image = decoded(&prepare(SMALL_FRAME, &as_png()).unwrap().bytes);
    assert_eq!(image.dimensions(), (4, 2));
    for (x, y, pixel) in image.enumerate_pixels() {
        assert_eq!(
            pixel.0,
            if (x, y) == (1, 1) {
                [255, 0, 0]
            } else {
                [255; 3]
            },
            "{x}, {y}"
        );
    }
}

#[test]
fn inks_of_a_cmyk_jpeg_become_light() {
    // Adobe's writers, and the encoder here, store 255 for no ink.
    let mut file = Vec::new();
    let cyan = [255_u8, 0, 0, 0].repeat(64 * 64);
    let encoder = jpeg_encoder::Encoder::new(&mut file, 95);
    encoder
        .encode(&cyan, 64, 64, jpeg_encoder::ColorType::Cmyk)
        .unwrap();
    let pixel = decoded(&prepare(&file, &as_png()).unwrap().bytes)
        .get_pixel(30, 30)
        .0;
    assert!(
        pixel[0] < 12 && pixel[1] > 240 && pixel[2] > 240,
        "{pixel:?}"
    );
}

#[test]
fn a_jpeg_that_is_cut_off_shows_what_is_there_and_says_so() {
    for progressive in [false, true] {
        let file = jpeg(&photograph(320, 240), 90, progressive);
        let cut = &file[..file.len() * 2 / 3];
        let prepared = prepare(cut, &as_png()).unwrap();
        assert_eq!(prepared.warnings.len(), 1, "{:?}", prepared.warnings);
        assert!(prepared.warnings[0].contains("cut off"));
        let (ours, whole) = (decoded(&prepared.bytes), decoded(&file));
        let rows = 320 * 3 * if progressive { 240 } else { 120 };
        let likeness = psnr(&ours.as_raw()[..rows], &whole.as_raw()[..rows]);
        assert!(
            likeness > 20.0,
            "progressive {progressive}: {likeness:.1} dB"
        );
    }
}

#[test]
fn a_png_that_is_cut_off_shows_what_is_there_and_says_so() {
    let image = photograph(100, 100);
    let file = png(image.bytes(), 100, 100, Rgb8);
    let prepared = prepare(&file[..file.len() / 2], &as_png()).unwrap();
    assert!(prepared.warnings[0].contains("cut off"));
    assert_eq!(
        decoded(&prepared.bytes).as_raw()[..9000],
        image.bytes()[..9000]
    );
}

/// A picture of one colour as JPEG and as PNG, both with this profile.
fn with_profile(color: [u8; 3], profile: &[u8]) -> [Vec<u8>; 2] {
    let image = crate::image::pixels::RgbImage::filled(32, 32, color);
    let segment = [&b"ICC_PROFILE\0\x01\x01"[..], profile].concat();
    let mut png = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut png);
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    encoder.write_image(image.bytes(), 32, 32, Rgb8).unwrap();
    [with_segment(&jpeg(&image, 95, false), 0xe2, &segment), png]
}

#[test]
fn colours_of_a_wide_space_are_brought_to_srgb() {
    let p3 = made::profile(made::P3, &made::srgb_curve());
    for file in with_profile([128, 77, 51], &p3) {
        let prepared = prepare(&file, &as_png()).unwrap();
        assert!(prepared.warnings.is_empty(), "{:?}", prepared.warnings);
        let pixel = decoded(&prepared.bytes).get_pixel(9, 9).0;
        assert!(
            pixel
                .iter()
                .zip([136, 74, 45])
                .all(|(a, b)| a.abs_diff(b) <= 4),
            "{pixel:?}"
        );
    }
}

#[test]
fn a_profile_that_is_not_understood_is_left_alone_with_a_warning() {
    for file in with_profile([128, 77, 51], b"no profile at all") {
        let prepared = prepare(&file, &as_png()).unwrap();
        assert!(
            prepared.warnings[0].contains("profile"),
            "{:?}",
            prepared.warnings
        );
    }
    let srgb = made::profile(made::SRGB, &made::srgb_curve());
    for file in with_profile([128, 77, 51], &srgb) {
        assert!(prepare(&file, &as_png()).unwrap().warnings.is_empty());
    }
}

#[test]
fn the_bytes_are_brought_under_a_limit_or_refused() {
    let file = jpeg(&photograph(320, 240), 92, false);
    let limited = |format, max_bytes| PrepareOptions {
        format: Some(format),
        max_bytes: Some(max_bytes),
        ..options()
    };
    let prepared = prepare(&file, &limited(Format::Jpeg, 8_000)).unwrap();
    assert!(
        prepared.bytes.len() <= 8_000 && prepared.quality < Some(85),
        "{} {:?}",
        prepared.bytes.len(),
        prepared.quality
    );
    assert_eq!(
        code(prepare(&file, &limited(Format::Jpeg, 500))),
        "too-large"
    );
    assert_eq!(
        code(prepare(&file, &limited(Format::Png, 8_000))),
        "too-large"
    );
    assert_eq!(
        code(prepare(&file, &limited(Format::Original, file.len() - 1))),
        "too-large"
    );
    assert!(prepare(&file, &limited(Format::Original, file.len())).is_ok());
}

#[test]
fn an_original_keeps_every_byte_whatever_it_is() {
    let original = PrepareOptions {
        format: Some(Format::Original),
        ..options()
    };
    let font = b"\0\x01\0\0 no picture at all";
    let prepared = prepare(font, &original).unwrap();
    assert_eq!(
        (prepared.bytes.as_slice(), prepared.width, prepared.height),
        (&font[..], 0, 0)
    );
    assert_eq!(
        (prepared.mime(), prepared.extension()),
        ("application/octet-stream", "bin")
    );
    assert_eq!(code(prepared.preview()), "unsupported");

    let file = jpeg(&photograph(64, 48), 90, false);
    let prepared = prepare(&file, &original).unwrap();
    assert_eq!(
        (prepared.bytes, prepared.width, prepared.height),
        (file, 64, 48)
    );
}

#[test]
fn sources_that_cannot_be_are_refused() {
    assert_eq!(code(prepare(b"", &options())), "invalid");
    assert_eq!(
        code(prepare(
            b"",
            &PrepareOptions {
                format: Some(Format::Original),
                ..options()
            }
        )),
        "invalid"
    );
    assert_eq!(code(prepare(b"a text file", &options())), "unsupported");
    let heic = prepare(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", &options()).unwrap_err();
    assert!(heic.code() == "unsupported" && heic.to_string().contains("HEIC"));
    assert_eq!(code(prepare_pixels(&[0; 15], 2, 2, &options())), "invalid");
    assert_eq!(code(prepare_pixels(&[], 0, 0, &options())), "invalid");
    assert_eq!(
        code(prepare_pixels(&[], u32::MAX, u32::MAX, &options())),
        "invalid"
    );
    let original = PrepareOptions {
        format: Some(Format::Original),
        ..options()
    };
    assert_eq!(code(prepare_pixels(&[0; 4], 1, 1, &original)), "invalid");
}

#[test]
fn pixels_take_the_same_way_as_a_file() {
    let rgba = [
        [255, 0, 0, 255],
        [0, 0, 255, 255],
        [0, 0, 0, 0],
        [0, 255, 0, 255],
    ]
    .concat();
    let prepared = prepare_pixels(&rgba, 2, 2, &as_png()).unwrap();
    assert_eq!(
        decoded(&prepared.bytes).as_raw(),
        &[255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 255, 0]
    );
}

#[test]
fn a_job_does_in_steps_what_prepare_does_at_once() {
    let file = jpeg(&photograph(160, 120), 90, false);
    let wanted = PrepareOptions {
        width: Some(50),
        ..options()
    };
    let mut job = Job::new(Source::File(Cow::Owned(file.clone())), &wanted).unwrap();
    let mut steps = 1;
    let prepared = loop {
        match job.step().unwrap() {
            Step::More => steps += 1,
            Step::Done(prepared) => break prepared,
        }
    };
    assert_eq!(steps, 3);
    assert_eq!(prepared, prepare(&file, &wanted).unwrap());
    assert_eq!(code(job.step()), "invalid");
}

#[test]
fn saturation_changes_the_colours_and_nothing_else() {
    let file = png(&[200, 30, 30, 90, 90, 90], 2, 1, Rgb8);
    let gray = PrepareOptions {
        saturation: Some(0.0),
        ..as_png()
    };
    let image = decoded(&prepare(&file, &gray).unwrap().bytes);
    let [r, g, b] = image.get_pixel(0, 0).0;
    assert!(r == g && g == b && image.get_pixel(1, 0).0 == [90; 3]);
}
