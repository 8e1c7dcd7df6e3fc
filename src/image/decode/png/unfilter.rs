//! The filters of PNG's rows, undone (PNG, second edition, 9.2), a pixel at a time, or two where two rows have the same.

use crate::image::simd::W8;

/// Rows of filtered pixels, and those that become of them.
pub(super) struct Rows<'a> {
    /// Bytes from a pixel to the next: at most 4.
    pub(super) bytes: usize,
    /// The row above, without its filter: zeros above the first.
    pub(super) above: &'a [u8],
}

impl Rows<'_> {
    /// Undoes the filter of a row, whose number stands before it. `None` if there is no such filter.
    pub(super) fn one(&self, row: &[u8], out: &mut [u8]) -> Option<()> {
        let (&filter, row) = row.split_first()?;
        match filter {
            0 => out.copy_from_slice(row),
            1 => self.along(row, out, |left, _, _| left),
            2 => {
                let bytes = out.iter_mut().zip(row).zip(self.above);
                bytes.for_each(|((out, byte), above)| *out = byte.wrapping_add(*above));
            }
            3 => self.along(row, out, |left, above, _| (left + above).half()),
            4 => self.along(row, out, paeth),
            _ => return None,
        }
        Some(())
    }

    /// Whether both rows have the filter that takes longest, so that [`Self::two`] takes them.
    pub(super) fn are_alike(rows: [&[u8]; 2]) -> bool {
        rows.iter().all(|row| row.first() == Some(&4))
    }

    /// Undoes the filter of two rows, the lower one a pixel behind the upper.
    pub(super) fn two(&self, rows: [&[u8]; 2], out: [&mut [u8]; 2]) {
        let [upper, lower] = rows.map(|row| row.get(1..).unwrap_or_default());
        let [upper_out, lower_out] = out;
        // All have as many bytes, which the compiler sees then.
        let length = upper.len();
        let (lower, above_row) = (&lower[..length], &self.above[..length]);
        let (upper_out, lower_out) = (&mut upper_out[..length], &mut lower_out[..length]);
        let (mut left, mut above_left) = (W8::default(), W8::default());
        let mut step = |at: usize| {
            let behind = at.wrapping_sub(self.bytes);
            let above = W8::pixels([pixel(above_row, at), [0; 4]]).with_second(left);
            let row = W8::pixels([pixel(upper, at), pixel(lower, behind)]);
            let found = (row + paeth(left, above, above_left)).low_bytes();
            let [first, second] = found.to_pixels();
            put(upper_out, at, first);
            put(lower_out, behind, second);
            (left, above_left) = (found, above);
        };
        let mut at = 0;
        while at + 4 <= length {
            step(at);
            at += self.bytes;
        }
        // The lower row's last pixel comes when the upper one has no more.
        while at <= length {
            step(at);
            at += self.bytes;
        }
    }

    /// Adds to each pixel what is made of those to its left, above it, and above and to the left.
    #[inline(always)]
    fn along(&self, row: &[u8], out: &mut [u8], predict: impl Fn(W8, W8, W8) -> W8) {
        let (mut left, mut above_left) = (W8::default(), W8::default());
        for at in (0..row.len()).step_by(self.bytes) {
            let above = W8::pixels([pixel(self.above, at), [0; 4]]);
            let row = W8::pixels([pixel(row, at), [0; 4]]);
            let found = (row + predict(left, above, above_left)).low_bytes();
            put(out, at, found.to_pixels()[0]);
            (left, above_left) = (found, above);
        }
    }
}

/// The one of left, above, and above and to the left that is nearest to the first two less the third (9.4). That is the lesser
/// of the first two, their greater, or the third, as three times the third less both is at least the greater, at most the
/// lesser, or between: fewer steps that wait for the pixel before than three distances are.
#[inline(always)]
fn paeth(left: W8, above: W8, above_left: W8) -> W8 {
    let middle = above_left + above_left + above_left - above - left;
    let (low, high) = (left.min(above), left.max(above));
    let not_high = high.is_more(middle).choose(above_left, low);
    middle.is_more(low).choose(not_high, high)
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
                    let [above, first, second] = [(); 3].map(|()| random(bytes * pixels, coarse));
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
                    let both = [&first, &second].map(|row| filtered(4, row));
                    assert!(Rows::are_alike([&both[0], &both[1]]));
                    let mut out = [&first, &second].map(|row| vec![0; row.len()]);
                    let [upper, lower] = &mut out;
                    rows.two([&both[0], &both[1]], [upper, lower]);
                    let exact = reference(4, bytes, &first, &above);
                    assert_eq!(out[0], exact, "{bytes} × {pixels}");
                    assert_eq!(
                        out[1],
                        reference(4, bytes, &second, &exact),
                        "{bytes} × {pixels}"
                    );
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
