//! Direct binary search: from a dithered picture on, single pixels are changed as long as the eye sees less of an error.
//!
//! The eye is a low-pass filter, so what it sees of the error is the error's sum with all its neighbours' under the
//! filter's autocorrelation c. That sum is kept for each pixel (here `seen`); then what a change by g at one pixel costs
//! or saves is g (g c₀ + 2 seen), without looking further (M. Analoui and J. Allebach, 1992; DITHER.md, "The
//! algorithm", 6, has the filter, the weights and what was tried). A change of place between two neighbours keeps the
//! mean, and is all that is tried in black and white: single dots in shadows would vanish otherwise.

use super::color_space::opponent;
use super::frame::{ColorFrame, GrayFrame, ONE};
use super::palette::MAX_INKS;
use super::pixels::RgbImage;
use super::simd::F4;
use std::f64::consts::PI;
use std::ops::{Add, Mul, Sub};

/// Pixels around one that its error is seen in.
const RADIUS: usize = 3;
const SIDE: usize = 2 * RADIUS + 1;
/// A pixel's change matters to a neighbour of one that sees it, and no further.
const MARGIN: usize = RADIUS + 1;
/// The neighbours beside a pixel and those across its corners, in a square of 3 × 3.
const BESIDE: [(usize, usize); 4] = [(1, 0), (0, 1), (2, 1), (1, 2)];
const ACROSS: [(usize, usize); 4] = [(0, 0), (2, 0), (0, 2), (2, 2)];
/// What stands for the ink of a pixel that keeps it.
const FIXED: u8 = MAX_INKS as u8;
/// Places for the changes to each ink and to [`FIXED`]: a power of 2, so that no index needs a check.
const CHANGES: usize = 2 * MAX_INKS;
/// Most of the gain comes in the first pass.
const PASSES: usize = 3;
/// What a change must save at least, lest rounding makes two of them chase each other.
const LEAST_GAIN: f32 = 1e-7;

/// Sums of Gaussians for Y, X − Y and Y − Z: weights, and spreads in degrees of visual angle (S-CIELAB; X. Zhang and
/// B. Wandell, 1997).
const EYE: [&[(f64, f64)]; 3] = [
    &[(0.921, 0.0283), (0.105, 0.133), (-0.108, 4.336)],
    &[(0.531, 0.0392), (0.330, 0.494)],
    &[(0.488, 0.0536), (0.371, 0.386)],
];
/// 125 dots an inch at 40 cm.
const PIXELS_A_DEGREE: f64 = 34.36;
/// By how much errors of Y, X − Y and Y − Z count.
const WEIGHTS: [f64; 3] = [1.0, 8.0, 2.0];

/// A better arrangement of the grays of `indexes`, which a dither made of `image`.
pub(crate) fn refine_gray(image: &RgbImage, frame: &GrayFrame, indexes: &[u8]) -> Vec<u8> {
    let unit = |luminance: i32| luminance as f32 * (1.0 / ONE as f32);
    let inks: Vec<f32> = frame.levels.iter().map(|&level| unit(level)).collect();
    let [kernel, ..] = kernels();
    let error = |pixel, ink: u8| match frame.look(pixel) {
        (luminance, None) => Some(inks[usize::from(ink)] - unit(luminance)),
        _ => None,
    };
    let mut search = Search::new(image, indexes, &inks, &kernel, error);
    search.run(Moves::Swaps);
    search.indexes(image, indexes)
}

/// A better arrangement of the colours of `indexes`, which a dither made of `image`.
pub(crate) fn refine_color(image: &RgbImage, frame: &ColorFrame, indexes: &[u8]) -> Vec<u8> {
    let axes = Axes::new();
    let inks: Vec<F4> = frame.inks.iter().map(|&ink| axes.of(ink)).collect();
    let kernel = color_kernel();
    let error = |pixel, ink: u8| match frame.names.find(pixel) {
        None => Some(inks[usize::from(ink)] - axes.of(ColorFrame::unit(frame.target(pixel)))),
        Some(_) => None,
    };
    let mut search = Search::new(image, indexes, &inks, &kernel, error);
    search.run(Moves::All);
    search.indexes(image, indexes)
}

/// Light along the axes on which the eye compares.
trait Axis: Copy + Default + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// The sum over the axes.
    fn total(self) -> f32;
    /// The sums of four.
    fn totals(four: [Self; 4]) -> F4;
}

impl Axis for f32 {
    #[inline(always)]
    fn total(self) -> f32 {
        self
    }

    #[inline(always)]
    fn totals(four: [Self; 4]) -> F4 {
        F4::all(four)
    }
}

impl Axis for F4 {
    #[inline(always)]
    fn total(self) -> f32 {
        self.sum()
    }

    #[inline(always)]
    fn totals(four: [Self; 4]) -> F4 {
        F4::sums(four)
    }
}

/// From light to Y, X − Y and Y − Z, each times the root of its weight, because errors are squared.
struct Axes([F4; 3]);

impl Axes {
    fn new() -> Self {
        // Column by column: what each channel alone gives.
        Self(
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|channel| {
                let seen = opponent(channel);
                F4::rgb([0, 1, 2].map(|axis| (seen[axis] * WEIGHTS[axis].sqrt()) as f32))
            }),
        )
    }

    fn of(&self, light: F4) -> F4 {
        let [r, g, b] = light.to_rgb();
        self.0[0] * r + self.0[1] * g + self.0[2] * b
    }
}

/// The eye's autocorrelation between two pixels, for each distance along x and y.
type Kernel<A> = [[A; SIDE]; SIDE];

fn kernels() -> [Kernel<f32>; 3] {
    EYE.map(|eye| {
        let all: f64 = eye.iter().map(|(weight, _)| weight).sum();
        let spread = |degrees: f64| (degrees * PIXELS_A_DEGREE).powi(2);
        let between = |x: usize, y: usize| {
            let squared = (x.abs_diff(RADIUS).pow(2) + y.abs_diff(RADIUS).pow(2)) as f64;
            let pairs = eye.iter().flat_map(|a| eye.iter().map(move |b| (a, b)));
            let part = |((u, s), (v, t)): (&(f64, f64), &(f64, f64))| {
                let spread = spread(*s) + spread(*t);
                u * v / (all * all * PI * spread) * (-squared / spread).exp()
            };
            pairs.map(part).sum::<f64>() as f32
        };
        std::array::from_fn(|y| std::array::from_fn(|x| between(x, y)))
    })
}

fn color_kernel() -> Kernel<F4> {
    let [y, red_green, blue_yellow] = kernels();
    let at =
        |row: usize, column: usize| [y, red_green, blue_yellow].map(|kernel| kernel[row][column]);
    std::array::from_fn(|row| std::array::from_fn(|column| F4::rgb(at(row, column))))
}

/// Every change of an ink to another one. To what keeps its ink none is worth while.
fn changes<A: Axis>(inks: &[A], kernel: &Kernel<A>) -> Vec<[Change<A>; CHANGES]> {
    let itself = kernel[RADIUS][RADIUS];
    let [beside, across] = [0, 1].map(|aside| kernel[RADIUS - 1][RADIUS - aside]);
    let change = |by: A| Change {
        by,
        own: (by * by * itself).total(),
        beside: (by * by * (itself - beside)).total(),
        across: (by * by * (itself - across)).total(),
    };
    let never = Change {
        by: A::default(),
        own: f32::INFINITY,
        beside: f32::INFINITY,
        across: f32::INFINITY,
    };
    let from = |&ink: &A| {
        let mut changes = [never; CHANGES];
        for (place, &other) in changes.iter_mut().zip(inks) {
            *place = change(other - ink);
        }
        changes
    };
    inks.iter().map(from).collect()
}

/// What may be done to a pixel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moves {
    /// It changes places with a neighbour.
    Swaps,
    /// Also, it becomes another ink.
    All,
}

/// What becoming another ink costs a pixel, but for what is seen there.
#[derive(Clone, Copy)]
struct Change<A> {
    by: A,
    own: f32,
    /// Half of the cost as a swap with a neighbour beside it, and with one across its corner.
    beside: f32,
    across: f32,
}

/// A picture between two changes, with a margin that saves every question about edges.
struct Search<'a, A> {
    stride: usize,
    kernel: &'a Kernel<A>,
    /// From each ink to each other one.
    changes: Vec<[Change<A>; CHANGES]>,
    /// [`FIXED`] for a pixel that names its ink, and in the margin.
    indexes: Vec<u8>,
    /// The error as the eye sees it at each pixel.
    seen: Vec<A>,
    /// Something about it may have changed since it was looked at.
    open: Vec<bool>,
}

impl<'a, A: Axis> Search<'a, A> {
    fn new(
        image: &RgbImage,
        indexes: &[u8],
        inks: &[A],
        kernel: &'a Kernel<A>,
        error: impl Fn([u8; 3], u8) -> Option<A>,
    ) -> Self {
        let stride = image.width() + 2 * MARGIN;
        let length = stride * (image.height() + 2 * MARGIN);
        let mut errors = vec![A::default(); length];
        let mut search = Self {
            stride,
            kernel,
            changes: changes(inks, kernel),
            indexes: vec![FIXED; length],
            seen: vec![A::default(); length],
            open: vec![false; length],
        };
        for (y, (pixels, indexes)) in image
            .rows()
            .zip(indexes.chunks_exact(image.width()))
            .enumerate()
        {
            for (x, (&pixel, &index)) in pixels.iter().zip(indexes).enumerate() {
                // A pixel that names its ink has no error: what came to it was dropped.
                if let Some(error) = error(pixel, index) {
                    let at = search.at(x, y);
                    errors[at] = error;
                    search.indexes[at] = index;
                    search.open[at] = true;
                }
            }
        }
        search.look(&errors);
        search
    }

    fn at(&self, x: usize, y: usize) -> usize {
        (y + MARGIN) * self.stride + x + MARGIN
    }

    /// Fills [`Self::seen`] from the errors, row by row, so that the compiler can take several pixels at once.
    fn look(&mut self, errors: &[A]) {
        let stride = self.stride;
        for row in RADIUS..errors.len() / stride - RADIUS {
            let seen = &mut self.seen[row * stride + RADIUS..(row + 1) * stride - RADIUS];
            for (y, weights) in self.kernel.iter().enumerate() {
                let line = &errors[(row + y - RADIUS) * stride..][..stride];
                for (x, &weight) in weights.iter().enumerate() {
                    seen.iter_mut()
                        .zip(&line[x..])
                        .for_each(|(seen, &error)| *seen = *seen + error * weight);
                }
            }
        }
    }

    fn run(&mut self, moves: Moves) {
        for _ in 0..PASSES {
            let mut changed = false;
            for at in 0..self.open.len() {
                if self.open[at] {
                    self.open[at] = false;
                    changed |= self.improve(at, moves);
                }
            }
            if !changed {
                break;
            }
        }
    }

    /// Makes the best change at a pixel, if there is one that helps.
    fn improve(&mut self, at: usize, moves: Moves) -> bool {
        let here = self.indexes[at];
        let Some(changes) = self.changes.get(usize::from(here)) else {
            return false;
        };
        let mut best = (-LEAST_GAIN, here, at);
        if moves == Moves::All {
            let seen = self.seen[at];
            let twice = seen + seen;
            for (ink, change) in (0..).zip(&changes[..self.changes.len().min(MAX_INKS)]) {
                let cost = change.own + (change.by * twice).total();
                if cost < best.0 {
                    best = (cost, ink, at);
                }
            }
        }
        let beside = self.swaps(at, changes, BESIDE, |change| change.beside);
        let across = self.swaps(at, changes, ACROSS, |change| change.across);
        for (neighbours, costs) in [(BESIDE, beside), (ACROSS, across)] {
            // Most often there is none, and that is known of four at once.
            if costs.least() < best.0 {
                for (neighbour, cost) in neighbours.into_iter().zip(costs.to_array()) {
                    if cost < best.0 {
                        let there = self.neighbour(at, neighbour);
                        best = (cost, self.indexes[there], there);
                    }
                }
            }
        }
        let (_, ink, there) = best;
        if there != at {
            self.set(there, here);
        }
        if ink != here {
            self.set(at, ink);
        }
        ink != here
    }

    const fn neighbour(&self, at: usize, (x, y): (usize, usize)) -> usize {
        at + y * self.stride + x - self.stride - 1
    }

    /// What changing places with each of four neighbours costs.
    #[inline(always)]
    fn swaps(
        &self,
        at: usize,
        changes: &[Change<A>; CHANGES],
        neighbours: [(usize, usize); 4],
        alone: impl Fn(&Change<A>) -> f32,
    ) -> F4 {
        let seen = self.seen[at];
        let there = neighbours.map(|neighbour| self.neighbour(at, neighbour));
        let change = there.map(|there| &changes[usize::from(self.indexes[there]) % CHANGES]);
        let both = [0, 1, 2, 3].map(|n| change[n].by * (seen - self.seen[there[n]]));
        let half = F4::all(change.map(alone)) + A::totals(both);
        half + half
    }

    /// Changes a pixel's ink, what is seen of it around, and opens those for which that may matter.
    fn set(&mut self, at: usize, ink: u8) {
        let before = self.changes.get(usize::from(self.indexes[at]));
        let Some(change) = before.map(|changes| changes[usize::from(ink) % CHANGES].by) else {
            return;
        };
        self.indexes[at] = ink;
        for (y, weights) in self.kernel.iter().enumerate() {
            let row =
                &mut self.seen[at + y * self.stride - RADIUS * self.stride - RADIUS..][..SIDE];
            row.iter_mut()
                .zip(weights)
                .for_each(|(seen, &weight)| *seen = *seen + change * weight);
        }
        // A swap also looks at what its neighbour sees: one further than the eye. Those that keep their ink stay so.
        for y in 0..=2 * MARGIN {
            let first = at + y * self.stride - MARGIN * self.stride - MARGIN;
            self.open[first..][..=2 * MARGIN].fill(true);
        }
    }

    /// The result, from the one that was the start.
    fn indexes(&self, image: &RgbImage, start: &[u8]) -> Vec<u8> {
        let rows = self
            .indexes
            .chunks_exact(self.stride)
            .skip(MARGIN)
            .take(image.height());
        let found = rows.flat_map(|row| &row[MARGIN..MARGIN + image.width()]);
        let kept = |(&index, &start)| if index == FIXED { start } else { index };
        found.zip(start).map(kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::dither::dither;
    use crate::image::frame::Frame;
    use crate::image::options::{Dither, PanelName};
    use crate::image::palette::Inks;
    use crate::image::testing::photograph;

    /// What the whole picture's error costs, summed up pair by pair.
    fn cost<A: Axis>(errors: &[A], width: usize, kernel: &Kernel<A>) -> f64 {
        let height = errors.len() / width;
        let mut sum = 0.0;
        for (p, &error) in errors.iter().enumerate() {
            for (y, row) in kernel.iter().enumerate() {
                for (x, &weight) in row.iter().enumerate() {
                    let (qx, qy) = (
                        (p % width + x).wrapping_sub(RADIUS),
                        (p / width + y).wrapping_sub(RADIUS),
                    );
                    if qx < width && qy < height {
                        sum += f64::from((error * weight * errors[qy * width + qx]).total());
                    }
                }
            }
        }
        sum
    }

    #[test]
    fn the_error_that_the_eye_sees_falls_and_black_and_white_keep_their_numbers() {
        let (image, inks) = (photograph(48, 40), Inks::mono(false));
        let frame = Frame::of(&inks, 1.0);
        let Frame::Gray(frame) = &*frame else {
            panic!()
        };
        let before = dither(&image, &inks, Dither::FloydSteinberg, 1.0).unwrap();
        let after = refine_gray(&image, frame, &before);
        let total = |indexes: &[u8]| {
            let error = |(&pixel, &ink): (&[u8; 3], &u8)| {
                (frame.levels[usize::from(ink)] - frame.look(pixel).0) as f32 / ONE as f32
            };
            cost(
                &image
                    .pixels()
                    .iter()
                    .zip(indexes)
                    .map(error)
                    .collect::<Vec<f32>>(),
                48,
                &kernels()[0],
            )
        };
        assert!(
            total(&after) < 0.95 * total(&before),
            "{} of {}",
            total(&after),
            total(&before)
        );
        let white = |indexes: &[u8]| indexes.iter().filter(|&&index| index == 1).count();
        assert_eq!(white(&after), white(&before));
    }

    #[test]
    fn colours_gain_more() {
        let (image, inks) = (photograph(48, 40), Inks::named(PanelName::Spectra6));
        let frame = Frame::of(&inks, 1.0);
        let Frame::Color(frame) = &*frame else {
            panic!()
        };
        let before = dither(&image, &inks, Dither::FloydSteinberg, 1.0).unwrap();
        let after = refine_color(&image, frame, &before);
        let axes = Axes::new();
        let total = |indexes: &[u8]| {
            let error = |(&pixel, &ink): (&[u8; 3], &u8)| {
                axes.of(frame.inks[usize::from(ink)] - ColorFrame::unit(frame.target(pixel)))
            };
            cost(
                &image
                    .pixels()
                    .iter()
                    .zip(indexes)
                    .map(error)
                    .collect::<Vec<F4>>(),
                48,
                &color_kernel(),
            )
        };
        assert!(
            total(&after) < 0.8 * total(&before),
            "{} of {}",
            total(&after),
            total(&before)
        );
    }

    #[test]
    fn what_is_kept_of_the_seen_error_is_what_it_would_be_anew() {
        let (image, inks) = (photograph(30, 20), Inks::named(PanelName::Bwr));
        let frame = Frame::of(&inks, 1.0);
        let Frame::Color(frame) = &*frame else {
            panic!()
        };
        let axes = Axes::new();
        let lights: Vec<F4> = frame.inks.iter().map(|&ink| axes.of(ink)).collect();
        let kernel = color_kernel();
        let error = |pixel, ink: u8| {
            Some(lights[usize::from(ink)] - axes.of(ColorFrame::unit(frame.target(pixel))))
        };
        let start = dither(&image, &inks, Dither::None, 1.0).unwrap();
        let mut kept = Search::new(&image, &start, &lights, &kernel, error);
        kept.run(Moves::All);
        let anew = Search::new(
            &image,
            &kept.indexes(&image, &start),
            &lights,
            &kernel,
            error,
        );
        for y in 0..20 {
            for x in 0..30 {
                let at = kept.at(x, y);
                let off = (kept.seen[at] - anew.seen[at]).to_rgb();
                assert!(off.iter().all(|v| v.abs() < 1e-4), "{x}, {y}: {off:?}");
            }
        }
        assert_ne!(kept.indexes(&image, &start), start);
    }
}
