//! Huffman tables as they stand in the file.

use super::super::super::jpeg::TABLES;
use super::super::super::reader::Reader;

/// How many codes there are of each length, and their symbols. What a scan does not use is not built: what is made of one may be
/// large, and a file may have any number of them.
pub(super) type Written<'a> = (&'a [u8; 16], &'a [u8]);

/// The last table for each place.
#[derive(Default)]
pub(super) struct Tables<'a> {
    dc: [Option<Written<'a>>; 4],
    ac: [Option<Written<'a>>; 4],
}

impl<'a> Tables<'a> {
    /// Takes the tables of a segment (ITU-T T.81, B.2.4.2).
    pub(super) fn read(&mut self, data: &'a [u8]) -> Option<()> {
        let mut reader = Reader::new(data);
        while let Some(place) = reader.u8() {
            let counts: &[u8; 16] = reader.take(16)?.first_chunk()?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let class = if place >> 4 == 0 {
                &mut self.dc
            } else {
                &mut self.ac
            };
            *class.get_mut(usize::from(place & 15))? = Some((counts, reader.take(total)?));
        }
        Some(())
    }

    /// That of the means which a component of a scan names (B.2.3). Pictures of films leave out the usual ones.
    pub(super) fn dc(&self, names: u8) -> Option<Written<'a>> {
        let place = usize::from(names >> 4);
        self.dc.get(place)?.or_else(|| usual(place, 0))
    }

    /// That of the other coefficients, likewise.
    pub(super) fn ac(&self, names: u8) -> Option<Written<'a>> {
        let place = usize::from(names & 15);
        self.ac.get(place)?.or_else(|| usual(place, 1))
    }
}

/// That of K.3, of the means or of the other coefficients.
fn usual(place: usize, class: usize) -> Option<Written<'static>> {
    let table = TABLES.get(place)?.get(class)?;
    Some((&table.counts, table.symbols))
}
