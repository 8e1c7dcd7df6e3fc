//! Light of three channels, for panels of three and more colours.

use super::Names;
use crate::image::color_space::{oklab, opponent};
use crate::image::gamut::Hull;
use crate::image::linear::{decode, encode};
use crate::image::palette::{MAX_INKS, Metric};
use crate::image::simd::{F4, I4};
use std::sync::Arc;

/// Cells along each axis of both tables.
const CELLS: usize = 32;
/// The width of a cell of light, as a power of 2.
const CELL_BITS: u32 = 14;
/// What may be asked for lies from one eighth below black to one eighth above white, and the cells divide that.
const ONE: f64 = (CELLS << CELL_BITS) as f64 / 1.25;
/// Black; light below it stays above 0.
const ZERO: f64 = ONE * 0.125;
/// Nodes along each axis of the displacements, between which they are interpolated.
const NODES: usize = 17;
/// Pixels whose channels lie apart by 2 to this power have their full displacement: less for grays, or dots would appear
/// on white.
const FULL_CHROMA: u32 = 5;

/// What the inks decide alone: frames of every tone share it, so that a slider of the tone does not wait for it.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// For each node of colours, at the tone that is usual for the inks, the way to what they can mix, in units of [`ONE`].
    ways: Arc<[F4]>,
    /// That tone.
    tone: f64,
    /// The nearest ink of each cell of light.
    nearest: Arc<[u8]>,
}

impl Reach {
    /// From the inks' light over the white's, which of them is black, and the tone that is usual for them.
    pub(crate) fn new(inks: &[[f64; 3]], black: usize, metric: Metric, tone: f64) -> Self {
        let black = inks.get(black).copied().unwrap_or_default();
        Self {
            ways: ways(&Hull::new(inks), black, tone).into(),
            tone,
            nearest: nearest(inks, metric).into(),
        }
    }
}

/// Tables from bytes to light, from colours to what the inks can mix of them, and from light to the nearest ink.
#[derive(Debug)]
pub(crate) struct ColorFrame {
    /// Each ink's light.
    pub(crate) inks: Vec<F4>,
    pub(crate) names: Names,
    /// The inks' light in whole numbers, as many as a code can name, so that none needs a check.
    whole: [I4; MAX_INKS],
    /// For each channel what each byte adds to the light.
    light: Box<[[I4; 256]; 3]>,
    /// How far a colour, by the highest 5 bits of its channels, is moved into what the inks can mix.
    moves: Vec<I4>,
    reach: Reach,
}

impl ColorFrame {
    /// From the inks' light over the white's, which of them is black, their reach, and the exponent of the tone.
    pub(crate) fn new(
        inks: &[[f64; 3]],
        names: Names,
        black: usize,
        reach: Reach,
        tone: f64,
    ) -> Self {
        let black = inks.get(black).copied().unwrap_or_default();
        let curve: [f64; 256] = std::array::from_fn(|byte| toned(byte as f64 / 255.0, tone));
        let share = |channel: usize, byte: usize| {
            let mut share = [0; 3];
            share[channel] = fixed(over_black(black[channel], curve[byte]), ZERO);
            I4::rgb(share)
        };
        let whole = |ink: usize| {
            inks.get(ink)
                .map_or(I4::default(), |ink| I4::rgb(ink.map(|v| fixed(v, ZERO))))
        };
        Self {
            inks: inks
                .iter()
                .map(|ink| F4::rgb(ink.map(|v| v as f32)))
                .collect(),
            names,
            whole: std::array::from_fn(whole),
            light: Box::new(
                [0, 1, 2].map(|channel| std::array::from_fn(|byte| share(channel, byte))),
            ),
            moves: moves(&reach.ways, tone / reach.tone),
            reach,
        }
    }

    /// For a frame of the same inks and another tone.
    pub(crate) fn reach(&self) -> Reach {
        self.reach.clone()
    }

    /// The light that a pixel should have, as far as the inks can mix it.
    #[inline(always)]
    pub(crate) fn target(&self, [r, g, b]: [u8; 3]) -> I4 {
        let spread = i32::from(r.max(g).max(b) - r.min(g).min(b)).min(1 << FULL_CHROMA);
        let cell = usize::from(r >> 3) << 10 | usize::from(g >> 3) << 5 | usize::from(b >> 3);
        let [red, green, blue] = &*self.light;
        let light = red[usize::from(r)] + green[usize::from(g)] + blue[usize::from(b)];
        light + (self.moves[cell] * I4::splat(spread)).shr(FULL_CHROMA)
    }

    /// The light of [`Self::target`] in the unit of [`Self::inks`].
    pub(crate) fn unit(light: I4) -> F4 {
        F4::rgb(light.to_rgb().map(|v| ((f64::from(v) - ZERO) / ONE) as f32))
    }

    /// What may be asked for: a light far out of reach would drag its error along for ever.
    #[inline(always)]
    pub(crate) fn bounded(light: I4) -> I4 {
        light.clamp(0, (CELLS << CELL_BITS) as i32 - 1)
    }

    /// The ink for a bounded light, and the light of that ink.
    #[inline(always)]
    pub(crate) fn nearest(&self, light: I4) -> (u8, I4) {
        let [r, g, b] = light.shr(CELL_BITS).to_rgb();
        // None is negative, because the light is bounded.
        let ink = self.reach.nearest[(r << 10 | g << 5 | b) as usize];
        (ink, self.whole[usize::from(ink) % MAX_INKS])
    }
}

/// Within a few times [`ONE`], so the conversion is exact.
fn fixed(light: f64, zero: f64) -> i32 {
    (light * ONE + zero).round() as i32
}

/// The light of an encoded value, 0 to 1, under a tone.
fn toned(value: f64, tone: f64) -> f64 {
    decode(value).powf(tone)
}

/// The picture's black is the panel's, and the rest moves up with it.
fn over_black(black: f64, light: f64) -> f64 {
    black + (1.0 - black) * light
}

/// For each node of colours the way into the hull.
fn ways(hull: &Hull, black: [f64; 3], tone: f64) -> Vec<F4> {
    let curve: [f64; NODES] =
        std::array::from_fn(|node| toned(node as f64 / (NODES - 1) as f64, tone));
    let way = |index: usize| {
        let place = [
            index / (NODES * NODES),
            index / NODES % NODES,
            index % NODES,
        ];
        let light = [0, 1, 2].map(|c| over_black(black[c], curve[place[c]]));
        let nearest = hull.nearest(light);
        F4::rgb([0, 1, 2].map(|c| ((nearest[c] - light[c]) * ONE) as f32))
    };
    (0..NODES * NODES * NODES).map(way).collect()
}

/// For each cell of colours the way into the hull, interpolated between the nodes. The way is the light's, and a tone
/// changes only which colour has that light: so it is looked up at the colour that would have it at the tone of the nodes.
/// `tone`: the exponent over that one's.
fn moves(ways: &[F4], tone: f64) -> Vec<I4> {
    // The middle of the eight byte values in a cell, in steps of nodes.
    let place = |cell: usize| {
        let middle = (cell as f64 * 8.0 + 3.5) / 255.0;
        encode(toned(middle, tone)) * (NODES - 1) as f64
    };
    let places: [(usize, F4); CELLS] = std::array::from_fn(|cell| {
        let place = place(cell);
        let below = (place as usize).min(NODES - 2);
        (below, F4::splat((place - below as f64) as f32))
    });
    // One channel after the other: what cells have in common is reckoned once.
    let red = stretch(ways, NODES * NODES, &places);
    let green = stretch(&red, NODES, &places);
    let blue = stretch(&green, 1, &places);
    blue.into_iter().map(F4::round).collect()
}

/// From nodes to cells along one channel, whose neighbours lie `step` apart.
fn stretch(nodes: &[F4], step: usize, places: &[(usize, F4); CELLS]) -> Vec<F4> {
    let mut cells = Vec::with_capacity(nodes.len() / NODES * CELLS);
    for nodes in nodes.chunks_exact(NODES * step) {
        for &(below, share) in places {
            let (low, high) = nodes[below * step..][..2 * step].split_at(step);
            let between = low.iter().zip(high);
            cells.extend(between.map(|(&low, &high)| low + (high - low) * share));
        }
    }
    cells
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
    let middle =
        |cell: usize| (((cell % CELLS) as f64 + 0.5) * f64::from(1_u32 << CELL_BITS) - ZERO) / ONE;
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

    fn reach(inks: &Inks) -> Reach {
        let (black, metric) = (inks.black(), inks.metric());
        Reach::new(&relative(inks), black, metric, inks.auto_tone())
    }

    fn frame(name: PanelName) -> ColorFrame {
        let inks = Inks::named(name);
        ColorFrame::new(
            &relative(&inks),
            Names::new(&inks),
            inks.black(),
            reach(&inks),
            1.0,
        )
    }

    #[test]
    fn the_pictures_black_and_white_are_the_panels() {
        for name in [PanelName::Bwr, PanelName::Acep7, PanelName::Spectra6] {
            let frame = frame(name);
            for (pixel, ink) in [([0; 3], 0), ([255; 3], 1)] {
                let off = (ColorFrame::unit(frame.target(pixel)) - frame.inks[ink]).to_rgb();
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
            for (index, _) in frame.inks.iter().enumerate() {
                let (ink, light) = frame.nearest(ColorFrame::bounded(frame.whole[index]));
                assert_eq!(
                    (usize::from(ink), light.to_rgb()),
                    (index, frame.whole[index].to_rgb()),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn another_tone_has_the_same_reach_and_other_light() {
        let inks = Inks::named(PanelName::Spectra6);
        let first = frame(PanelName::Spectra6);
        let names = Names::new(&inks);
        let other = ColorFrame::new(&relative(&inks), names, inks.black(), first.reach(), 1.5);
        assert!(Arc::ptr_eq(&first.reach.nearest, &other.reach.nearest));
        let gray = |frame: &ColorFrame| frame.target([128; 3]).to_rgb();
        assert!(gray(&other)[0] < gray(&first)[0]);
    }

    /// The way of a cell as it was first reckoned: between eight nodes whose ways are exact at this tone.
    fn between_nodes(
        hull: &Hull,
        light: impl Fn([f64; 3]) -> [f64; 3],
        cell: [usize; 3],
    ) -> [f64; 3] {
        let place = cell.map(|c| (c as f64 * 8.0 + 3.5) / 255.0 * (NODES - 1) as f64);
        let below = place.map(|p| (p as usize).min(NODES - 2));
        let mut sum = [0.0; 3];
        for corner in 0..8 {
            let step = [corner >> 2, corner >> 1 & 1, corner & 1];
            let node = [0, 1, 2].map(|c| (below[c] + step[c]) as f64 / (NODES - 1) as f64);
            let shares = [0, 1, 2].map(|c| match (step[c], place[c] - below[c] as f64) {
                (1, share) => share,
                (_, share) => 1.0 - share,
            });
            let way = way(hull, light(node));
            sum = [0, 1, 2].map(|c| sum[c] + way[c] * shares.iter().product::<f64>());
        }
        sum
    }

    fn way(hull: &Hull, light: [f64; 3]) -> [f64; 3] {
        let nearest = hull.nearest(light);
        [0, 1, 2].map(|c| nearest[c] - light[c])
    }

    #[test]
    fn the_ways_into_the_hull_are_as_exact_under_every_tone_as_those_between_its_own_nodes() {
        for (name, tone) in [
            (PanelName::Spectra6, 1.0),
            (PanelName::Spectra6, 0.5),
            (PanelName::Acep7, 2.0),
            (PanelName::Bwr, 0.9),
            (PanelName::Bwr, 0.5),
        ] {
            let inks = Inks::named(name);
            let (colors, names, black) = (relative(&inks), Names::new(&inks), inks.black());
            let reach = reach(&inks);
            let frame = ColorFrame::new(&colors, names, black, reach, tone);
            let hull = Hull::new(&colors);
            let light = |color: [f64; 3]| {
                [0, 1, 2].map(|c| over_black(colors[black][c], toned(color[c], tone)))
            };
            let off = |a: [f64; 3], b: [f64; 3]| {
                (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f64>().sqrt()
            };
            let (mut ours, mut theirs, mut most) = (0.0, 0.0, 0.0_f64);
            for index in (0..CELLS * CELLS * CELLS).step_by(7) {
                let cell = [index >> 10, index >> 5 & 31, index & 31];
                let exact = way(&hull, light(cell.map(|c| (c as f64 * 8.0 + 3.5) / 255.0)));
                let first = between_nodes(&hull, light, cell);
                let found = frame.moves[index].to_rgb().map(|v| f64::from(v) / ONE);
                most = most.max(off(found, first));
                ours += off(found, exact);
                theirs += off(first, exact);
            }
            assert!(
                ours <= theirs * 1.15,
                "{name}, tone {tone}: {ours} and {theirs}"
            );
            assert!(
                tone != inks.auto_tone() || most < 4.0 / ONE,
                "the same at the usual tone: {most}"
            );
        }
    }

    #[test]
    fn the_bounds_lie_inside_the_table() {
        let frame = frame(PanelName::Spectra6);
        assert_eq!(frame.nearest(ColorFrame::bounded(I4::splat(i32::MAX))).0, 1);
        assert_eq!(frame.nearest(ColorFrame::bounded(I4::splat(i32::MIN))).0, 0);
    }

    #[test]
    fn a_red_that_no_ink_can_mix_is_moved_and_grays_are_not() {
        let frame = frame(PanelName::Spectra6);
        assert!(ColorFrame::unit(frame.target([255, 0, 0])).to_rgb()[0] < 0.9);
        for gray in [40, 128, 200] {
            let [red, green, blue] = frame
                .light
                .each_ref()
                .map(|channel| channel[usize::from(gray)]);
            assert_eq!(
                frame.target([gray; 3]).to_rgb(),
                (red + green + blue).to_rgb(),
                "{gray}"
            );
        }
    }
}
