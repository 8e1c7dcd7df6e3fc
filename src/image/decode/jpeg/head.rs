//! What the segments before a JPEG's scans say (ITU-T T.81, annex B). What makes no sense is passed over and noted.

use super::super::super::markers::{
    HUFFMAN_TABLES, JFIF, QUANTISATION_TABLES, START_OF_FRAME, START_OF_SCAN,
};
use super::super::super::reader::Reader;
use super::segment;
use super::shape::{EXTENDED, PROGRESSIVE, Shape};
use super::tables::Tables;

/// Marker codes (B.1.1.3).
const RESTART_INTERVAL: u8 = 0xdd;
/// It says what the components' colours are.
const ADOBE: u8 = 0xee;

/// All that was said up to a scan.
#[derive(Default)]
pub(super) struct Head<'a> {
    pub(super) shape: Shape,
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

impl<'a> Head<'a> {
    /// Reads on up to the next scan, and gives that one's header; `None` at the end.
    pub(super) fn read(&mut self, reader: &mut Reader<'a>) -> Option<&'a [u8]> {
        loop {
            let (marker, data) = segment(reader)?;
            let read = match marker {
                START_OF_FRAME | EXTENDED | PROGRESSIVE => self.frame(marker, data),
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

    /// There is one.
    fn frame(&mut self, marker: u8, data: &[u8]) -> Option<()> {
        if !self.shape.components.is_empty() {
            return None;
        }
        self.shape = Shape::read(marker, data).filter(|shape| shape.bits == 8)?;
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
}
