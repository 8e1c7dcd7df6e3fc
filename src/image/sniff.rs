//! Tells what a file is by its first bytes, whatever its name says.

use super::error::Error;

/// A kind of file that is worth a name in a message, whether it can be read here or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// ITU-T T.81.
    Jpeg,
    /// W3C PNG, APNG too.
    Png,
    /// GIF 87a and 89a.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// WebP, lossy and lossless.
    Webp,
    /// AV1 in an ISO file.
    Avif,
    /// HEVC in an ISO file, what iPhones take.
    Heic,
    /// Scalable vector graphics.
    Svg,
    /// TIFF and the raw formats of cameras that build on it.
    Tiff,
    /// JPEG XL.
    JpegXl,
    /// JPEG 2000.
    Jpeg2000,
    /// Windows icon.
    Ico,
    /// Portable document.
    Pdf,
    /// A web page: what servers send instead of a picture that is not there.
    Html,
}

impl Kind {
    /// Its name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Webp => "WebP",
            Self::Avif => "AVIF",
            Self::Heic => "HEIC",
            Self::Svg => "SVG",
            Self::Tiff => "TIFF",
            Self::JpegXl => "JPEG XL",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Ico => "ICO",
            Self::Pdf => "PDF",
            Self::Html => "a web page (HTML)",
        }
    }

    /// The MIME type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
            Self::Svg => "image/svg+xml",
            Self::Tiff => "image/tiff",
            Self::JpegXl => "image/jxl",
            Self::Jpeg2000 => "image/jp2",
            Self::Ico => "image/x-icon",
            Self::Pdf => "application/pdf",
            Self::Html => "text/html",
        }
    }

    /// The usual file extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Heic => "heic",
            Self::Svg => "svg",
            Self::Tiff => "tif",
            Self::JpegXl => "jxl",
            Self::Jpeg2000 => "jp2",
            Self::Ico => "ico",
            Self::Pdf => "pdf",
            Self::Html => "html",
        }
    }

    /// The error for a kind that nobody here could decode.
    pub(crate) fn unsupported(self) -> Error {
        let advice = match self {
            Self::Heic => {
                "set the phone's camera to JPEG (iPhone: Settings, Camera, Formats, Most Compatible), \
                 or open this page in Safari, which reads HEIC itself"
            }
            Self::Avif | Self::Webp => {
                "open this page in a browser that shows such files, or save the picture as JPEG or PNG"
            }
            Self::Svg => {
                "open this page in a browser that draws it, or export the drawing as PNG at the panel's size"
            }
            Self::Html => {
                "the address leads to a page, not to a picture: open it and take the picture's own address"
            }
            Self::Pdf => "export the page as PNG or JPEG",
            _ => "save the picture as JPEG or PNG",
        };
        Error::Unsupported {
            what: self.name().into(),
            advice,
        }
    }
}

/// The kind of a file by its first bytes; `None` for what is not known. A kind says nothing about the rest being whole.
pub fn sniff(bytes: &[u8]) -> Option<Kind> {
    signature(bytes)
        .or_else(|| iso_brand(bytes))
        .or_else(|| markup(bytes))
}

/// Kinds that begin with fixed bytes.
fn signature(bytes: &[u8]) -> Option<Kind> {
    const SIGNATURES: [(&[u8], Kind); 13] = [
        (&[0xff, 0xd8, 0xff], Kind::Jpeg),
        (b"\x89PNG\r\n\x1a\n", Kind::Png),
        (b"GIF87a", Kind::Gif),
        (b"GIF89a", Kind::Gif),
        (b"II*\0", Kind::Tiff),
        (b"MM\0*", Kind::Tiff),
        (b"II+\0", Kind::Tiff),
        (&[0xff, 0x0a], Kind::JpegXl),
        (b"\0\0\0\x0cJXL \r\n\x87\n", Kind::JpegXl),
        (b"\0\0\0\x0cjP  \r\n\x87\n", Kind::Jpeg2000),
        (&[0xff, 0x4f, 0xff, 0x51], Kind::Jpeg2000),
        (&[0, 0, 1, 0], Kind::Ico),
        (b"%PDF-", Kind::Pdf),
    ];
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(Kind::Webp);
    }
    // Two letters are not enough to tell a bitmap from a text: the length of the second header must fit too.
    if bytes.starts_with(b"BM")
        && matches!(
            bytes.get(14..18),
            Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
        )
    {
        return Some(Kind::Bmp);
    }
    SIGNATURES
        .iter()
        .find(|(start, _)| bytes.starts_with(start))
        .map(|&(_, kind)| kind)
}

/// ISO base media files name their brands in the first box [ISO/IEC 14496-12, 4.3].
fn iso_brand(bytes: &[u8]) -> Option<Kind> {
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let length = u32::from_be_bytes(*bytes.first_chunk()?);
    let end = usize::try_from(length).ok()?.min(bytes.len()).min(256);
    let brands = bytes.get(8..end)?.chunks_exact(4);
    brands
        .filter_map(|brand| match brand {
            b"avif" | b"avis" => Some(Kind::Avif),
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => Some(Kind::Heic),
            _ => None,
        })
        // An AVIF file may carry the brand `mif1` as well, and then it stands first in some.
        .min_by_key(|&kind| kind != Kind::Avif)
}

/// SVG and HTML, behind a byte order mark, space, a prologue and comments.
fn markup(bytes: &[u8]) -> Option<Kind> {
    let start = bytes.get(..1024).unwrap_or(bytes);
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') {
        None
    } else if text.contains("<svg") && !text.contains("<html") {
        Some(Kind::Svg)
    } else if text.contains("<html") || text.starts_with("<!doctype html") {
        Some(Kind::Html)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_pictures_by_their_first_bytes() {
        for (bytes, kind) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Png),
            (b"GIF89a", Kind::Gif),
            (b"BM\x3e\0\0\0\0\0\0\0\x3e\0\0\0\x28\0\0\0", Kind::Bmp),
            (b"RIFF\0\0\0\0WEBPVP8 ", Kind::Webp),
            (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", Kind::Avif),
            (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Kind::Avif),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic),
            (
                b"\xef\xbb\xbf <?xml version=\"1.0\"?><!-- x --><svg xmlns=",
                Kind::Svg,
            ),
            (b"<svg/>", Kind::Svg),
            (b"\n<!DOCTYPE html><html><body><svg>", Kind::Html),
            (b"II*\0", Kind::Tiff),
        ] {
            assert_eq!(sniff(bytes), Some(kind));
        }
    }

    #[test]
    fn other_bytes_are_no_picture() {
        for bytes in [
            &b""[..],
            b"\xff\xd8",
            b"hello, world",
            b"BMW is no picture, only a text",
            b"RIFF\0\0\0\0WAVE",
            b"\0\0\0\x18ftypmp42\0\0\0\0isom",
            b"\xff\xff\xff\xffftyp",
            b"<note>a text file</note>",
        ] {
            assert_eq!(sniff(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_kind_that_cannot_be_read_names_itself_and_a_way_out() {
        let error = Kind::Heic.unsupported();
        assert_eq!(error.code(), "unsupported");
        assert!(error.to_string().contains("HEIC") && error.to_string().contains("JPEG"));
    }
}
