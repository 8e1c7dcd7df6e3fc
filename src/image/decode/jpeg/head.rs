//! What the segments before a JPEG's scans say (ITU-T T.81, annex B). What makes no sense is passed over and noted.

use super::super::super::markers::{
    HUFFMAN_TABLES, JFIF, QUANTISATION_TABLES, START_OF_FRAME, START_OF_SCAN,
};
use super::super::super::reader::Reader;
use super::segment;
use super::tables::Tables;

/// Marker codes (B.1.1.3).
const PROGRESSIVE: u8 = 0xc2;
const RESTART_INTERVAL: u8 = 0xdd;
/// It says what the components' colours are.
const ADOBE: u8 = 0xee;

/// All that was said up to a scan.
#[derive(Default)]
pub(super) struct Head<'a> {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: Vec<Component>,
    pub(super) is_progressive: bool,
    /// The last quantisation table for each place.
    pub(super) factors: [Option<[f32; 64]>; 4],
    pub(super) tables: Tables<'a>,
    /// Units between restarts; 0 without them.
    pub(super) restart: usize,
    pub(super) is_jfif: bool,
    /// What Adobe's segment says of the colours, if there is one.
    pub(super) adobe: Option<u8>,
    /// Whether a segment made no sense.
    pub(super) has_faults: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks of a unit, along x and y.
    pub(super) blocks: (usize, usize),
    pub(super) factors: usize,
}

impl<'a> Head<'a> {
    /// Reads on up to the next scan, and gives that one's header; `None` at the end.
    pub(super) fn read(&mut self, reader: &mut Reader<'a>) -> Option<&'a [u8]> {
        loop {
            let (marker, data) = segment(reader)?;
            let read = match marker {
                START_OF_FRAME | 0xc1 | PROGRESSIVE => self.frame(marker, data),
                HUFFMAN_TABLES => self.tables.read(data),
                QUANTISATION_TABLES => self.quantisation(data),
                RESTART_INTERVAL => self.restart(data),
                JFIF => {
                    self.is_jfif |= data.starts_with(b"JFIF\0");
                    Some(())
                }
                ADOBE => {
                    if data.starts_with(b"Adobe") {
                        self.adobe = data.get(11).copied();
                    }
                    Some(())
                }
                START_OF_SCAN => return Some(data),
                _ => Some(()),
            };
            self.has_faults |= read.is_none();
        }
    }

    /// B.2.2. There is one.
    fn frame(&mut self, marker: u8, data: &[u8]) -> Option<()> {
        if !self.components.is_empty() {
            return None;
        }
        let mut reader = Reader::new(data);
        reader.u8().filter(|precision| *precision == 8)?;
        (self.height, self.width) = (reader.u16_be()?, reader.u16_be()?);
        self.is_progressive = marker == PROGRESSIVE;
        let count = reader.u8()?;
        for _ in 0..count {
            let [id, blocks, factors] = *reader.take(3)?.first_chunk()?;
            // One component alone has its blocks one by one (A.2.2).
            let blocks = match count {
                1 => (1, 1),
                _ => (usize::from(blocks >> 4), usize::from(blocks & 15)),
            };
            self.components.push(Component {
                id,
                blocks,
                factors: factors.into(),
            });
        }
        Some(())
    }

    /// B.2.4.1.
    fn quantisation(&mut self, data: &[u8]) -> Option<()> {
        let mut reader = Reader::new(data);
        while let Some(place) = reader.u8() {
            let mut factors = [0.0; 64];
            for factor in &mut factors {
                *factor = match place >> 4 {
                    0 => f32::from(reader.u8()?),
                    _ => f32::from(reader.u16_be()?),
                };
            }
            *self.factors.get_mut(usize::from(place & 15))? = Some(factors);
        }
        Some(())
    }

    /// B.2.4.4.
    fn restart(&mut self, data: &[u8]) -> Option<()> {
        self.restart = Reader::new(data).u16_be()?.into();
        Some(())
    }

    /// The most blocks that a component has in a unit, along x and y.
    pub(super) fn most(&self) -> (usize, usize) {
        let most = |side: fn(&Component) -> usize| self.components.iter().map(side).max();
        (
            most(|c| c.blocks.0).unwrap_or(1).max(1),
            most(|c| c.blocks.1).unwrap_or(1).max(1),
        )
    }

    /// Units along x and y (A.2.3).
    pub(super) fn units(&self) -> (usize, usize) {
        let (x, y) = self.most();
        (
            usize::from(self.width).div_ceil(8 * x),
            usize::from(self.height).div_ceil(8 * y),
        )
    }

    /// The components' names, as far as there are three.
    pub(super) fn names(&self) -> [u8; 3] {
        let mut names = self.components.iter().map(|component| component.id);
        [(); 3].map(|()| names.next().unwrap_or(0))
    }
}
