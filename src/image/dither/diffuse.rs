//! Error diffusion: what an ink is too light or too dark is taken back from the neighbours that come later.
//!
//! It runs serpentine, each row the other way, or worms would creep to one side. The chain from a pixel's error to the next
//! pixel is what takes the time, and no processor can break it; so two chains run side by side, one through the upper half of
//! the picture and one through the lower, which starts a few rows earlier to forget that it had no beginning.

mod apart;
mod chain;
mod mono;

use crate::image::frame::Mono;
use crate::image::options::Dither;
use crate::image::pixels::RgbImage;
use apart::Apart;
pub(super) use apart::Medium;
use chain::{Errors, Light};
use mono::InOne;

/// Rows above the lower half that are dithered for their errors alone.
const WARM_UP: usize = 8;
/// A picture with fewer rows is done in one chain.
const LEAST_ROWS: usize = 64;

/// Pixels, and where their inks go.
type Row<'a> = (&'a [[u8; 3]], &'a mut [u8]);

/// Two chains, which do their rows at one time.
trait Chains {
    /// Whether the next rows run from left to right.
    fn are_forwards(&self) -> bool;
    /// Dithers the next row of each.
    fn rows<K: Kernel, const FORWARDS: bool>(&mut self, rows: [Row<'_>; 2]);
}

/// How an error is shared out.
trait Kernel {
    /// Gives the error of pixel `x` on.
    fn spread<L: Light>(errors: &mut Errors<'_, L>, x: usize, error: L);
    /// What the pixel below the last one has in the end, with what it has already.
    fn last<L: Light>(before: L, below: L) -> L;
}

/// Atkinson's for [`Dither::Atkinson`], else Floyd and Steinberg's.
pub(super) fn by<M: Medium>(dither: Dither, image: &RgbImage, medium: &M) -> Vec<u8> {
    with(dither, image, Apart::new(medium, image.width()))
}

/// The same for black and white alone, in two thirds of the time.
pub(super) fn by_mono<const TONED: bool>(
    dither: Dither,
    image: &RgbImage,
    mono: Mono<'_, TONED>,
) -> Vec<u8> {
    with(dither, image, InOne::new(mono, image.width()))
}

fn with(dither: Dither, image: &RgbImage, chains: impl Chains) -> Vec<u8> {
    match dither {
        Dither::Atkinson => diffuse::<Atkinson>(image, chains),
        _ => diffuse::<FloydSteinberg>(image, chains),
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
    fn spread<L: Light>(errors: &mut Errors<'_, L>, x: usize, error: L) {
        let error = error.over(4);
        // Three, five and seven by shifts: a vector's multiplication takes five times as long.
        errors.to[x] = errors.below + error.times(1) + error;
        errors.below = error.times(2) + error + errors.last;
        errors.ahead = error.times(3) - error;
        errors.last = error;
    }

    #[inline(always)]
    fn last<L: Light>(_: L, below: L) -> L {
        below
    }
}

impl Kernel for Atkinson {
    #[inline(always)]
    fn spread<L: Light>(errors: &mut Errors<'_, L>, x: usize, error: L) {
        let error = error.over(3);
        errors.to[x] = errors.to[x] + errors.below + error;
        errors.after[x] = error;
        errors.below = errors.last + error;
        errors.ahead = errors.below;
        errors.last = error;
    }

    #[inline(always)]
    fn last<L: Light>(before: L, below: L) -> L {
        before + below
    }
}

fn diffuse<K: Kernel>(image: &RgbImage, mut chains: impl Chains) -> Vec<u8> {
    let (width, height) = (image.width(), image.height());
    let mut out = vec![0; width * height];
    let half = if height < LEAST_ROWS { 0 } else { height / 2 };
    let start = half.saturating_sub(WARM_UP);
    let (upper, lower) = out.split_at_mut(half * width);
    let mut upper_out = upper.chunks_exact_mut(width);
    let mut lower_out = lower.chunks_exact_mut(width);
    let mut discarded = vec![0; width];
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
        let rows = [(rows[step], above), (row, below)];
        if chains.are_forwards() {
            chains.rows::<K, true>(rows);
        } else {
            chains.rows::<K, false>(rows);
        }
    }
    out
}

#[cfg(test)]
mod tests;
