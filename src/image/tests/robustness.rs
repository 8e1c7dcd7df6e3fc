//! Whatever the bytes are: a picture or an error, never a panic, never memory by a header's word alone.

use crate::image::testing::{jpeg, photograph, png, with_segment};
use crate::image::{Error, Format, PrepareOptions, prepare};
use image::ExtendedColorType::{Rgb8, Rgba16};

fn small() -> PrepareOptions {
    PrepareOptions {
        width: Some(24),
        height: Some(16),
        format: Some(Format::Png),
        ..Default::default()
    }
}

/// One small file of each kind, with the parts that only some have.
fn files() -> Vec<Vec<u8>> {
    let image = photograph(48, 40);
    let exif = [&b"Exif\0\0"[..], &crate::image::exif::block(6)].concat();
    let mut files = vec![
        with_segment(&jpeg(&image, 80, false), 0xe1, &exif),
        jpeg(&image, 80, true),
        png(image.bytes(), 48, 40, Rgb8),
        png(&[7; 8 * 48 * 40], 48, 40, Rgba16),
    ];
    for format in [image::ImageFormat::Gif, image::ImageFormat::Bmp] {
        let rgb = image::RgbImage::from_raw(48, 40, image.bytes().to_vec()).unwrap();
        let mut file = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(rgb)
            .write_to(&mut file, format)
            .unwrap();
        files.push(file.into_inner());
    }
    let mut cmyk = Vec::new();
    let inks: Vec<u8> = (0..48 * 40 * 4).map(|i| i as u8).collect();
    let encoder = jpeg_encoder::Encoder::new(&mut cmyk, 80);
    encoder
        .encode(&inks, 48, 40, jpeg_encoder::ColorType::CmykAsYcck)
        .unwrap();
    files.push(cmyk);
    files
}

/// A picture of the right size, or an error that blames the file.
fn check(bytes: &[u8]) {
    match prepare(bytes, &small()) {
        Ok(prepared) => assert_eq!((prepared.width, prepared.height), (24, 16)),
        Err(Error::Invalid { option, .. }) => assert!(option == "source" && bytes.is_empty()),
        Err(_) => {}
    }
}

#[test]
fn a_file_cut_off_anywhere_is_a_picture_or_an_error() {
    for file in files() {
        let step = (file.len() / 150).max(1);
        for end in (0..64.min(file.len())).chain((64..file.len()).step_by(step)) {
            check(&file[..end]);
        }
    }
}

#[test]
fn a_file_with_wrong_bytes_anywhere_is_a_picture_or_an_error() {
    let mut random = 7_u32;
    for file in files() {
        for _ in 0..150 {
            let mut damaged = file.clone();
            for _ in 0..3 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Half of the blows fall on the header, where they do most.
                let span = if random & 1 == 0 {
                    damaged.len()
                } else {
                    damaged.len().min(100)
                };
                damaged[(random >> 8) as usize % span] = (random >> 3) as u8;
            }
            check(&damaged);
        }
    }
}

fn code(bytes: &[u8], options: &PrepareOptions) -> &'static str {
    prepare(bytes, options).unwrap_err().code()
}

#[test]
fn a_header_that_foretells_too_much_is_refused_before_memory_is_taken() {
    let mut bomb = png(&[0; 3], 1, 1, Rgb8);
    bomb[16..24].copy_from_slice(&[0, 0, 0x3f, 0xff, 0, 0, 0x3f, 0xff]);
    assert_eq!(code(&bomb, &small()), "too-large");
    // Under the limit of megapixels, but over the memory.
    let generous = PrepareOptions {
        max_megapixels: Some(1e6),
        ..small()
    };
    assert_eq!(code(&bomb, &generous), "too-large");
    // What both sides come to times the bytes of a pixel is more than any integer holds.
    bomb[16..25].fill(0xff);
    let boundless = PrepareOptions {
        max_megapixels: Some(f64::INFINITY),
        ..small()
    };
    assert_eq!(code(&bomb, &boundless), "too-large");
    assert_eq!(
        code(b"GIF89a\xff\xff\xff\xff\0\0\0", &generous),
        "too-large"
    );
    let webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\xff\x3f\xff\x3f";
    assert_eq!(code(webp, &generous), "too-large");
    let mut frame = jpeg(&photograph(16, 16), 80, true);
    let sof = frame
        .windows(2)
        .position(|pair| pair == [0xff, 0xc2])
        .unwrap();
    frame[sof + 5..sof + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(code(&frame, &generous), "too-large");
}

#[test]
fn a_limit_of_megapixels_holds_for_files_and_counts_the_whole_picture() {
    let file = jpeg(&photograph(200, 100), 80, false);
    let limited = |megapixels| PrepareOptions {
        max_megapixels: Some(megapixels),
        ..small()
    };
    assert_eq!(code(&file, &limited(0.019_9)), "too-large");
    assert!(prepare(&file, &limited(0.02)).is_ok());
}

#[test]
fn a_jpeg_with_thousands_of_scans_over_a_large_picture_is_refused() {
    let file = jpeg(&photograph(16, 16), 80, true);
    let sof = file
        .windows(2)
        .position(|pair| pair == [0xff, 0xc2])
        .unwrap();
    let mut slow = file[..file.len() - 2].to_vec();
    slow[sof + 5..sof + 9].copy_from_slice(&[0x10, 0, 0x10, 0]);
    slow.extend([0xff, 0xda, 0, 8, 1, 1, 0, 1, 1, 1, 0xff, 0].repeat(2_000));
    assert_eq!(code(&slow, &small()), "too-large");
}

#[test]
fn what_a_phone_keeps_behind_a_jpeg_is_no_scan_of_it() {
    let mut file = jpeg(&photograph(512, 512), 80, false);
    // Now and then a film's bytes look like the start of a scan.
    file.extend([0xff, 0xda].repeat(40_000));
    assert!(prepare(&file, &small()).is_ok());
}
