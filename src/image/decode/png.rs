//! PNGs as most are: rows from top to bottom, eight bits a sample, whole. Unpacking is the `png` crate's; the filters of the
//! rows, which are half of the work, are undone here in vectors.
//!
//! What is out of the ordinary in any way gives `None`, and is left to the crate's own way.

mod unfilter;

use super::super::budget;
use png::chunk::IDAT;
use png::{BitDepth, ColorType, Decoded, StreamingDecoder, UnfilterRegion};
use unfilter::Rows;

/// What the unpacking looks back on, and room for it to go on.
const WINDOW: usize = 128 << 10;
/// The least room that the unpacking is given.
const ROOM: usize = 16 << 10;
/// The most bytes of a row: the window has room for some of them, beside the picture.
const LONGEST: usize = 1 << 20;

/// Reads the samples of a file, for which `data` has just the room: zeros, which they are again where nothing is read.
pub(super) fn read(file: &[u8], data: &mut [u8]) -> Option<()> {
    let mut input = Input::new(file);
    while !matches!(input.next(None)?, Decoded::ChunkBegin(_, IDAT)) {}
    let (bytes, length) = input.sizes(data.len())?;
    let read = input.rows(bytes, length, data);
    if read.is_none() {
        data.fill(0);
    }
    read
}

/// A file, and how far it has been read.
struct Input<'a> {
    decoder: StreamingDecoder,
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn new(rest: &'a [u8]) -> Self {
        let mut decoder = StreamingDecoder::new();
        decoder.set_ignore_text_chunk(true);
        // There is no limit for what it unpacks to.
        decoder.set_ignore_iccp_chunk(true);
        Self { decoder, rest }
    }

    /// What comes next; `None` for an error and at the end of the file.
    fn next(&mut self, window: Option<(&mut Vec<u8>, &mut UnfilterRegion)>) -> Option<Decoded> {
        if self.rest.is_empty() {
            return None;
        }
        let mut into = window.map(|(window, region)| region.as_buf(window));
        let (read, found) = self.decoder.update(self.rest, into.as_mut()).ok()?;
        self.rest = self.rest.get(read..)?;
        Some(found)
    }

    /// The bytes of a pixel and of a row, if the picture is as most are and has so many in all.
    fn sizes(&self, total: usize) -> Option<(usize, usize)> {
        let info = self.decoder.info()?;
        let is_plain = !info.interlaced
            && info.bit_depth == BitDepth::Eight
            && info.color_type != ColorType::Indexed
            && info.trns.is_none()
            && info.animation_control.is_none();
        let bytes = info.color_type.samples();
        let length = usize::try_from(info.width).ok()?.checked_mul(bytes)?;
        let height = usize::try_from(info.height).ok()?;
        let fits = length <= LONGEST && length.checked_mul(height) == Some(total);
        (is_plain && fits).then_some((bytes, length))
    }

    /// Reads all rows, and on to the end of their chunks.
    fn rows(&mut self, bytes: usize, length: usize, data: &mut [u8]) -> Option<()> {
        let mut window = budget::zeroed(WINDOW + unfilter::MOST * (length + 1)).ok()?;
        let mut region = UnfilterRegion::default();
        let above_all = budget::zeroed(length).ok()?;
        let mut picture = Picture {
            bytes,
            above_all: &above_all,
            data,
            at: 0,
        };
        // Where in the window the rows begin that have not been taken yet.
        let mut start = 0;
        let mut is_over = false;
        while picture.at < picture.data.len() {
            if window.len() - region.filled < ROOM {
                let done = region.available.min(start);
                window.copy_within(done..region.filled, 0);
                start -= done;
                region.filled -= done;
                region.available -= done;
            }
            let before = (region.filled, self.rest.len());
            let found = self.next(Some((&mut window, &mut region)))?;
            is_over |= matches!(found, Decoded::ImageDataFlushed);
            if (region.filled, self.rest.len()) == before {
                return None;
            }
            start += picture.take(window.get(start..region.filled)?)?;
        }
        while !is_over {
            is_over = matches!(self.next(None)?, Decoded::ImageDataFlushed);
        }
        Some(())
    }
}

/// What becomes of the rows, and how far it has come.
struct Picture<'a> {
    /// Of a pixel.
    bytes: usize,
    /// As long as a row.
    above_all: &'a [u8],
    data: &'a mut [u8],
    at: usize,
}

impl Picture<'_> {
    /// Takes the rows that are ready, but those that may be like rows to come, and tells how many bytes they were. `None` for a
    /// filter that there is not.
    fn take(&mut self, ready: &[u8]) -> Option<usize> {
        let length = self.above_all.len();
        let mut taken = 0;
        loop {
            let left = (self.data.len() - self.at) / length;
            let rest = &ready[taken..];
            let rows = rest.chunks_exact(length + 1).take(left);
            let (count, alike) = (rows.len(), Rows::alike(rows.clone()));
            if alike == count && alike < left.min(unfilter::MOST) || count == 0 {
                return Some(taken);
            }
            let (done, out) = self.data.split_at_mut(self.at);
            let above = done.rchunks_exact(length).next();
            let rows = Rows {
                bytes: self.bytes,
                above: above.unwrap_or(self.above_all),
            };
            let together = match alike {
                0 | 1 => {
                    rows.one(&rest[..=length], &mut out[..length])?;
                    1
                }
                2 | 3 => rows.together::<2>(rest, out),
                _ => rows.together::<{ unfilter::MOST }>(rest, out),
            };
            self.at += together * length;
            taken += together * (length + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::testing::{noise, png};
    use image::ExtendedColorType::{self, L8, L16, La8, Rgb8, Rgba8};

    /// Smooth shades with noise, for which an encoder that tries all filters chooses several.
    fn samples(count: usize, row: usize) -> Vec<u8> {
        let mut noise = noise(3);
        let mut sample = |at: usize| {
            let (x, y) = (at % row, at / row);
            (x * y / 64 + x / 3 + y * 2) as u8 ^ noise() >> 6
        };
        (0..count).map(&mut sample).collect()
    }

    fn channels(color: ExtendedColorType) -> usize {
        usize::from(color.channel_count())
    }

    #[test]
    fn files_of_all_plain_kinds_and_sizes_are_read() {
        for color in [L8, La8, Rgb8, Rgba8] {
            // Rows that are longer and shorter than the window, and more of them than it has room for.
            for (width, height) in [(1, 1), (2, 3), (7, 301), (301, 7), (640, 480), (70_000, 3)] {
                let length = width * channels(color);
                let data = samples(length * height, length);
                let file = png(&data, width, height, color);
                let mut found = vec![0; data.len()];
                assert_eq!(read(&file, &mut found), Some(()), "{color:?}");
                assert!(found == data, "{color:?}, {width} × {height}");
                assert_eq!(read(&file, &mut found[1..]), None);
            }
        }
    }

    #[test]
    fn what_is_not_whole_or_not_plain_is_left_to_the_other_way() {
        let data = samples(60 * 40 * 3, 180);
        let file = png(&data, 60, 40, Rgb8);
        let mut found = vec![0; data.len()];
        assert_eq!(read(&file, &mut found), Some(()));
        // The end of the file is not looked at: 12 bytes, of which 8 tell that the rows are over.
        for end in (0..file.len() - 4).step_by(7).chain([file.len() - 5]) {
            let mut part = vec![0; data.len()];
            assert_eq!(read(&file[..end], &mut part), None, "{end}");
            let is_empty = part.iter().all(|&byte| byte == 0);
            assert!(is_empty, "{end}");
        }
        for at in (8..file.len() - 12).step_by(5) {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            let is_read = read(&damaged, &mut found).is_some();
            assert!(!is_read || found == data, "{at}");
        }
        let deep = png(&samples(60 * 40 * 2, 120), 60, 40, L16);
        assert_eq!(read(&deep, &mut vec![0; 60 * 40 * 2]), None);
        for (width, found) in [(LONGEST, Some(())), (LONGEST + 1, None)] {
            let wide = png(&vec![7; width], width, 1, L8);
            assert_eq!(read(&wide, &mut vec![0; width]), found);
        }
    }
}
