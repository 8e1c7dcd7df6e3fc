//! A picture in memory: sRGB, three bytes a pixel, opaque.

/// Rows from top to bottom without gaps. Neither side is ever 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RgbImage {
    width: usize,
    height: usize,
    data: Vec<u8>,
}

impl RgbImage {
    /// From R, G, B bytes; what stands behind the last pixel is dropped. `None` if there are too few, or no pixel at all.
    pub(crate) fn from_bytes(width: usize, height: usize, mut data: Vec<u8>) -> Option<Self> {
        let length = width.checked_mul(height)?.checked_mul(3)?;
        if length == 0 || data.len() < length {
            return None;
        }
        data.truncate(length);
        Some(Self {
            width,
            height,
            data,
        })
    }

    /// Calls `pixel(x, y)` for each pixel, row by row. A side of 0 counts as 1.
    pub(crate) fn from_fn(
        width: usize,
        height: usize,
        mut pixel: impl FnMut(usize, usize) -> [u8; 3],
    ) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let mut data = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                data.extend_from_slice(&pixel(x, y));
            }
        }
        Self {
            width,
            height,
            data,
        }
    }

    /// A picture of one colour. A side of 0 counts as 1.
    pub(crate) fn filled(width: usize, height: usize, color: [u8; 3]) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let data = color.repeat(width * height);
        Self {
            width,
            height,
            data,
        }
    }

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.data
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.data
    }

    pub(crate) fn pixels(&self) -> &[[u8; 3]] {
        self.data.as_chunks().0
    }

    pub(crate) fn pixels_mut(&mut self) -> &mut [[u8; 3]] {
        self.data.as_chunks_mut().0
    }

    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &[[u8; 3]]> {
        self.pixels().chunks_exact(self.width)
    }

    /// Lays `image` over this one with its left upper corner at (`x`, `y`); what stands out is left away.
    pub(crate) fn paste(&mut self, image: &Self, x: usize, y: usize) {
        let visible = image.width.min(self.width.saturating_sub(x));
        let stride = self.width;
        let rows = self.pixels_mut().chunks_exact_mut(stride).skip(y);
        for (target, source) in rows.zip(image.rows()) {
            if let Some(target) = target.get_mut(x..x + visible) {
                target.copy_from_slice(&source[..visible]);
            }
        }
    }
}

/// A side as the options and the headers of files have it, for memory. The targets have at least 32 bits, so it never saturates.
pub(crate) fn length(side: u32) -> usize {
    usize::try_from(side).unwrap_or(usize::MAX)
}

/// A side of a picture in memory, for the result. It came from a `u32`, so it never saturates.
pub(crate) fn side(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_bytes_that_fill_the_picture_and_no_fewer() {
        assert!(RgbImage::from_bytes(2, 2, vec![0; 11]).is_none());
        assert!(RgbImage::from_bytes(0, 2, vec![0; 12]).is_none());
        assert!(RgbImage::from_bytes(usize::MAX, 2, vec![0; 12]).is_none());
        let image = RgbImage::from_bytes(2, 2, (0..13).collect()).unwrap();
        assert_eq!(image.pixels()[3], [9, 10, 11]);
        assert_eq!(image.bytes().len(), 12);
    }

    #[test]
    fn pastes_inside_and_clips_what_stands_out() {
        let mut canvas = RgbImage::filled(3, 2, [9; 3]);
        canvas.paste(&RgbImage::filled(2, 2, [1; 3]), 2, 1);
        assert_eq!(
            canvas.pixels(),
            [[9; 3], [9; 3], [9; 3], [9; 3], [9; 3], [1; 3]]
        );
        canvas.paste(&RgbImage::filled(2, 2, [2; 3]), 4, 0);
        assert_eq!(canvas.pixels()[..3], [[9; 3]; 3]);
    }
}
