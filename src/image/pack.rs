//! Pixels without a header, laid out as controllers of panels take them (PANELS.md, section 8), and back again for the preview.
//!
//! In every layout a byte's highest bits are its leftmost pixel.

mod codes;

pub(crate) use codes::Codes;

use super::budget;
use super::error::Error;
use super::linear::gray;
use super::options::{Columns, Rows};
use std::borrow::Cow;

/// How bytes without a header are to be laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrangement {
    pub(crate) rows: Rows,
    pub(crate) columns: Columns,
}

/// What is sent for a pixel of any colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channels {
    Rgb565Le,
    Rgb565Be,
    Rgb888,
    Gray8,
}

impl Channels {
    /// All pixels in the given order of columns.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where the result does not fit into the budget beside the picture.
    pub(crate) fn pack(
        self,
        pixels: &[[u8; 3]],
        width: usize,
        columns: Columns,
    ) -> Result<Vec<u8>, Error> {
        // The picture, its halves where it has any, and the result.
        let copies = if columns == Columns::Two { 2 } else { 1 };
        let each = 3 * copies + self.bytes_a_pixel() as u64;
        budget::check("packing", pixels.len() as u64 * each)?;
        let parts = columns.split(pixels, width);
        let mut out = budget::reserve(pixels.len() * self.bytes_a_pixel())?;
        for part in &parts {
            match self {
                Self::Rgb565Le => out.extend(part.iter().flat_map(|&p| narrow(p).to_le_bytes())),
                Self::Rgb565Be => out.extend(part.iter().flat_map(|&p| narrow(p).to_be_bytes())),
                Self::Rgb888 => out.extend_from_slice(part.as_flattened()),
                Self::Gray8 => out.extend(part.iter().map(|&p| gray(p))),
            }
        }
        Ok(out)
    }

    const fn bytes_a_pixel(self) -> usize {
        match self {
            Self::Rgb565Le | Self::Rgb565Be => 2,
            Self::Rgb888 => 3,
            Self::Gray8 => 1,
        }
    }

    /// The pixels of what [`Self::pack`] packed, as a screen shows them.
    pub(crate) fn unpack(self, bytes: &[u8], width: usize, columns: Columns) -> Vec<[u8; 3]> {
        let pixels: Vec<[u8; 3]> = match self {
            Self::Rgb888 => bytes.as_chunks().0.to_vec(),
            Self::Gray8 => bytes.iter().map(|&gray| [gray; 3]).collect(),
            Self::Rgb565Le => bytes
                .as_chunks()
                .0
                .iter()
                .map(|pair| widen(u16::from_le_bytes(*pair)))
                .collect(),
            Self::Rgb565Be => bytes
                .as_chunks()
                .0
                .iter()
                .map(|pair| widen(u16::from_be_bytes(*pair)))
                .collect(),
        };
        columns.join(pixels, width)
    }
}

/// The highest bits of each channel, as the drivers of displays cut them: RRRRRGGG GGGBBBBB.
fn narrow([r, g, b]: [u8; 3]) -> u16 {
    u16::from(r >> 3) << 11 | u16::from(g >> 2) << 5 | u16::from(b >> 3)
}

/// Back to 8 bits: the highest bits fill the lowest, so that white stays white.
fn widen(pixel: u16) -> [u8; 3] {
    let [high, low] = pixel.to_be_bytes();
    let (r, g, b) = (high >> 3, (high & 7) << 3 | low >> 5, low & 31);
    [r << 3 | r >> 2, g << 2 | g >> 4, b << 3 | b >> 2]
}

impl Columns {
    /// The width of each part of an even width.
    const fn width(self, width: usize) -> usize {
        match self {
            Self::One => width,
            Self::Two => width / 2,
        }
    }

    /// The parts from left to right, each a picture of its own.
    fn split<T: Copy>(self, pixels: &[T], width: usize) -> Vec<Cow<'_, [T]>> {
        if self == Self::One {
            return vec![Cow::Borrowed(pixels)];
        }
        let part = self.width(width);
        let parts = [0, part].map(|start| {
            let mut out = Vec::with_capacity(pixels.len() / 2);
            for row in pixels.chunks_exact(width.max(1)) {
                out.extend_from_slice(&row[start..][..part]);
            }
            out
        });
        parts.map(Cow::Owned).into()
    }

    /// The inverse of [`Self::split`], from parts one behind the other.
    fn join<T: Copy>(self, parts: Vec<T>, width: usize) -> Vec<T> {
        if self == Self::One {
            return parts;
        }
        let part = self.width(width).max(1);
        let (left, right) = parts.split_at(parts.len() / 2);
        let mut out = Vec::with_capacity(parts.len());
        for (left, right) in left.chunks(part).zip(right.chunks(part)) {
            out.extend_from_slice(left);
            out.extend_from_slice(right);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_lie_as_display_controllers_take_them() {
        let pixels = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [8, 4, 8]];
        let one = |channels: Channels| channels.pack(&pixels, 2, Columns::One).unwrap();
        assert_eq!(
            one(Channels::Rgb565Be),
            [0xf8, 0x00, 0x07, 0xe0, 0x00, 0x1f, 0x08, 0x21]
        );
        assert_eq!(
            one(Channels::Rgb565Le),
            [0x00, 0xf8, 0xe0, 0x07, 0x1f, 0x00, 0x21, 0x08]
        );
        assert_eq!(one(Channels::Rgb888), pixels.concat());
        assert_eq!(
            Channels::Gray8.pack(&[[0; 3], [77; 3], [255; 3]], 3, Columns::One),
            Ok(vec![0, 77, 255])
        );
        let pixels = [[1; 3], [2; 3], [3; 3], [4; 3]];
        let halves = Channels::Gray8.pack(&pixels, 2, Columns::Two).unwrap();
        assert_eq!(halves, [1, 3, 2, 4]);
        assert_eq!(Channels::Gray8.unpack(&halves, 2, Columns::Two)[2], [3; 3]);
    }

    #[test]
    fn what_does_not_fit_beside_the_picture_is_too_large() {
        // 45 million pixels of 3 bytes, as a picture and again as the result.
        let pixels = vec![[7; 3]; 45 << 20];
        let error = Channels::Rgb888.pack(&pixels, 45 << 10, Columns::One);
        assert_eq!(error.map_err(|error| error.code()), Err("too-large"));
    }

    #[test]
    fn what_565_can_hold_comes_back_as_it_was() {
        for value in 0..=u16::MAX {
            assert_eq!(narrow(widen(value)), value);
        }
        let white = [[255; 3]];
        for channels in [Channels::Rgb565Be, Channels::Rgb565Le] {
            let packed = channels.pack(&white, 1, Columns::One).unwrap();
            assert_eq!(channels.unpack(&packed, 1, Columns::One), white);
        }
    }
}
