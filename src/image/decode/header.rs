//! What a file says of itself: size and orientation. Nothing is allocated by what it says.

use super::super::error::Error;
use super::super::exif;
use super::super::orient::Turn;
use super::super::reader::Reader;
use super::super::sniff::{Kind, sniff};
use super::jpeg::Frame;
use super::webp;

/// The facts about a picture before it is decoded.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) kind: Kind,
    /// In pixels, as the file stores them. Never 0.
    pub(crate) width: u32,
    /// In pixels, as the file stores them. Never 0.
    pub(crate) height: u32,
    /// The most pixels that a decoder will unpack at once: a frame inside may be larger than the whole says.
    pub(crate) unpacked: u64,
    /// Bytes that a decoder unpacks a pixel to, at most.
    pub(crate) depth: u64,
    /// Brings the picture upright.
    pub(crate) turn: Turn,
    /// More about a JPEG.
    pub(crate) jpeg: Option<Frame>,
}

impl Header {
    /// # Errors
    /// [`Error::Unsupported`] for what cannot be read here, [`Error::Corrupt`] for a header that is cut off or senseless.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let kind = sniff(bytes).ok_or(Error::Unsupported {
            what: "a file that is not a picture".into(),
            advice: "choose a JPEG, PNG, GIF, BMP or WebP file, or format \"original\" to send the bytes as they are",
        })?;
        let header = match kind {
            Kind::Jpeg => return jpeg(bytes),
            Kind::Png => png(bytes),
            Kind::Gif => gif(bytes),
            Kind::Bmp => bmp(bytes),
            Kind::Webp => webp::header(bytes),
            _ => return Err(kind.unsupported()),
        };
        match header {
            Some(header) if header.width > 0 && header.height > 0 => Ok(header),
            _ => Err(Error::corrupt(
                kind.name(),
                "its header is cut off or says no size",
            )),
        }
    }

    /// A header without orientation.
    pub(super) fn plain(kind: Kind, (width, height): (u32, u32), depth: u64) -> Self {
        Self {
            kind,
            width,
            height,
            unpacked: u64::from(width) * u64::from(height),
            depth,
            turn: Turn::default(),
            jpeg: None,
        }
    }

    /// Notes a picture inside that may be larger than the whole says.
    pub(super) fn unpack(&mut self, pixels: u64) {
        self.unpacked = self.unpacked.max(pixels);
    }
}

fn jpeg(bytes: &[u8]) -> Result<Header, Error> {
    let frame = Frame::read(bytes)?;
    let size = (frame.shape.width.into(), frame.shape.height.into());
    Ok(Header {
        turn: frame.turn,
        jpeg: Some(frame),
        ..Header::plain(Kind::Jpeg, size, 3)
    })
}

/// W3C PNG, 5 (chunks) and 11.2.1 (IHDR).
fn png(bytes: &[u8]) -> Option<Header> {
    let mut reader = Reader::new(bytes.get(8..)?);
    let (kind, mut ihdr) = png_chunk(&mut reader)?;
    if kind != b"IHDR" {
        return None;
    }
    let size = (ihdr.u32_be()?, ihdr.u32_be()?);
    let sample = u64::from(ihdr.u8()?).div_ceil(8).max(1);
    let channels = match ihdr.u8()? {
        0 => 1,
        2 => 3,
        4 => 2,
        // An index becomes four channels when it is unpacked with its transparency.
        _ => 4,
    };
    let mut header = Header::plain(Kind::Png, size, channels * sample);
    while let Some((kind, data)) = png_chunk(&mut reader) {
        match kind {
            b"eXIf" => header.turn = exif::orientation(data.rest()),
            // A gray or a colour that counts as transparent becomes a channel more.
            b"tRNS" if channels % 2 == 1 => header.depth = (channels + 1) * sample,
            b"IEND" => break,
            _ => {}
        }
    }
    Some(header)
}

/// The next chunk's name and data; a chunk that is cut off is none.
fn png_chunk<'a>(reader: &mut Reader<'a>) -> Option<(&'a [u8], Reader<'a>)> {
    let length = reader.u32_be()?;
    let kind = reader.take(4)?;
    let data = reader.take_u32(length)?;
    reader.take(4);
    Some((kind, Reader::new(data)))
}

/// GIF 89a, section 18: the logical screen.
fn gif(bytes: &[u8]) -> Option<Header> {
    let mut reader = Reader::new(bytes.get(6..)?);
    let size = (u32::from(reader.u16_le()?), u32::from(reader.u16_le()?));
    Some(Header::plain(Kind::Gif, size, 4))
}

/// The file header of 14 bytes, then one of several information headers, told apart by their length.
fn bmp(bytes: &[u8]) -> Option<Header> {
    let mut reader = Reader::new(bytes.get(14..)?);
    let size = match reader.u32_le()? {
        12 => (u32::from(reader.u16_le()?), u32::from(reader.u16_le()?)),
        // A negative height says that the rows run from top to bottom.
        _ => (
            reader.u32_le()?,
            reader.u32_le()?.cast_signed().unsigned_abs(),
        ),
    };
    Some(Header::plain(Kind::Bmp, size, 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(bytes: &[u8]) -> Result<(Kind, u32, u32), &'static str> {
        Header::read(bytes)
            .map(|h| (h.kind, h.width, h.height))
            .map_err(|e| e.code())
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x03\x20\0\0\x01\xe0\x10\x06\0\0\0crc!";
    const BMP: &[u8] =
        b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x20\x03\0\0\x20\xfe\xff\xff\x01\0\x18\0";

    #[test]
    fn sizes_stand_where_the_formats_say() {
        assert_eq!(size(PNG), Ok((Kind::Png, 800, 480)));
        assert_eq!(Header::read(PNG).unwrap().depth, 8);
        assert_eq!(size(BMP), Ok((Kind::Bmp, 800, 480)));
        assert_eq!(
            size(b"BM\0\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x20\x03\xe0\x01"),
            Ok((Kind::Bmp, 800, 480))
        );
        assert_eq!(size(b"GIF89a\x20\x03\xe0\x01"), Ok((Kind::Gif, 800, 480)));
    }

    #[test]
    fn a_transparent_colour_of_a_png_becomes_a_channel() {
        for (color_type, plain, transparent) in [(0, 2, 4), (2, 6, 8), (3, 8, 8)] {
            let mut png = PNG.to_vec();
            png[25] = color_type;
            assert_eq!(Header::read(&png).unwrap().depth, plain);
            png.extend(b"\0\0\0\x02tRNS\0\0crc!");
            assert_eq!(Header::read(&png).unwrap().depth, transparent);
        }
    }

    #[test]
    fn orientation_comes_from_a_png_too() {
        let mut png = PNG.to_vec();
        let exif = exif::block(6);
        png.extend(u32::try_from(exif.len()).unwrap().to_be_bytes());
        png.extend([b"eXIf", &exif[..], b"crc!"].concat());
        assert_eq!(
            Header::read(&png).unwrap().turn,
            Turn::from_exif(6).unwrap()
        );
    }

    #[test]
    fn cut_off_and_empty_headers_are_corrupt_and_other_files_unsupported() {
        assert_eq!(size(&PNG[..20]), Err("corrupt"));
        assert_eq!(size(b"GIF89a\0\0\x10\0"), Err("corrupt"));
        assert_eq!(size(b"a text file"), Err("unsupported"));
        assert_eq!(size(b""), Err("unsupported"));
        assert_eq!(size(b"%PDF-1.7"), Err("unsupported"));
        for file in [PNG, BMP] {
            (0..file.len()).for_each(|end| drop(Header::read(&file[..end])));
        }
    }
}
