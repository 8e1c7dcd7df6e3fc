//! Every JPEG that is not as most are: progressive, with inks, with a scan for each component, cut off or damaged.
//!
//! The coefficients that the wanted size has use for are kept, of a sequential picture in one scan for a row of units only, and
//! become pixels when all has been read. What a file lacks, or what of it makes no sense, stays gray, and the rest is shown.
//! Section numbers are those of ITU-T T.81.

mod blocks;
mod planes;
mod scans;

use super::super::super::budget;
use super::super::super::error::Error;
use super::super::super::markers::END_OF_IMAGE;
use super::super::super::pixels::RgbImage;
use super::super::super::reader::Reader;
use super::super::super::sniff::Kind;
use super::super::truncated;
use super::colors::Colors;
use super::head::Head;
use super::{scaled, unsupported};
use planes::Planes;
use scans::Scan;

/// What is shown for rows that a file lacks.
const MISSING: u8 = 128;
/// The marker at the end (B.1.1.3).
const END: [u8; 2] = [0xff, END_OF_IMAGE];

/// Decodes what there is at so many eighths of the size.
///
/// # Errors
/// [`Error::Corrupt`] if that is not even a row of blocks, [`Error::Unsupported`] for colours that are not known, and
/// [`Error::TooLarge`] if the memory cannot be had.
pub(super) fn decode(
    bytes: &[u8],
    eighths: u16,
    warnings: &mut Vec<String>,
) -> Result<RgbImage, Error> {
    let mut reader = Reader::new(bytes.get(2..).unwrap_or_default());
    let mut head = Head::default();
    let mut next = head.read(&mut reader);
    let colors = colors(&head)?;
    let is_at_once = head.shape.is_all_in(next);
    let mut planes = Planes::new(&head, eighths.into(), is_at_once)?;
    let (width, height) = (
        scaled(head.shape.width, eighths),
        scaled(head.shape.height, eighths),
    );
    let (width, height) = (usize::from(width), usize::from(height));
    let mut out = budget::zeroed(width * height * 3)?;
    out.fill(MISSING);
    let mut rows = 0;
    while let Some(header) = next {
        match Scan::new(&head, header, reader.rest()) {
            // A second scan of what is already shown.
            Some(_) if is_at_once && rows > 0 => {}
            Some(mut scan) => {
                planes.take_factors(&head, scan.components());
                let paint = |planes: &mut Planes, row| {
                    if is_at_once {
                        planes.paint(row, colors, &mut out);
                        planes.forget();
                    }
                };
                let found = scan.read(&mut planes, paint);
                rows = rows.max(found.rows);
                head.has_faults |= found.has_faults;
                reader = Reader::new(found.rest);
            }
            None => head.has_faults = true,
        }
        next = head.read(&mut reader);
    }
    if rows == 0 {
        return Err(Error::corrupt("JPEG", "not a row of its blocks is sound"));
    }
    if !is_at_once {
        (0..head.shape.units().1).for_each(|row| planes.paint(row, colors, &mut out));
    }
    let read = bytes.len() - reader.rest().len();
    let is_whole = bytes.get(..read).is_some_and(|read| read.ends_with(&END));
    if !is_whole {
        warnings.push(truncated(Kind::Jpeg));
    } else if head.has_faults {
        warnings.push("the JPEG file is damaged: what could be read is shown".into());
    }
    RgbImage::from_bytes(width, height, out)
        .ok_or_else(|| Error::corrupt("JPEG", "it has no pixels"))
}

/// What the components stand for.
fn colors(head: &Head<'_>) -> Result<Colors, Error> {
    let count = head.shape.components.len();
    if !matches!(count, 1 | 3 | 4) {
        return Err(unsupported(format!("a JPEG with {count} components")));
    }
    let sides = |(x, y)| (1..=4).contains(&x) && (1..=4).contains(&y);
    let mut components = head.shape.components.iter();
    if !components.all(|component| sides(component.blocks)) {
        let reason = "a component has more than four or no samples";
        return Err(Error::corrupt("JPEG", reason));
    }
    Colors::of(head).ok_or_else(|| unsupported("a JPEG with unusual colours".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::testing::{noise, photograph, psnr, with_segment};
    use jpeg_decoder::{Decoder, PixelFormat};
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    const SIDES: (u16, u16) = (203, 149);

    /// A file of these colours, of a photograph's samples.
    fn file(
        color: ColorType,
        sampling: SamplingFactor,
        restart: u16,
        scans: Option<u8>,
    ) -> Vec<u8> {
        let image = photograph(SIDES.0.into(), SIDES.1.into());
        let pixels = image.pixels().iter();
        let data: Vec<u8> = match color {
            ColorType::Luma => pixels.map(|pixel| pixel[1]).collect(),
            ColorType::Cmyk | ColorType::CmykAsYcck => {
                pixels.flat_map(|&[r, g, b]| [r, g, b, g / 3]).collect()
            }
            _ => image.bytes().to_vec(),
        };
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 90);
        encoder.set_sampling_factor(sampling);
        encoder.set_restart_interval(restart);
        if let Some(scans) = scans {
            encoder.set_progressive_scans(scans);
        }
        encoder.encode(&data, SIDES.0, SIDES.1, color).unwrap();
        file
    }

    /// The same picture of 61 × 45 pixels by libjpeg, with the same coefficients. Here they come bit by bit, over ten scans with
    /// runs of blocks and restarts;
    const BIT_BY_BIT: &[u8] = include_bytes!("general/progressive.jpg");
    /// here in one scan.
    const AT_ONCE: &[u8] = include_bytes!("general/sequential.jpg");

    #[test]
    fn coefficients_that_come_bit_by_bit_are_those_that_come_at_once() {
        // With fewer eighths fewer are kept, and the bits of the others are passed over.
        for eighths in 1..=8 {
            let expected = (
                super::super::plain::decode(AT_ONCE, eighths).unwrap(),
                vec![],
            );
            assert_eq!(ours(BIT_BY_BIT, eighths), expected, "{eighths} eighths");
            assert_eq!(ours(AT_ONCE, eighths), expected, "{eighths} eighths");
        }
        for end in (700..BIT_BY_BIT.len()).step_by(37) {
            drop(decode(&BIT_BY_BIT[..end], 8, &mut Vec::new()));
        }
    }

    /// All kinds that the encoder knows.
    fn files() -> Vec<Vec<u8>> {
        use ColorType::{Cmyk, CmykAsYcck, Luma, Rgb};
        use SamplingFactor::{F_1_1, F_2_1, F_2_2, F_4_1};
        let mut files = Vec::new();
        for scans in [None, Some(4), Some(9)] {
            for (color, sampling, restart) in [
                (Rgb, F_1_1, 0),
                (Rgb, F_2_1, 7),
                (Rgb, F_2_2, 0),
                (Rgb, F_4_1, 3),
                (Luma, F_1_1, 5),
                (Cmyk, F_1_1, 0),
                (CmykAsYcck, F_2_2, 11),
            ] {
                files.push(file(color, sampling, restart, scans));
            }
        }
        files
    }

    fn ours(bytes: &[u8], eighths: u16) -> (RgbImage, Vec<String>) {
        let mut warnings = Vec::new();
        let image = decode(bytes, eighths, &mut warnings).unwrap();
        (image, warnings)
    }

    /// By another decoder, at 1, 2, 4 or 8 eighths.
    fn theirs(bytes: &[u8], eighths: u16) -> Vec<u8> {
        let mut decoder = Decoder::new(bytes);
        let (width, height) = (scaled(SIDES.0, eighths), scaled(SIDES.1, eighths));
        decoder.scale(width, height).unwrap();
        let data = decoder.decode().unwrap();
        match decoder.info().unwrap().pixel_format {
            PixelFormat::L8 => data.iter().flat_map(|gray| [*gray; 3]).collect(),
            PixelFormat::CMYK32 => {
                let light = |&[c, m, y, k]: &[u8; 4]| {
                    [c, m, y].map(|ink| {
                        let light = u16::from(255 - ink) * u16::from(255 - k);
                        ((light + 127) / 255) as u8
                    })
                };
                data.as_chunks::<4>().0.iter().flat_map(light).collect()
            }
            _ => data,
        }
    }

    #[test]
    fn pictures_are_those_of_another_decoder() {
        for (at, file) in files().iter().enumerate() {
            for eighths in [2, 4, 8] {
                let (image, warnings) = ours(file, eighths);
                let likeness = psnr(image.bytes(), &theirs(file, eighths));
                // Fewer samples of colour are enlarged in another way; the others differ by rounding.
                let limit = if matches!(at % 7, 0 | 4 | 5) {
                    55.0
                } else {
                    28.0
                };
                assert!(likeness > limit, "file {at} at {eighths}: {likeness:.1} dB");
                assert_eq!(warnings, [""; 0], "file {at}");
            }
        }
    }

    #[test]
    fn coefficients_that_no_pixel_needs_are_passed_over_rightly() {
        // Each number of eighths keeps another number; of the means alone there are several scans.
        for file in files() {
            let whole = ours(&file, 8).0;
            for eighths in [1, 3, 5] {
                let small = ours(&file, eighths).0;
                let (mut sums, mut count) = ([0_i64; 2], [0_i64; 2]);
                for (image, at) in [(&whole, 0), (&small, 1)] {
                    sums[at] = image.bytes().iter().map(|byte| i64::from(*byte)).sum();
                    count[at] = image.bytes().len() as i64;
                }
                // The same light on the whole, but for the last blocks, of which more is seen.
                let mean = |at: usize| sums[at] as f64 / count[at] as f64;
                assert!(
                    (mean(0) - mean(1)).abs() < 2.0,
                    "{eighths}: {} {}",
                    mean(0),
                    mean(1)
                );
            }
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_shows_what_was_read_before() {
        for (at, file) in files().iter().enumerate() {
            let whole = ours(file, 8).0;
            let mut last = 0.0;
            for part in [30, 50, 70, 90, 99] {
                let mut warnings = Vec::new();
                let image = decode(&file[..file.len() * part / 100], 8, &mut warnings).unwrap();
                assert!(warnings.len() == 1 && warnings[0].contains("cut off"));
                let likeness = psnr(image.bytes(), whole.bytes());
                assert!(
                    likeness > last - 1.0 || likeness > 50.0,
                    "file {at}, {part} %: {likeness:.1} dB"
                );
                last = likeness;
            }
            assert!(last > 18.0, "file {at}: {last:.1} dB");
        }
    }

    #[test]
    fn behind_a_fault_it_goes_on_at_the_next_restart() {
        for scans in [None, Some(4)] {
            let mut file = file(ColorType::Rgb, SamplingFactor::F_1_1, 3, scans);
            let whole = ours(&file, 8).0;
            let start = file
                .windows(2)
                .position(|pair| pair == [0xff, 0xda])
                .unwrap();
            // The third restart's marker is gone, and what is behind it makes no sense.
            let at = start
                + file[start..]
                    .windows(2)
                    .position(|p| p == [0xff, 0xd2])
                    .unwrap();
            file[at..at + 6].fill(0x55);
            let (image, warnings) = ours(&file, 8);
            assert_eq!(warnings.len(), 1);
            let other = image
                .rows()
                .zip(whole.rows())
                .flat_map(|(a, b)| a.iter().zip(b));
            let wrong = other.filter(|(a, b)| a != b).count();
            // Two intervals of three blocks, or as many in each of its scans.
            assert!((1..=64 * 6 * 4).contains(&wrong), "{wrong} pixels");
        }
    }

    #[test]
    fn a_segment_that_makes_no_sense_is_passed_over_with_a_warning() {
        let file = file(ColorType::Rgb, SamplingFactor::F_2_2, 0, None);
        let strange = with_segment(&file, 0xc4, &[0x77; 40]);
        let (image, warnings) = ours(&strange, 8);
        assert_eq!(image, ours(&file, 8).0);
        assert!(warnings.len() == 1 && warnings[0].contains("damaged"));
    }

    #[test]
    fn noise_behind_a_header_is_a_picture_or_an_error() {
        let mut byte = noise(3);
        for file in files() {
            let start = file
                .windows(2)
                .position(|pair| pair == [0xff, 0xda])
                .unwrap();
            for _ in 0..8 {
                let mut file = file.clone();
                // Scans' headers and markers, too.
                file[start + 14..]
                    .iter_mut()
                    .for_each(|to| *to = byte() | byte() & 0x80);
                drop(decode(&file, 3, &mut Vec::new()));
            }
        }
    }

    #[test]
    fn what_has_not_a_row_of_blocks_is_no_picture() {
        for file in files() {
            let start = file
                .windows(2)
                .position(|pair| pair == [0xff, 0xda])
                .unwrap();
            for end in (0..start).step_by(29).chain(start..start + 16) {
                let refusal = decode(&file[..end], 8, &mut Vec::new()).unwrap_err();
                assert!(
                    ["corrupt", "unsupported"].contains(&refusal.code()),
                    "{end}"
                );
            }
        }
    }
}
