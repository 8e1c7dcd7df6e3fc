//! What a caller can ask for: the options of `api.d.ts` as types, with the names that JavaScript uses.
//!
//! Each field of [`PrepareOptions`] is an `Option`, because an option that was *given* but that the format cannot honour
//! is an error, while its default is not. The defaults live in one place, [`plan`](super::plan).

use super::error::Error;
use std::fmt;
use std::str::FromStr;

/// How a picture is to be prepared. `None` everywhere is the picture's own size as JPEG of quality 85.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrepareOptions {
    /// The panel's width in pixels, 1 to 16,384. With `height` left out too: the picture's own size; alone: by its shape.
    pub width: Option<u32>,
    /// The panel's height in pixels, 1 to 16,384.
    pub height: Option<u32>,
    /// How the picture fills the panel. Default [`Fit::Contain`].
    pub fit: Option<Fit>,
    /// Clockwise, on top of the file's EXIF orientation. Default [`Rotation::None`].
    pub rotate: Option<Rotation>,
    /// After the rotation. Default [`Mirror::None`].
    pub mirror: Option<Mirror>,
    /// Under transparent pixels and bars. Default white.
    pub background: Option<Rgb>,
    /// What comes out. Default [`Format::Jpeg`].
    pub format: Option<Format>,
    /// Raw formats under 8 bits a pixel. Default [`Rows::Padded`].
    pub rows: Option<Rows>,
    /// Raw formats. Default [`Columns::One`].
    pub columns: Option<Columns>,
    /// JPEG, 1 to 100. Default 85.
    pub quality: Option<u8>,
    /// Upper bound on the encoded bytes; JPEG lowers its quality to meet it. Default: none.
    pub max_bytes: Option<usize>,
    /// The dithered formats. Default [`Dither::FloydSteinberg`].
    pub dither: Option<Dither>,
    /// The dithered formats. Default [`Tone::Auto`].
    pub tone: Option<Tone>,
    /// All formats but `original`: 0 is gray, 1 as it is (the default), at most 2.
    pub saturation: Option<f64>,
    /// The colours of the panel, for `planes`, `palette2`, `palette4`, and for indexed `bmp` and `png`.
    pub palette: Option<Palette>,
    /// Larger input is refused before it is decoded, in millions of pixels. Default 200.
    pub max_megapixels: Option<f64>,
    /// `mono1` and `planes`: which bits are turned over.
    pub invert: Option<Invert>,
}

/// An enum whose variants have the names of the JavaScript interface.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident, $option:literal, $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $type {
            /// Every value, in the order of the interface.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in the JavaScript interface.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl FromStr for $type {
            type Err = Error;

            /// # Errors
            /// [`Error::Invalid`] with the option's name for any other text.
            fn from_str(text: &str) -> Result<Self, Error> {
                match text {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(Error::invalid($option, format!("\"{text}\" is none of {}", [$($name),*].join(", ")))),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named! {
    /// As CSS `object-fit`.
    Fit, "fit",
    /// The whole picture, with bars in the background's colour.
    Contain = "contain",
    /// The whole panel; what stands out is cut off on both sides alike.
    Cover = "cover",
    /// Stretched.
    Fill = "fill",
    /// As contain, but never enlarged, and without bars: the result may be smaller than the panel.
    ScaleDown = "scale-down",
}

named! {
    /// Clockwise, in degrees.
    Rotation, "rotate",
    /// As it is.
    None = "0",
    /// A quarter turn to the right.
    Quarter = "90",
    /// Upside down.
    Half = "180",
    /// A quarter turn to the left.
    ThreeQuarters = "270",
}

named! {
    /// Which way the picture is mirrored.
    Mirror, "mirror",
    /// As it is.
    None = "none",
    /// Left and right change places.
    Horizontal = "horizontal",
    /// Top and bottom change places.
    Vertical = "vertical",
}

named! {
    /// What comes out. From [`Format::Rgb565Le`] on: pixels without a header, laid out as PANELS.md section 8 says.
    Format, "format",
    /// Baseline, 4:2:0, standard Huffman tables.
    Jpeg = "jpeg",
    /// 8 bits a channel, or indexed where a palette is given.
    Png = "png",
    /// 24 bits, or indexed where a palette is given.
    Bmp = "bmp",
    /// The file's bytes, untouched, whatever they are.
    Original = "original",
    /// RRRRRGGG GGGBBBBB, low byte first.
    Rgb565Le = "rgb565le",
    /// RRRRRGGG GGGBBBBB, high byte first.
    Rgb565Be = "rgb565be",
    /// R, G, B.
    Rgb888 = "rgb888",
    /// One byte of gray a pixel, 255 is white.
    Gray8 = "gray8",
    /// 16 grays, 15 is white.
    Gray4 = "gray4",
    /// 4 grays, 3 is white.
    Gray2 = "gray2",
    /// One bit a pixel, 1 is white.
    Mono1 = "mono1",
    /// One bit a pixel: the whole black plane, then the whole colour plane.
    Planes = "planes",
    /// Colour codes of 2 bits.
    Palette2 = "palette2",
    /// Colour codes of 4 bits.
    Palette4 = "palette4",
}

named! {
    /// Where a row of less than 8 bits a pixel ends.
    Rows, "rows",
    /// Each row starts at a byte.
    Padded = "padded",
    /// Bits run on over the row's end.
    Continuous = "continuous",
}

named! {
    /// For panels with two controllers.
    Columns, "columns",
    /// Row by row.
    One = "1",
    /// All left halves of the rows, then all right halves.
    Two = "2",
}

named! {
    /// How a colour that the panel lacks is mixed from those that it has.
    Dither, "dither",
    /// Not at all: each pixel becomes the nearest colour.
    None = "none",
    /// Error diffusion, serpentine, in linear light.
    FloydSteinberg = "floyd-steinberg",
    /// Error diffusion that drops a quarter of the error: more contrast, less detail in highlights and shadows.
    Atkinson = "atkinson",
    /// An ordered 8 × 8 pattern: it does not crawl between frames.
    Bayer = "bayer",
    /// Direct binary search: the best picture, at a hundred times the cost.
    Dbs = "dbs",
}

named! {
    /// A panel whose colours are known (DITHER.md, measured palettes).
    PanelName, "palette",
    /// Black and white.
    Bw = "bw",
    /// Black, white, red.
    Bwr = "bwr",
    /// Black, white, yellow.
    Bwy = "bwy",
    /// Black, white, yellow, red.
    Bwry = "bwry",
    /// ACeP, seven colours.
    Acep7 = "acep7",
    /// Spectra 6 with the panel's own codes.
    Spectra6 = "spectra6",
    /// Spectra 6 with the codes that firmware on GxEPD2 takes.
    Spectra6Gxepd2 = "spectra6-gxepd2",
}

impl Format {
    /// True for pixels without a header.
    pub const fn is_raw(self) -> bool {
        !matches!(self, Self::Jpeg | Self::Png | Self::Bmp | Self::Original)
    }
}

impl TryFrom<u32> for Rotation {
    type Error = Error;

    /// From degrees, clockwise: 0, 90, 180 or 270.
    fn try_from(degrees: u32) -> Result<Self, Error> {
        degrees.to_string().parse()
    }
}

impl TryFrom<u32> for Columns {
    type Error = Error;

    /// From 1 or 2.
    fn try_from(count: u32) -> Result<Self, Error> {
        count.to_string().parse()
    }
}

/// The tone curve under the dither.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tone {
    /// Made for the palette.
    Auto,
    /// The exponent on linear light, 0.4 to 2: below 1 is brighter.
    Exponent(f64),
}

impl FromStr for Tone {
    type Err = Error;

    /// `auto`, `none` (the exponent 1) or the exponent itself.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::Exponent(1.0)),
            number => number.parse().map(Self::Exponent).map_err(|_| {
                Error::invalid(
                    "tone",
                    format!("\"{text}\" is neither auto, none nor a number"),
                )
            }),
        }
    }
}

/// Which bits of a raw format are turned over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invert {
    /// `mono1`: true makes 1 black. `planes`: both planes.
    All(bool),
    /// `planes`: each for itself, padding included.
    Planes {
        /// True: 1 is black in the black plane.
        black: bool,
        /// True: 1 is *not* coloured in the colour plane.
        color: bool,
    },
}

/// The colours that a panel has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Palette {
    /// A panel by its name.
    Named(PanelName),
    /// Its colours themselves.
    Colors(Vec<PaletteColor>),
}

impl From<PanelName> for Palette {
    fn from(name: PanelName) -> Self {
        Self::Named(name)
    }
}

/// One colour of a palette of the caller's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaletteColor {
    /// The colour as a designer names it: a pixel of exactly this colour stays it.
    pub color: Rgb,
    /// What is sent for it. Default: its index.
    pub code: Option<u8>,
    /// What the panel really shows. Default: `color`.
    pub shown: Option<Rgb>,
}

impl From<Rgb> for PaletteColor {
    fn from(color: Rgb) -> Self {
        Self {
            color,
            code: None,
            shown: None,
        }
    }
}

/// A colour in sRGB: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// `#ffffff`.
    pub const WHITE: Self = Self([255; 3]);
    /// `#000000`.
    pub const BLACK: Self = Self([0; 3]);
}

impl FromStr for Rgb {
    type Err = ColorError;

    /// A CSS hex colour without transparency: `#rrggbb` or `#rgb`, in either case.
    fn from_str(text: &str) -> Result<Self, ColorError> {
        let digits: Option<Vec<u8>> = text.strip_prefix('#').and_then(|hex| {
            hex.chars()
                .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
                .collect()
        });
        match digits.as_deref() {
            Some([r, g, b]) => Ok(Self([r * 17, g * 17, b * 17])),
            Some([a, b, c, d, e, f]) => Ok(Self([a * 16 + b, c * 16 + d, e * 16 + f])),
            _ => Err(ColorError(text.into())),
        }
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([r, g, b]) = self;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// A text that is no CSS hex colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColorError(String);

impl fmt::Display for ColorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is no colour like #ffffff or #fff", self.0)
    }
}

impl std::error::Error for ColorError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_values() {
        for &format in Format::ALL {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        assert_eq!("scale-down".parse(), Ok(Fit::ScaleDown));
        assert_eq!(Rotation::try_from(270), Ok(Rotation::ThreeQuarters));
        assert_eq!(Columns::try_from(2), Ok(Columns::Two));
        assert_eq!("spectra6-gxepd2".parse(), Ok(PanelName::Spectra6Gxepd2));
    }

    #[test]
    fn an_unknown_name_is_invalid_with_the_option_and_the_choices() {
        let error = "JPEG".parse::<Format>().unwrap_err();
        assert_eq!(error.code(), "invalid");
        assert!(
            error
                .to_string()
                .starts_with("format: \"JPEG\" is none of jpeg, png"),
            "{error}"
        );
        assert!(
            Rotation::try_from(45)
                .unwrap_err()
                .to_string()
                .starts_with("rotate")
        );
    }

    #[test]
    fn reads_css_hex_colours_and_nothing_else() {
        assert_eq!("#fA0".parse(), Ok(Rgb([255, 170, 0])));
        assert_eq!("#0102ff".parse(), Ok(Rgb([1, 2, 255])));
        for text in [
            "", "#", "fff", "#ff", "#ffff", "#gggggg", "white", "#fffffff", "#ffé",
        ] {
            assert!(text.parse::<Rgb>().is_err(), "{text}");
        }
        assert_eq!(Rgb([1, 2, 255]).to_string(), "#0102ff");
    }

    #[test]
    fn tone_is_a_word_or_a_number() {
        assert_eq!("auto".parse(), Ok(Tone::Auto));
        assert_eq!("none".parse(), Ok(Tone::Exponent(1.0)));
        assert_eq!("0.8".parse(), Ok(Tone::Exponent(0.8)));
        assert!("bright".parse::<Tone>().is_err());
    }
}
