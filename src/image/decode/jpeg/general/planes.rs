//! The coefficients of all components, and the pixels that become of them.

use super::super::super::super::budget;
use super::super::super::super::error::Error;
use super::super::bits::{Places, ROOM, Used};
use super::super::colors::Colors;
use super::super::head::Head;
use super::super::inverse::{MOST, Rows, Waves, kept, places, samples, size};
use super::super::scaled;
use super::super::shape::Component;
use super::MISSING;
use super::blocks::{Band, Block};

/// All components.
pub(super) struct Planes {
    parts: Vec<Plane>,
    /// Pixels in a row.
    width: usize,
    /// Rows of pixels in a row of units.
    rows: usize,
}

/// A component.
struct Plane {
    /// Rows of blocks in a row of units.
    rows: usize,
    /// Blocks in a row, and rows that are kept.
    across: usize,
    down: usize,
    /// Coefficients of a block that are kept.
    kept: usize,
    used: Vec<u64>,
    values: Vec<i16>,
    /// Values that become of a block, along x and y.
    size: (usize, usize),
    waves: [Waves; 2],
    /// What the coefficients are multiplied by is known with the first scan.
    places: Option<Places>,
    /// A row of units, and from one of its rows to the next.
    samples: Vec<u8>,
    stride: usize,
    /// Samples for so many pixels, along x and y. Mostly they are as many.
    ratios: [(usize, usize); 2],
    /// A row of pixels.
    line: Vec<u8>,
}

impl Planes {
    /// With room for the whole picture, or for a row of units if that becomes pixels at once.
    pub(super) fn new(head: &Head<'_>, eighths: usize, is_at_once: bool) -> Result<Self, Error> {
        let (most, units) = (head.shape.most(), head.shape.units());
        let width = scaled(head.shape.width, eighths as u16).into();
        let units = (units.0, if is_at_once { 1 } else { units.1 });
        let parts = head.shape.components.iter();
        let parts = parts.map(|component| Plane::new(component, most, units, eighths, width));
        Ok(Self {
            parts: parts.collect::<Result<_, _>>()?,
            width,
            rows: most.1 * eighths,
        })
    }

    /// Whether anything that a scan has of this component is kept. If not, no later scan needs it either.
    pub(super) fn needs(&self, component: usize, band: &Band) -> bool {
        band.has_means() || self.parts.get(component).is_some_and(|part| part.kept > 1)
    }

    /// Keeps what the components' coefficients are multiplied by: later tables are others' (ITU-T T.81, B.2.4.1).
    pub(super) fn take_factors(
        &mut self,
        head: &Head<'_>,
        components: impl Iterator<Item = usize>,
    ) {
        for at in components {
            let (Some(part), Some(component)) =
                (self.parts.get_mut(at), head.shape.components.get(at))
            else {
                continue;
            };
            if let (None, Some(Some(factors))) = (&part.places, head.factors.get(component.factors))
            {
                part.places = Some(places(part.size, *factors));
            }
        }
    }

    /// The block of a component in this column and row.
    #[inline(always)]
    pub(super) fn block(&mut self, component: usize, place: (usize, usize)) -> Option<Block<'_>> {
        self.parts.get_mut(component)?.block(place)
    }

    /// Turns a row of units into its rows of the picture.
    pub(super) fn paint(&mut self, row: usize, colors: Colors, picture: &mut [u8]) {
        self.parts.iter_mut().for_each(|part| part.transform(row));
        let lines = picture.chunks_exact_mut((self.width * 3).max(1));
        for (y, out) in lines.skip(row * self.rows).take(self.rows).enumerate() {
            self.parts.iter_mut().for_each(|part| part.fill_line(y));
            let mut lines = [&[][..]; 4];
            for (line, part) in lines.iter_mut().zip(&self.parts) {
                *line = &part.line;
            }
            colors.row(lines.get(..self.parts.len()).unwrap_or_default(), out);
        }
    }

    /// Makes room for another row of units.
    pub(super) fn forget(&mut self) {
        for part in &mut self.parts {
            part.used.fill(0);
            part.values.fill(0);
        }
    }
}

impl Plane {
    fn new(
        &Component { blocks, .. }: &Component,
        most: (usize, usize),
        units: (usize, usize),
        eighths: usize,
        width: usize,
    ) -> Result<Self, Error> {
        let size = (
            size(blocks.0, most.0, eighths),
            size(blocks.1, most.1, eighths),
        );
        let (across, down) = (units.0 * blocks.0, units.1 * blocks.1);
        let kept = kept(size);
        let stride = across * size.0 + MOST;
        Ok(Self {
            rows: blocks.1,
            across,
            down,
            kept,
            used: budget::zeros(across * down)?,
            values: budget::zeros(across * down * kept)?,
            size,
            waves: [Waves::new(size.0), Waves::new(size.1)],
            places: None,
            samples: budget::zeroed(stride * size.1 * blocks.1)?,
            stride,
            ratios: [
                (blocks.0 * size.0, most.0 * eighths),
                (blocks.1 * size.1, most.1 * eighths),
            ],
            line: budget::zeroed(width)?,
        })
    }

    #[inline(always)]
    fn block(&mut self, (x, y): (usize, usize)) -> Option<Block<'_>> {
        let row = if y < self.down {
            y
        } else {
            y % self.down.max(1)
        };
        let at = row * self.across + x;
        Some(Block {
            used: self.used.get_mut(at)?,
            values: self.values.get_mut(at * self.kept..(at + 1) * self.kept)?,
        })
    }

    /// A row of units to samples.
    fn transform(&mut self, row: usize) {
        let Some(places) = &self.places else {
            return self.samples.fill(MISSING);
        };
        let mut room = [0.0; ROOM];
        let first = (row * self.rows) % self.down.max(1) * self.across;
        let (rows, stride) = (self.size.1, self.stride);
        let bands = self.samples.chunks_mut((stride * rows).max(1));
        let used = self.used.get(first..).unwrap_or_default();
        let values = self.values.get(first * self.kept..).unwrap_or_default();
        let used = used.chunks(self.across.max(1));
        let values = values.chunks((self.across * self.kept).max(1));
        for ((samples_of_row, used), values) in bands.zip(used).zip(values) {
            let blocks = used.iter().zip(values.chunks_exact(self.kept.max(1)));
            for (x, (used, values)) in blocks.enumerate() {
                let marks = place_all(*used, values, places, &mut room);
                let out = samples_of_row
                    .get_mut(x * self.size.0..)
                    .unwrap_or_default();
                let out = &mut Rows::new(out, rows, stride);
                samples(self.size.0, &mut room, marks, &self.waves, out);
            }
        }
    }

    /// A row of samples to one of pixels.
    fn fill_line(&mut self, y: usize) {
        let [(x_own, x_all), (y_own, y_all)] = self.ratios;
        let start = y * y_own / y_all.max(1) * self.stride;
        let from = self.samples.get(start..).unwrap_or_default();
        if x_own == x_all {
            let count = self.line.len().min(from.len());
            self.line[..count].copy_from_slice(&from[..count]);
            return;
        }
        for (x, to) in self.line.iter_mut().enumerate() {
            *to = from
                .get(x * x_own / x_all.max(1))
                .copied()
                .unwrap_or(MISSING);
        }
    }
}

/// Puts a block's coefficients where the inverse wants them.
#[inline(always)]
fn place_all(used: u64, values: &[i16], places: &Places, room: &mut [f32; ROOM]) -> Used {
    let mut marks = Used::default();
    room[0] = values
        .first()
        .map_or(0.0, |&mean| f32::from(mean) * places.factors[0]);
    let mut left = used;
    while left != 0 {
        let at = left.trailing_zeros() as usize % 64;
        left &= left - 1;
        // The rest is not kept.
        let Some(&value) = values.get(at) else { break };
        room[usize::from(places.places[at]) % ROOM] = f32::from(value) * places.factors[at];
        marks = marks.and(places.marks[at]);
    }
    marks
}
