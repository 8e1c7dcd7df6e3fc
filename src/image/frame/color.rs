//! Light of three channels, for panels of three and more colours.

use crate::image::color_space::{oklab, opponent};
use crate::image::gamut::Hull;
use crate::image::linear::decode;
use crate::image::palette::Metric;
use crate::image::simd::F4;

/// Sums of light and diffused error stay within these: one eighth below black and above white.
const LOW: f32 = -0.125;
const HIGH: f32 = 1.125;
/// Cells along each axis of both tables.
const CELLS: usize = 32;
/// Nodes along each axis of the displacements, between which they are interpolated.
const NODES: usize = 17;
/// Pixels whose channels lie apart by this have their full displacement: less for grays, or dots would appear on white.
const FULL_CHROMA: f32 = 32.0;

/// Tables from bytes to light, from colours to what the inks can mix of them, and from light to the nearest ink.
#[derive(Debug)]
pub(crate) struct ColorFrame {
    /// Each ink's light.
    pub(crate) inks: Vec<F4>,
    light: Box<[[f32; 3]; 256]>,
    /// How far a colour, by the highest 5 bits of its channels, is moved into what the inks can mix.
    moves: Vec<F4>,
    /// The nearest ink of each cell of light.
    nearest: Vec<u8>,
}

impl ColorFrame {
    /// From the inks' light over the white's, which of them is black, and the exponent of the tone.
    pub(crate) fn new(inks: &[[f64; 3]], black: usize, metric: Metric, tone: f64) -> Self {
        let black = inks.get(black).copied().unwrap_or_default();
        let curve = |byte: f64| decode(byte / 255.0).powf(tone);
        let light =
            |bytes: [f64; 3]| [0, 1, 2].map(|c| black[c] + (1.0 - black[c]) * curve(bytes[c]));
        let table = std::array::from_fn(|byte| light([byte as f64; 3]).map(|v| v as f32));
        Self {
            inks: inks
                .iter()
                .map(|ink| F4::rgb(ink.map(|v| v as f32)))
                .collect(),
            light: Box::new(table),
            moves: moves(&Hull::new(inks), light),
            nearest: nearest(inks, metric),
        }
    }

    /// The light that a pixel should have, as far as the inks can mix it.
    #[inline]
    pub(crate) fn target(&self, pixel: [u8; 3]) -> F4 {
        let [r, g, b] = pixel;
        let spread = r.max(g).max(b) - r.min(g).min(b);
        let fade = (f32::from(spread) * (1.0 / FULL_CHROMA)).min(1.0);
        let cell = usize::from(r >> 3) << 10 | usize::from(g >> 3) << 5 | usize::from(b >> 3);
        let light = [0, 1, 2].map(|channel| self.light[usize::from(pixel[channel])][channel]);
        F4::rgb(light) + self.moves[cell] * fade
    }

    /// What may be asked for: a light far out of reach would drag its error along for ever.
    #[inline(always)]
    pub(crate) fn bounded(light: F4) -> F4 {
        light.clamp(LOW, HIGH)
    }

    /// The ink for a bounded light.
    #[inline(always)]
    pub(crate) fn nearest(&self, light: F4) -> u8 {
        // Just below 32 at the upper bound, so that no index needs a check of its own.
        const SCALE: f32 = CELLS as f32 / (HIGH - LOW) * 0.999_99;
        let F4([r, g, b, _]) = (light - F4::splat(LOW)) * SCALE;
        let index = (r as usize) << 10 | (g as usize) << 5 | b as usize;
        self.nearest[index & (CELLS * CELLS * CELLS - 1)]
    }
}

/// For each cell of colours the way into the hull, interpolated between nodes that are computed exactly.
fn moves(hull: &Hull, light: impl Fn([f64; 3]) -> [f64; 3]) -> Vec<F4> {
    let byte = |index: usize| index as f64 * 255.0 / (NODES - 1) as f64;
    let node = |index: usize| {
        let place = [
            index / (NODES * NODES),
            index / NODES % NODES,
            index % NODES,
        ];
        let light = light(place.map(byte));
        let nearest = hull.nearest(light);
        F4::rgb([0, 1, 2].map(|c| (nearest[c] - light[c]) as f32))
    };
    let nodes: Vec<F4> = (0..NODES * NODES * NODES).map(node).collect();
    // The middle of the eight byte values in a cell, in steps of nodes.
    let place = |cell: usize| ((cell % CELLS) as f32 * 8.0 + 3.5) / 255.0 * (NODES - 1) as f32;
    let cells = 0..CELLS * CELLS * CELLS;
    cells
        .map(|cell| interpolate(&nodes, [place(cell >> 10), place(cell >> 5), place(cell)]))
        .collect()
}

/// Trilinear.
fn interpolate(nodes: &[F4], place: [f32; 3]) -> F4 {
    let whole = place.map(|p| (p as usize).min(NODES - 2));
    let mut sum = F4::default();
    for corner in 0..8 {
        let step = [corner >> 2, corner >> 1 & 1, corner & 1];
        let share = |axis: usize| {
            let fraction = place[axis] - whole[axis] as f32;
            if step[axis] == 1 {
                fraction
            } else {
                1.0 - fraction
            }
        };
        let [r, g, b] = [0, 1, 2].map(|axis| whole[axis] + step[axis]);
        sum += nodes[(r * NODES + g) * NODES + b] * (share(0) * share(1) * share(2));
    }
    sum
}

/// For each cell of light the ink that is nearest to its middle.
fn nearest(inks: &[[f64; 3]], metric: Metric) -> Vec<u8> {
    let seen = |rgb: [f64; 3]| match metric {
        Metric::OkLab => oklab(rgb),
        // The square of twice X − Y counts fourfold.
        _ => {
            let [y, red_green, blue_yellow] = opponent(rgb);
            [y, 2.0 * red_green, blue_yellow]
        }
    };
    let inks: Vec<[f64; 3]> = inks.iter().map(|&ink| seen(ink)).collect();
    let middle = |cell: usize| {
        f64::from(LOW) + ((cell % CELLS) as f64 + 0.5) / CELLS as f64 * f64::from(HIGH - LOW)
    };
    let nearest = |cell: usize| {
        let here = seen([middle(cell >> 10), middle(cell >> 5), middle(cell)]);
        let distance = |ink: &[f64; 3]| {
            ink.iter()
                .zip(here)
                .map(|(a, b)| (a - b) * (a - b))
                .sum::<f64>()
        };
        let nearest = (0_u8..)
            .zip(&inks)
            .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
        nearest.map_or(0, |(index, _)| index)
    };
    (0..CELLS * CELLS * CELLS).map(nearest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::frame::relative;
    use crate::image::options::PanelName;
    use crate::image::palette::Inks;

    fn frame(name: PanelName) -> ColorFrame {
        let inks = Inks::named(name);
        ColorFrame::new(&relative(&inks), inks.black(), inks.metric(), 1.0)
    }

    #[test]
    fn the_pictures_black_and_white_are_the_panels() {
        for name in [PanelName::Bwr, PanelName::Acep7, PanelName::Spectra6] {
            let frame = frame(name);
            for (pixel, ink) in [([0; 3], 0), ([255; 3], 1)] {
                let off = (frame.target(pixel) - frame.inks[ink]).0;
                assert!(off.iter().all(|v| v.abs() < 1e-4), "{name}: {off:?}");
            }
        }
    }

    #[test]
    fn each_inks_own_light_is_nearest_to_it() {
        for name in [
            PanelName::Bwr,
            PanelName::Bwy,
            PanelName::Bwry,
            PanelName::Acep7,
            PanelName::Spectra6,
        ] {
            let frame = frame(name);
            for (index, &ink) in frame.inks.iter().enumerate() {
                assert_eq!(
                    usize::from(frame.nearest(ColorFrame::bounded(ink))),
                    index,
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn the_bounds_lie_inside_the_table() {
        let frame = frame(PanelName::Spectra6);
        frame.nearest(ColorFrame::bounded(F4::splat(f32::MAX)));
        frame.nearest(ColorFrame::bounded(F4::splat(f32::MIN)));
        assert_eq!(
            frame.nearest(ColorFrame::bounded(F4::rgb([9.0, 9.0, 9.0]))),
            1
        );
    }

    #[test]
    fn a_red_that_no_ink_can_mix_is_moved_and_grays_are_not() {
        let frame = frame(PanelName::Spectra6);
        assert!(frame.target([255, 0, 0]).0[0] < 0.9);
        for gray in [40, 128, 200] {
            let [r, g, b, _] = frame.target([gray; 3]).0;
            let light = frame.light[usize::from(gray)];
            assert_eq!([r, g, b], light, "{gray}");
        }
    }
}
