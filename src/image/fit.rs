//! Where the picture comes to lie on the panel: the geometry of CSS `object-fit`, without touching a pixel.

use super::error::Error;
use super::options::Fit;

/// A side of the result, and of the panel, at most (api.d.ts, `width`).
pub(crate) const MAX_SIDE: u32 = 16_384;
/// A side of a result that keeps the picture's own size: what the header of a JPEG can say.
const MAX_OWN_SIDE: u32 = 65_535;

/// What is cut out of the picture, to what size that is brought, and where it lies on the canvas. All of it seen upright.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layout {
    /// Left, top, width and height of the part that is shown, in pixels of the source.
    pub(crate) crop: Crop,
    /// The size of that part on the canvas.
    pub(crate) inner: (u32, u32),
    /// The size of the result.
    pub(crate) canvas: (u32, u32),
    /// The left upper corner of `inner` on the canvas.
    pub(crate) offset: (u32, u32),
}

/// A rectangle that need not lie on whole pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Crop {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Layout {
    /// For a source of this size, neither side 0, and the sides that the caller named.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if a side that follows from the picture's shape is out of range.
    pub(crate) fn new(
        source: (u32, u32),
        panel: (Option<u32>, Option<u32>),
        fit: Fit,
    ) -> Result<Self, Error> {
        let (width, height) = source;
        let canvas = match panel {
            (None, None) => return own_size(source),
            (Some(w), None) => (w, by_shape(w, width, height)?),
            (None, Some(h)) => (by_shape(h, height, width)?, h),
            (Some(w), Some(h)) => (w, h),
        };
        let whole = Crop::whole(source);
        let scale_x = f64::from(canvas.0) / f64::from(width);
        let scale_y = f64::from(canvas.1) / f64::from(height);
        Ok(match fit {
            Fit::Fill => Self::filling(whole, canvas),
            Fit::Cover => Self::filling(whole.centred(canvas, scale_x.max(scale_y)), canvas),
            Fit::Contain => {
                let inner = scaled(source, scale_x.min(scale_y), canvas);
                let offset = ((canvas.0 - inner.0) / 2, (canvas.1 - inner.1) / 2);
                Self {
                    crop: whole,
                    inner,
                    canvas,
                    offset,
                }
            }
            Fit::ScaleDown => {
                Self::filling(whole, scaled(source, scale_x.min(scale_y).min(1.0), canvas))
            }
        })
    }

    const fn filling(crop: Crop, canvas: (u32, u32)) -> Self {
        Self {
            crop,
            inner: canvas,
            canvas,
            offset: (0, 0),
        }
    }
}

impl Crop {
    pub(crate) fn whole((width, height): (u32, u32)) -> Self {
        Self {
            left: 0.0,
            top: 0.0,
            width: f64::from(width),
            height: f64::from(height),
        }
    }

    /// The part in the middle that fills the canvas when it is scaled.
    fn centred(self, canvas: (u32, u32), scale: f64) -> Self {
        let width = (f64::from(canvas.0) / scale).min(self.width);
        let height = (f64::from(canvas.1) / scale).min(self.height);
        Self {
            left: (self.width - width) / 2.0,
            top: (self.height - height) / 2.0,
            width,
            height,
        }
    }
}

fn own_size(source: (u32, u32)) -> Result<Layout, Error> {
    let side = source.0.max(source.1);
    if side > MAX_OWN_SIDE {
        let reason = format!(
            "the picture is {} × {} pixels; give a width or a height",
            source.0, source.1
        );
        return Err(Error::too_large("memory", reason));
    }
    Ok(Layout::filling(Crop::whole(source), source))
}

/// The side that goes with `side` when the shape stays `along` × `across`.
fn by_shape(side: u32, along: u32, across: u32) -> Result<u32, Error> {
    let other = (u64::from(side) * u64::from(across) + u64::from(along) / 2) / u64::from(along);
    u32::try_from(other.max(1))
        .ok()
        .filter(|&other| other <= MAX_SIDE)
        .ok_or_else(|| {
            let reason = format!(
                "by the picture's shape a side of {side} goes with one of {other}, over {MAX_SIDE}"
            );
            Error::too_large("memory", reason)
        })
}

fn scaled((width, height): (u32, u32), scale: f64, canvas: (u32, u32)) -> (u32, u32) {
    // Rounded within 1 and the canvas, so the conversion is exact.
    let side = |length: u32, most: u32| {
        (f64::from(length) * scale)
            .round()
            .clamp(1.0, f64::from(most)) as u32
    };
    (side(width, canvas.0), side(height, canvas.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(source: (u32, u32), panel: (u32, u32), fit: Fit) -> Layout {
        Layout::new(source, (Some(panel.0), Some(panel.1)), fit).unwrap()
    }

    #[test]
    fn contain_shows_the_whole_picture_between_equal_bars() {
        let wide = layout((400, 100), (800, 480), Fit::Contain);
        assert_eq!(
            (wide.inner, wide.canvas, wide.offset),
            ((800, 200), (800, 480), (0, 140))
        );
        let high = layout((100, 400), (801, 480), Fit::Contain);
        assert_eq!((high.inner, high.offset), ((120, 480), (340, 0)));
        assert_eq!(
            layout((10_000, 1), (100, 100), Fit::Contain).inner,
            (100, 1)
        );
    }

    #[test]
    fn cover_cuts_both_sides_alike() {
        let cover = layout((400, 100), (200, 100), Fit::Cover);
        assert_eq!(
            cover.crop,
            Crop {
                left: 100.0,
                top: 0.0,
                width: 200.0,
                height: 100.0
            }
        );
        assert_eq!((cover.inner, cover.offset), ((200, 100), (0, 0)));
        let high = layout((300, 400), (100, 100), Fit::Cover);
        assert_eq!(
            high.crop,
            Crop {
                left: 0.0,
                top: 50.0,
                width: 300.0,
                height: 300.0
            }
        );
    }

    #[test]
    fn fill_stretches_and_scale_down_never_enlarges() {
        assert_eq!(layout((10, 20), (30, 30), Fit::Fill).inner, (30, 30));
        assert_eq!(layout((10, 20), (30, 30), Fit::ScaleDown).canvas, (10, 20));
        assert_eq!(
            layout((100, 200), (30, 30), Fit::ScaleDown).canvas,
            (15, 30)
        );
    }

    #[test]
    fn a_single_side_keeps_the_shape_and_none_the_size() {
        let width_only = Layout::new((4000, 3000), (Some(800), None), Fit::Contain).unwrap();
        assert_eq!(
            (width_only.canvas, width_only.inner),
            ((800, 600), (800, 600))
        );
        let height_only = Layout::new((4000, 3000), (None, Some(480)), Fit::Cover).unwrap();
        assert_eq!(height_only.canvas, (640, 480));
        assert_eq!(
            Layout::new((7, 5), (None, None), Fit::Cover)
                .unwrap()
                .canvas,
            (7, 5)
        );
    }

    #[test]
    fn a_side_out_of_range_is_too_large() {
        let error = Layout::new((1, 10_000), (Some(800), None), Fit::Contain).unwrap_err();
        assert_eq!(error.code(), "too-large");
        assert!(Layout::new((70_000, 1), (None, None), Fit::Contain).is_err());
    }
}
