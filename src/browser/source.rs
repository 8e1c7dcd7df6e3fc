//! What a caller may hand over as an image or a payload, as bytes of our own.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::options::Options;

#[wasm_bindgen(module = "/src/browser/source.js")]
extern "C" {
    /// A URL as text, or a Blob; undefined for anything else.
    fn elsewhere(value: &JsValue) -> JsValue;
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

/// What an image may be.
const KINDS: &str = "a URL, File, Blob, ArrayBuffer, Uint8Array, ImageData or ImageBitmap";

/// An image as it came in. Bytes are copied already, so that the caller may change or transfer his own.
pub(super) enum Source {
    /// A URL as text, or a Blob.
    Elsewhere(JsValue),
    Bytes(Vec<u8>),
    #[cfg(feature = "image")]
    Pixels(super::pixels::PixelSource),
}

impl Source {
    /// What cannot be taken is refused as the option `image`.
    pub(super) fn read(value: &JsValue, options: &Options) -> Self {
        let elsewhere = elsewhere(value);
        if !elsewhere.is_undefined() {
            return Self::Elsewhere(elsewhere);
        }
        #[cfg(feature = "image")]
        match super::pixels::PixelSource::read(value) {
            Ok(None) => {}
            Ok(Some(pixels)) => return Self::Pixels(pixels),
            Err(reason) => {
                options.refuse("image", reason);
                return Self::Bytes(Vec::new());
            }
        }
        Self::Bytes(options.view(value, "image", KINDS))
    }

    /// The name that the source gives itself: a file's, or the last part of a URL's path.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Elsewhere(source) => name_of(source),
            _ => None,
        }
    }
}
