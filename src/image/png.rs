//! Pixels to PNG: 8 bits a channel, or indexed at the least depth that holds the panel's colours.

use super::budget;
use super::deflate::zlib;
use super::error::Error;
use super::palette::Inks;
use super::pixels::RgbImage;

/// Colour types (W3C PNG, 11.2.1).
const TRUECOLOR: u8 = 2;
const INDEXED: u8 = 3;
/// Bytes from a sample to the same one of the pixel on its left, where a pixel has three.
const PIXEL: usize = 3;

/// 8 bits a channel.
///
/// # Errors
/// [`Error::TooLarge`] where the rows and their compressed form do not fit into the budget.
pub(crate) fn rgb(image: &RgbImage) -> Result<Vec<u8>, Error> {
    let stride = image.width() * PIXEL;
    // Beside the picture its filtered rows, and at the worst as much again when they do not compress.
    budget::check("compressing", image.bytes().len() as u64 * 3)?;
    let mut rows = budget::reserve((stride + 1) * image.height())?;
    let mut above = vec![0; stride];
    for row in image.bytes().chunks_exact(stride.max(1)) {
        filter(row, &above, &mut rows);
        above.copy_from_slice(row);
    }
    file(image.width(), image.height(), (8, TRUECOLOR), &[], &rows)
}

/// An index of 1, 2 or 4 bits for each pixel, into a table of the colours by name.
///
/// # Errors
/// As [`rgb`].
pub(crate) fn indexed(indexes: &[u8], width: usize, inks: &Inks) -> Result<Vec<u8>, Error> {
    let depth = depth(inks.len());
    let packed = pack_rows(indexes, width, depth, 1);
    let height = indexes.len() / width.max(1);
    let stride = packed.len() / height.max(1);
    // Filters do not help among indexes: each row says that it has none.
    let rows: Vec<u8> = packed
        .chunks_exact(stride.max(1))
        .flat_map(|row| std::iter::once(&0).chain(row))
        .copied()
        .collect();
    let table: Vec<u8> = inks.as_slice().iter().flat_map(|ink| ink.color.0).collect();
    file(width, height, (depth, INDEXED), &table, &rows)
}

/// Appends a row as the differences that are smallest in sum (W3C PNG, 9 and 12.7), behind their filter's number.
fn filter(row: &[u8], above: &[u8], out: &mut Vec<u8>) {
    let left = |at: usize| at.checked_sub(PIXEL);
    let prediction = |kind: u8, at: usize| {
        let a = left(at).map_or(0, |left| row[left]);
        let b = above[at];
        match kind {
            0 => 0,
            1 => a,
            2 => b,
            3 => ((u16::from(a) + u16::from(b)) / 2) as u8,
            _ => paeth(a, b, left(at).map_or(0, |left| above[left])),
        }
    };
    let differences = |kind: u8| {
        let sample = move |(at, &value): (usize, &u8)| value.wrapping_sub(prediction(kind, at));
        row.iter().enumerate().map(sample)
    };
    let cost = |kind: &u8| -> u64 {
        let size = |value: u8| u64::from(value.cast_signed().unsigned_abs());
        differences(*kind).map(size).sum()
    };
    let best = (0..5).min_by_key(cost).unwrap_or(0);
    out.push(best);
    out.extend(differences(best));
}

/// The neighbour that is nearest to left + above − above left (W3C PNG, 9.4).
fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let [left, above, corner] = [a, b, c].map(i16::from);
    let guess = left + above - corner;
    let [by_left, by_above, by_corner] = [left, above, corner].map(|value| (guess - value).abs());
    if by_left <= by_above && by_left <= by_corner {
        a
    } else if by_above <= by_corner {
        b
    } else {
        c
    }
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

/// The signature and the chunks: header, table if there is one, data, end (W3C PNG, 5 and 11.2).
fn file(
    width: usize,
    height: usize,
    (depth, color): (u8, u8),
    table: &[u8],
    rows: &[u8],
) -> Result<Vec<u8>, Error> {
    let side = |side: usize| {
        u32::try_from(side)
            .map_err(|_| Error::too_large("memory", "the PNG does not fit into memory"))
    };
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [
        &side(width)?.to_be_bytes()[..],
        &side(height)?.to_be_bytes(),
        &[depth, color, 0, 0, 0],
    ]
    .concat();
    push_chunk(&mut out, b"IHDR", &header);
    if !table.is_empty() {
        push_chunk(&mut out, b"PLTE", table);
    }
    push_chunk(&mut out, b"IDAT", &zlib(rows));
    push_chunk(&mut out, b"IEND", &[]);
    Ok(out)
}

fn push_chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    // The budget keeps every chunk far below 4 GiB.
    out.extend((data.len() as u32).to_be_bytes());
    let start = out.len();
    out.extend(kind);
    out.extend(data);
    let checksum = crc32fast::hash(&out[start..]);
    out.extend(checksum.to_be_bytes());
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
    fn a_png_is_as_small_as_with_another_encoder() {
        use ::image::codecs::png::{CompressionType, FilterType, PngEncoder};
        use ::image::{ExtendedColorType, ImageEncoder};
        let drawing = RgbImage::from_fn(320, 240, |x, y| [(x / 40 * 30) as u8, (y / 9) as u8, 9]);
        for image in [testing::photograph(320, 240), drawing] {
            let mut theirs = Vec::new();
            PngEncoder::new_with_quality(
                &mut theirs,
                CompressionType::Default,
                FilterType::Adaptive,
            )
            .write_image(image.bytes(), 320, 240, ExtendedColorType::Rgb8)
            .unwrap();
            let ours = rgb(&image).unwrap().len();
            assert!(
                ours * 100 <= theirs.len() * 102,
                "{ours} and {}",
                theirs.len()
            );
        }
    }

    #[test]
    fn each_filter_is_chosen_where_it_is_best_and_undone_by_others() {
        const ROW: usize = 40 * PIXEL;
        let mut random = testing::noise(1);
        for kind in 0..5 {
            // What this filter makes little noise of.
            let mut data = vec![0_u8; ROW * 40];
            for at in 0..data.len() {
                let before = |back: usize, there: bool| if there { data[at - back] } else { 0 };
                let a = before(PIXEL, at % ROW >= PIXEL);
                let b = before(ROW, at >= ROW);
                let c = before(ROW + PIXEL, at >= ROW && at % ROW >= PIXEL);
                let average = (u16::from(a) + u16::from(b)) / 2;
                let guess = [0, a, b, average as u8, paeth(a, b, c)][usize::from(kind)];
                data[at] = guess.wrapping_add(random() % 16).wrapping_sub(8);
            }
            let mut row = Vec::new();
            filter(
                &data[ROW * 20..ROW * 21],
                &data[ROW * 19..ROW * 20],
                &mut row,
            );
            assert_eq!(row[0], kind);
            let image = RgbImage::from_bytes(40, 40, data).unwrap();
            let decoded = ::image::load_from_memory(&rgb(&image).unwrap()).unwrap();
            assert_eq!(decoded.into_rgb8().as_raw(), image.bytes());
        }
    }
}
