//! sRGB and linear light, by tables, and what is best done in linear light.

use std::sync::OnceLock;

/// Weights of linear red, green and blue in luminance (IEC 61966-2-1, D65).
pub(crate) const LUMA: [f32; 3] = [0.212_672_9, 0.715_152_2, 0.072_175];

/// The light, 0 to 1, of each sRGB byte.
pub(crate) fn light() -> &'static [f32; 256] {
    static TABLE: OnceLock<[f32; 256]> = OnceLock::new();
    TABLE.get_or_init(|| std::array::from_fn(|byte| decode(byte as f64 / 255.0) as f32))
}

/// The sRGB byte of a light from 0 to 1; what lies outside is clipped.
pub(crate) fn byte(light: f32) -> u8 {
    // A conversion from float saturates, so this is 0 to 255 for every input.
    (encode(f64::from(light.clamp(0.0, 1.0))) * 255.0).round() as u8
}

/// The gray byte of a colour's luminance. A gray keeps its byte.
pub(crate) fn gray([r, g, b]: [u8; 3]) -> u8 {
    if r == g && g == b {
        return r;
    }
    let channels = [r, g, b].map(|channel| light()[usize::from(channel)]);
    byte(
        channels
            .iter()
            .zip(LUMA)
            .map(|(channel, weight)| channel * weight)
            .sum(),
    )
}

/// IEC 61966-2-1, from the encoded value to light.
pub(crate) fn decode(value: f64) -> f64 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// IEC 61966-2-1, from light to the encoded value.
pub(crate) fn encode(light: f64) -> f64 {
    if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}

/// Steps of the table from light to bytes. 1/16384 is a fifth of a byte where the curve is steepest.
const STEPS: usize = 1 << 14;

/// More or less colour at the same luminance, in linear light.
pub(crate) struct Saturation {
    amount: f32,
    bytes: Vec<u8>,
}

impl Saturation {
    /// 0 is gray, 1 as it is, 2 twice the distance from gray.
    pub(crate) fn new(amount: f32) -> Self {
        let bytes = (0..=STEPS)
            .map(|step| byte(step as f32 / STEPS as f32))
            .collect();
        Self { amount, bytes }
    }

    pub(crate) fn apply(&self, pixel: [u8; 3]) -> [u8; 3] {
        let linear = pixel.map(|channel| light()[usize::from(channel)]);
        let gray: f32 = linear
            .iter()
            .zip(LUMA)
            .map(|(channel, weight)| channel * weight)
            .sum();
        linear.map(|channel| {
            let light = gray + self.amount * (channel - gray);
            self.bytes[((light.clamp(0.0, 1.0) * STEPS as f32) + 0.5) as usize]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_the_way_to_light_and_back() {
        for value in 0..=255_u8 {
            assert_eq!(byte(light()[usize::from(value)]), value);
        }
        assert!((light()[188] - 0.5029).abs() < 1e-3);
        assert_eq!((byte(-1.0), byte(2.0), byte(f32::NAN)), (0, 255, 0));
    }

    #[test]
    fn gray_is_the_luminance_of_a_colour() {
        assert_eq!(
            [[0, 255, 0], [255, 0, 0], [0, 0, 255], [77; 3]].map(gray),
            [220, 127, 76, 77]
        );
    }

    #[test]
    fn saturation_keeps_grays_and_luminance() {
        let none = Saturation::new(0.0);
        assert_eq!(none.apply([0, 0, 255]), [76; 3]);
        for amount in [0.0, 0.5, 1.0, 2.0] {
            let saturation = Saturation::new(amount);
            for gray in 0..=255 {
                assert_eq!(saturation.apply([gray; 3]), [gray; 3]);
            }
        }
        assert_eq!(Saturation::new(1.0).apply([12, 130, 250]), [12, 130, 250]);
        let more = Saturation::new(1.5).apply([150, 120, 120]);
        assert!(more[0] > 150 && more[1] < 120, "{more:?}");
    }
}
