//! What can be shown of a JPEG that is cut off or damaged, as a file of its own that is whole.
//!
//! Of a sequential file these are the rows of blocks before the place where its entropy-coded data ends or makes no
//! sense. To find it the codes are read, but not what they stand for. Of a progressive file these are the scans before
//! the last, or the first alone. Section numbers are those of ITU-T T.81.

mod codes;

use super::super::super::markers::{
    END_OF_IMAGE, HUFFMAN_TABLES, JFIF, QUANTISATION_TABLES, START_OF_FRAME, START_OF_IMAGE,
    START_OF_SCAN,
};
use super::super::super::reader::Reader;
use super::segment;
use super::tables::Tables;
use codes::{Codes, Table};

/// Marker codes (B.1.1.3).
const SEQUENTIAL: [u8; 2] = [START_OF_FRAME, 0xc1];
const PROGRESSIVE: u8 = 0xc2;
const RESTART_INTERVAL: u8 = 0xdd;
/// It says what the components' colours are.
const ADOBE: u8 = 0xee;
const END: [u8; 2] = [0xff, END_OF_IMAGE];

/// A file that is whole, of the same width.
pub(super) struct Mended {
    pub(super) file: Vec<u8>,
    /// In pixels; at most that of the picture.
    pub(super) height: u16,
}

/// What the file may be mended to, the better one first.
pub(super) fn mend(bytes: &[u8]) -> Vec<Mended> {
    let mut reader = Reader::new(bytes.get(2..).unwrap_or_default());
    let mut head = Head::default();
    let Some(scan) = head.read(&mut reader) else {
        return Vec::new();
    };
    if head.marker == PROGRESSIVE {
        return head.fewer_scans(reader.rest());
    }
    head.fewer_rows(scan, reader.rest()).into_iter().collect()
}

/// All before the first scan.
#[derive(Default)]
struct Head<'a> {
    /// The segments that a decoder needs, and the start of the scan behind them.
    file: Vec<u8>,
    /// Where in `file` the height stands.
    height_at: usize,
    marker: u8,
    height: u16,
    width: u16,
    components: Vec<Component>,
    tables: Tables<'a>,
    /// Units between restarts; 0 without them.
    restart: u16,
}

struct Component {
    id: u8,
    /// Blocks of a unit, along x and y.
    blocks: (usize, usize),
}

impl<'a> Head<'a> {
    /// Reads up to the first scan, and gives that one's header.
    fn read(&mut self, reader: &mut Reader<'a>) -> Option<&'a [u8]> {
        self.file = vec![0xff, START_OF_IMAGE];
        loop {
            let (marker, data) = segment(reader)?;
            match marker {
                PROGRESSIVE | 0xc0 | 0xc1 => self.frame(marker, data)?,
                HUFFMAN_TABLES => self.tables.read(data)?,
                RESTART_INTERVAL => self.restart = Reader::new(data).u16_be()?,
                QUANTISATION_TABLES | ADOBE | START_OF_SCAN => {}
                JFIF if self.file.len() == 2 => {}
                // Remarks, thumbnails, what a damaged file made up.
                _ => continue,
            }
            self.file.extend([0xff, marker]);
            // Segments are at most so long.
            self.file.extend((data.len() as u16 + 2).to_be_bytes());
            self.file.extend(data);
            if marker == START_OF_SCAN {
                return (self.marker != 0).then_some(data);
            }
        }
    }

    /// B.2.2.
    fn frame(&mut self, marker: u8, data: &[u8]) -> Option<()> {
        let mut reader = Reader::new(data);
        reader.u8()?;
        // Behind the marker, the segment's length and the precision.
        self.height_at = self.file.len() + 2 + 2 + 1;
        (self.height, self.width) = (reader.u16_be()?, reader.u16_be()?);
        for _ in 0..reader.u8()? {
            let [id, factors, _] = *reader.take(3)?.first_chunk()?;
            let blocks = (usize::from(factors >> 4), usize::from(factors & 15));
            self.components.push(Component { id, blocks });
        }
        self.marker = marker;
        Some(())
    }

    /// The rows that are sound, under a header that promises no others.
    fn fewer_rows(mut self, scan: &[u8], data: &[u8]) -> Option<Mended> {
        let units = self.units(scan)?;
        let (rows, end) = units.sound_rows(&mut Codes::new(data), self.restart);
        let rows = u16::try_from(rows * units.height).unwrap_or(u16::MAX);
        let height = rows.min(self.height);
        self.file
            .get_mut(self.height_at..self.height_at + 2)?
            .copy_from_slice(&height.to_be_bytes());
        self.file.extend(data.get(..end)?);
        self.file.extend(END);
        let file = self.file;
        (height > 0).then_some(Mended { file, height })
    }

    /// What the scan's data consists of (A.2): units of all its components' blocks, or of one block of its only one.
    fn units(&self, scan: &[u8]) -> Option<Units> {
        let mut reader = Reader::new(scan);
        let count = usize::from(reader.u8()?);
        // A file with a scan for each component would lack the others.
        if !SEQUENTIAL.contains(&self.marker) || count != self.components.len() || count > 4 {
            return None;
        }
        let mut parts = Vec::new();
        for _ in 0..count {
            let [id, tables] = *reader.take(2)?.first_chunk()?;
            let component = self
                .components
                .iter()
                .find(|component| component.id == id)?;
            let [dc, ac] = self.tables.of(tables)?;
            let (dc, ac) = (Table::new(dc.0, dc.1)?, Table::new(ac.0, ac.1)?);
            let (x, y) = if count == 1 { (1, 1) } else { component.blocks };
            parts.push((dc, ac, x * y));
        }
        let most = |side: fn(&Component) -> usize| match count {
            1 => 1,
            _ => self.components.iter().map(side).max().unwrap_or(1),
        };
        let (x, y) = (most(|c| c.blocks.0), most(|c| c.blocks.1));
        Some(Units {
            parts,
            height: 8 * y,
            across: usize::from(self.width).div_ceil(8 * x.max(1)),
            down: usize::from(self.height).div_ceil(8 * y.max(1)),
        })
    }

    /// Without the last scan, which is the one that was cut off; and with the first alone, if there are more.
    fn fewer_scans(self, data: &[u8]) -> Vec<Mended> {
        let starts: Vec<usize> = data
            .windows(2)
            .enumerate()
            .filter(|(_, pair)| *pair == [0xff, START_OF_SCAN])
            .map(|(at, _)| at)
            .collect();
        // A first scan has no values but the blocks' means, and zeros in the place of what it lacks mean little harm.
        let mut ends = vec![starts.last().copied().unwrap_or(data.len())];
        ends.extend(starts.first().filter(|first| Some(*first) != starts.last()));
        let until = |end: usize| Mended {
            file: [&self.file, &data[..end], &END].concat(),
            height: self.height,
        };
        ends.into_iter().map(until).collect()
    }
}

struct Units {
    /// Each component's tables, and its blocks in a unit.
    parts: Vec<(Table, Table, usize)>,
    /// In pixels.
    height: usize,
    across: usize,
    down: usize,
}

impl Units {
    /// Rows of units that could be read, and where in the data the last of them ends.
    fn sound_rows(&self, codes: &mut Codes<'_>, restart: u16) -> (usize, usize) {
        let mut left = restart;
        let mut sound = (0, 0);
        for row in 1..=self.down {
            for _ in 0..self.across {
                if restart > 0 && left == 0 {
                    if codes.restart().is_none() {
                        return sound;
                    }
                    left = restart;
                }
                left = left.saturating_sub(1);
                if self.read(codes).is_none() {
                    return sound;
                }
            }
            sound = (row, codes.position());
        }
        sound
    }

    fn read(&self, codes: &mut Codes<'_>) -> Option<()> {
        for (dc, ac, blocks) in &self.parts {
            for _ in 0..*blocks {
                codes.block(dc, ac)?;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::testing::{jpeg, photograph, psnr};
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    /// By another decoder than the one that mended files are made for.
    fn decoded(file: &[u8]) -> image::RgbImage {
        image::load_from_memory(file).unwrap().into_rgb8()
    }

    /// Sequential files of 96 × 80 pixels: colours with fewer samples and gray, with restart markers and without.
    fn sequential() -> Vec<Vec<u8>> {
        let image = photograph(96, 80);
        let gray: Vec<u8> = image.pixels().iter().map(|pixel| pixel[1]).collect();
        let mut files = Vec::new();
        for restart in [0, 5] {
            for (color, data) in [(ColorType::Rgb, image.bytes()), (ColorType::Luma, &gray)] {
                let mut file = Vec::new();
                let mut encoder = Encoder::new(&mut file, 90);
                encoder.set_sampling_factor(SamplingFactor::F_2_2);
                encoder.set_restart_interval(restart);
                encoder.encode(data, 96, 80, color).unwrap();
                files.push(file);
            }
        }
        files
    }

    #[test]
    fn a_sequential_file_that_is_cut_off_keeps_the_rows_that_are_there() {
        for file in sequential() {
            let whole = decoded(&file);
            let mut heights = Vec::new();
            for end in (0..=file.len()).rev().step_by(53) {
                for Mended { file, height } in mend(&file[..end]) {
                    let part = decoded(&file);
                    assert_eq!(part.dimensions(), (96, height.into()));
                    // Samples of colour are mixed with those of the row below, which the last ones no longer have.
                    let sure = 96 * 3 * (usize::from(height) - 1);
                    let likeness = psnr(&part.as_raw()[..sure], &whole.as_raw()[..sure]);
                    assert!(likeness > 45.0, "{height} rows: {likeness:.1} dB");
                    heights.push(height);
                }
            }
            assert_eq!(
                heights.first(),
                Some(&80),
                "a whole file is mended to itself"
            );
            assert!(
                heights.is_sorted_by(|a, b| a >= b) && heights.len() > 20,
                "{heights:?}"
            );
            assert!(
                heights.contains(&16) && heights.contains(&48),
                "{heights:?}"
            );
        }
    }

    #[test]
    fn a_sequential_file_that_makes_no_sense_keeps_the_rows_before_that() {
        for mut file in sequential() {
            let whole = decoded(&file);
            let middle = file.len() / 2;
            file[middle..middle + 40].fill(0xff);
            let [Mended { file, height }] = &mend(&file)[..] else {
                panic!("one")
            };
            assert!((16..64).contains(height), "{height}");
            let sure = 96 * 3 * (usize::from(*height) - 1);
            assert!(psnr(&decoded(file).as_raw()[..sure], &whole.as_raw()[..sure]) > 45.0);
        }
    }

    #[test]
    fn a_progressive_file_keeps_the_scans_before_the_last() {
        let file = jpeg(&photograph(96, 80), 90, true);
        let (whole, cut) = (decoded(&file), &file[..file.len() * 9 / 10]);
        let likeness: Vec<f64> = mend(cut)
            .iter()
            .map(|part| psnr(decoded(&part.file).as_raw(), whole.as_raw()))
            .collect();
        assert_eq!(likeness.len(), 2);
        assert!(
            likeness[0] > likeness[1] && likeness[1] > 15.0,
            "{likeness:?}"
        );
    }

    #[test]
    fn tables_that_the_scan_does_not_use_need_not_make_sense() {
        // 255 codes of one bit, where there can be two.
        let mut strange = vec![0xff, HUFFMAN_TABLES, 1, 18, 0x03, 255];
        strange.resize(strange.len() + 15 + 255, 0);
        for mut file in sequential() {
            file.splice(2..2, strange.iter().copied());
            let heights: Vec<u16> = mend(&file).iter().map(|part| part.height).collect();
            assert_eq!(heights, [80]);
        }
    }

    #[test]
    fn what_has_no_scan_cannot_be_mended() {
        let file = &sequential()[0];
        let scan = file
            .windows(2)
            .position(|pair| pair == [0xff, START_OF_SCAN])
            .unwrap();
        assert!((0..scan + 4).all(|end| mend(&file[..end]).is_empty()));
    }
}
