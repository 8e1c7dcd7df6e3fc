//! Pixels to BMP: 24 bits, or indexed at 1 or 4 bits as small firmware reads them.

use super::budget;
use super::error::Error;
use super::palette::Inks;
use super::pixels::RgbImage;
use super::png::pack_rows;

/// The file header and the information header of 40 bytes.
const HEADERS: usize = 14 + 40;

/// 24 bits a pixel.
///
/// # Errors
/// [`Error::TooLarge`] for a file that does not fit into the budget beside the picture.
pub(crate) fn rgb(image: &RgbImage) -> Result<Vec<u8>, Error> {
    budget::check("writing", image.bytes().len() as u64 * 2)?;
    let stride = (image.width() * 3).next_multiple_of(4);
    let mut out = headers(image.width(), image.height(), 24, &[], stride)?;
    for row in image.rows().rev() {
        let start = out.len();
        out.extend(row.iter().flat_map(|&[r, g, b]| [b, g, r]));
        out.resize(start + stride, 0);
    }
    Ok(out)
}

/// An index for each pixel, of 1 bit for two colours (then the headers have 62 bytes, as TRMNL wants it), else of 4 bits:
/// the format has no 2. The table holds the colours by name.
///
/// # Errors
/// [`Error::TooLarge`] for a file whose length its header could not say.
pub(crate) fn indexed(indexes: &[u8], width: usize, inks: &Inks) -> Result<Vec<u8>, Error> {
    let depth: u8 = if inks.len() <= 2 { 1 } else { 4 };
    let rows = pack_rows(indexes, width, depth, 4);
    let height = indexes.len() / width.max(1);
    let stride = rows.len() / height.max(1);
    let mut out = headers(width, height, depth, &table(inks), stride)?;
    rows.chunks_exact(stride.max(1))
        .rev()
        .for_each(|row| out.extend_from_slice(row));
    Ok(out)
}

/// Blue, green, red and a zero for each colour.
fn table(inks: &Inks) -> Vec<u8> {
    let entry = |[r, g, b]: [u8; 3]| [b, g, r, 0];
    inks.as_slice()
        .iter()
        .flat_map(|ink| entry(ink.color.0))
        .collect()
}

/// Both headers and the table; the rows follow from bottom to top.
fn headers(
    width: usize,
    height: usize,
    depth: u8,
    table: &[u8],
    stride: usize,
) -> Result<Vec<u8>, Error> {
    let word = |value: usize| {
        u32::try_from(value).map_err(|_| Error::too_large("memory", "the BMP would be over 4 GiB"))
    };
    let start = HEADERS + table.len();
    let pixels = stride.saturating_mul(height);
    let mut out = Vec::with_capacity(start.saturating_add(pixels));
    out.extend(b"BM");
    out.extend(
        [word(start.saturating_add(pixels))?, 0, word(start)?]
            .map(u32::to_le_bytes)
            .concat(),
    );
    out.extend(
        [40, word(width)?, word(height)?]
            .map(u32::to_le_bytes)
            .concat(),
    );
    out.extend([1, u16::from(depth)].map(u16::to_le_bytes).concat());
    // No compression, the length of the rows, 72 dots an inch, the number of colours, all of them important.
    let colors = word(table.len() / 4)?;
    out.extend(
        [0, word(pixels)?, 2835, 2835, colors, 0]
            .map(u32::to_le_bytes)
            .concat(),
    );
    out.extend(table);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::options::PanelName;
    use crate::image::testing;

    #[test]
    fn a_bitmap_comes_back_to_the_byte() {
        let image = testing::photograph(31, 17);
        let decoded = ::image::load_from_memory(&rgb(&image).unwrap())
            .unwrap()
            .into_rgb8();
        assert_eq!(decoded.as_raw(), image.bytes());
    }

    #[test]
    fn what_does_not_fit_beside_the_picture_is_too_large() {
        let image = RgbImage::filled(45 << 10, 1 << 10, [7; 3]);
        assert_eq!(rgb(&image).unwrap_err().code(), "too-large");
    }

    #[test]
    fn black_and_white_is_the_file_that_trmnl_takes() {
        let file = indexed(&[1; 800 * 480], 800, &Inks::named(PanelName::Bw)).unwrap();
        assert_eq!(file.len(), 48_062);
        assert_eq!(file[10..14], 62_u32.to_le_bytes());
        assert_eq!(file[34..38], 48_000_u32.to_le_bytes());
        assert_eq!(file[54..62], [0, 0, 0, 0, 255, 255, 255, 0]);
    }

    #[test]
    fn rows_run_from_bottom_to_top_and_are_filled_to_four_bytes() {
        let file = indexed(
            &[0, 1, 1, /* next row */ 1, 0, 0],
            3,
            &Inks::named(PanelName::Bw),
        )
        .unwrap();
        assert_eq!(file[62..], [0b1000_0000, 0, 0, 0, 0b0110_0000, 0, 0, 0]);
    }

    #[test]
    fn colours_are_indexed_by_name() {
        let inks = Inks::named(PanelName::Acep7);
        let indexes = [0, 1, 2, 3, 4, 5, 6, 0, 1, 2];
        let decoded = ::image::load_from_memory(&indexed(&indexes, 5, &inks).unwrap())
            .unwrap()
            .into_rgb8();
        let expected: Vec<[u8; 3]> = indexes
            .iter()
            .map(|&i| inks.as_slice()[usize::from(i)].color.0)
            .collect();
        assert_eq!(decoded.as_raw().as_slice(), expected.concat());
    }
}
