//! WebP, which the browser decodes: its size is read here before that, and its orientation, which browsers leave as it is.

use super::super::exif;
use super::super::orient::Turn;
use super::super::reader::Reader;
use super::super::sniff::{Kind, sniff};
use super::Header;

/// RFC 9649: a RIFF file whose chunks are a VP8, a VP8L, or a VP8X with further ones behind it.
pub(super) fn header(bytes: &[u8]) -> Option<Header> {
    let mut reader = Reader::new(bytes.get(12..)?);
    let mut header: Option<Header> = None;
    while let Some((kind, data)) = riff_chunk(&mut reader) {
        match (kind, &mut header) {
            (b"VP8X", _) => header = Some(Header::plain(Kind::Webp, vp8x_size(data)?, 4)),
            (b"EXIF", Some(header)) => header.turn = exif::orientation(data.rest()),
            (b"ANMF", Some(header)) => header.unpack(frame_pixels(data)),
            (_, Some(header)) => header.unpack(pixels(kind, data)),
            (_, None) => header = size(kind, data).map(|size| Header::plain(Kind::Webp, size, 4)),
        }
    }
    header
}

/// Takes the orientation out of a file that a browser is to decode, and gives the turn that is still to be made. Chromium
/// 156 and Firefox 153 leave a WebP as it lies; one that turns it must not do so a second time. Other kinds stay as they are.
pub fn take_turn(bytes: &mut [u8]) -> Turn {
    if sniff(bytes) != Some(Kind::Webp) {
        return Turn::default();
    }
    let turn = header(bytes).map_or_else(Turn::default, |header| header.turn);
    if bytes.get(12..16) == Some(b"VP8X")
        && let Some(flags) = bytes.get_mut(FLAGS)
    {
        *flags &= !HAS_EXIF;
    }
    while let Some(name) = exif_chunk(bytes).and_then(|start| bytes.get_mut(start..start + 4)) {
        // RFC 9649, 2.7.1.6: a reader passes over chunks that it does not know.
        name.copy_from_slice(b"none");
    }
    turn
}

/// Where a VP8X, which is the first chunk, has its flags.
const FLAGS: usize = 20;
const HAS_EXIF: u8 = 0x08;

/// Where the first chunk `EXIF` begins.
fn exif_chunk(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader::new(bytes.get(12..)?);
    loop {
        let start = bytes.len() - reader.rest().len();
        if riff_chunk(&mut reader)?.0 == b"EXIF" {
            return Some(start);
        }
    }
}

/// The next chunk's name and what there is of its data: the last may be cut off.
fn riff_chunk<'a>(reader: &mut Reader<'a>) -> Option<(&'a [u8], Reader<'a>)> {
    let kind = reader.take(4)?;
    let length = reader.u32_le()?;
    let data = reader
        .take_u32(length)
        .or_else(|| reader.take(reader.rest().len()))?;
    if length % 2 == 1 {
        reader.take(1);
    }
    Some((kind, Reader::new(data)))
}

/// RFC 9649, 2.7: four bytes of flags, then width and height less one.
fn vp8x_size(mut data: Reader<'_>) -> Option<(u32, u32)> {
    data.take(4)?;
    Some((data.u24_le()? + 1, data.u24_le()? + 1))
}

/// The size in a chunk of pixels; `None` for other chunks.
fn size(kind: &[u8], mut data: Reader<'_>) -> Option<(u32, u32)> {
    match kind {
        // RFC 6386, 9.1: a frame tag of 3 bytes, a start code of 3, then 14 bits each under 2 bits of scaling.
        b"VP8 " => {
            data.take(6)?;
            Some((
                u32::from(data.u16_le()? & 0x3fff),
                u32::from(data.u16_le()? & 0x3fff),
            ))
        }
        // RFC 9649, 3.4: a signature byte, then 14 bits each, less one.
        b"VP8L" => {
            data.take(1)?;
            let bits = data.u32_le()?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}

/// The pixels of a chunk; 0 for other chunks.
fn pixels(kind: &[u8], data: Reader<'_>) -> u64 {
    size(kind, data).map_or(0, |(width, height)| u64::from(width) * u64::from(height))
}

/// The most pixels of a picture inside an animation's frame: 16 bytes about the frame, then chunks of its own.
fn frame_pixels(mut frame: Reader<'_>) -> u64 {
    let mut most = 0;
    if frame.take(16).is_some() {
        while let Some((kind, data)) = riff_chunk(&mut frame) {
            most = most.max(pixels(kind, data));
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    const VP8X: &[u8] = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x0c\0\0\0\x1f\x03\0\xdf\x01\0";

    fn size(bytes: &[u8]) -> Option<(u32, u32)> {
        header(bytes).map(|header| (header.width, header.height))
    }

    #[test]
    fn sizes_stand_where_the_format_says() {
        assert_eq!(size(VP8X), Some((800, 480)));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x20\x03\xe0\x01";
        assert_eq!(size(lossy), Some((800, 480)));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\x05\0\0\0\x2f\x1f\xc3\x77\0";
        assert_eq!(size(lossless), Some((800, 480)));
        (0..VP8X.len()).for_each(|end| drop(header(&VP8X[..end])));
    }

    #[test]
    fn a_frame_larger_than_the_picture_counts_for_the_memory() {
        let mut file = VP8X.to_vec();
        file.extend(b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\xff\x3f\xff\x3f");
        let header = header(&file).unwrap();
        assert_eq!((header.width, header.unpacked), (800, 16_383 * 16_383));
    }

    #[test]
    fn of_two_pictures_in_a_frame_the_one_of_more_pixels_counts() {
        let mut file = VP8X.to_vec();
        file.extend(b"ANMF\x34\0\0\0");
        file.extend([0; 16]);
        file.extend(b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\xfe\x3f\xff\x3f");
        file.extend(b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\xff\x3f\x01\0");
        assert_eq!(header(&file).unwrap().unpacked, 16_382 * 16_383);
    }

    /// A picture on its side, with another chunk behind the EXIF block.
    fn on_its_side() -> Vec<u8> {
        let mut file = VP8X.to_vec();
        let exif = exif::block(6);
        file[FLAGS] |= HAS_EXIF;
        file.extend(b"EXIF");
        file.extend(u32::try_from(exif.len()).unwrap().to_le_bytes());
        file.extend(&exif);
        file.extend(b"XMP \x02\0\0\0EXIF");
        file
    }

    #[test]
    fn an_orientation_is_taken_out_once_and_nothing_else_is_touched() {
        let whole = on_its_side();
        let mut file = whole.clone();
        let turn = Turn::from_exif(6).unwrap();
        assert_eq!(header(&file).unwrap().turn, turn);
        assert_eq!(take_turn(&mut file), turn);
        assert_eq!(header(&file).unwrap().turn, Turn::default());
        assert_eq!(take_turn(&mut file), Turn::default());
        let changed: Vec<usize> = (0..file.len()).filter(|&i| file[i] != whole[i]).collect();
        assert_eq!(changed, [20, 30, 31, 32, 33]);
    }

    #[test]
    fn files_of_other_kinds_and_broken_ones_stay_as_they_are() {
        let mut other = on_its_side();
        other[8] = b'w';
        for mut file in [other, b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Vec::new()] {
            let before = file.clone();
            assert_eq!(take_turn(&mut file), Turn::default());
            assert_eq!(file, before);
        }
    }
}
