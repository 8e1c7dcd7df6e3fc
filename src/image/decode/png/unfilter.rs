//! The filters of PNG's rows, undone (PNG, second edition, 9.2), a pixel at a time, or as many as four rows have the same.

use crate::image::simd::B16;

/// The most rows that are undone together.
pub(super) const MOST: usize = 4;
/// The number of the filter that takes longest.
const PAETH: u8 = 4;

/// Rows of filtered pixels, and those that become of them.
pub(super) struct Rows<'a> {
    /// Bytes from a pixel to the next: at most 4.
    pub(super) bytes: usize,
    /// The row above, without its filter: zeros above the first.
    pub(super) above: &'a [u8],
}

impl Rows<'_> {
    /// How many of these rows, from the first on and up to [`MOST`], are undone faster together.
    pub(super) fn alike<'r>(rows: impl Iterator<Item = &'r [u8]>) -> usize {
        rows.take(MOST)
            .take_while(|row| row.first() == Some(&PAETH))
            .count()
    }

    /// Undoes the filter of a row, whose number stands before it. `None` if there is no such filter.
    pub(super) fn one(&self, row: &[u8], out: &mut [u8]) -> Option<()> {
        let (&filter, rest) = row.split_first()?;
        match filter {
            0 => out.copy_from_slice(rest),
            1 => self.along(rest, out, |left, _| left),
            2 => {
                let bytes = out.iter_mut().zip(rest).zip(self.above);
                bytes.for_each(|((out, byte), above)| *out = byte.wrapping_add(*above));
            }
            3 => self.along(rest, out, B16::half_sum),
            PAETH => {
                self.together::<1>(row, out);
            }
            _ => return None,
        }
        Some(())
    }

    /// Undoes the filter of so many rows that are [alike](Self::alike), and says how many.
    pub(super) fn together<const N: usize>(&self, rows: &[u8], out: &mut [u8]) -> usize {
        let length = self.above.len();
        let mut rows = rows.chunks_exact(length + 1);
        let mut out = out.chunks_exact_mut(length);
        let mut stairs = Stairs::<N> {
            bytes: self.bytes,
            above: self.above,
            rows: std::array::from_fn(|_| rows.next().map_or(&[][..], |row| &row[1..])),
            out: std::array::from_fn(|_| out.next().unwrap_or_default()),
            before: Before::default(),
        };
        let behind = (N - 1) * self.bytes;
        let mut at = 0;
        if behind < length {
            stairs.with_checks(0, behind);
            at = stairs.without_checks(behind);
        }
        stairs.with_checks(at, length + behind);
        N
    }

    /// Adds to each pixel what is made of those to its left and above it.
    #[inline(always)]
    fn along(&self, row: &[u8], out: &mut [u8], predict: impl Fn(B16, B16) -> B16) {
        let one = |pixel| B16::default().pushed(pixel);
        let mut left = B16::default();
        for at in (0..row.len()).step_by(self.bytes) {
            let above = one(pixel(self.above, at));
            left = one(pixel(row, at)) + predict(left, above);
            put(out, at, left.to_pixels()[0]);
        }
    }
}

/// Rows that are being undone, each of them a pixel behind the one above it: so each finds above it what is there already.
struct Stairs<'a, const N: usize> {
    bytes: usize,
    above: &'a [u8],
    rows: [&'a [u8]; N],
    out: [&'a mut [u8]; N],
    before: Before,
}

/// What the last step found, and what stood above that.
#[derive(Clone, Copy, Default)]
struct Before {
    left: B16,
    above_left: B16,
}

impl<const N: usize> Stairs<'_, N> {
    /// The steps of the highest row from here to there, where some rows have no pixel yet, or have no more.
    #[inline(never)]
    fn with_checks(&mut self, from: usize, to: usize) {
        for at in (from..to).step_by(self.bytes) {
            let mut row = [[0; 4]; MOST];
            for (lane, (row, filtered)) in row.iter_mut().zip(self.rows).enumerate() {
                *row = pixel(filtered, at.wrapping_sub(lane * self.bytes));
            }
            let found = self.before.step(pixel(self.above, at), row);
            for (lane, (out, found)) in self.out.iter_mut().zip(found).enumerate() {
                put(out, at.wrapping_sub(lane * self.bytes), found);
            }
        }
    }

    /// The steps from here on where every row has four bytes, and which comes next. All slices have the same length, so that the
    /// compiler sees that no access needs a check.
    #[inline(always)]
    fn without_checks(&mut self, from: usize) -> usize {
        let (bytes, mut before) = (self.bytes, self.before);
        let above = &self.above[from..];
        let count = above.len();
        let mut rows = [above; N];
        let mut out: [&mut [u8]; N] = std::array::from_fn(|_| Default::default());
        for (lane, (row, put)) in self.rows.iter().zip(&mut self.out).enumerate() {
            let start = from - lane * bytes;
            rows[lane] = &row[start..][..count];
            out[lane] = &mut put[start..][..count];
        }
        let mut at = 0;
        while count >= 4 && at <= count - 4 {
            let mut row = [[0; 4]; MOST];
            for lane in 0..N {
                row[lane] = pixel(rows[lane], at);
            }
            let found = before.step(pixel(above, at), row);
            for lane in 0..N {
                put(out[lane], at, found[lane]);
            }
            at += bytes;
        }
        self.before = before;
        from + at
    }
}

impl Before {
    /// From the pixel above the highest row's and each row's own to those that become of them.
    #[inline(always)]
    fn step(&mut self, above: [u8; 4], rows: [[u8; 4]; MOST]) -> [[u8; 4]; MOST] {
        let above = self.left.pushed(above);
        self.left = B16::pixels(rows) + paeth(self.left, above, self.above_left);
        self.above_left = above;
        self.left.to_pixels()
    }
}

/// The one of left, above, and above and to the left that is nearest to the first two less the third (9.4). Where the third is
/// a third of the way from the lesser of the two to the greater, or less, it is the greater; from two thirds on it is the lesser;
/// between, it is the third itself. So no distance is ever more than a byte.
#[inline(always)]
fn paeth(left: B16, above: B16, above_left: B16) -> B16 {
    let (low, high) = (left.min(above), left.max(above));
    let from_low = above_left.less(low);
    let to_high = high.less(low).less(from_low);
    let is_near_low = to_high.is_at_least(from_low.more(from_low));
    let is_near_high = from_low.is_at_least(to_high.more(to_high));
    is_near_high.choose(low, is_near_low.choose(high, above_left))
}

/// Four bytes from here on, or as many as there are: those of the next pixel do no harm.
#[inline(always)]
fn pixel(row: &[u8], at: usize) -> [u8; 4] {
    match row.get(at..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => *bytes,
        None => last_pixel(row, at),
    }
}

#[cold]
#[inline(never)]
fn last_pixel(row: &[u8], at: usize) -> [u8; 4] {
    let mut bytes = [0; 4];
    let last = row.get(at..).unwrap_or_default();
    bytes
        .iter_mut()
        .zip(last)
        .for_each(|(to, from)| *to = *from);
    bytes
}

/// Four bytes from here on, or as many as there are: the next pixel is written over those that are not this one's.
#[inline(always)]
fn put(row: &mut [u8], at: usize, bytes: [u8; 4]) {
    match row.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        Some(place) => *place = bytes,
        None => put_last(row, at, bytes),
    }
}

#[cold]
#[inline(never)]
fn put_last(row: &mut [u8], at: usize, bytes: [u8; 4]) {
    let last = row.get_mut(at..).unwrap_or_default();
    last.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::testing::noise;

    /// As the standard writes it, a byte at a time.
    fn reference(filter: u8, bytes: usize, row: &[u8], above: &[u8]) -> Vec<u8> {
        let mut out: Vec<u8> = Vec::new();
        for (at, byte) in row.iter().enumerate() {
            let before = |row: &[u8]| at.checked_sub(bytes).map_or(0, |at| i32::from(row[at]));
            let (a, b, c) = (before(&out), i32::from(above[at]), before(above));
            let p = a + b - c;
            let (pa, pb, pc) = ((p - a).abs(), (p - b).abs(), (p - c).abs());
            let nearest = match () {
                () if pa <= pb && pa <= pc => a,
                () if pb <= pc => b,
                () => c,
            };
            let predicted = [0, a, b, i32::midpoint(a, b), nearest][usize::from(filter)];
            out.push((i32::from(*byte) + predicted) as u8);
        }
        out
    }

    #[test]
    fn rows_are_those_of_the_standards_formulas() {
        let mut noise = noise(5);
        let mut random = |length: usize, coarse: bool| -> Vec<u8> {
            // Few values, so that distances are often equal.
            let mut byte = || noise() >> if coarse { 6 } else { 0 };
            (0..length).map(|_| byte()).collect()
        };
        for bytes in 1..=4 {
            for pixels in [1, 2, 3, 8, 61] {
                for case in 0..40 {
                    let coarse = case % 2 == 0;
                    let [above, first] = [(); 2].map(|()| random(bytes * pixels, coarse));
                    let rows = Rows {
                        bytes,
                        above: &above,
                    };
                    let filtered = |filter: u8, row: &[u8]| [&[filter], row].concat();
                    for filter in 0..5 {
                        let mut out = vec![0; first.len()];
                        rows.one(&filtered(filter, &first), &mut out).unwrap();
                        let exact = reference(filter, bytes, &first, &above);
                        assert_eq!(out, exact, "{filter}, {bytes} × {pixels}");
                    }
                    let many: Vec<Vec<u8>> =
                        (0..MOST).map(|_| random(bytes * pixels, coarse)).collect();
                    let filtered: Vec<Vec<u8>> = many.iter().map(|row| filtered(4, row)).collect();
                    assert_eq!(Rows::alike(filtered.iter().map(Vec::as_slice)), MOST);
                    let mut exact = vec![above.clone()];
                    for row in &many {
                        exact.push(reference(4, bytes, row, exact.last().unwrap()));
                    }
                    let (filtered, exact) = (filtered.concat(), exact[1..].concat());
                    let mut out = vec![0; exact.len()];
                    rows.together::<MOST>(&filtered, &mut out);
                    assert_eq!(out, exact, "{bytes} × {pixels}");
                    let half = exact.len() / 2;
                    let mut out = vec![0; half];
                    rows.together::<2>(&filtered[..filtered.len() / 2], &mut out);
                    assert_eq!(out, exact[..half], "{bytes} × {pixels}");
                }
            }
        }
        let rows = Rows {
            bytes: 1,
            above: &[0],
        };
        assert_eq!(rows.one(&[5, 0], &mut [0]), None);
    }
}
