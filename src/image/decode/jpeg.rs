//! JPEG: its frame header, and the decoders, which scale in the DCT domain.

mod bits;
mod colors;
mod general;
mod head;
mod inverse;
mod plain;
mod shape;
mod tables;

use super::super::budget;
use super::super::error::Error;
use super::super::exif;
use super::super::markers::{END_OF_IMAGE, START_OF_SCAN};
use super::super::orient::Turn;
use super::super::reader::Reader;
use super::super::simd::B16;
use super::super::sort::sort_by_key;
use super::{Decoded, Wanted, adjust};
use shape::Shape;

/// By how much a decoded side should be longer than the wanted one, so that the resize has something to choose from: 43 dB
/// against a full decode, over 50 dB from 2 on (IMAGES.md).
const MARGIN: f64 = 1.25;
/// The same for one eighth, which is the mean of each block: photographs reach 43 dB with it only from here on.
const MARGIN_OF_MEANS: f64 = 2.5;
/// A decode that holds more than this is done with one eighth already from 1.25 on: the memory of a module that once grew
/// is never given back. That is from 90 million pixels on, on a panel of 800 × 480.
const SPARING: u64 = 16 << 20;
/// Blocks that may be decoded, over all scans: some four seconds. A scan of a few bytes can run over the whole picture, so without
/// a limit a small file could keep the decoder busy for minutes.
const MAX_STEPS: u64 = 200_000_000;
/// The blocks that take as long as the tables of a scan.
const STEPS_OF_SCAN: u64 = 1000;

/// What the markers before the first scan say [ITU-T T.81, B.2].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) shape: Shape,
    pub(crate) turn: Turn,
    /// The colour profile; empty if there is none.
    profile: Vec<u8>,
    /// Whether the first scan has all that there is.
    is_at_once: bool,
    /// At the most: what looks like one behind the picture counts too.
    scans: u64,
}

impl Frame {
    /// # Errors
    /// [`Error::Corrupt`] without a frame header before the first scan, [`Error::Unsupported`] for coding that no decoder here knows.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes.get(2..).unwrap_or_default());
        let mut shape = None;
        let mut turn = Turn::default();
        let mut profile = Vec::new();
        let mut first_scan = None;
        while let Some((marker, data)) = segment(&mut reader) {
            match marker {
                0xc4 | 0xc8 | 0xcc => {}
                0xc0..=0xcf if shape.is_none() => shape = Some(start_of_frame(marker, data)?),
                0xe1 if data.starts_with(b"Exif\0\0") => turn = exif::orientation(data),
                // More parts than a byte can number are none of a profile, and would take long to sort.
                0xe2 if data.starts_with(b"ICC_PROFILE\0") && profile.len() < 255 => {
                    profile.extend(profile_part(data));
                }
                START_OF_SCAN => {
                    first_scan = Some(data);
                    break;
                }
                _ => {}
            }
        }
        let shape: Shape =
            shape.ok_or_else(|| Error::corrupt("JPEG", "it ends before its frame header"))?;
        Ok(Self {
            turn,
            profile: whole_profile(profile),
            scans: most_scans(reader.rest()),
            is_at_once: shape.is_all_in(first_scan),
            shape,
        })
    }

    /// The least eighths at which both sides keep the margin over the wanted scale.
    fn eighths(&self, scale: (f64, f64)) -> u16 {
        let keeps = |side: u16, scale: f64, eighths: u16, margin: f64| {
            f64::from(scaled(side, eighths)) >= f64::from(side) * scale * margin
        };
        let suffices = |eighths: u16, margin: f64| {
            keeps(self.shape.width, scale.0, eighths, margin)
                && keeps(self.shape.height, scale.1, eighths, margin)
        };
        let least = (2..8).find(|&eighths| suffices(eighths, MARGIN));
        let least = least.unwrap_or(8);
        let is_costly = least == 2 && !self.shape.is_progressive && self.memory(2) > SPARING;
        let is_one_enough = suffices(1, MARGIN_OF_MEANS) || (is_costly && suffices(1, MARGIN));
        if is_one_enough { 1 } else { least }
    }

    /// How many blocks each component has, and how many of them in a unit along x and y.
    fn blocks(&self) -> impl Iterator<Item = (u64, (usize, usize))> {
        let (units_x, units_y) = self.shape.units();
        let components = self.shape.components.iter();
        components.map(move |component| {
            let (x, y) = component.blocks;
            // Neither is more than 15, and there are at most 2 to the power of 26 units.
            (units_x as u64 * units_y as u64 * (x * y) as u64, (x, y))
        })
    }

    /// How long so many scans take, in blocks.
    fn steps(&self, scans: u64) -> u64 {
        let blocks: u64 = self.blocks().map(|(count, _)| count).sum();
        scans.saturating_mul(blocks + STEPS_OF_SCAN)
    }

    /// Bytes that decoding at this scale holds at one time: coefficients, but for those that become pixels at once, and pixels.
    fn memory(&self, eighths: u16) -> u64 {
        let most = self.shape.most();
        let coefficients = |(count, (x, y))| {
            let size = |own, most| inverse::size(own, most, eighths.into());
            let kept = inverse::kept((size(x, most.0), size(y, most.1)));
            count * (2 * kept as u64 + 8)
        };
        let coefficients: u64 = if self.is_at_once {
            0
        } else {
            self.blocks().map(coefficients).sum()
        };
        let Shape { width, height, .. } = self.shape;
        let pixels = u64::from(scaled(width, eighths)) * u64::from(scaled(height, eighths));
        coefficients + pixels * 3
    }
}

/// Decodes at the least scale that leaves the margin.
pub(super) fn decode(bytes: &[u8], frame: &Frame, wanted: Wanted) -> Result<Decoded, Error> {
    let are_too_many = |scans: u64| frame.steps(scans) > MAX_STEPS;
    if are_too_many(frame.scans) && are_too_many(scans(bytes)) {
        let reason = "the picture has more scans than can be decoded in time: save it again";
        return Err(Error::too_large("memory", reason));
    }
    let eighths = frame.eighths(wanted.scale);
    budget::check("decoding", frame.memory(eighths))?;
    let mut warnings = Vec::new();
    let image = match plain::decode(bytes, eighths) {
        Some(image) => image,
        None => general::decode(bytes, eighths, &mut warnings)?,
    };
    let profile = Some(&*frame.profile).filter(|profile| !profile.is_empty());
    Ok(Decoded {
        image,
        scale: f64::from(eighths) / 8.0,
        adjust: adjust(profile, wanted.saturation, &mut warnings),
        warnings,
    })
}

/// A side at so many eighths, rounded up.
fn scaled(side: u16, eighths: u16) -> u16 {
    u16::try_from((u32::from(side) * u32::from(eighths)).div_ceil(8)).unwrap_or(u16::MAX)
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
            END_OF_IMAGE => return None,
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
fn start_of_frame(marker: u8, data: &[u8]) -> Result<Shape, Error> {
    match marker {
        0xc0..=0xc2 => {}
        0xc3 => return Err(unsupported("a lossless JPEG".into())),
        0xc9..=0xcb => return Err(unsupported("an arithmetic-coded JPEG".into())),
        _ => return Err(unsupported("a hierarchical JPEG".into())),
    }
    match Shape::read(marker, data).filter(Shape::is_sound) {
        Some(shape) if shape.bits == 8 => Ok(shape),
        Some(shape) => Err(unsupported(format!(
            "a JPEG of {} bits a sample",
            shape.bits
        ))),
        None => Err(Error::corrupt(
            "JPEG",
            "its frame header is cut off or says no size",
        )),
    }
}

/// The scans of the picture, one after the other. Behind its end phones keep a film or further pictures.
fn scans(bytes: &[u8]) -> u64 {
    let mut reader = Reader::new(bytes.get(2..).unwrap_or_default());
    let mut count = 0;
    while let Some((marker, _)) = segment(&mut reader) {
        count += u64::from(marker == START_OF_SCAN);
    }
    count
}

/// The first scan and all that may be the start of one, which is found faster than [`scans`] finds those of the picture.
fn most_scans(rest: &[u8]) -> u64 {
    let next = rest.get(1..).unwrap_or_default();
    let ((runs, _), (nexts, last)) = (rest.as_chunks(), next.as_chunks());
    let of_run = |(run, next): (&[u8; 16], &[u8; 16])| {
        u64::from((B16::all(run).are(0xff) & B16::all(next).are(START_OF_SCAN)).count_ones())
    };
    let hits: u64 = runs.iter().zip(nexts).map(of_run).sum();
    // From the byte before them on.
    let left = rest
        .get(rest.len().saturating_sub(last.len() + 1)..)
        .unwrap_or_default();
    let starts = left
        .windows(2)
        .filter(|pair| **pair == [0xff, START_OF_SCAN]);
    1 + hits + starts.count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

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
        // A scan of all components.
        file.extend([0xff, 0xda, 0, 3, sampling.len() as u8]);
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
            (
                frame.shape.width,
                frame.shape.height,
                frame.shape.is_progressive
            ),
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
        assert_eq!(code(&file(0xc3, (8, 8), &[0x11])), Err("unsupported"));
        assert_eq!(code(&file(0xc0, (8, 0), &[0x11])), Err("corrupt"));
        assert_eq!(code(&file(0xc0, (8, 8), &[0x10])), Err("corrupt"));
        assert_eq!(code(b"\xff\xd8\xff\xd9"), Err("corrupt"));
    }

    #[test]
    fn the_scale_is_the_least_that_keeps_the_margin_on_both_sides() {
        let frame = Frame::read(&file(0xc0, (4000, 3000), &[0x22, 0x11, 0x11])).unwrap();
        assert_eq!(frame.eighths((0.05, 0.05)), 1);
        assert_eq!(frame.eighths((0.05, 0.051)), 2);
        assert_eq!(frame.eighths((0.2, 0.16)), 2);
        assert_eq!(frame.eighths((0.21, 0.1)), 3);
        assert_eq!(frame.eighths((0.41, 0.1)), 5);
        assert_eq!(frame.eighths((0.1, 0.71)), 8);
        assert_eq!(frame.eighths((2.0, 2.0)), 8);
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
            assert_eq!(found, eighths, "{size:?}");
        }
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
        assert_eq!(baseline.memory(2), 1000 * 752 * 3);
        let progressive = Frame::read(&file(0xc2, (4000, 3008), &[0x22, 0x11, 0x11])).unwrap();
        // Of luma 2 × 2 coefficients, of the colours 4 × 4, in the order of the file.
        let coefficients = 250 * 188 * (4 * (2 * 5 + 8) + 2 * (2 * 25 + 8));
        assert_eq!(progressive.memory(2), baseline.memory(2) + coefficients);
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
