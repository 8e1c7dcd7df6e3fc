//! Pixels that the browser holds: ImageData, ImageBitmap, and what its own decoders make of a file.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, ImageBitmap, ImageData, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d,
};

use crate::image::{self, Error, Kind, PrepareOptions, Turn};

#[wasm_bindgen]
extern "C" {
    // Pages and workers both have it; web-sys would need to know which of the two this is.
    #[wasm_bindgen(js_name = createImageBitmap, catch)]
    fn create_image_bitmap(blob: &Blob) -> Result<Promise, JsValue>;
}

/// Unpremultiplied RGBA, eight bits each.
pub(super) struct PixelSource {
    pub(super) rgba: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Brings them upright.
    pub(super) turn: Turn,
}

impl PixelSource {
    /// The pixels of an ImageData or ImageBitmap, copied now: the caller may close or transfer it later. `None` for anything
    /// else; the error is what is wrong with it.
    pub(super) fn read(value: &JsValue) -> Result<Option<Self>, &'static str> {
        if let Some(data) = value.dyn_ref::<ImageData>() {
            return Self::of(data).map(Some);
        }
        let Some(bitmap) = value.dyn_ref::<ImageBitmap>() else {
            return Ok(None);
        };
        if bitmap.width() == 0 || bitmap.height() == 0 {
            return Err("is an ImageBitmap that was closed or transferred");
        }
        draw(bitmap)
            .map(Some)
            .map_err(|_| "is an ImageBitmap that cannot be drawn here")
    }

    /// An ImageData's pixels in sRGB.
    fn of(data: &ImageData) -> Result<Self, &'static str> {
        let pixels = Self {
            rgba: data.data().0,
            width: data.width(),
            height: data.height(),
            turn: Turn::default(),
        };
        if pixels.rgba.is_empty() {
            return Err("is an ImageData without pixels: its buffer was transferred elsewhere");
        }
        if !has_other_colors(data) {
            return Ok(pixels);
        }
        // A canvas is sRGB, and takes what is put on it there.
        through_canvas(pixels.width, pixels.height, |context| {
            context.put_image_data(data, 0.0, 0.0)
        })
        .map_err(|_| "is an ImageData that cannot be brought to sRGB here")
    }

    /// Lets the browser decode a file that this module does not read: WebP, and AVIF, HEIC and others where it can.
    ///
    /// # Errors
    /// `unsupported` where the browser cannot either; [`Error::Corrupt`] for a file of a kind that browsers know;
    /// [`Error::TooLarge`].
    pub(super) async fn decode(
        mut bytes: Vec<u8>,
        kind: Kind,
        options: &PrepareOptions,
        unsupported: Error,
    ) -> Result<Self, Error> {
        let turn = image::take_turn(&mut bytes);
        let Ok(promise) = blob(&bytes, kind).and_then(|blob| create_image_bitmap(&blob)) else {
            return Err(unsupported);
        };
        drop(bytes);
        let Ok(bitmap) = JsFuture::from(promise).await else {
            return Err(match kind {
                Kind::Webp => Error::corrupt(kind.name(), "the browser cannot decode it"),
                _ => unsupported,
            });
        };
        let bitmap: ImageBitmap = bitmap.unchecked_into();
        let drawn = image::admit(bitmap.width(), bitmap.height(), options)
            .and_then(|()| draw(&bitmap).map_err(|_| unsupported));
        bitmap.close();
        drawn.map(|pixels| Self { turn, ..pixels })
    }
}

fn blob(bytes: &[u8], kind: Kind) -> Result<Blob, JsValue> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(kind.mime());
    Blob::new_with_u8_array_sequence_and_options(&parts, &options)
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
        turn: Turn::default(),
    })
}
