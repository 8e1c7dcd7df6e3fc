//! Error diffusion: what an ink is too light or too dark is taken back from the neighbours that come later.
//!
//! One kernel for luminance in whole numbers and for colours in floats. It runs serpentine, each row the other way, or
//! worms would creep to one side. The chain from a pixel's error to the next pixel is what takes the time, and no
//! processor can break it; so two chains run side by side, one through the upper half of the picture and one through the
//! lower, which starts a few rows earlier to forget that it had no beginning.

use crate::image::frame::{ColorFrame, GrayFrame, Mono, ONE};
use crate::image::options::Dither;
use crate::image::pixels::RgbImage;
use crate::image::simd::I4;
use std::ops::{Add, Sub};

/// Rows above the lower half that are dithered for their errors alone.
const WARM_UP: usize = 8;
/// A picture with fewer rows is done in one chain.
const LEAST_ROWS: usize = 64;

/// Light that can be shared out.
pub(super) trait Light: Copy + Default + Add<Output = Self> + Sub<Output = Self> {
    /// Times 2 to the power of `bits`.
    fn times(self, bits: u32) -> Self;
    /// Over 2 to the power of `bits`, rounded down.
    fn over(self, bits: u32) -> Self;
}

/// Where light is looked up.
pub(super) trait Medium {
    type Light: Light;
    /// What a pixel should have, and the ink that it keeps.
    fn look(&self, pixel: [u8; 3]) -> (Self::Light, Option<u8>);
    /// The light by which the ink is chosen, where that is to differ a little from pixel to pixel.
    #[inline(always)]
    fn seen(light: Self::Light, _grain: u32) -> Self::Light {
        light
    }
    /// The ink for a light that looks like `seen`, and what it leaves over.
    fn choose(&self, light: Self::Light, seen: Self::Light) -> (u8, Self::Light);
}

/// How an error is shared out.
trait Kernel {
    /// Gives the error of pixel `x` on.
    fn spread<L: Light, const FORWARDS: bool>(run: &mut Run<'_, L, FORWARDS>, x: usize, error: L);
    /// What the pixel below the last one has in the end, with what it has already.
    fn last<L: Light>(before: L, below: L) -> L;
}

/// Atkinson's for [`Dither::Atkinson`], else Floyd and Steinberg's.
pub(super) fn by<M: Medium>(dither: Dither, image: &RgbImage, medium: &M) -> Vec<u8> {
    match dither {
        Dither::Atkinson => diffuse::<M, Atkinson>(image, medium),
        _ => diffuse::<M, FloydSteinberg>(image, medium),
    }
}

/// Floyd and Steinberg, "An adaptive algorithm for spatial greyscale", 1976.
///
/// ```text
///        x   7
///    3   5   1    sixteenths
/// ```
struct FloydSteinberg;

/// Bill Atkinson's, of the first Macintosh: of eight parts six are shared out and two dropped.
///
/// ```text
///        x   1   1
///    1   1   1
///        1            eighths
/// ```
struct Atkinson;

impl Kernel for FloydSteinberg {
    #[inline(always)]
    fn spread<L: Light, const FORWARDS: bool>(run: &mut Run<'_, L, FORWARDS>, x: usize, error: L) {
        let error = error.over(4);
        // Three, five and seven by shifts: a vector's multiplication takes five times as long.
        run.to[x] = run.below + error.times(1) + error;
        run.below = error.times(2) + error + run.last;
        run.ahead = error.times(3) - error;
        run.last = error;
    }

    #[inline(always)]
    fn last<L: Light>(_: L, below: L) -> L {
        below
    }
}

impl Kernel for Atkinson {
    #[inline(always)]
    fn spread<L: Light, const FORWARDS: bool>(run: &mut Run<'_, L, FORWARDS>, x: usize, error: L) {
        let error = error.over(3);
        run.to[x] = run.to[x] + run.below + error;
        run.after[x] = error;
        run.below = run.last + error;
        run.ahead = run.below;
        run.last = error;
    }

    #[inline(always)]
    fn last<L: Light>(before: L, below: L) -> L {
        before + below
    }
}

fn diffuse<M: Medium, K: Kernel>(image: &RgbImage, medium: &M) -> Vec<u8> {
    let (width, height) = (image.width(), image.height());
    let mut out = vec![0; width * height];
    let half = if height < LEAST_ROWS { 0 } else { height / 2 };
    let start = half.saturating_sub(WARM_UP);
    let (upper, lower) = out.split_at_mut(half * width);
    let mut upper_out = upper.chunks_exact_mut(width);
    let mut lower_out = lower.chunks_exact_mut(width);
    let mut discarded = vec![0; width];
    let (mut upper, mut lower) = (Chain::new(width), Chain::new(width));
    let rows: Vec<&[[u8; 3]]> = image.rows().collect();
    for (step, &row) in rows[start..].iter().enumerate() {
        let below = if start + step < half {
            None
        } else {
            lower_out.next()
        };
        // A chain that has nothing to show runs all the same, which spares every kernel a second loop. It costs a picture of
        // fewer than LEAST_ROWS about twice the time, but such a picture has few pixels; others it costs 8 rows.
        let (above, below) = match (upper_out.next(), below) {
            (Some(above), Some(below)) => (above, below),
            (Some(above), None) => (above, &mut discarded[..]),
            (None, Some(below)) => (&mut discarded[..], below),
            (None, None) => break,
        };
        let (above, below) = ((rows[step], above), (row, below));
        let is_forwards = upper.is_forwards();
        let (chains, rows) = ([&mut upper, &mut lower], [above, below]);
        if is_forwards {
            two_rows::<M, K, true>(chains, rows, medium);
        } else {
            two_rows::<M, K, false>(chains, rows, medium);
        }
    }
    out
}

/// Pixels, and where their inks go.
type Row<'a> = (&'a [[u8; 3]], &'a mut [u8]);

fn two_rows<M: Medium, K: Kernel, const FORWARDS: bool>(
    [upper, lower]: [&mut Chain<M::Light>; 2],
    [above, below]: [Row<'_>; 2],
    medium: &M,
) {
    let width = above.0.len();
    let mut above = Run::<_, FORWARDS>::new(upper, above, width);
    let mut below = Run::<_, FORWARDS>::new(lower, below, width);
    for step in 0..width {
        let x = if FORWARDS { step } else { width - 1 - step };
        above.pixel::<M, K>(x, medium);
        below.pixel::<M, K>(x, medium);
    }
    let (above, below) = (above.below, below.below);
    upper.end_row::<K>(above);
    lower.end_row::<K>(below);
}

/// Errors from one row to the next. There is one more at either end, for what falls off the edge.
struct Chain<L> {
    /// For this row.
    from: Vec<L>,
    /// For the next one.
    to: Vec<L>,
    /// For the one after that.
    after: Vec<L>,
    /// Rows that are done.
    row: u32,
}

impl<L: Light> Chain<L> {
    fn new(width: usize) -> Self {
        let none = vec![L::default(); width + 2];
        Self {
            from: none.clone(),
            to: none.clone(),
            after: none,
            row: 0,
        }
    }

    /// Whether its next row runs from left to right.
    const fn is_forwards(&self) -> bool {
        self.row.is_multiple_of(2)
    }

    /// Takes over what is left for the pixel below the last one.
    fn end_row<K: Kernel>(&mut self, below: L) {
        let (first, last) = (0, self.to.len() - 1);
        let place = if self.is_forwards() { last - 1 } else { 1 };
        self.to[place] = K::last(self.to[place], below);
        // What fell off would add up.
        (self.to[first], self.to[last]) = (L::default(), L::default());
        self.row += 1;
        std::mem::swap(&mut self.from, &mut self.to);
        std::mem::swap(&mut self.to, &mut self.after);
    }
}

/// A row being dithered. All slices have the same length, and where the compiler sees that no index needs a check.
struct Run<'a, L, const FORWARDS: bool> {
    pixels: &'a [[u8; 3]],
    out: &'a mut [u8],
    from: &'a [L],
    /// Shifted by one, so that a pixel fills in what is below the one before it.
    to: &'a mut [L],
    after: &'a mut [L],
    /// For the next pixel.
    ahead: L,
    /// What has come together for the pixel below the last one.
    below: L,
    /// What was shared out of the last error.
    last: L,
    /// Of the first pixel.
    grain: u32,
}

impl<'a, L: Light, const FORWARDS: bool> Run<'a, L, FORWARDS> {
    #[inline(always)]
    fn new(chain: &'a mut Chain<L>, (pixels, out): Row<'a>, width: usize) -> Self {
        let none = L::default();
        Self {
            pixels: &pixels[..width],
            out: &mut out[..width],
            from: &chain.from[1..][..width],
            to: &mut chain.to[if FORWARDS { 0 } else { 2 }..][..width],
            after: &mut chain.after[1..][..width],
            ahead: none,
            below: none,
            last: none,
            grain: grain(chain.row),
        }
    }

    #[inline(always)]
    fn pixel<M: Medium<Light = L>, K: Kernel>(&mut self, x: usize, medium: &M) {
        let (target, named) = medium.look(self.pixels[x]);
        let (ink, error) = match named {
            Some(ink) => (ink, L::default()),
            None => {
                // Each by itself: what waits for the pixel before is one sum.
                let known = target + self.from[x];
                let seen = M::seen(known, self.grain.wrapping_add(x as u32));
                medium.choose(known + self.ahead, seen + self.ahead)
            }
        };
        self.out[x] = ink;
        K::spread(self, x, error);
    }
}

/// A number for the first pixel of a row; the others follow on it.
fn grain(row: u32) -> u32 {
    row.wrapping_mul(0x85eb_ca77)
}

/// Up to 4,096 either way, as like noise as two multiplications make it.
#[inline(always)]
fn noise(grain: u32) -> i32 {
    let mixed = grain.wrapping_mul(0x9e37_79b1);
    let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d);
    (mixed >> 19).cast_signed() - 4096
}

impl Light for i32 {
    #[inline(always)]
    fn times(self, bits: u32) -> Self {
        self << bits
    }

    #[inline(always)]
    fn over(self, bits: u32) -> Self {
        self >> bits
    }
}

impl Light for I4 {
    #[inline(always)]
    fn times(self, bits: u32) -> Self {
        self.shl(bits)
    }

    #[inline(always)]
    fn over(self, bits: u32) -> Self {
        self.shr(bits)
    }
}

impl Medium for GrayFrame {
    type Light = i32;

    #[inline(always)]
    fn look(&self, pixel: [u8; 3]) -> (i32, Option<u8>) {
        self.look(pixel)
    }

    #[inline(always)]
    fn choose(&self, light: i32, _: i32) -> (u8, i32) {
        let ink = self.nearest(light);
        (ink, light - self.levels[usize::from(ink)])
    }
}

impl<const TONED: bool> Medium for Mono<'_, TONED> {
    type Light = i32;

    #[inline(always)]
    fn look(&self, pixel: [u8; 3]) -> (i32, Option<u8>) {
        self.look(pixel)
    }

    #[inline(always)]
    fn choose(&self, light: i32, _: i32) -> (u8, i32) {
        // All ones for white: a jump here would be foretold wrongly every other time.
        let white = (ONE / 2 - light) >> 31;
        (self.dark ^ (white & 1) as u8, light - (white & ONE))
    }
}

impl Medium for ColorFrame {
    type Light = I4;

    #[inline(always)]
    fn look(&self, pixel: [u8; 3]) -> (I4, Option<u8>) {
        (self.target(pixel), self.names.find(pixel))
    }

    #[inline(always)]
    fn seen(light: I4, grain: u32) -> I4 {
        // A hundredth of white. Where a flat gray would fall into a pattern, such as every other pixel, it does not: its
        // texture is more even by 1 to 2 dB, and the pictures' score is the same within 0.4 % (tests/quality).
        light + I4::splat(noise(grain))
    }

    #[inline(always)]
    fn choose(&self, light: I4, seen: I4) -> (u8, I4) {
        let (ink, own) = self.nearest(Self::bounded(seen));
        (ink, Self::bounded(light) - own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::frame::Frame;
    use crate::image::options::PanelName;
    use crate::image::palette::Inks;
    use crate::image::testing::photograph;

    /// Where an error goes: to the right, down, and in how many parts, each of them 2 to the power of -`bits`.
    struct Shares {
        parts: &'static [(isize, usize, u32)],
        bits: u32,
    }

    const FLOYD_STEINBERG: Shares = Shares {
        parts: &[(1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)],
        bits: 4,
    };
    const ATKINSON: Shares = Shares {
        parts: &[
            (1, 0, 1),
            (2, 0, 1),
            (-1, 1, 1),
            (0, 1, 1),
            (1, 1, 1),
            (0, 2, 1),
        ],
        bits: 3,
    };

    /// The same as it stands in the paper, from row `start` on: no chains, no registers, every error at once where it goes.
    fn reference<M: Medium>(
        image: &RgbImage,
        start: usize,
        medium: &M,
        shares: &Shares,
    ) -> Vec<u8> {
        let (width, height) = (image.width(), image.height() - start);
        let mut errors = vec![M::Light::default(); width * height];
        let mut out = vec![0; width * height];
        for y in 0..height {
            let forward = if y % 2 == 0 { 1 } else { -1 };
            for place in 0..width {
                let x = if y % 2 == 0 { place } else { width - 1 - place };
                let (target, named) = medium.look(image.pixels()[(start + y) * width + x]);
                let (ink, error) = match named {
                    Some(ink) => (ink, M::Light::default()),
                    None => {
                        let light = target + errors[y * width + x];
                        let grain = grain(y as u32).wrapping_add(x as u32);
                        medium.choose(light, M::seen(light, grain))
                    }
                };
                out[y * width + x] = ink;
                for &(right, down, parts) in shares.parts {
                    let to = x
                        .checked_add_signed(right * forward)
                        .filter(|to| *to < width);
                    if let (Some(to), true) = (to, y + down < height) {
                        let sum = &mut errors[(y + down) * width + to];
                        *sum = (0..parts).fold(*sum, |sum, _| sum + error.over(shares.bits));
                    }
                }
            }
        }
        out
    }

    fn check<M: Medium>(medium: &M) {
        for (width, height) in [(1, 1), (1, 90), (7, 5), (64, 63), (50, 64), (97, 131)] {
            let image = photograph(width, height);
            let half = if height < LEAST_ROWS { 0 } else { height / 2 };
            let expected = |shares: &Shares| {
                let upper = reference(&image, 0, medium, shares);
                let lower = reference(&image, half.saturating_sub(WARM_UP), medium, shares);
                let warm = half.min(WARM_UP) * width;
                [&upper[..half * width], &lower[warm..]].concat()
            };
            let ours = by(Dither::FloydSteinberg, &image, medium);
            assert!(ours == expected(&FLOYD_STEINBERG), "{width} × {height}");
            let ours = by(Dither::Atkinson, &image, medium);
            assert!(ours == expected(&ATKINSON), "Atkinson, {width} × {height}");
        }
    }

    #[test]
    fn the_chains_give_what_the_papers_say() {
        for (inks, tone) in [
            (Inks::mono(false), 1.0),
            (Inks::mono(false), 0.5),
            (Inks::grays(4), 1.0),
            (Inks::named(PanelName::Bwr), 1.0),
            (Inks::named(PanelName::Spectra6), 1.0),
        ] {
            match &*Frame::of(&inks, tone) {
                Frame::Gray(gray) => {
                    check(gray);
                    if gray.is_toned() {
                        gray.mono::<true>().iter().for_each(check);
                    } else {
                        gray.mono::<false>().iter().for_each(check);
                    }
                }
                Frame::Color(color) => check(&**color),
            }
        }
    }

    #[test]
    fn noise_has_no_bias_and_neighbours_differ() {
        let rows: Vec<Vec<i32>> = (0..256)
            .map(|row| {
                (0..256)
                    .map(|x| noise(grain(row).wrapping_add(x)))
                    .collect()
            })
            .collect();
        let all = || rows.iter().flatten().copied();
        assert!(all().all(|value| (-4096..4096).contains(&value)));
        assert!((all().sum::<i32>() / 65_536).abs() < 16);
        // Of like numbers their products are a third of 4096 squared; of those that have nothing to do with each other, 0.
        for (right, down) in [(1, 0), (0, 1), (1, 1), (2, 0), (0, 2)] {
            let product =
                |y: usize, x: usize| i64::from(rows[y][x]) * i64::from(rows[y + down][x + right]);
            let sum: i64 = (0..254)
                .flat_map(|y| (0..254).map(move |x| (y, x)))
                .map(|(y, x)| product(y, x))
                .sum();
            assert!(
                (sum / (254 * 254)).abs() < 4096 * 4096 / 3 / 30,
                "{right}, {down}"
            );
        }
    }

    #[test]
    fn atkinson_drops_a_quarter_of_the_error() {
        let frame = Frame::of(&Inks::mono(false), 1.0);
        let Frame::Gray(gray) = &*frame else { panic!() };
        let white = |value| {
            let image = RgbImage::filled(64, 64, [value; 3]);
            by(Dither::Atkinson, &image, gray)
                .iter()
                .filter(|ink| **ink == 1)
                .count()
        };
        // A dark gray sinks to black and a light one rises to white.
        assert_eq!((white(60), white(252)), (0, 64 * 64));
        assert!((1_500..2_600).contains(&white(188)), "{}", white(188));
    }
}
