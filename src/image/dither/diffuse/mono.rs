//! Two rows of black and white, whose chains are numbers of one vector: a step costs hardly more than that of one chain.

use super::chain::Chain;
use super::{Chains, Kernel, Row};
use crate::image::frame::{Mono, ONE};
use crate::image::simd::I4;

/// The upper chain is the first number, the lower the second.
pub(super) struct InOne<'a, const TONED: bool> {
    mono: Mono<'a, TONED>,
    chain: Chain<I4>,
}

impl<'a, const TONED: bool> InOne<'a, TONED> {
    pub(super) fn new(mono: Mono<'a, TONED>, width: usize) -> Self {
        let chain = Chain::new(width);
        Self { mono, chain }
    }
}

impl<const TONED: bool> Chains for InOne<'_, TONED> {
    fn are_forwards(&self) -> bool {
        self.chain.is_forwards()
    }

    fn rows<K: Kernel, const FORWARDS: bool>(&mut self, [above, below]: [Row<'_>; 2]) {
        let (mono, width) = (&self.mono, above.0.len());
        let (upper, lower) = (above.0, &below.0[..width]);
        let (upper_out, lower_out) = (&mut above.1[..width], &mut below.1[..width]);
        let mut errors = self.chain.errors::<FORWARDS>(width);
        for step in 0..width {
            let x = if FORWARDS { step } else { width - 1 - step };
            let pixels = [upper[x], lower[x]];
            let sums = [mono.sum(pixels[0]), mono.sum(pixels[1])];
            let target = I4::rgb([mono.luminance(sums[0]), mono.luminance(sums[1]), 0]);
            let light = target + errors.from[x] + errors.ahead;
            // Below 0 for white: a jump here would be foretold wrongly every other time.
            let to_half = I4::splat(ONE / 2) - light;
            let mut whites = to_half.negative();
            let mut error = light - (to_half.shr(31) & I4::splat(ONE));
            if mono.may_have_names(sums) {
                (whites, error) = named(mono, pixels, whites, error);
            }
            upper_out[x] = mono.dark ^ (whites & 1);
            lower_out[x] = mono.dark ^ (whites >> 1 & 1);
            K::spread(&mut errors, x, error);
        }
        let below = errors.below;
        self.chain.end_row::<K>(below);
    }
}

/// Which of two pixels are white, as bits, and the errors that they leave, where one of them may have a name.
#[inline]
fn named<const TONED: bool>(
    mono: &Mono<'_, TONED>,
    pixels: [[u8; 3]; 2],
    mut whites: u8,
    error: I4,
) -> (u8, I4) {
    let mut keeps = [-1; 3];
    for (lane, pixel) in pixels.into_iter().enumerate() {
        if let Some(ink) = mono.find(pixel) {
            keeps[lane] = 0;
            whites = whites & !(1 << lane) | (ink ^ mono.dark) << lane;
        }
    }
    (whites, error & I4::rgb(keeps))
}
