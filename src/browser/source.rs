//! What a caller may hand over as an image or a payload, as bytes of our own.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::Invalid;

#[wasm_bindgen(module = "/src/browser/source.js")]
extern "C" {
    /// A URL as text, or a Blob; undefined for anything else.
    fn elsewhere(value: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = viewOf)]
    fn view_of(value: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = nameOf)]
    fn name_of(source: &JsValue) -> Option<String>;
    /// Fetches a URL or reads a Blob, as [`Source::Elsewhere`] has it: a promise of its bytes, an Uint8Array. Rejects with
    /// `ImageError` `fetch`, with what the browser lets be known, or `aborted`.
    pub(super) fn load(source: &JsValue, signal: Option<&AbortSignal>) -> Promise;

    /// `ImageError` `aborted`, with the signal's own reason as the cause.
    #[cfg(feature = "image")]
    pub(super) fn aborted(signal: &AbortSignal) -> JsValue;
}

/// The bytes that [`load`] resolves with, copied.
pub(super) fn loaded(bytes: JsValue) -> Vec<u8> {
    bytes.unchecked_into::<Uint8Array>().to_vec()
}

/// An image as it came in. Bytes are copied already, so that the caller may change or transfer his own.
pub(super) enum Source {
    /// A URL as text, or a Blob.
    Elsewhere(JsValue),
    Bytes(Vec<u8>),
    #[cfg(feature = "image")]
    Pixels(super::pixels::PixelSource),
}

impl Source {
    pub(super) fn read(value: &JsValue) -> Result<Self, Invalid> {
        let elsewhere = elsewhere(value);
        if !elsewhere.is_undefined() {
            return Ok(Self::Elsewhere(elsewhere));
        }
        #[cfg(feature = "image")]
        if let Some(pixels) = super::pixels::PixelSource::read(value)? {
            return Ok(Self::Pixels(pixels));
        }
        match binary(value, "image")? {
            Some(bytes) => Ok(Self::Bytes(bytes)),
            None => Err(Invalid::new(
                "image",
                "must be a URL, File, Blob, ArrayBuffer, Uint8Array, ImageData or ImageBitmap",
            )),
        }
    }

    /// The name that the source gives itself: a file's, or the last part of a URL's path.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Elsewhere(source) => name_of(source),
            _ => None,
        }
    }
}

/// Text as UTF-8, or bytes, copied.
#[cfg(feature = "mqtt")]
pub(super) fn bytes_of(value: &JsValue, name: &str) -> Result<Vec<u8>, Invalid> {
    if value.is_string() {
        return super::client::text(value, name).map(String::into_bytes);
    }
    binary(value, name)?.ok_or_else(|| Invalid::new(name, "must be a string or a Uint8Array"))
}

/// The bytes of an ArrayBuffer, a SharedArrayBuffer or a view of one; `None` for anything else.
fn binary(value: &JsValue, name: &str) -> Result<Option<Vec<u8>>, Invalid> {
    let view = view_of(value);
    if view.is_null() {
        // There is nothing in it to send.
        return Err(Invalid::new(
            name,
            "is a detached buffer: it was transferred elsewhere",
        ));
    }
    Ok(view.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec))
}
