//! The colours of a panel: how a designer names them, what is sent for them, what the panel really shows.

use super::error::Error;
use super::linear::{LUMA, encode, light};
use super::options::{PaletteColor, PanelName, Rgb};

/// The most colours that any format can express.
pub(crate) const MAX_INKS: usize = 16;

/// One colour that the panel can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ink {
    /// The colour by name: a pixel of exactly this colour stays it.
    pub(crate) color: Rgb,
    /// What is sent for it.
    pub(crate) code: u8,
    /// What the panel really shows, on a screen's scale.
    pub(crate) shown: Rgb,
}

/// How the nearest ink is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Metric {
    /// By luminance alone: black and white, and grays.
    Luminance,
    /// In linear light: (ΔY)² + 4 (ΔX−Y)² + (ΔY−Z)².
    Linear,
    /// Euclidean in OKLab: better on Spectra 6 only, and wrong where few inks span the colours (DITHER.md).
    OkLab,
}

/// Two to sixteen inks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Inks {
    inks: Vec<Ink>,
    metric: Metric,
}

impl Inks {
    /// Black and white, as `mono1` sends them: 1 is white, or black if inverted.
    pub(crate) fn mono(invert: bool) -> Self {
        let mut mono = Self::named(PanelName::Bw);
        mono.inks
            .iter_mut()
            .for_each(|ink| ink.code ^= u8::from(invert));
        mono
    }

    /// `levels` grays, 0 is black: equal steps of sRGB by name, equal steps of L* as shown.
    pub(crate) fn grays(levels: u8) -> Self {
        let last = f64::from(levels.max(2) - 1);
        let [black, white] = [BW_BLACK, BW_WHITE].map(|ink| lightness(ink.2));
        let gray = |code: u8| {
            let share = f64::from(code) / last;
            // Within 0 to 255, so both conversions are exact.
            let name = (share * 255.0).round() as u8;
            let shown =
                (encode(luminance_of(black + (white - black) * share)) * 255.0).round() as u8;
            Ink {
                color: Rgb([name; 3]),
                code,
                shown: Rgb([shown; 3]),
            }
        };
        let mut inks: Vec<Ink> = (0..levels).map(gray).collect();
        if let [first, .., end] = inks.as_mut_slice() {
            (first.shown, end.shown) = (Rgb(BW_BLACK.2), Rgb(BW_WHITE.2));
        }
        Self {
            inks,
            metric: Metric::Luminance,
        }
    }

    /// A panel that is known.
    pub(crate) fn named(name: PanelName) -> Self {
        let table: &[Named] = match name {
            PanelName::Bw => &[BW_BLACK, BW_WHITE],
            PanelName::Bwr => &[TRI_BLACK, TRI_WHITE, (RED, 2, TRI_RED)],
            PanelName::Bwy => &[TRI_BLACK, TRI_WHITE, (YELLOW, 2, TRI_YELLOW)],
            PanelName::Bwry => &[
                TRI_BLACK,
                TRI_WHITE,
                (YELLOW, 2, TRI_YELLOW),
                (RED, 3, TRI_RED),
            ],
            PanelName::Acep7 => &ACEP7,
            PanelName::Spectra6 => &SPECTRA6,
            PanelName::Spectra6Gxepd2 => &SPECTRA6_GXEPD2,
        };
        let ink = |&(color, code, shown): &Named| Ink {
            color: Rgb(color),
            code,
            shown: Rgb(shown),
        };
        let metric = match name {
            PanelName::Bw => Metric::Luminance,
            PanelName::Spectra6 | PanelName::Spectra6Gxepd2 => Metric::OkLab,
            _ => Metric::Linear,
        };
        Self {
            inks: table.iter().map(ink).collect(),
            metric,
        }
    }

    /// The caller's own colours.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than 2 or more than 16 colours, and for two colours with one code.
    pub(crate) fn own(colors: &[PaletteColor]) -> Result<Self, Error> {
        if !(2..=MAX_INKS).contains(&colors.len()) {
            return Err(invalid(format!(
                "{} colours are not 2 to {MAX_INKS}",
                colors.len()
            )));
        }
        let inks: Vec<Ink> = (0..)
            .zip(colors)
            .map(|(index, color)| Ink {
                color: color.color,
                code: color.code.unwrap_or(index),
                shown: color.shown.unwrap_or(color.color),
            })
            .collect();
        for (index, ink) in inks.iter().enumerate() {
            if inks[..index].iter().any(|other| other.code == ink.code) {
                return Err(invalid(format!("two colours have the code {}", ink.code)));
            }
        }
        let metric = if inks.len() == 2 || are_grays(&inks) {
            Metric::Luminance
        } else {
            Metric::Linear
        };
        Ok(Self { inks, metric })
    }

    /// Refuses codes that do not fit into `bits`.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code.
    pub(crate) fn fit_bits(self, bits: u32) -> Result<Self, Error> {
        match self
            .inks
            .iter()
            .find(|ink| u32::from(ink.code) >> bits != 0)
        {
            Some(ink) => Err(invalid(format!(
                "the code {} does not fit into {bits} bits",
                ink.code
            ))),
            None => Ok(self),
        }
    }

    pub(crate) fn as_slice(&self) -> &[Ink] {
        &self.inks
    }

    pub(crate) fn len(&self) -> usize {
        self.inks.len()
    }

    pub(crate) const fn metric(&self) -> Metric {
        self.metric
    }

    /// The index of the paper: the colour whose least channel is largest, for a yellow can out-shine white.
    pub(crate) fn white(&self) -> usize {
        self.extreme(|ink| (ink.shown.0.into_iter().min(), luminance(ink.shown.0)))
    }

    /// The index of the darkest colour.
    pub(crate) fn black(&self) -> usize {
        self.extreme(|ink| -luminance(ink.shown.0))
    }

    /// The code for what lies behind a row's end.
    pub(crate) fn padding(&self) -> u8 {
        self.inks.get(self.white()).map_or(0, |ink| ink.code)
    }

    /// What lifts panels of few colours a little.
    pub(crate) const LIFT: f64 = 0.9;

    /// The exponent that `tone: "auto"` stands for (DITHER.md): panels of few colours win by a little more light.
    pub(crate) fn auto_tone(&self) -> f64 {
        let few = self.len() <= 4 && !(self.len() > 2 && self.metric == Metric::Luminance);
        if few { Self::LIFT } else { 1.0 }
    }

    fn extreme<T: PartialOrd>(&self, key: impl Fn(&Ink) -> T) -> usize {
        let mut best = 0;
        for (index, ink) in self.inks.iter().enumerate() {
            if key(ink) > key(&self.inks[best]) {
                best = index;
            }
        }
        best
    }
}

/// Colour by name, code, colour as shown.
type Named = ([u8; 3], u8, [u8; 3]);

const BLACK: [u8; 3] = [0, 0, 0];
const WHITE: [u8; 3] = [255, 255, 255];
const YELLOW: [u8; 3] = [255, 255, 0];
const RED: [u8; 3] = [255, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const GREEN: [u8; 3] = [0, 255, 0];
const ORANGE: [u8; 3] = [255, 128, 0];

// Measured colours: DITHER.md, "Measured palettes"; codes: PANELS.md, section 8.
const BW_BLACK: Named = (BLACK, 0, [49, 49, 50]);
const BW_WHITE: Named = (WHITE, 1, [178, 180, 177]);
const TRI_BLACK: Named = (BLACK, 0, [10, 7, 14]);
const TRI_WHITE: Named = (WHITE, 1, [173, 178, 174]);
const TRI_YELLOW: [u8; 3] = [172, 128, 0];
const TRI_RED: [u8; 3] = [85, 24, 14];
const ACEP7: [Named; 7] = [
    (BLACK, 0, [57, 48, 57]),
    (WHITE, 1, [255, 255, 255]),
    (GREEN, 2, [58, 91, 70]),
    (BLUE, 3, [61, 59, 94]),
    (RED, 4, [156, 72, 75]),
    (YELLOW, 5, [208, 190, 71]),
    (ORANGE, 6, [177, 106, 73]),
];
const SPECTRA6: [Named; 6] = [
    (BLACK, 0, [31, 24, 41]),
    (WHITE, 1, [168, 180, 182]),
    (YELLOW, 2, [180, 173, 0]),
    (RED, 3, [113, 24, 19]),
    (BLUE, 5, [36, 70, 139]),
    (GREEN, 6, [50, 84, 60]),
];
/// The same panel behind GxEPD2, which takes the codes of ACeP.
const SPECTRA6_GXEPD2: [Named; 6] = [
    (BLACK, 0, [31, 24, 41]),
    (WHITE, 1, [168, 180, 182]),
    (GREEN, 2, [50, 84, 60]),
    (BLUE, 3, [36, 70, 139]),
    (RED, 4, [113, 24, 19]),
    (YELLOW, 5, [180, 173, 0]),
];

fn invalid(reason: String) -> Error {
    Error::invalid("palette", reason)
}

fn are_grays(inks: &[Ink]) -> bool {
    inks.iter().all(|ink| {
        ink.shown
            .0
            .iter()
            .all(|&channel| channel.abs_diff(ink.shown.0[1]) <= 3)
    })
}

/// Luminance of an sRGB colour, 0 to 1.
pub(crate) fn luminance(color: [u8; 3]) -> f32 {
    color
        .iter()
        .zip(LUMA)
        .map(|(&channel, weight)| light()[usize::from(channel)] * weight)
        .sum()
}

/// CIE L*, 0 to 100, of colours that are not nearly black.
fn lightness(color: [u8; 3]) -> f64 {
    116.0 * f64::from(luminance(color)).cbrt() - 16.0
}

/// The inverse of [`lightness`].
fn luminance_of(lightness: f64) -> f64 {
    ((lightness + 16.0) / 116.0).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(inks: &Inks) -> Vec<(Rgb, u8)> {
        inks.as_slice()
            .iter()
            .map(|ink| (ink.color, ink.code))
            .collect()
    }

    #[test]
    fn panels_have_the_codes_of_their_vendors() {
        let bwry = [
            (Rgb(BLACK), 0),
            (Rgb(WHITE), 1),
            (Rgb(YELLOW), 2),
            (Rgb(RED), 3),
        ];
        assert_eq!(codes(&Inks::named(PanelName::Bwry)), bwry);
        let spectra = codes(&Inks::named(PanelName::Spectra6));
        assert_eq!(
            spectra[2..],
            [
                (Rgb(YELLOW), 2),
                (Rgb(RED), 3),
                (Rgb(BLUE), 5),
                (Rgb(GREEN), 6)
            ]
        );
        let gxepd2 = codes(&Inks::named(PanelName::Spectra6Gxepd2));
        assert_eq!(
            gxepd2[2..],
            [
                (Rgb(GREEN), 2),
                (Rgb(BLUE), 3),
                (Rgb(RED), 4),
                (Rgb(YELLOW), 5)
            ]
        );
        let acep = codes(&Inks::named(PanelName::Acep7));
        assert_eq!(
            acep[4..],
            [(Rgb(RED), 4), (Rgb(YELLOW), 5), (Rgb(ORANGE), 6)]
        );
    }

    #[test]
    fn the_paper_is_white_even_beside_a_brighter_yellow() {
        let color = |text: &str| PaletteColor::from(text.parse::<Rgb>().unwrap());
        let own = Inks::own(&[color("#101010"), color("#ffff00"), color("#c0c8c0")]).unwrap();
        assert_eq!((own.black(), own.white(), own.padding()), (0, 2, 2));
        for &name in PanelName::ALL {
            let inks = Inks::named(name);
            assert_eq!((inks.black(), inks.white()), (0, 1), "{name}");
        }
        assert_eq!(Inks::mono(true).padding(), 0);
    }

    #[test]
    fn grays_are_even_steps_of_lightness_between_the_panels_ends() {
        let grays = Inks::grays(4);
        let shown: Vec<u8> = grays.as_slice().iter().map(|ink| ink.shown.0[1]).collect();
        assert_eq!((shown[0], shown[3]), (49, 180));
        let steps: Vec<f64> = grays
            .as_slice()
            .windows(2)
            .map(|p| lightness(p[1].shown.0) - lightness(p[0].shown.0))
            .collect();
        assert!(
            steps.iter().all(|step| (step - steps[0]).abs() < 0.5),
            "{steps:?}"
        );
        assert_eq!(codes(&grays)[1], (Rgb([85; 3]), 1));
        assert_eq!(codes(&Inks::grays(16))[15], (Rgb(WHITE), 15));
    }

    #[test]
    fn palettes_that_cannot_be_are_invalid() {
        let gray = |code| PaletteColor {
            code,
            ..Rgb::WHITE.into()
        };
        for colors in [
            vec![],
            vec![gray(None)],
            vec![gray(None); 17],
            vec![gray(Some(1)), gray(None)],
        ] {
            assert_eq!(
                Inks::own(&colors).map_err(|error| error.code()),
                Err("invalid")
            );
        }
        let wide = Inks::own(&[gray(Some(4)), gray(Some(1))]).unwrap();
        assert!(wide.clone().fit_bits(4).is_ok());
        assert!(wide.fit_bits(2).is_err());
    }

    #[test]
    fn the_tone_is_lifted_on_panels_of_few_colours_only() {
        let tones = [
            PanelName::Bw,
            PanelName::Bwr,
            PanelName::Bwry,
            PanelName::Acep7,
            PanelName::Spectra6,
        ]
        .map(|name| Inks::named(name).auto_tone());
        assert_eq!(tones, [0.9, 0.9, 0.9, 1.0, 1.0]);
        assert_eq!(
            (Inks::grays(4).auto_tone(), Inks::grays(16).auto_tone()),
            (1.0, 1.0)
        );
    }
}
