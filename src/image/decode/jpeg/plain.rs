//! JPEGs as cameras write them: sequential, gray or YCbCr, in one scan, whole. They are most of what is sent, and their codes
//! are most of the work, so here they are read several at a time.
//!
//! A component with fewer samples is not scaled as much instead of being enlarged afterwards. What is out of the ordinary in
//! any way gives `None`, and is left to the decoder that knows more.

use super::super::super::budget;
use super::super::super::pixels::RgbImage;
use super::super::super::reader::Reader;
use super::bits::{Bits, Codes, Places, ROOM};
use super::colors::{from_gray, from_ycc};
use super::head::Head;
use super::inverse::{MOST, Rows, Waves, places, samples};
use super::scaled;
use super::shape::Component;
use std::ops::Range;

/// Decodes at so many eighths of the size.
pub(super) fn decode(bytes: &[u8], eighths: u16) -> Option<RgbImage> {
    let mut reader = Reader::new(bytes.get(2..)?);
    let mut head = Head::default();
    let scan = head.read(&mut reader)?;
    is_usual(&head).then_some(())?;
    Scan::new(&head, scan, eighths)?.decode(reader.rest())
}

/// Whether the colours are gray or YCbCr beyond doubt. Other names may stand for others, and some only without a JFIF marker.
fn is_usual(head: &Head<'_>) -> bool {
    let has_usual_names = match head.shape.components.len() {
        1 => true,
        3 => head.shape.names() == [1, 2, 3] || (head.is_jfif && head.shape.names() == [0, 1, 2]),
        _ => false,
    };
    has_usual_names
        && !head.shape.is_progressive
        && !head.has_faults
        && matches!(head.adobe, None | Some(1))
}

/// The one scan of the picture.
struct Scan {
    width: usize,
    height: usize,
    parts: Vec<Part>,
    /// Units along x and y.
    units: (usize, usize),
    /// Rows of pixels in a row of units.
    rows: usize,
    /// From one row of samples to the next: a row of units, and what blocks spill to their right.
    stride: usize,
    restart: usize,
}

/// A component.
struct Part {
    codes: [Codes; 2],
    places: Places,
    /// Blocks of a unit, along x and y.
    blocks: (usize, usize),
    /// Values that become of a block, along x and y.
    size: (usize, usize),
    waves: [Waves; 2],
    mean: i32,
    /// Room for a block's coefficients, between blocks zeros but for the mean.
    block: [f32; ROOM],
    /// A row of units.
    samples: Vec<u8>,
}

impl Scan {
    /// What the header of a scan says (T.81, B.2.3).
    fn new(head: &Head<'_>, header: &[u8], eighths: u16) -> Option<Self> {
        let mut reader = Reader::new(header);
        let count = usize::from(reader.u8()?);
        if count != head.shape.components.len() {
            return None;
        }
        let ((most_x, most_y), units) = (head.shape.most(), head.shape.units());
        let eighths_wide = usize::from(eighths);
        let rows = most_y * eighths_wide;
        let stride = units.0 * most_x * eighths_wide + MOST;
        let mut parts = Vec::new();
        for component in &head.shape.components {
            let [id, tables] = *reader.take(2)?.first_chunk()?;
            let (x, y) = component.blocks;
            let size = (
                exact(most_x * eighths_wide, x)?,
                exact(most_y * eighths_wide, y)?,
            );
            if id != component.id || !sizes(size) {
                return None;
            }
            parts.push(Part::new(head, component, size, tables, stride * rows)?);
        }
        // All coefficients, in full precision.
        (reader.rest() == [0, 63, 0]).then_some(Self {
            width: scaled(head.shape.width, eighths).into(),
            height: scaled(head.shape.height, eighths).into(),
            parts,
            units,
            rows,
            stride,
            restart: head.restart,
        })
    }

    fn decode(mut self, data: &[u8]) -> Option<RgbImage> {
        let mut out = budget::zeroed(self.width * self.height * 3).ok()?;
        let mut bits = Bits::new(data);
        let (mut left, mut restarts) = (self.restart, 0_u8);
        let mut rows = out.chunks_exact_mut(self.width * 3);
        for _ in 0..self.units.1 {
            for unit in 0..self.units.0 {
                if self.restart > 0 && left == 0 {
                    bits.restart(restarts)?;
                    (left, restarts) = (self.restart, restarts.wrapping_add(1));
                    self.parts.iter_mut().for_each(|part| part.mean = 0);
                }
                left = left.saturating_sub(1);
                for part in &mut self.parts {
                    part.unit(&mut bits, unit, self.stride)?;
                }
            }
            if !bits.is_sound() {
                return None;
            }
            for (row, out) in (0..self.rows).zip(&mut rows) {
                self.row(row, out);
            }
        }
        drop(rows);
        let image = RgbImage::from_bytes(self.width, self.height, out);
        image.filter(|_| bits.is_end())
    }

    /// A row of pixels from the row of units that was read last.
    fn row(&self, row: usize, out: &mut [u8]) {
        let place = row * self.stride..row * self.stride + self.width;
        match &*self.parts {
            [y, blue, red] => from_ycc([y, blue, red].map(|part| part.row(&place)), out),
            parts => {
                let gray = parts.first().map_or(&[][..], |part| part.row(&place));
                from_gray(gray, out);
            }
        }
    }
}

fn exact(whole: usize, part: usize) -> Option<usize> {
    (whole.checked_rem(part)? == 0).then_some(whole / part)
}

/// Whether the inverse has them.
fn sizes((x, y): (usize, usize)) -> bool {
    (1..=MOST).contains(&x) && (1..=MOST).contains(&y)
}

impl Part {
    fn new(
        head: &Head<'_>,
        component: &Component,
        size: (usize, usize),
        tables: u8,
        samples: usize,
    ) -> Option<Self> {
        let (dc, ac) = (head.tables.dc(tables)?, head.tables.ac(tables)?);
        let factors = (*head.factors.get(component.factors)?)?;
        let places = places(size, factors);
        let ac = Codes::new(ac.0, ac.1)?;
        let ac = if places.end < 64 { ac.passing() } else { ac };
        Some(Self {
            codes: [Codes::of_means(dc)?, ac],
            places,
            blocks: component.blocks,
            size,
            waves: [Waves::new(size.0), Waves::new(size.1)],
            mean: 0,
            block: [0.0; ROOM],
            samples: budget::zeroed(samples).ok()?,
        })
    }

    fn row(&self, place: &Range<usize>) -> &[u8] {
        // As much as there are samples.
        self.samples.get(place.clone()).unwrap_or(&[])
    }

    /// Reads the blocks of a unit and turns them into samples.
    fn unit(&mut self, bits: &mut Bits<'_>, unit: usize, stride: usize) -> Option<()> {
        let [dc, ac] = &self.codes;
        let (waves, block) = (&self.waves, &mut self.block);
        for y in 0..self.blocks.1 {
            for x in 0..self.blocks.0 {
                let used = bits.block([dc, ac], &mut self.mean, &self.places, block)?;
                let start = y * self.size.1 * stride + (unit * self.blocks.0 + x) * self.size.0;
                let out = &mut Rows::new(self.samples.get_mut(start..)?, self.size.1, stride);
                samples(self.size.0, block, used, waves, out);
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::testing::{photograph, psnr};
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    /// A file with as many samples of colour as this says.
    fn file(
        (width, height): (usize, usize),
        sampling: SamplingFactor,
        color: ColorType,
        (restart, quality): (u16, u8),
    ) -> Vec<u8> {
        let image = photograph(width, height);
        let gray: Vec<u8> = image.pixels().iter().map(|pixel| pixel[1]).collect();
        let data = match color {
            ColorType::Luma => &gray,
            _ => image.bytes(),
        };
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, quality);
        encoder.set_sampling_factor(sampling);
        encoder.set_restart_interval(restart);
        let (width, height) = (width as u16, height as u16);
        encoder.encode(data, width, height, color).unwrap();
        file
    }

    /// By another decoder, at 1, 2, 4 or 8 eighths.
    fn theirs(bytes: &[u8], eighths: u16) -> RgbImage {
        let mut decoder = jpeg_decoder::Decoder::new(bytes);
        decoder.read_info().unwrap();
        let info = decoder.info().unwrap();
        let (width, height) = (scaled(info.width, eighths), scaled(info.height, eighths));
        decoder.scale(width, height).unwrap();
        let data = decoder.decode().unwrap();
        let pixels = usize::from(width) * usize::from(height);
        let data = match data.len() / pixels {
            1 => data.iter().flat_map(|gray| [*gray; 3]).collect(),
            _ => data,
        };
        RgbImage::from_bytes(width.into(), height.into(), data).unwrap()
    }

    const COLOURS: [(ColorType, (u16, u8)); 4] = [
        (ColorType::Rgb, (0, 95)),
        (ColorType::Rgb, (7, 40)),
        (ColorType::Luma, (0, 100)),
        (ColorType::Luma, (3, 20)),
    ];

    #[test]
    fn pictures_are_those_of_another_decoder() {
        for (color, kind) in COLOURS {
            let bytes = file((203, 149), SamplingFactor::F_1_1, color, kind);
            // Their mean of a block is cut off, not rounded.
            for (eighths, limit) in [(1, 45.0), (2, 60.0), (4, 59.0), (8, 59.0)] {
                let (ours, theirs) = (decode(&bytes, eighths).unwrap(), theirs(&bytes, eighths));
                assert_eq!(ours.width(), theirs.width());
                let likeness = psnr(ours.bytes(), theirs.bytes());
                assert!(likeness > limit, "{color:?} at {eighths}: {likeness:.1} dB");
            }
        }
    }

    /// The mean of each square of pixels.
    fn reduced(image: &RgbImage, side: usize) -> Vec<u8> {
        let (width, height) = (image.width() / side, image.height() / side);
        let mean = |x: usize, y: usize, channel: usize| {
            let rows = (0..side).flat_map(|v| (0..side).map(move |u| (u, v)));
            let pixel = |(u, v)| image.pixels()[(y * side + v) * image.width() + x * side + u];
            let sum: usize = rows.map(|at| usize::from(pixel(at)[channel])).sum();
            ((sum + side * side / 2) / (side * side)) as u8
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        places
            .flat_map(|(x, y)| [0, 1, 2].map(|channel| mean(x, y, channel)))
            .collect()
    }

    #[test]
    fn fewer_samples_of_colour_look_no_worse_than_with_another_decoder() {
        use SamplingFactor::{F_1_2, F_2_1, F_2_2};
        for sampling in [F_1_2, F_2_1, F_2_2] {
            for (color, kind) in COLOURS {
                let bytes = file((224, 160), sampling, color, kind);
                let full = theirs(&bytes, 8);
                for eighths in [1, 2, 4] {
                    let goal = reduced(&full, usize::from(8 / eighths));
                    let ours = psnr(decode(&bytes, eighths).unwrap().bytes(), &goal);
                    let theirs = psnr(theirs(&bytes, eighths).bytes(), &goal);
                    assert!(
                        ours >= theirs - 0.5,
                        "{sampling:?} at {eighths}: {ours:.1} dB, {theirs:.1}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_usual_tables_may_be_left_out() {
        for (color, tables) in [(ColorType::Rgb, 4), (ColorType::Luma, 2)] {
            let whole = file((64, 48), SamplingFactor::F_2_2, color, (0, 80));
            let mut without = whole.clone();
            for _ in 0..tables {
                let is_table = |pair: &[u8]| pair == [0xff, 0xc4];
                let at = without.windows(2).position(is_table).unwrap();
                let length = u16::from_be_bytes([without[at + 2], without[at + 3]]);
                without.drain(at..at + 2 + usize::from(length));
            }
            assert!(!without.windows(2).any(|pair| pair == [0xff, 0xc4]));
            assert_eq!(decode(&without, 8).unwrap(), decode(&whole, 8).unwrap());
        }
    }

    #[test]
    fn what_is_not_whole_or_not_usual_is_left_to_the_other_decoder() {
        let usual = file((64, 48), SamplingFactor::F_1_1, ColorType::Rgb, (2, 90));
        assert!(decode(&usual, 8).is_some());
        for end in (0..usual.len()).step_by(11).chain([usual.len() - 1]) {
            assert!(decode(&usual[..end], 8).is_none(), "{end}");
        }
        let marker = |marker: u8| {
            usual
                .windows(2)
                .position(|pair| pair == [0xff, marker])
                .unwrap()
        };
        let changed = |at: usize, byte: u8| {
            let mut file = usual.clone();
            file[at] = byte;
            decode(&file, 8).is_none()
        };
        // A restart of another number, other names, more precision, a scan of some coefficients.
        assert!(changed(marker(0xd1) + 1, 0xd2));
        assert!(changed(marker(0xc0) + 10, b'R'));
        assert!(changed(marker(0xc0) + 4, 12));
        assert!(changed(marker(0xda) + 12, 5));
        // A quarter of the samples of colour at more than half the size, and none.
        assert!(sizes((16, 4)) && !sizes((20, 5)) && !sizes((1, 0)));
    }
}
