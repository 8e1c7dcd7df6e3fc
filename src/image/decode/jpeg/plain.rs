//! JPEGs as cameras write them: sequential, gray or YCbCr, in one scan, whole. They are most of what is sent, and their codes
//! are most of the work, so here they are read several at a time.
//!
//! A component with fewer samples is not scaled as much instead of being enlarged afterwards. What is out of the ordinary in
//! any way gives `None`, and is left to the decoder that knows more.

mod bits;
mod inverse;

use super::super::super::budget;
use super::super::super::pixels::RgbImage;
use super::super::super::reader::Reader;
use super::super::super::simd::{B16, I4};
use super::super::super::zigzag::ZIGZAG;
use super::tables::Tables;
use super::{scaled, segment};
use bits::{Bits, Codes, NOWHERE, Places, ROOM, Used};
use inverse::{MOST, Rows, Waves, flat, frequencies, inverse};
use std::ops::Range;

/// Decodes at so many eighths of the size.
pub(super) fn decode(bytes: &[u8], eighths: u16) -> Option<RgbImage> {
    let mut reader = Reader::new(bytes.get(2..)?);
    let mut head = Head::default();
    let scan = head.read(&mut reader)?;
    Scan::new(&head, scan, eighths)?.decode(reader.rest())
}

/// All before the scan.
#[derive(Default)]
struct Head<'a> {
    width: u16,
    height: u16,
    components: Vec<Component>,
    factors: [Option<[f32; 64]>; 4],
    tables: Tables<'a>,
    /// Units between restarts; 0 without them.
    restart: usize,
    is_jfif: bool,
}

#[derive(Clone, Copy)]
struct Component {
    id: u8,
    /// Blocks of a unit, along x and y.
    blocks: (usize, usize),
    factors: usize,
}

impl<'a> Head<'a> {
    /// Reads up to the first scan, and gives that one's header.
    fn read(&mut self, reader: &mut Reader<'a>) -> Option<&'a [u8]> {
        loop {
            let (marker, data) = segment(reader)?;
            match marker {
                0xc0 | 0xc1 => self.frame(data)?,
                0xc4 => self.tables.read(data)?,
                // Another kind of coding.
                0xc2..=0xcf => return None,
                0xdb => self.quantisation(data)?,
                0xdd => self.restart = Reader::new(data).u16_be()?.into(),
                // Adobe's says with a 1 that the colours are YCbCr.
                0xee if data.starts_with(b"Adobe") && data.get(11) != Some(&1) => return None,
                0xe0 if data.starts_with(b"JFIF\0") => self.is_jfif = true,
                0xda => return self.has_usual_names().then_some(data),
                _ => {}
            }
        }
    }

    /// T.81, B.2.2.
    fn frame(&mut self, data: &[u8]) -> Option<()> {
        let mut reader = Reader::new(data);
        let precision = reader.u8()?;
        (self.height, self.width) = (reader.u16_be()?, reader.u16_be()?);
        let count = reader.u8()?;
        if precision != 8 || !matches!(count, 1 | 3) || !self.components.is_empty() {
            return None;
        }
        for _ in 0..count {
            let [id, blocks, factors] = *reader.take(3)?.first_chunk()?;
            // One component alone has its blocks one by one (T.81, A.2.2).
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

    /// Other names may stand for other colours, and some only without a JFIF marker.
    fn has_usual_names(&self) -> bool {
        let names = || self.components.iter().map(|component| component.id);
        names().count() == 1 || names().eq([1, 2, 3]) || (self.is_jfif && names().eq([0, 1, 2]))
    }

    /// T.81, B.2.4.1.
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
        if count != head.components.len() {
            return None;
        }
        let most = |side: fn(&Component) -> usize| head.components.iter().map(side).max();
        let (most_x, most_y) = (most(|c| c.blocks.0)?, most(|c| c.blocks.1)?);
        let eighths_wide = usize::from(eighths);
        let units = (
            usize::from(head.width).div_ceil(8 * most_x.max(1)),
            usize::from(head.height).div_ceil(8 * most_y.max(1)),
        );
        let rows = most_y * eighths_wide;
        let stride = units.0 * most_x * eighths_wide + MOST;
        let mut parts = Vec::new();
        for component in &head.components {
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
            width: scaled(head.width, eighths).into(),
            height: scaled(head.height, eighths).into(),
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
                let pixels = out.as_chunks_mut::<3>().0.iter_mut();
                pixels
                    .zip(gray)
                    .for_each(|(pixel, &gray)| *pixel = [gray; 3]);
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
        let [dc, ac] = head.tables.of(tables)?;
        // A mean has no zeros before it.
        if dc.1.iter().any(|symbol| *symbol > 15) {
            return None;
        }
        let mut places = [NOWHERE; 64];
        let mut marks = [Used::default(); 64];
        for ((place, mark), &at) in places.iter_mut().zip(&mut marks).zip(&ZIGZAG) {
            let (u, v) = (usize::from(at % 8), usize::from(at / 8));
            if u < size.0 && v < size.1 {
                // Below 64.
                *place = (v * frequencies(size.0) + u) as u8;
                *mark = Used::place(u, v);
            }
        }
        let end = places.iter().rposition(|at| *at != NOWHERE)? + 1;
        let ac = Codes::new(ac.0, ac.1)?;
        let ac = if end < 64 { ac.passing() } else { ac };
        Some(Self {
            codes: [Codes::new(dc.0, dc.1)?, ac],
            places: Places {
                places,
                marks,
                factors: (*head.factors.get(component.factors)?)?,
                end,
            },
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
                match self.size.0 {
                    1..=4 => samples::<1, 1>(block, used, waves, out),
                    5..=8 => samples::<2, 2>(block, used, waves, out),
                    _ => samples::<2, 4>(block, used, waves, out),
                }
            }
        }
        Some(())
    }
}

/// A block to samples; of its coefficients but the mean there are only zeros left.
#[inline(always)]
fn samples<const U: usize, const X: usize>(
    block: &mut [f32; ROOM],
    used: Used,
    waves: &[Waves; 2],
    out: &mut Rows<'_>,
) {
    if used.is_none() {
        flat::<X>(block[0], out);
    } else {
        inverse::<U, X>(block, used, waves, out);
    }
}

/// A row of YCbCr.
fn from_ycc([y, blue, red]: [&[u8]; 3], out: &mut [u8]) {
    let ((y, y_rest), (blue, blue_rest)) = (y.as_chunks(), blue.as_chunks());
    let ((red, red_rest), (out, out_rest)) =
        (red.as_chunks(), out.as_chunks_mut::<3>().0.as_chunks_mut());
    let runs = y.iter().zip(blue).zip(red).zip(out);
    runs.for_each(|(((y, blue), red), out)| run([y, blue, red], out));
    let padded = [y_rest, blue_rest, red_rest].map(|rest| {
        let mut run = [0; RUN];
        run.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        run
    });
    let mut last = [[0; 3]; RUN];
    run(padded.each_ref(), &mut last);
    out_rest
        .iter_mut()
        .zip(last)
        .for_each(|(to, from)| *to = from);
}

/// Pixels that are worked on together.
const RUN: usize = 16;

/// A run of YCbCr (JFIF 1.02, in 65,536ths).
#[inline(always)]
fn run([y, blue, red]: [&[u8; RUN]; 3], out: &mut [[u8; 3]; RUN]) {
    let [y, blue, red] = [
        B16::all(y).to_ints(),
        B16::all(blue).to_ints(),
        B16::all(red).to_ints(),
    ];
    let mut rgb = [[I4::default(); 4]; 3];
    for at in 0..4 {
        // With a half to round by.
        let y = y[at].shl(16) + I4::splat(1 << 15);
        let (blue, red) = (blue[at] - I4::splat(128), red[at] - I4::splat(128));
        let green = blue * I4::splat(22_554) + red * I4::splat(46_802);
        rgb[0][at] = (y + red * I4::splat(91_881)).shr(16);
        rgb[1][at] = (y - green).shr(16);
        rgb[2][at] = (y + blue * I4::splat(116_130)).shr(16);
    }
    let [r, g, b] = rgb;
    B16::write_pixels(
        [B16::from_ints(r), B16::from_ints(g), B16::from_ints(b)],
        out,
    );
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

    /// By the decoder that knows more.
    fn theirs(bytes: &[u8], eighths: u16) -> RgbImage {
        let frame = super::super::Frame::read(bytes).unwrap();
        super::super::fast(bytes, &frame, eighths).unwrap()
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
