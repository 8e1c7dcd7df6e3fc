//! The tone of a panel without colours: one power of the luminance, so that colours of the same light stay the same gray.

use super::gray::ONE;

/// Steps of luminance for one entry, as a power of 2: a fifth of what byte 1 of a gray adds.
const STEP: u32 = 4;
/// Twice what luminance reaches: then its index needs no check.
const ENTRIES: usize = (2 * ONE as usize) >> STEP;
/// Steps of toned luminance for 1 in an entry, as a power of 2, so that an entry has two bytes.
const UNIT: u32 = 3;

/// From luminance to the luminance that the tone makes of it, both from 0 to [`ONE`]. An entry is of the middle of its steps.
#[derive(Debug)]
pub(crate) struct Curve(Box<[u16; ENTRIES]>);

impl Curve {
    pub(crate) fn new(exponent: f64) -> Self {
        let share = |luminance: f64| (luminance / f64::from(ONE)).min(1.0).powf(exponent);
        let entry = |index: usize| match index {
            0 => 0,
            // From 0 to ONE, of which an eighth is within 16 bits: the conversion is exact.
            _ => (share(middle(index)) * f64::from(ONE >> UNIT)).round() as u16,
        };
        Self(Box::new(std::array::from_fn(entry)))
    }

    /// Luminance above [`ONE`] is white; bits that mean twice as much and more are left out of account.
    #[inline(always)]
    pub(crate) fn at(&self, luminance: u32) -> i32 {
        i32::from(self.0[(luminance >> STEP) as usize % ENTRIES]) << UNIT
    }
}

/// Of the luminances that share an entry.
fn middle(index: usize) -> f64 {
    (index << STEP) as f64 + f64::from((1_u32 << STEP) - 1) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_power_within_a_small_part_of_white() {
        for exponent in [0.4, 0.5, 0.9, 1.3, 2.0] {
            let curve = Curve::new(exponent);
            for luminance in 0..=ONE as u32 {
                let exact = (f64::from(luminance) / f64::from(ONE)).powf(exponent);
                let off = f64::from(curve.at(luminance)) / f64::from(ONE) - exact;
                // Black stays black, however steep the power is there.
                let bound = if luminance < 64 { 0.021 } else { 0.0025 };
                assert!(off.abs() < bound, "{luminance}^{exponent}: off by {off}");
            }
        }
    }

    #[test]
    fn black_and_white_stay_what_they_are() {
        let curve = Curve::new(0.5);
        assert_eq!((curve.at(0), curve.at(ONE as u32)), (0, ONE));
        assert_eq!(curve.at(ONE as u32 + 2), ONE);
    }
}
