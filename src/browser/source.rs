//! What a caller may hand over as an image or a payload, as bytes of our own.

use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Blob, File, RequestInit, Response};

use super::error::{Invalid, image_error};

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = isSharedBuffer)]
    fn is_shared(value: &JsValue) -> bool;
}

#[wasm_bindgen]
extern "C" {
    // Pages and workers both have it; web-sys would need to know which of the two this is.
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(url: &str, init: &RequestInit) -> Promise;

    #[wasm_bindgen(js_namespace = ArrayBuffer, js_name = isView)]
    fn is_view(value: &JsValue) -> bool;
}

/// An image as it came in. Bytes are copied already, so that the caller may change or transfer his own.
pub(super) enum Source {
    Url(String),
    Blob(Blob),
    Bytes(Vec<u8>),
    #[cfg(feature = "image")]
    Pixels(super::pixels::PixelSource),
}

/// A source's bytes and the name that it gave itself.
pub(super) struct Loaded {
    pub(super) bytes: Vec<u8>,
    pub(super) name: Option<String>,
}

impl Source {
    pub(super) fn read(value: &JsValue) -> Result<Self, Invalid> {
        if let Some(text) = value.as_string() {
            return Ok(Self::Url(text));
        }
        if let Some(url) = value.dyn_ref::<web_sys::Url>() {
            return Ok(Self::Url(url.href()));
        }
        if let Some(blob) = value.dyn_ref::<Blob>() {
            return Ok(Self::Blob(blob.clone()));
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
            Self::Url(url) => name_in_url(url),
            Self::Blob(blob) => blob
                .dyn_ref::<File>()
                .map(File::name)
                .filter(|name| !name.is_empty()),
            _ => None,
        }
    }

    /// Fetches or reads the bytes; `None` for pixels, which have none.
    ///
    /// # Errors
    /// `ImageError` `fetch` with what the browser lets be known, or `aborted`.
    pub(super) async fn load(self, signal: Option<&AbortSignal>) -> Result<Loaded, JsValue> {
        let name = self.name();
        match self {
            Self::Url(url) => {
                let bytes = fetch_bytes(&url, signal).await?;
                Ok(Loaded { bytes, name })
            }
            Self::Blob(blob) => {
                let buffer = JsFuture::from(blob.array_buffer())
                    .await
                    .map_err(|thrown| {
                        image_error(
                            "fetch",
                            "the file could not be read: it may have been moved or changed",
                            Some(thrown),
                        )
                    })?;
                Ok(Loaded {
                    bytes: Uint8Array::new(&buffer).to_vec(),
                    name,
                })
            }
            Self::Bytes(bytes) => Ok(Loaded { bytes, name }),
            #[cfg(feature = "image")]
            Self::Pixels(_) => Err(image_error(
                "invalid",
                "image: pixels have no bytes of their own",
                None,
            )),
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
    let view = if is_view(value) {
        let part = |key: &str| Reflect::get(value, &key.into()).unwrap_or(JsValue::UNDEFINED);
        let number = |key: &str| super::options::whole(&part(key), 0, u32::MAX).unwrap_or(0);
        let buffer = part("buffer");
        check_attached(&buffer, name)?;
        Uint8Array::new_with_byte_offset_and_length(
            &buffer,
            number("byteOffset"),
            number("byteLength"),
        )
    } else if value.is_instance_of::<ArrayBuffer>() || is_shared(value) {
        check_attached(value, name)?;
        Uint8Array::new(value)
    } else {
        return Ok(None);
    };
    Ok(Some(view.to_vec()))
}

/// A detached buffer has been transferred elsewhere: there is nothing in it to send.
fn check_attached(buffer: &JsValue, name: &str) -> Result<(), Invalid> {
    let detached = match Reflect::get(buffer, &"detached".into()) {
        Ok(flag) if !flag.is_undefined() => flag.is_truthy(),
        // Older browsers: a detached buffer refuses a view.
        _ => Reflect::construct(
            &Uint8Array::new_with_length(0).constructor(),
            &js_sys::Array::of1(buffer),
        )
        .is_err(),
    };
    if detached {
        Err(Invalid::new(
            name,
            "is a detached buffer: it was transferred elsewhere",
        ))
    } else {
        Ok(())
    }
}

async fn fetch_bytes(url: &str, signal: Option<&AbortSignal>) -> Result<Vec<u8>, JsValue> {
    let init = RequestInit::new();
    init.set_signal(signal);
    let answer = JsFuture::from(fetch(url, &init))
        .await
        .map_err(|thrown| fetch_failed(url, signal, thrown))?;
    let response: Response = answer.unchecked_into();
    if !response.ok() {
        let message = format!("{url} answered {}: check the address", response.status());
        return Err(image_error("fetch", &message, None));
    }
    let body = response
        .array_buffer()
        .map_err(|thrown| fetch_failed(url, signal, thrown))?;
    let buffer = JsFuture::from(body)
        .await
        .map_err(|thrown| fetch_failed(url, signal, thrown))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// `fetch` tells a page no more than that it failed; what can be known beside it is whose origin the URL is.
fn fetch_failed(url: &str, signal: Option<&AbortSignal>, thrown: JsValue) -> JsValue {
    if signal.is_some_and(AbortSignal::aborted) {
        return aborted(signal);
    }
    let message = if is_same_origin(url) {
        format!("{url} could not be fetched: the server does not answer")
    } else {
        format!(
            "{url} could not be fetched: its server does not answer, or does not let other pages read it (CORS). \
             Save the picture and drop it here"
        )
    };
    image_error("fetch", &message, Some(thrown))
}

/// `ImageError` `aborted`, with the signal's own reason as the cause.
pub(super) fn aborted(signal: Option<&AbortSignal>) -> JsValue {
    let reason = signal
        .map(AbortSignal::reason)
        .filter(|reason| !reason.is_undefined());
    image_error("aborted", "aborted by its caller", reason)
}

fn is_same_origin(url: &str) -> bool {
    let location =
        Reflect::get(&js_sys::global(), &"location".into()).unwrap_or(JsValue::UNDEFINED);
    let here = Reflect::get(&location, &"href".into())
        .ok()
        .and_then(|href| href.as_string());
    let Some(here) = here else { return false };
    match (
        web_sys::Url::new(&here),
        web_sys::Url::new_with_base(url, &here),
    ) {
        (Ok(here), Ok(there)) => here.origin() == there.origin(),
        _ => false,
    }
}

fn name_in_url(url: &str) -> Option<String> {
    let url = web_sys::Url::new_with_base(url, "http://localhost/").ok()?;
    let path = url.pathname();
    let last = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let decoded = js_sys::decode_uri_component(last).map(String::from);
    Some(decoded.unwrap_or_else(|_| last.to_owned()))
}
