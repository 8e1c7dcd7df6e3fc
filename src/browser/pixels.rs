//! Pixels that the browser holds: ImageData, ImageBitmap, and what its own decoders make of a file.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ImageBitmap, ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::error::{Invalid, image_error};

#[wasm_bindgen]
extern "C" {
    // Pages and workers both have it; web-sys would need to know which of the two this is.
    #[wasm_bindgen(js_name = createImageBitmap, catch)]
    fn create_image_bitmap(blob: &web_sys::Blob) -> Result<Promise, JsValue>;
}

/// Unpremultiplied RGBA, eight bits each.
pub(super) struct PixelSource {
    pub(super) rgba: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl PixelSource {
    /// The pixels of an ImageData or ImageBitmap, copied now: the caller may close or transfer it later.
    pub(super) fn read(value: &JsValue) -> Result<Option<Self>, Invalid> {
        if let Some(data) = value.dyn_ref::<ImageData>() {
            return Self::of(data).map(Some);
        }
        let Some(bitmap) = value.dyn_ref::<ImageBitmap>() else {
            return Ok(None);
        };
        if bitmap.width() == 0 || bitmap.height() == 0 {
            return Err(Invalid::new(
                "image",
                "is an ImageBitmap that was closed or transferred",
            ));
        }
        draw(bitmap)
            .map(Some)
            .map_err(|_| Invalid::new("image", "is an ImageBitmap that cannot be drawn here"))
    }

    /// An ImageData's pixels in sRGB.
    fn of(data: &ImageData) -> Result<Self, Invalid> {
        let pixels = Self {
            rgba: data.data().0,
            width: data.width(),
            height: data.height(),
        };
        if pixels.rgba.is_empty() {
            let reason = "is an ImageData without pixels: its buffer was transferred elsewhere";
            return Err(Invalid::new("image", reason));
        }
        if !has_other_colors(data) {
            return Ok(pixels);
        }
        // A canvas is sRGB, and takes what is put on it there.
        through_canvas(pixels.width, pixels.height, |context| {
            context.put_image_data(data, 0.0, 0.0)
        })
        .map_err(|_| {
            Invalid::new(
                "image",
                "is an ImageData that cannot be brought to sRGB here",
            )
        })
    }

    /// Lets the browser decode a file that this module does not read (AVIF, HEIC, SVG where it can).
    ///
    /// # Errors
    /// The error that the module gave, where the browser cannot either; `too-large`.
    pub(super) async fn decode(
        bytes: &[u8],
        mime: &str,
        max_megapixels: f64,
        unsupported: JsValue,
    ) -> Result<Self, JsValue> {
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
        let options = web_sys::BlobPropertyBag::new();
        options.set_type(mime);
        let Ok(blob) = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options)
        else {
            return Err(unsupported);
        };
        let Ok(promise) = create_image_bitmap(&blob) else {
            return Err(unsupported);
        };
        let Ok(bitmap) = JsFuture::from(promise).await else {
            return Err(unsupported);
        };
        let bitmap: ImageBitmap = bitmap.unchecked_into();
        let megapixels = f64::from(bitmap.width()) * f64::from(bitmap.height()) / 1e6;
        if megapixels > max_megapixels {
            bitmap.close();
            // To write a float would weigh six KiB in the module.
            let message = format!(
                "the picture has {} megapixels, more than maxMegapixels",
                megapixels.ceil() as u32
            );
            return Err(image_error("too-large", &message));
        }
        let drawn = draw(&bitmap);
        bitmap.close();
        drawn.map_err(|_| unsupported)
    }
}

/// Whether a colour space is told that is not sRGB.
fn has_other_colors(data: &ImageData) -> bool {
    let space = Reflect::get(data, &"colorSpace".into());
    space.is_ok_and(|space| space.is_string() && space != "srgb")
}

fn draw(bitmap: &ImageBitmap) -> Result<PixelSource, JsValue> {
    through_canvas(bitmap.width(), bitmap.height(), |context| {
        context.draw_image_with_image_bitmap(bitmap, 0.0, 0.0)
    })
}

/// Reads back the pixels of what is drawn.
fn through_canvas(
    width: u32,
    height: u32,
    draw: impl Fn(&OffscreenCanvasRenderingContext2d) -> Result<(), JsValue>,
) -> Result<PixelSource, JsValue> {
    let canvas = OffscreenCanvas::new(width, height)?;
    // Read back at once: a canvas on the graphics card would have to be fetched from it.
    let hints = Object::new();
    Reflect::set(&hints, &"willReadFrequently".into(), &JsValue::TRUE)?;
    let context = canvas
        .get_context_with_context_options("2d", &hints)?
        .ok_or_else(|| JsValue::from_str("no 2d context"))?
        .unchecked_into::<OffscreenCanvasRenderingContext2d>();
    draw(&context)?;
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?;
    Ok(PixelSource {
        rgba: data.data().0,
        width,
        height,
    })
}
