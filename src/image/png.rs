//! Pixels to PNG: 8 bits a channel, or indexed at the least depth that holds the panel's colours.

use super::error::Error;
use super::palette::Inks;
use super::pixels::RgbImage;
use super::reader::Reader;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// W3C PNG, 11.2.1: colour type 3.
const INDEXED: u8 = 3;

/// 8 bits a channel.
///
/// # Errors
/// [`Error::TooLarge`] if the encoder finds no memory.
pub(crate) fn rgb(image: &RgbImage) -> Result<Vec<u8>, Error> {
    encode(
        image.bytes(),
        image.width(),
        image.height(),
        FilterType::Adaptive,
        ExtendedColorType::Rgb8,
    )
}

/// An index of 1, 2 or 4 bits for each pixel, into a table of the colours by name.
///
/// # Errors
/// As [`rgb`].
pub(crate) fn indexed(indexes: &[u8], width: usize, inks: &Inks) -> Result<Vec<u8>, Error> {
    let depth = depth(inks.len());
    let rows = pack_rows(indexes, width, depth, 1);
    let stride = width.div_ceil(8 / usize::from(depth));
    let height = indexes.len() / width.max(1);
    // To the compressor a packed row is a row of bytes, so a gray PNG of the packed width has the same data; only its
    // header is another. Filters do not help among indexes.
    let gray = encode(
        &rows,
        stride,
        height,
        FilterType::NoFilter,
        ExtendedColorType::L8,
    )?;
    Ok(with_header(&gray, size(width)?, size(height)?, depth, inks))
}

/// Rows of indexes, the leftmost in the highest bits, each row filled up to a multiple of `align` bytes.
pub(crate) fn pack_rows(indexes: &[u8], width: usize, depth: u8, align: usize) -> Vec<u8> {
    let per_byte = 8 / usize::from(depth);
    let stride = width.div_ceil(per_byte).next_multiple_of(align);
    let mut out = Vec::with_capacity(stride * (indexes.len() / width.max(1)));
    for row in indexes.chunks_exact(width.max(1)) {
        let start = out.len();
        out.extend(row.chunks(per_byte).map(|pixels| pack_byte(pixels, depth)));
        out.resize(start + stride, 0);
    }
    out
}

fn pack_byte(pixels: &[u8], depth: u8) -> u8 {
    let place = |index: usize| 8 - depth * (index as u8 + 1);
    pixels
        .iter()
        .enumerate()
        .fold(0, |byte, (index, pixel)| byte | pixel << place(index))
}

fn depth(colors: usize) -> u8 {
    match colors {
        0..=2 => 1,
        3..=4 => 2,
        _ => 4,
    }
}

fn encode(
    data: &[u8],
    width: usize,
    height: usize,
    filter: FilterType,
    color: ExtendedColorType,
) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    PngEncoder::new_with_quality(&mut out, CompressionType::Default, filter)
        .write_image(data, size(width)?, size(height)?, color)
        .map_err(|error| Error::too_large("memory", error.to_string()))?;
    Ok(out)
}

fn size(side: usize) -> Result<u32, Error> {
    u32::try_from(side).map_err(|_| Error::too_large("memory", "the PNG does not fit into memory"))
}

/// The same chunks of data behind a header and a table of colours of their own.
fn with_header(gray: &[u8], width: u32, height: u32, depth: u8, inks: &Inks) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let ihdr = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[depth, INDEXED, 0, 0, 0],
    ]
    .concat();
    push_chunk(&mut out, b"IHDR", &ihdr);
    let table: Vec<u8> = inks.as_slice().iter().flat_map(|ink| ink.color.0).collect();
    push_chunk(&mut out, b"PLTE", &table);
    // The signature of 8 bytes and the IHDR of 25 stay behind.
    let mut reader = Reader::new(gray.get(8 + 25..).unwrap_or_default());
    out.extend_from_slice(reader.take(reader.rest().len()).unwrap_or_default());
    out
}

fn push_chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    // The two chunks that are made here have at most 48 bytes.
    out.extend((data.len() as u32).to_be_bytes());
    let start = out.len();
    out.extend(kind);
    out.extend(data);
    let checksum = crc32(&out[start..]);
    out.extend(checksum.to_be_bytes());
}

/// W3C PNG, annex D. Bit by bit: it runs over some 60 bytes.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::options::{PaletteColor, PanelName, Rgb};
    use crate::image::testing;

    #[test]
    fn a_png_comes_back_to_the_byte() {
        let image = testing::photograph(61, 47);
        let decoded = ::image::load_from_memory(&rgb(&image).unwrap())
            .unwrap()
            .into_rgb8();
        assert_eq!(decoded.as_raw(), image.bytes());
    }

    #[test]
    fn an_indexed_png_has_the_least_depth_and_the_colours_by_name() {
        let own: Vec<PaletteColor> = (0..16).map(|n| Rgb([n * 16, 7, 255 - n]).into()).collect();
        for (inks, depth) in [
            (Inks::named(PanelName::Bw), 1),
            (Inks::named(PanelName::Bwry), 2),
            (Inks::named(PanelName::Spectra6), 4),
            (Inks::own(&own).unwrap(), 4),
        ] {
            let indexes: Vec<u8> = (0..13 * 5).map(|i| (i * 7 % inks.len()) as u8).collect();
            let file = indexed(&indexes, 13, &inks).unwrap();
            assert_eq!(file[24..26], [depth, INDEXED]);
            let decoded = ::image::load_from_memory(&file).unwrap().into_rgb8();
            assert_eq!(decoded.dimensions(), (13, 5));
            let expected: Vec<[u8; 3]> = indexes
                .iter()
                .map(|&i| inks.as_slice()[usize::from(i)].color.0)
                .collect();
            assert_eq!(decoded.as_raw().as_slice(), expected.concat());
        }
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"IEND"), 0xae42_6082);
    }
}
