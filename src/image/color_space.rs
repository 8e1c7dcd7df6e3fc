//! Colours as the eye sorts them, from linear light that is relative to the panel's white.

/// Linear sRGB to CIE XYZ, D65 (IEC 61966-2-1).
const XYZ: [[f64; 3]; 3] = [
    [0.412_456_4, 0.357_576_1, 0.180_437_5],
    [0.212_672_9, 0.715_152_2, 0.072_175],
    [0.019_333_9, 0.119_192, 0.950_304_1],
];

/// Linear sRGB to cone responses (B. Ottosson, "A perceptual color space for image processing", 2020).
const CONES: [[f64; 3]; 3] = [
    [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
    [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
    [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
];

/// Cube roots of cone responses to lightness, green–red and blue–yellow (the same).
const LAB: [[f64; 3]; 3] = [
    [0.210_454_255_3, 0.793_617_785, -0.004_072_046_8],
    [1.977_998_495_1, -2.428_592_205, 0.450_593_709_9],
    [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766],
];

/// Y, X − Y and Y − Z, each over the white's: a neutral has no chroma in them.
pub(crate) fn opponent(rgb: [f64; 3]) -> [f64; 3] {
    let [x, y, z] = XYZ.map(|row| dot(row, rgb) / row.iter().sum::<f64>());
    [y, x - y, y - z]
}

/// OKLab; what lies below black counts as black.
pub(crate) fn oklab(rgb: [f64; 3]) -> [f64; 3] {
    let cones = CONES.map(|row| dot(row, rgb).max(0.0).cbrt());
    LAB.map(|row| dot(row, cones))
}

/// How OKLab changes with each channel: the rows are L, a and b.
pub(crate) fn oklab_gradient(rgb: [f64; 3]) -> [[f64; 3]; 3] {
    // Near black the root is so steep that a step would lead anywhere; there it is taken as a little less steep.
    let slopes = CONES.map(|row| 1.0 / (3.0 * dot(row, rgb).max(1e-6).cbrt().powi(2)));
    LAB.map(|row| {
        [0, 1, 2].map(|channel| {
            (0..3)
                .map(|cone| row[cone] * slopes[cone] * CONES[cone][channel])
                .sum()
        })
    })
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f64; 3], b: [f64; 3], limit: f64) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < limit)
    }

    #[test]
    fn neutrals_have_no_chroma() {
        for gray in [0.0, 0.2, 1.0] {
            assert!(near(opponent([gray; 3]), [gray, 0.0, 0.0], 1e-9));
            assert!(near(oklab([gray; 3]), [gray.cbrt(), 0.0, 0.0], 1e-4));
        }
    }

    #[test]
    fn oklab_has_the_published_values_for_the_primaries() {
        assert!(near(oklab([1.0, 0.0, 0.0]), [0.628, 0.225, 0.126], 1e-3));
        assert!(near(oklab([0.0, 0.0, 1.0]), [0.452, -0.032, -0.312], 1e-3));
    }

    #[test]
    fn the_gradient_is_the_slope() {
        let at = [0.3, 0.5, 0.2];
        let gradient = oklab_gradient(at);
        for channel in 0..3 {
            let mut moved = at;
            moved[channel] += 1e-6;
            let slope: Vec<f64> = oklab(moved)
                .iter()
                .zip(oklab(at))
                .map(|(b, a)| (b - a) / 1e-6)
                .collect();
            for (axis, slope) in slope.iter().enumerate() {
                assert!(
                    (slope - gradient[axis][channel]).abs() < 1e-4,
                    "{axis} {channel}"
                );
            }
        }
    }
}
