//! Rows of a JPEG's components to rows of R, G, B.

use super::head::Head;
use crate::image::simd::{B16, I4};

/// How components become colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colors {
    /// One of light, or three, or three and black.
    Plain,
    /// The first three are YCbCr; before black they stand for cyan, magenta and yellow.
    Ycc,
}

impl Colors {
    /// As libjpeg, and so browsers, tell them: by JFIF's and Adobe's segments, then by the components' names. `None` for the two
    /// kinds of a larger gamut that it alone knows.
    pub(super) fn of(head: &Head<'_>) -> Option<Self> {
        let is_plain = match (head.shape.components.len(), head.adobe) {
            (1, _) | (4, None | Some(0)) => true,
            (3, adobe) => match head.shape.names() {
                [1, 34, 35] | [b'r', b'g', b'b'] => return None,
                _ if head.is_jfif => false,
                names => adobe.map_or(names == *b"RGB", |kind| kind == 0),
            },
            _ => false,
        };
        Some(if is_plain { Self::Plain } else { Self::Ycc })
    }

    /// A row of 1, 3 or 4 components to pixels. Inks are stored as the light that they let through, and no profile is applied:
    /// as Pillow and browsers do without one.
    pub(super) fn row(self, parts: &[&[u8]], out: &mut [u8]) {
        let is_ycc = self == Self::Ycc;
        match *parts {
            [a, b, c, ..] if is_ycc => from_ycc([a, b, c], out),
            [a, b, c, ..] => {
                let pixels = out.as_chunks_mut::<3>().0.iter_mut();
                let parts = a.iter().zip(b).zip(c);
                pixels
                    .zip(parts)
                    .for_each(|(pixel, ((a, b), c))| *pixel = [*a, *b, *c]);
            }
            [gray, ..] => from_gray(gray, out),
            [] => {}
        }
        let [.., black] = *parts else { return };
        if parts.len() > 3 {
            let pixels = out.as_chunks_mut::<3>().0.iter_mut();
            for (pixel, &black) in pixels.zip(black) {
                *pixel = pixel.map(|c| scale_255(if is_ycc { 255 - c } else { c }, black));
            }
        }
    }
}

/// A row of gray.
pub(super) fn from_gray(gray: &[u8], out: &mut [u8]) {
    let pixels = out.as_chunks_mut::<3>().0.iter_mut();
    pixels
        .zip(gray)
        .for_each(|(pixel, &gray)| *pixel = [gray; 3]);
}

/// `value` × `factor` / 255, rounded.
fn scale_255(value: u8, factor: u8) -> u8 {
    u8::try_from((u16::from(value) * u16::from(factor) + 127) / 255).unwrap_or(255)
}

/// A row of YCbCr.
pub(super) fn from_ycc([y, blue, red]: [&[u8]; 3], out: &mut [u8]) {
    let ((y, y_rest), (blue, blue_rest)) = (y.as_chunks(), blue.as_chunks());
    let ((red, red_rest), (out, out_rest)) =
        (red.as_chunks(), out.as_chunks_mut::<3>().0.as_chunks_mut());
    let runs = y.iter().zip(blue).zip(red).zip(out);
    runs.for_each(|(((y, blue), red), out)| run([y, blue, red], out));
    if out_rest.is_empty() {
        return;
    }
    let padded = [y_rest, blue_rest, red_rest].map(|rest| {
        let mut run = [0; RUN];
        run.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        run
    });
    let mut last = [[0; 3]; RUN];
    run(padded.each_ref(), &mut last);
    out_rest
        .iter_mut()
        .zip(last)
        .for_each(|(to, from)| *to = from);
}

/// Pixels that are worked on together.
const RUN: usize = 16;

/// A run of YCbCr (JFIF 1.02, in 65,536ths).
#[inline(always)]
fn run([y, blue, red]: [&[u8; RUN]; 3], out: &mut [[u8; 3]; RUN]) {
    let [y, blue, red] = [
        B16::all(y).to_ints(),
        B16::all(blue).to_ints(),
        B16::all(red).to_ints(),
    ];
    let mut rgb = [[I4::default(); 4]; 3];
    for at in 0..4 {
        // With a half to round by.
        let y = y[at].shl(16) + I4::splat(1 << 15);
        let (blue, red) = (blue[at] - I4::splat(128), red[at] - I4::splat(128));
        let green = blue * I4::splat(22_554) + red * I4::splat(46_802);
        rgb[0][at] = (y + red * I4::splat(91_881)).shr(16);
        rgb[1][at] = (y - green).shr(16);
        rgb[2][at] = (y + blue * I4::splat(116_130)).shr(16);
    }
    let [r, g, b] = rgb;
    B16::write_pixels(
        [B16::from_ints(r), B16::from_ints(g), B16::from_ints(b)],
        out,
    );
}

#[cfg(test)]
mod tests {
    use super::super::shape::{Component, Shape};
    use super::*;

    fn colors(names: &[u8], is_jfif: bool, adobe: Option<u8>) -> Option<Colors> {
        let component = |&id: &u8| Component {
            id,
            blocks: (1, 1),
            factors: 0,
        };
        Colors::of(&Head {
            shape: Shape {
                components: names.iter().map(component).collect(),
                ..Shape::default()
            },
            is_jfif,
            adobe,
            ..Head::default()
        })
    }

    #[test]
    fn colours_are_told_by_jfif_then_by_adobe_then_by_the_names() {
        use Colors::{Plain, Ycc};
        for (names, is_jfif, adobe, expected) in [
            (&b"\x01"[..], true, None, Plain),
            (b"\x01\x02\x03", false, None, Ycc),
            (b"\x01\x02\x03", true, Some(0), Ycc),
            (b"\x01\x02\x03", false, Some(0), Plain),
            (b"RGB", false, None, Plain),
            (b"RGB", false, Some(1), Ycc),
            (b"RGB", true, None, Ycc),
            (b"\x00\x01\x02", false, None, Ycc),
            (b"\x01\x02\x03\x04", false, None, Plain),
            (b"\x01\x02\x03\x04", true, Some(0), Plain),
            (b"\x01\x02\x03\x04", false, Some(2), Ycc),
        ] {
            let found = colors(names, is_jfif, adobe);
            assert_eq!(found, Some(expected), "{names:?}, {is_jfif}, {adobe:?}");
        }
        assert_eq!(colors(b"rgb", false, None), None);
    }

    #[test]
    fn inks_take_light_away() {
        let mut pixels = [0; 9];
        // Stored as light: white, cyan, black.
        let [c, rest, k] = [[255, 0, 255], [255; 3], [255, 255, 0]];
        Colors::Plain.row(&[&c, &rest, &rest, &k], &mut pixels);
        assert_eq!(pixels, [255, 255, 255, 0, 255, 255, 0, 0, 0]);
        // YCbCr of red stands for cyan's light.
        let mut pixel = [0; 3];
        Colors::Ycc.row(&[&[76], &[85], &[255], &[255]], &mut pixel);
        assert!(
            pixel[0] < 3 && pixel[1] > 252 && pixel[2] > 252,
            "{pixel:?}"
        );
    }
}
