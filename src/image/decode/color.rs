//! What decoders hand over, to opaque R, G, B: grays spread out, transparency laid over the background.

use super::super::adjust::Adjust;
use super::super::budget;
use super::super::error::Error;
use super::super::options::Rgb;

/// Unpremultiplied R, G, B, A bytes to R, G, B on the background, which no adjustment touches.
///
/// # Errors
/// [`Error::TooLarge`] if the memory cannot be had, as for all of these.
pub(crate) fn from_rgba(
    bytes: &[u8],
    background: Rgb,
    adjust: Option<&Adjust>,
) -> Result<Vec<u8>, Error> {
    match adjust {
        None => expand(bytes, |&[r, g, b, alpha]| {
            flatten([r, g, b], alpha, background)
        }),
        Some(adjust) => expand(bytes, |&[r, g, b, alpha]| {
            flatten(adjust.apply([r, g, b]), alpha, background)
        }),
    }
}

/// Gray and alpha bytes to R, G, B on the background, likewise.
pub(super) fn from_gray_alpha(
    bytes: &[u8],
    background: Rgb,
    adjust: Option<&Adjust>,
) -> Result<Vec<u8>, Error> {
    let color = |gray| adjust.map_or([gray; 3], |adjust| adjust.apply([gray; 3]));
    expand(bytes, |&[gray, alpha]| {
        flatten(color(gray), alpha, background)
    })
}

/// Gray bytes to R, G, B.
pub(super) fn from_gray(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    expand(bytes, |&[gray]| [gray; 3])
}

/// 16 bits a channel in the machine's byte order to 8.
pub(super) fn from_16_bits(mut bytes: Vec<u8>) -> Vec<u8> {
    let count = bytes.len() / 2;
    for sample in 0..count {
        let wide = u16::from_ne_bytes([bytes[sample * 2], bytes[sample * 2 + 1]]);
        bytes[sample] = u8::try_from((u32::from(wide) * 255 + 32_767) / 65_535).unwrap_or(255);
    }
    bytes.truncate(count);
    bytes
}

fn expand<const N: usize>(
    bytes: &[u8],
    pixel: impl Fn(&[u8; N]) -> [u8; 3],
) -> Result<Vec<u8>, Error> {
    let pixels = bytes.as_chunks::<N>().0;
    let mut out = budget::zeroed(pixels.len() * 3)?;
    out.as_chunks_mut()
        .0
        .iter_mut()
        .zip(pixels)
        .for_each(|(out, source)| *out = pixel(source));
    Ok(out)
}

fn flatten(color: [u8; 3], alpha: u8, Rgb(background): Rgb) -> [u8; 3] {
    match alpha {
        255 => color,
        0 => background,
        _ => [0, 1, 2].map(|c| {
            let mixed = u32::from(color[c]) * u32::from(alpha)
                + u32::from(background[c]) * u32::from(255 - alpha);
            u8::try_from((mixed + 127) / 255).unwrap_or(255)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparency_shows_the_background_in_its_share() {
        let red = Rgb([255, 0, 0]);
        let rgba = vec![0, 0, 255, 255, 9, 9, 9, 0, 0, 0, 255, 51];
        assert_eq!(
            from_rgba(&rgba, red, None).unwrap(),
            [0, 0, 255, 255, 0, 0, 204, 0, 51]
        );
        assert_eq!(
            from_gray_alpha(&[7, 255, 7, 0], red, None).unwrap(),
            [7, 7, 7, 255, 0, 0]
        );
    }

    #[test]
    fn saturation_leaves_the_background_alone() {
        let gray = Adjust::new(None, 0.0);
        let out = from_rgba(
            &[255, 0, 0, 255, 255, 0, 0, 0],
            Rgb([0, 200, 0]),
            gray.as_ref(),
        )
        .unwrap();
        assert!(out[0] == out[1] && out[1] == out[2]);
        assert_eq!(out[3..], [0, 200, 0]);
    }

    #[test]
    fn wide_samples_keep_black_and_white() {
        let wide: Vec<u8> = [0_u16, 0x8000, 0xffff]
            .iter()
            .flat_map(|v| v.to_ne_bytes())
            .collect();
        assert_eq!(from_16_bits(wide), [0, 128, 255]);
    }
}
