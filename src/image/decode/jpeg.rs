//! JPEG: its frame header, the decoders that scale in the DCT domain, and what of a damaged file can be shown all the same.

mod mend;
mod plain;
mod tables;

use super::super::budget;
use super::super::error::Error;
use super::super::exif;
use super::super::orient::Turn;
use super::super::pixels::RgbImage;
use super::super::reader::Reader;
use super::super::simd::B16;
use super::super::sniff::Kind;
use super::super::sort::sort_by_key;
use super::{Decoded, Wanted, adjust, color, truncated};
use jpeg_decoder::{Decoder, PixelFormat};

/// By how much a decoded side should be longer than the wanted one, so that the resize has something to choose from: 43 dB
/// against a full decode, over 50 dB from 2 on (IMAGES.md).
const MARGIN: f64 = 1.25;
/// The same for one eighth, which is the mean of each block: photographs reach 43 dB with it only from here on.
const MARGIN_OF_MEANS: f64 = 2.5;
/// A decode that holds more than this is done with one eighth already from 1.25 on: the memory of a module that once grew
/// is never given back. That is from 70 or 90 million pixels on, on a panel of 800 × 480.
const SPARING: u64 = 24 << 20;
/// Blocks, or samples of a lossless file, that may be decoded, over all scans: some four seconds. A scan of a few bytes can
/// run over the whole picture, so without a limit a small file could keep the decoder busy for minutes.
const MAX_STEPS: u64 = 200_000_000;

/// What is shown for rows that a file lacks.
const MISSING: [u8; 3] = [128; 3];

/// What the markers before the first scan say [ITU-T T.81, B.2].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) turn: Turn,
    /// The colour profile; empty if there is none.
    profile: Vec<u8>,
    precision: u8,
    progressive: bool,
    lossless: bool,
    /// Samples along x and y for each component.
    sampling: Vec<(u8, u8)>,
    /// At the most: what looks like one behind the picture counts too.
    scans: u64,
}

impl Frame {
    /// # Errors
    /// [`Error::Corrupt`] without a frame header before the first scan, [`Error::Unsupported`] for coding that no decoder here knows.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes.get(2..).unwrap_or_default());
        let mut frame = None;
        let mut turn = Turn::default();
        let mut profile = Vec::new();
        while let Some((marker, data)) = segment(&mut reader) {
            match marker {
                0xc4 | 0xc8 | 0xcc => {}
                0xc0..=0xcf => frame = Some(start_of_frame(marker, data)?),
                0xe1 if data.starts_with(b"Exif\0\0") => turn = exif::orientation(data),
                // More parts than a byte can number are none of a profile, and would take long to sort.
                0xe2 if data.starts_with(b"ICC_PROFILE\0") && profile.len() < 255 => {
                    profile.extend(profile_part(data));
                }
                0xda => break,
                _ => {}
            }
        }
        let frame =
            frame.ok_or_else(|| Error::corrupt("JPEG", "it ends before its frame header"))?;
        let scans = most_scans(reader.rest());
        Ok(Self {
            turn,
            profile: whole_profile(profile),
            scans,
            ..frame
        })
    }

    /// The least eighths at which both sides keep the margin over the wanted scale, and the least of 1, 2, 4 and 8.
    fn eighths(&self, scale: (f64, f64)) -> (u16, u16) {
        // It has no blocks to scale: the decoder would take its first pixels for the whole.
        if self.lossless {
            return (8, 8);
        }
        let keeps = |side: u16, scale: f64, eighths: u16, margin: f64| {
            f64::from(scaled(side, eighths)) >= f64::from(side) * scale * margin
        };
        let suffices = |eighths: u16, margin: f64| {
            keeps(self.width, scale.0, eighths, margin)
                && keeps(self.height, scale.1, eighths, margin)
        };
        let least = (2..8).find(|&eighths| suffices(eighths, MARGIN));
        let least = least.unwrap_or(8);
        let is_costly = least == 2 && !self.progressive && self.memory(2) > SPARING;
        let is_one_enough = suffices(1, MARGIN_OF_MEANS) || (is_costly && suffices(1, MARGIN));
        let eighths = if is_one_enough { 1 } else { least };
        (eighths, eighths.next_power_of_two())
    }

    /// 8 × 8 blocks of all components.
    fn blocks(&self) -> u64 {
        let most = |side: fn(&(u8, u8)) -> u8| {
            u64::from(self.sampling.iter().map(side).max().unwrap_or(1))
        };
        let units_x = u64::from(self.width).div_ceil(8 * most(|s| s.0));
        let units_y = u64::from(self.height).div_ceil(8 * most(|s| s.1));
        let per_unit: u64 = self
            .sampling
            .iter()
            .map(|&(x, y)| u64::from(x) * u64::from(y))
            .sum();
        units_x * units_y * per_unit
    }

    /// What a scan goes through one by one: blocks, or the samples of a lossless file.
    fn steps(&self) -> u64 {
        self.blocks() * if self.lossless { 64 } else { 1 }
    }

    /// Bytes that decoding at this scale holds at one time: coefficients of progressive files, planes, pixels.
    fn memory(&self, eighths: u16) -> u64 {
        let blocks = self.blocks();
        let sample = if self.precision > 8 { 2 } else { 1 };
        let coefficients = if self.progressive { blocks * 128 } else { 0 };
        let planes = blocks * u64::from(eighths) * u64::from(eighths) * sample;
        let pixels =
            u64::from(scaled(self.width, eighths)) * u64::from(scaled(self.height, eighths));
        if self.lossless {
            // Of each sample two bytes and its difference's four, later four copies of the two on the way to pixels.
            return pixels * self.sampling.len() as u64 * 8;
        }
        coefficients + planes + pixels * 3.max(self.sampling.len() as u64) * sample
    }
}

/// Decodes at the least scale that leaves the margin.
pub(super) fn decode(bytes: &[u8], frame: &Frame, wanted: Wanted) -> Result<Decoded, Error> {
    let are_too_many = |scans: u64| frame.steps().saturating_mul(scans) > MAX_STEPS;
    if are_too_many(frame.scans) && are_too_many(scans(bytes)) {
        let reason = "the picture has more scans than can be decoded in time: save it again";
        return Err(Error::too_large("memory", reason));
    }
    let (least, eighths) = frame.eighths(wanted.scale);
    budget::check("decoding", frame.memory(least))?;
    let mut warnings = Vec::new();
    let (image, eighths) = if let Some(image) = plain::decode(bytes, least) {
        (image, least)
    } else {
        budget::check("decoding", frame.memory(eighths))?;
        (unusual(bytes, frame, eighths, &mut warnings)?, eighths)
    };
    let profile = Some(&*frame.profile).filter(|profile| !profile.is_empty());
    Ok(Decoded {
        image,
        scale: f64::from(eighths) / 8.0,
        adjust: adjust(profile, wanted.saturation, &mut warnings),
        warnings,
    })
}

/// What not every decoder takes, or what is damaged.
fn unusual(
    bytes: &[u8],
    frame: &Frame,
    eighths: u16,
    warnings: &mut Vec<String>,
) -> Result<RgbImage, Error> {
    fast(bytes, frame, eighths).or_else(|refusal| {
        let error = from_refusal(&refusal);
        warnings.push(damage(&refusal).ok_or_else(|| error.clone())?);
        mended(bytes, frame, eighths).ok_or(error)
    })
}

/// What will have been passed over; `None` for a file that is whole.
fn damage(refusal: &jpeg_decoder::Error) -> Option<String> {
    match refusal {
        jpeg_decoder::Error::Io(_) => Some(truncated(Kind::Jpeg)),
        jpeg_decoder::Error::Format(reason) => Some(format!(
            "the JPEG file is damaged ({reason}): what could be read is shown"
        )),
        _ => None,
    }
}

fn fast(bytes: &[u8], frame: &Frame, eighths: u16) -> Result<RgbImage, jpeg_decoder::Error> {
    let mut decoder = Decoder::new(bytes);
    let (width, height) = request(frame, eighths);
    decoder.scale(width, height)?;
    let data = decoder.decode()?;
    let info = decoder.info().ok_or_else(|| format_error("no frame"))?;
    let precision = u32::from(frame.precision);
    let data = match frame.precision {
        8 => data,
        _ => color::from_16_bits(data, precision),
    };
    let rgb = match info.pixel_format {
        PixelFormat::RGB24 => data,
        PixelFormat::L8 | PixelFormat::L16 => {
            color::from_gray(&data).map_err(|_| format_error("no memory"))?
        }
        PixelFormat::CMYK32 => color::from_cmyk(data),
    };
    RgbImage::from_bytes(info.width.into(), info.height.into(), rgb)
        .ok_or_else(|| format_error("too few pixels"))
}

/// The size to ask the decoder for so that it takes this scale: it stops at the first whose width *or* height suffices.
fn request(frame: &Frame, eighths: u16) -> (u16, u16) {
    let side = |side: u16| match scaled(side, eighths) {
        // A side so short that the next smaller scale gives as many pixels must not decide.
        same if eighths > 1 && same == scaled(side, eighths / 2) => u16::MAX,
        other => other,
    };
    (side(frame.width), side(frame.height))
}

/// As the decoder rounds it.
fn scaled(side: u16, eighths: u16) -> u16 {
    u16::try_from((u32::from(side) * u32::from(eighths)).div_ceil(8)).unwrap_or(u16::MAX)
}

fn format_error(text: &str) -> jpeg_decoder::Error {
    jpeg_decoder::Error::Format(text.into())
}

/// Decodes what is sound of a file; the rows that it lacks are gray.
fn mended(bytes: &[u8], frame: &Frame, eighths: u16) -> Option<RgbImage> {
    let height = usize::from(scaled(frame.height, eighths));
    mend::mend(bytes).into_iter().find_map(|part| {
        let frame = Frame {
            height: part.height,
            ..frame.clone()
        };
        let image = fast(&part.file, &frame, eighths).ok()?;
        if image.height() == height {
            return Some(image);
        }
        let mut whole = RgbImage::filled(image.width(), height, MISSING);
        whole.paste(&image, 0, 0);
        Some(whole)
    })
}

fn from_refusal(refusal: &jpeg_decoder::Error) -> Error {
    use jpeg_decoder::UnsupportedFeature::{
        ArithmeticEntropyCoding, ColorTransform, ComponentCount, DNL, Hierarchical,
        NonIntegerSubsamplingRatio, SamplePrecision, SubsamplingRatio,
    };
    let jpeg_decoder::Error::Unsupported(feature) = refusal else {
        return Error::corrupt("JPEG", refusal);
    };
    unsupported(match feature {
        Hierarchical => "a hierarchical JPEG".to_owned(),
        ArithmeticEntropyCoding => "a JPEG with arithmetic coding".to_owned(),
        SamplePrecision(bits) => format!("a JPEG with samples of {bits} bits"),
        ComponentCount(count) => format!("a JPEG with {count} components"),
        DNL => "a JPEG that tells its height last".to_owned(),
        SubsamplingRatio | NonIntegerSubsamplingRatio => {
            "a JPEG with an unusual sampling of colours".to_owned()
        }
        ColorTransform(_) => "a JPEG with unusual colours".to_owned(),
    })
}

fn unsupported(what: String) -> Error {
    Error::Unsupported {
        what: what.into(),
        advice: "save the picture as an ordinary (baseline) JPEG, or as PNG",
    }
}

/// The next segment's marker and data [ITU-T T.81, B.1.1.4]; `None` at the end of the bytes or of the picture.
fn segment<'a>(reader: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    loop {
        // Stray bytes between segments are skipped, as every decoder does; fill bytes may precede a marker.
        while reader.u8()? != 0xff {}
        let marker = loop {
            match reader.u8()? {
                0xff => {}
                other => break other,
            }
        };
        match marker {
            0xd9 => return None,
            0x00 | 0x01 | 0xd0..=0xd8 => {}
            _ => {
                let length = reader.u16_be()?.checked_sub(2)?;
                return Some((marker, reader.take(length.into())?));
            }
        }
    }
}

/// A profile may lie in several segments, each with its number and theirs before its data (ICC.1:2022, B.4).
fn profile_part(data: &[u8]) -> Option<(u8, &[u8])> {
    let (&[number, _count], part) = data.get(12..)?.split_first_chunk()?;
    Some((number, part))
}

fn whole_profile(mut parts: Vec<(u8, &[u8])>) -> Vec<u8> {
    sort_by_key(&mut parts, |(number, _)| *number);
    parts
        .into_iter()
        .flat_map(|(_, part)| part)
        .copied()
        .collect()
}

/// [ITU-T T.81, B.2.2].
fn start_of_frame(marker: u8, data: &[u8]) -> Result<Frame, Error> {
    match marker {
        0xc0..=0xc3 => {}
        0xc9..=0xcb => return Err(unsupported("an arithmetic-coded JPEG".into())),
        _ => return Err(unsupported("a hierarchical JPEG".into())),
    }
    let broken = || Error::corrupt("JPEG", "its frame header is cut off or says no size");
    let frame = frame_fields(marker, data).ok_or_else(broken)?;
    if frame.precision != 8 && marker != 0xc3 {
        return Err(unsupported(format!(
            "a JPEG of {} bits a sample",
            frame.precision
        )));
    }
    Ok(frame)
}

fn frame_fields(marker: u8, data: &[u8]) -> Option<Frame> {
    let mut reader = Reader::new(data);
    let precision = reader.u8()?;
    let (height, width) = (reader.u16_be()?, reader.u16_be()?);
    let count = reader.u8()?;
    let mut sampling = Vec::new();
    for _ in 0..count.min(4) {
        let [_, factors, _] = *reader.take(3)?.first_chunk()?;
        sampling.push((factors >> 4, factors & 15));
    }
    let sound = width > 0
        && height > 0
        && !sampling.is_empty()
        && sampling.iter().all(|&(x, y)| x > 0 && y > 0);
    sound.then_some(Frame {
        width,
        height,
        turn: Turn::default(),
        profile: Vec::new(),
        precision,
        progressive: marker == 0xc2,
        lossless: marker == 0xc3,
        sampling,
        scans: 1,
    })
}

/// The scans of the picture, one after the other. Behind its end phones keep a film or further pictures.
fn scans(bytes: &[u8]) -> u64 {
    let mut reader = Reader::new(bytes.get(2..).unwrap_or_default());
    let mut count = 0;
    while let Some((marker, _)) = segment(&mut reader) {
        count += u64::from(marker == 0xda);
    }
    count
}

/// The first scan and all that may be the start of one, which is found faster than [`scans`] finds those of the picture.
fn most_scans(rest: &[u8]) -> u64 {
    let next = rest.get(1..).unwrap_or_default();
    let ((runs, _), (nexts, last)) = (rest.as_chunks(), next.as_chunks());
    let of_run = |(run, next): (&[u8; 16], &[u8; 16])| {
        u64::from((B16::all(run).are(0xff) & B16::all(next).are(0xda)).count_ones())
    };
    let hits: u64 = runs.iter().zip(nexts).map(of_run).sum();
    // From the byte before them on.
    let left = rest
        .get(rest.len().saturating_sub(last.len() + 1)..)
        .unwrap_or_default();
    let starts = left.windows(2).filter(|pair| **pair == [0xff, 0xda]);
    1 + hits + starts.count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::options::Rgb;

    fn file(marker: u8, size: (u16, u16), sampling: &[u8]) -> Vec<u8> {
        let mut file = vec![
            0xff,
            0xd8,
            0xff,
            0xff,
            marker,
            0,
            8 + 3 * sampling.len() as u8,
            8,
        ];
        file.extend(size.1.to_be_bytes());
        file.extend(size.0.to_be_bytes());
        file.push(sampling.len() as u8);
        sampling
            .iter()
            .for_each(|&factors| file.extend([1, factors, 0]));
        file
    }

    #[test]
    fn the_frame_header_is_found_behind_other_segments() {
        let plain = file(0xc2, (4000, 3000), &[0x22, 0x11, 0x11]);
        let exif = [&b"Exif\0\0"[..], &exif::block(8)].concat();
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, 2 + exif.len() as u8];
        bytes.extend(exif);
        bytes.extend([0xff, 0xe2, 0, 24]);
        bytes.extend(b"ICC_PROFILE\0\x01\x01Adobe RG");
        bytes.extend(&plain[2..]);
        let frame = Frame::read(&bytes).unwrap();
        assert_eq!(
            (frame.width, frame.height, frame.progressive),
            (4000, 3000, true)
        );
        assert_eq!(frame.turn, Turn::from_exif(8).unwrap());
        assert_eq!(frame.profile, b"Adobe RG");
        (0..bytes.len() - 1).for_each(|end| drop(Frame::read(&bytes[..end])));
    }

    #[test]
    fn coding_that_nobody_reads_is_unsupported_and_a_missing_header_corrupt() {
        let code = |bytes: &[u8]| Frame::read(bytes).map_err(|error| error.code());
        assert_eq!(code(&file(0xc9, (8, 8), &[0x11])), Err("unsupported"));
        assert_eq!(code(&file(0xc5, (8, 8), &[0x11])), Err("unsupported"));
        assert_eq!(code(&file(0xc0, (8, 0), &[0x11])), Err("corrupt"));
        assert_eq!(code(&file(0xc0, (8, 8), &[0x10])), Err("corrupt"));
        assert_eq!(code(b"\xff\xd8\xff\xd9"), Err("corrupt"));
    }

    #[test]
    fn the_scale_is_the_least_that_keeps_the_margin_on_both_sides() {
        let frame = Frame::read(&file(0xc0, (4000, 3000), &[0x22, 0x11, 0x11])).unwrap();
        assert_eq!(frame.eighths((0.05, 0.05)), (1, 1));
        assert_eq!(frame.eighths((0.05, 0.051)), (2, 2));
        assert_eq!(frame.eighths((0.2, 0.16)), (2, 2));
        assert_eq!(frame.eighths((0.21, 0.1)), (3, 4));
        assert_eq!(frame.eighths((0.41, 0.1)), (5, 8));
        assert_eq!(frame.eighths((0.1, 0.71)), (8, 8));
        assert_eq!(frame.eighths((2.0, 2.0)), (8, 8));
    }

    #[test]
    fn a_huge_picture_is_decoded_as_small_as_suffices() {
        let read = |marker, size| Frame::read(&file(marker, size, &[0x22, 0x11, 0x11])).unwrap();
        let wanted =
            |(width, height): (u16, u16)| (800.0 / f64::from(width), 480.0 / f64::from(height));
        for (marker, size, eighths) in [
            (0xc0, (9643, 10328), 1),
            // What a progressive file holds beside its pixels is more than they are.
            (0xc2, (9643, 10328), 2),
            (0xc0, (8160, 6144), 2),
            // One eighth would be too small.
            (0xc0, (7900, 12_000), 2),
        ] {
            let found = read(marker, size).eighths(wanted(size));
            assert_eq!(found, (eighths, eighths), "{size:?}");
        }
    }

    /// A lossless file of 64 × 64 [ITU-T T.81, annex H]: gray, 10 on the left and 200 on the right.
    fn lossless() -> Vec<u8> {
        let mut file = file(0xc3, (64, 64), &[0x11]);
        // Codes 0, 10 and 110 for differences of 0, 7 and 8 bits.
        file.extend([0xff, 0xc4, 0, 22, 0, 1, 1, 1]);
        file.extend([0; 13]);
        file.extend([0, 7, 8]);
        // A pixel is foretold by the one on its left.
        file.extend([0xff, 0xda, 0, 8, 1, 1, 0, 1, 0, 0]);
        let same = "0".repeat(31);
        let row = |first: &str| format!("{first}{same}11010111110{same}");
        // 10 is 118 less than the middle, from which the first pixel is told; 200 is 190 more than 10.
        let bits = row("100001001") + &row("0").repeat(63) + "1111111";
        let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
        file.extend(bits.as_bytes().chunks_exact(8).map(byte));
        file.extend([0xff, 0xd9]);
        file
    }

    const SMALL: Wanted = Wanted {
        scale: (0.1, 0.1),
        background: Rgb::WHITE,
        saturation: 1.0,
    };

    #[test]
    fn a_lossless_file_is_whole_however_small_it_is_wanted() {
        let file = lossless();
        let frame = Frame::read(&file).unwrap();
        let decoded = decode(&file, &frame, SMALL).unwrap();
        for row in decoded.image.rows() {
            let (left, right) = row.split_at(row.len() / 2);
            assert!(left.iter().all(|pixel| *pixel == [10; 3]), "{left:?}");
            assert!(right.iter().all(|pixel| *pixel == [200; 3]), "{right:?}");
        }
        assert_eq!((decoded.image.width(), decoded.scale), (64, 1.0));
    }

    #[test]
    fn a_scan_of_a_lossless_file_takes_a_step_for_each_sample() {
        let mut file = file(0xc3, (4096, 4096), &[0x11]);
        file.extend([0xff, 0xda, 0, 8, 1, 1, 0, 1, 0, 0].repeat(20));
        let frame = Frame::read(&file).unwrap();
        let refusal = decode(&file, &frame, SMALL).unwrap_err();
        assert_eq!(refusal.code(), "too-large");
    }

    #[test]
    fn a_profile_has_at_most_255_parts() {
        let plain = file(0xc0, (8, 8), &[0x11]);
        let part = b"\xff\xe2\0\x11ICC_PROFILE\0\x01\x01p";
        let bytes = [&plain[..2], &part.repeat(300), &plain[2..]].concat();
        assert_eq!(Frame::read(&bytes).unwrap().profile.len(), 255);
    }

    #[test]
    fn memory_follows_the_scale_and_the_process() {
        let baseline = Frame::read(&file(0xc0, (4000, 3008), &[0x22, 0x11, 0x11])).unwrap();
        assert_eq!(baseline.blocks(), 250 * 188 * 6);
        assert_eq!(baseline.memory(2), 250 * 188 * 6 * 4 + 1000 * 752 * 3);
        let progressive = Frame::read(&file(0xc2, (4000, 3008), &[0x22, 0x11, 0x11])).unwrap();
        assert_eq!(
            progressive.memory(2),
            baseline.memory(2) + 250 * 188 * 6 * 128
        );
    }

    #[test]
    fn scans_are_counted_also_where_a_run_ends() {
        for at in [0, 126, 127, 128, 1000] {
            let mut rest = vec![0; 1100];
            rest[at..at + 2].copy_from_slice(&[0xff, 0xda]);
            assert_eq!(most_scans(&rest), 2, "at {at}");
        }
        assert_eq!(most_scans(&[]), 1);
        assert_eq!(most_scans(&[0xff, 0xda].repeat(500)), 501);
    }

    #[test]
    fn only_the_scans_up_to_the_end_are_the_pictures() {
        let scan = [0xff, 0xda, 0, 2, 0xff, 0, 7, 0xff, 0xd0, 7];
        // The end of a picture, in a remark.
        let remark = [0xff, 0xfe, 0, 4, 0xff, 0xd9];
        let end = [0xff, 0xd9];
        let start = [0xff, 0xd8];
        let bytes = [&start[..], &scan, &remark, &scan, &end, &scan.repeat(9)].concat();
        assert_eq!(scans(&bytes), 2);
        assert_eq!(most_scans(&bytes[6..]), 11);
    }
}
