//! Brings a part of a picture to a size: Lanczos when it gets smaller, Catmull-Rom when it grows.

use super::budget;
use super::error::Error;
use super::fit::Crop;
use super::pixels::RgbImage;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

/// Resamples `crop` of `image` to `width` × `height`. Where nothing changes, not a byte does.
///
/// # Errors
/// [`Error::TooLarge`] where the result or the step between does not fit into the budget.
pub(crate) fn resize(
    image: RgbImage,
    crop: Crop,
    (width, height): (u32, u32),
) -> Result<RgbImage, Error> {
    if crop == Crop::whole((width, height)) && is_size(&image, width, height) {
        return Ok(image);
    }
    let pixels = u64::from(width) * u64::from(height);
    // What it keeps between its two passes: as wide as the one and as high as the other of source and result.
    let between =
        (u64::from(width) * image.height() as u64).max(image.width() as u64 * u64::from(height));
    budget::check(
        "resizing",
        (image.pixels().len() as u64 + between + pixels) * 3,
    )?;
    resample(&image, crop, width, height)
        .ok_or_else(|| Error::too_large("memory", "the picture cannot be resized to this size"))
}

fn is_size(image: &RgbImage, width: u32, height: u32) -> bool {
    usize::try_from(width) == Ok(image.width()) && usize::try_from(height) == Ok(image.height())
}

fn resample(image: &RgbImage, crop: Crop, width: u32, height: u32) -> Option<RgbImage> {
    let (source_width, source_height) = (
        u32::try_from(image.width()).ok()?,
        u32::try_from(image.height()).ok()?,
    );
    let source =
        TypedImageRef::<U8x3>::from_buffer(source_width, source_height, image.bytes()).ok()?;
    let (out_width, out_height) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
    let mut out = budget::zeroed(out_width.checked_mul(out_height)?.checked_mul(3)?).ok()?;
    let mut target = TypedImage::<U8x3>::from_buffer(width, height, &mut out).ok()?;
    let grows = f64::from(width) >= crop.width && f64::from(height) >= crop.height;
    let filter = if grows {
        FilterType::CatmullRom
    } else {
        FilterType::Lanczos3
    };
    let (left, top) = (off_centre(crop.left), off_centre(crop.top));
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .crop(left, top, crop.width, crop.height)
        .use_alpha(false);
    // The dynamic `resize` would pull in every pixel type: a megabyte.
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .ok()?;
    drop(target);
    RgbImage::from_bytes(out_width, out_height, out)
}

/// Moves the start of a crop by what nobody sees. Catmull-Rom weighs the neighbours of a pixel that it hits in the middle
/// with exactly 0, and fast_image_resize 6.1 leaves such weights out: where the first pixel of a crop is hit like that, the
/// later ones reach further to the left than it has room for.
fn off_centre(start: f64) -> f64 {
    start - (start / 2.0).min(1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_size_leaves_every_byte() {
        let image = RgbImage::from_fn(5, 4, |x, y| [x as u8, y as u8, 77]);
        assert_eq!(
            resize(image.clone(), Crop::whole((5, 4)), (5, 4)),
            Ok(image)
        );
    }

    #[test]
    fn flat_colours_stay_and_a_crop_shows_its_part_alone() {
        let halves = RgbImage::from_fn(80, 40, |x, _| {
            if x < 40 {
                [10, 20, 30]
            } else {
                [200, 210, 220]
            }
        });
        // The filter looks a little over the crop's edge, where the picture goes on.
        let crop = Crop {
            left: 60.0,
            top: 0.0,
            width: 20.0,
            height: 40.0,
        };
        let right = resize(halves, crop, (7, 9)).unwrap();
        assert!(
            right.pixels().iter().all(|pixel| *pixel == [200, 210, 220]),
            "{right:?}"
        );
        let grown = resize(
            RgbImage::filled(3, 3, [1, 128, 255]),
            Crop::whole((3, 3)),
            (20, 10),
        )
        .unwrap();
        assert!(grown.pixels().iter().all(|pixel| *pixel == [1, 128, 255]));
    }

    #[test]
    fn a_crop_whose_first_pixel_lies_on_one_of_the_source_grows_like_any_other() {
        let stripes = RgbImage::from_fn(5, 3, |x, _| [x as u8 * 60; 3]);
        let crop = Crop {
            left: 4.0 / 3.0,
            top: 0.0,
            width: 7.0 / 3.0,
            height: 3.0,
        };
        let grown = resize(stripes, crop, (7, 9)).unwrap();
        let row: Vec<u8> = grown.pixels()[..7].iter().map(|pixel| pixel[1]).collect();
        assert_eq!(row, [60, 80, 100, 120, 140, 160, 180]);
    }

    #[test]
    fn a_result_over_the_budget_is_too_large() {
        // Neither source nor result is, but what lies between them.
        for (source, result) in [((16_384, 1), (1, 16_384)), ((1, 16_384), (16_384, 1))] {
            let image = RgbImage::filled(source.0, source.1, [0; 3]);
            let whole = Crop::whole((source.0 as u32, source.1 as u32));
            let error = resize(image, whole, result).unwrap_err();
            assert_eq!(error.code(), "too-large");
        }
        let image = RgbImage::filled(2, 2, [0; 3]);
        let error = resize(image, Crop::whole((2, 2)), (16_384, 16_384)).unwrap_err();
        assert_eq!(error.code(), "too-large");
    }
}
