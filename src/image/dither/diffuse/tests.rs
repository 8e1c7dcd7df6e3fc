//! Both ways through a picture against the papers, step by step.

use super::apart::{grain, noise};
use super::*;
use crate::image::frame::{Frame, ONE};
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
fn reference<M: Medium>(image: &RgbImage, start: usize, medium: &M, shares: &Shares) -> Vec<u8> {
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

/// What `by_mono` does in vectors.
impl<const TONED: bool> Medium for Mono<'_, TONED> {
    type Light = i32;

    fn look(&self, pixel: [u8; 3]) -> (i32, Option<u8>) {
        (self.luminance(self.sum(pixel)), self.find(pixel))
    }

    fn choose(&self, light: i32, _: i32) -> (u8, i32) {
        let is_white = light > ONE / 2;
        let own = if is_white { ONE } else { 0 };
        (self.dark ^ u8::from(is_white), light - own)
    }
}

fn check<M: Medium>(medium: &M, by: impl Fn(Dither, &RgbImage) -> Vec<u8>) {
    for (width, height) in [(1, 1), (1, 90), (7, 5), (64, 63), (50, 64), (97, 131)] {
        let image = photograph(width, height);
        let half = if height < LEAST_ROWS { 0 } else { height / 2 };
        let expected = |shares: &Shares| {
            let upper = reference(&image, 0, medium, shares);
            let lower = reference(&image, half.saturating_sub(WARM_UP), medium, shares);
            let warm = half.min(WARM_UP) * width;
            [&upper[..half * width], &lower[warm..]].concat()
        };
        let ours = by(Dither::FloydSteinberg, &image);
        assert!(ours == expected(&FLOYD_STEINBERG), "{width} × {height}");
        let ours = by(Dither::Atkinson, &image);
        assert!(ours == expected(&ATKINSON), "Atkinson, {width} × {height}");
    }
}

fn check_mono<const TONED: bool>(mono: &Mono<'_, TONED>) {
    check(mono, |dither, image| by_mono(dither, image, *mono));
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
                check(gray, |dither, image| by(dither, image, gray));
                if gray.is_toned() {
                    gray.mono::<true>().iter().for_each(check_mono);
                } else {
                    gray.mono::<false>().iter().for_each(check_mono);
                }
            }
            Frame::Color(color) => check(&**color, |dither, image| by(dither, image, &**color)),
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
