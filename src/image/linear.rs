//! sRGB and linear light.

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
}
