//! What is done to colours as such, pixel by pixel: a profile's space becomes sRGB, and colours more or less so.

use super::icc::Profile;
use super::linear::{LUMA, byte, light};

/// Steps of the table from light to bytes. 1/16384 is a fifth of a byte where the curve is steepest.
const STEPS: usize = 1 << 14;

/// Light by curves, through a matrix, and back to bytes.
#[derive(Clone, Debug)]
pub(crate) struct Adjust {
    curves: Box<[[f32; 256]; 3]>,
    matrix: [[f32; 3]; 3],
    bytes: Vec<u8>,
}

impl Adjust {
    /// `None` if there is nothing to do. A saturation of 0 is gray, of 1 as it is, of 2 twice the distance from gray.
    pub(crate) fn new(profile: Option<&Profile>, saturation: f32) -> Option<Self> {
        if profile.is_none() && saturation == 1.0 {
            return None;
        }
        let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let space = profile.map_or(identity, |profile| {
            profile.to_srgb.map(|row| row.map(|v| v as f32))
        });
        let own = light();
        let curve = |channel: usize, value: usize| match profile {
            Some(profile) => profile.curves[channel].get(value).copied().unwrap_or(0.0),
            None => own[value],
        };
        Some(Self {
            curves: Box::new(
                [0, 1, 2].map(|channel| std::array::from_fn(|value| curve(channel, value))),
            ),
            matrix: saturated(space, saturation),
            bytes: (0..=STEPS)
                .map(|step| byte(step as f32 / STEPS as f32))
                .collect(),
        })
    }

    pub(crate) fn apply(&self, [r, g, b]: [u8; 3]) -> [u8; 3] {
        let [red, green, blue] = &*self.curves;
        let light = [
            red[usize::from(r)],
            green[usize::from(g)],
            blue[usize::from(b)],
        ];
        self.matrix.map(|row| {
            let light = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
            // Within the table, because the light is.
            self.bytes[(light.clamp(0.0, 1.0) * STEPS as f32 + 0.5) as usize]
        })
    }
}

/// The matrix, and behind it each channel's distance from the luminance stretched.
fn saturated(space: [[f32; 3]; 3], saturation: f32) -> [[f32; 3]; 3] {
    let luminance = [0, 1, 2].map(|column| {
        (0..3)
            .map(|row| LUMA[row] * space[row][column])
            .sum::<f32>()
    });
    space.map(|row| {
        [0, 1, 2].map(|column| luminance[column] + saturation * (row[column] - luminance[column]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::icc::made;

    #[test]
    fn nothing_is_done_where_nothing_is_asked_for() {
        assert!(Adjust::new(None, 1.0).is_none());
    }

    #[test]
    fn saturation_keeps_grays_and_luminance() {
        let of = |amount| Adjust::new(None, amount).unwrap();
        assert_eq!(of(0.0).apply([0, 0, 255]), [76; 3]);
        for amount in [0.0, 0.5, 2.0] {
            let adjust = of(amount);
            for gray in 0..=255 {
                assert_eq!(adjust.apply([gray; 3]), [gray; 3]);
            }
        }
        let more = of(1.5).apply([150, 120, 120]);
        assert!(more[0] > 150 && more[1] < 120, "{more:?}");
    }

    #[test]
    fn a_wide_space_becomes_srgb() {
        let p3 = Profile::read(&made::profile(made::P3, &made::srgb_curve())).unwrap();
        let adjust = Adjust::new(Some(&p3), 1.0).unwrap();
        for gray in [0, 60, 128, 255] {
            assert!(
                adjust
                    .apply([gray; 3])
                    .iter()
                    .all(|&v| v.abs_diff(gray) <= 1)
            );
        }
        // color(display-p3 0.5 0.3 0.2) is rgb(136, 74, 45) by the matrices of CSS Color 4.
        let brown = adjust.apply([128, 77, 51]);
        assert!(
            brown
                .iter()
                .zip([136, 74, 45])
                .all(|(a, b)| a.abs_diff(b) <= 2),
            "{brown:?}"
        );
        assert_eq!(adjust.apply([255, 0, 0])[0], 255);
    }
}
