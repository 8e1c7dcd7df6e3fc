//! A scan: which blocks come one after the other, and where to go on after a fault (ITU-T T.81, A.2, B.2.3 and E.2).

use super::super::super::super::reader::Reader;
use super::super::bits::{Bits, Codes};
use super::super::head::Head;
use super::super::shape::Component;
use super::blocks::Band;
use super::planes::Planes;

/// A scan that is read.
pub(super) struct Scan<'a> {
    parts: Vec<Part>,
    band: Band,
    bits: Bits<'a>,
    /// Units along x and y.
    units: (usize, usize),
    /// Units between restarts; 0 without them.
    restart: usize,
    /// Units until the next restart.
    left: usize,
    /// Restarts so far.
    restarts: usize,
}

/// A component of it.
struct Part {
    component: usize,
    /// Blocks of a unit, along x and y.
    blocks: (usize, usize),
    /// Codes of the means and of the other coefficients, if the scan has them.
    codes: [Option<Codes>; 2],
    mean: i32,
}

/// What was found.
pub(super) struct Found<'a> {
    /// So many rows of units could be read, all units counted together.
    pub(super) rows: usize,
    pub(super) has_faults: bool,
    pub(super) rest: &'a [u8],
}

impl<'a> Scan<'a> {
    /// From its header and what comes behind it; `None` if the header makes no sense, or a table is missing.
    pub(super) fn new(head: &Head<'_>, header: &[u8], data: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(header);
        let count = reader.u8()?;
        let named = reader.take(2 * usize::from(count))?;
        let band = Band::new(head.shape.is_progressive, reader.take(3)?.first_chunk()?)?;
        let mut parts: Vec<Part> = Vec::new();
        for [id, tables] in named.as_chunks().0 {
            let component = head.shape.components.iter().position(|c| c.id == *id)?;
            let is_next = parts.last().is_none_or(|last| last.component < component);
            let Component {
                blocks, factors, ..
            } = *head.shape.components.get(component)?;
            (is_next && head.factors.get(factors)?.is_some()).then_some(())?;
            let dc = || Codes::of_means(head.tables.dc(*tables)?);
            let ac = || {
                let (counts, symbols) = head.tables.ac(*tables)?;
                Codes::new(counts, symbols)
            };
            parts.push(Part {
                component,
                blocks: if count == 1 { (1, 1) } else { blocks },
                codes: [
                    if band.has_new_means() {
                        Some(dc()?)
                    } else {
                        None
                    },
                    if band.has_others() { Some(ac()?) } else { None },
                ],
                mean: 0,
            });
        }
        let units = match &*parts {
            [] => return None,
            // The blocks of one alone are as many as it has samples for.
            [part] => blocks(head, part.component)?,
            // Only the means of several come together.
            _ if head.shape.is_progressive && band.has_others() => return None,
            _ => head.shape.units(),
        };
        Some(Self {
            parts,
            band,
            bits: Bits::new(data),
            units,
            restart: head.restart,
            left: head.restart,
            restarts: 0,
        })
    }

    pub(super) fn components(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().map(|part| part.component)
    }

    /// Reads all of it, and calls `done` for each row of units in which one could be read.
    pub(super) fn read(
        &mut self,
        planes: &mut Planes,
        mut done: impl FnMut(&mut Planes, usize),
    ) -> Found<'a> {
        let (across, down) = self.units;
        let (mut sound, mut next, mut has_faults) = (0, 0, false);
        let is_needed = self.components().any(|at| planes.needs(at, &self.band));
        for row in 0..if is_needed { down } else { 0 } {
            let before = sound;
            for column in 0..across {
                let unit = row * across + column;
                while unit >= next && self.begin().is_none() {
                    next = self.find_restart();
                    has_faults |= next > unit;
                }
                if unit < next {
                    continue;
                }
                if self.unit(planes, (column, row)).is_some() {
                    sound += 1;
                } else {
                    next = self.find_restart();
                    has_faults = true;
                }
            }
            if sound > before {
                done(planes, row);
            }
        }
        Found {
            rows: sound / across.max(1),
            has_faults: has_faults || self.bits.has_faults(),
            rest: self.bits.rest(),
        }
    }

    /// Sees to it that there is data, behind a restart marker if one is due.
    fn begin(&mut self) -> Option<()> {
        if self.restart > 0 && self.left == 0 {
            // The lowest bits count.
            self.bits.restart(self.restarts as u8)?;
            self.restarted(self.restarts + 1);
        }
        self.left = self.left.saturating_sub(1);
        self.bits.is_sound().then_some(())
    }

    /// E.2.4, F.2.1.3.1 and G.1.2.2.
    fn restarted(&mut self, restarts: usize) {
        (self.left, self.restarts) = (self.restart, restarts);
        self.parts.iter_mut().for_each(|part| part.mean = 0);
        self.band.forget();
    }

    /// The unit behind the next restart marker that there is, which tells by its number how many were lost; beyond all if there is
    /// none.
    fn find_restart(&mut self) -> usize {
        let Some(number) = self.bits.find_restart().filter(|_| self.restart > 0) else {
            return usize::MAX;
        };
        let lost = (usize::from(number) + 8 - self.restarts % 8) % 8;
        self.restarted(self.restarts + lost + 1);
        self.restarts.saturating_mul(self.restart)
    }

    fn unit(&mut self, planes: &mut Planes, (column, row): (usize, usize)) -> Option<()> {
        for part in &mut self.parts {
            let (x, y) = part.blocks;
            for v in 0..y {
                for u in 0..x {
                    let place = (column * x + u, row * y + v);
                    let block = planes.block(part.component, place)?;
                    let codes = [part.codes[0].as_ref(), part.codes[1].as_ref()];
                    self.band
                        .read(&mut self.bits, codes, &mut part.mean, block)?;
                }
            }
        }
        Some(())
    }
}

/// A component's blocks along x and y, without those that only fill the last units (A.2.3).
fn blocks(head: &Head<'_>, component: usize) -> Option<(usize, usize)> {
    let ((most_x, most_y), (x, y)) = (
        head.shape.most(),
        head.shape.components.get(component)?.blocks,
    );
    let blocks =
        |side: u16, own: usize, most: usize| (usize::from(side) * own).div_ceil(most).div_ceil(8);
    Some((
        blocks(head.shape.width, x, most_x),
        blocks(head.shape.height, y, most_y),
    ))
}
