//! `prepareImage` and `PreparedImage`, as `api.d.ts` has them.

use std::borrow::Cow;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Promise, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{AbortSignal, ImageData};

use super::error::{Invalid, image_error, image_invalid};
use super::options::Options;
use super::pixels::PixelSource;
use super::prepare_options;
use super::source::{Source, aborted, load, loaded};
use crate::image::{self, Error, Format, Job, Kind, PrepareOptions, Prepared, Step, Turn, sniff};

#[cfg(feature = "mqtt")]
use crate::transfer::Image as Bytes;
// A slice behind it would be a copy of the vector.
#[cfg(not(feature = "mqtt"))]
type Bytes = std::sync::Arc<Vec<u8>>;

/// A picture that is ready to be sent.
#[derive(Clone)]
#[wasm_bindgen(skip_typescript)]
pub struct PreparedImage {
    /// Held once, whatever the number of transfers.
    bytes: Bytes,
    mime: &'static str,
    #[cfg(feature = "mqtt")]
    extension: &'static str,
    /// Everything but the bytes.
    about: Prepared,
    name: Option<String>,
}

#[wasm_bindgen]
impl PreparedImage {
    /// What is sent, as a copy.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> Uint8Array {
        Uint8Array::from(&self.bytes[..])
    }

    /// In pixels.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.about.width
    }

    /// In pixels.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.about.height
    }

    /// As it was asked for.
    #[wasm_bindgen(getter)]
    pub fn format(&self) -> String {
        self.about.format.as_str().to_owned()
    }

    /// The MIME type of the bytes.
    #[wasm_bindgen(getter)]
    pub fn mime(&self) -> String {
        self.mime.to_owned()
    }

    /// The quality that was used, where the format has one.
    #[wasm_bindgen(getter)]
    pub fn quality(&self) -> Option<u8> {
        self.about.quality
    }

    /// The name that its source gave itself: a file's, or the last part of a URL's path.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> Option<String> {
        self.name.clone()
    }

    /// What was lost or guessed on the way in.
    #[wasm_bindgen(getter)]
    pub fn warnings(&self) -> Array {
        self.about
            .warnings
            .iter()
            .map(|warning| JsValue::from_str(warning))
            .collect()
    }

    /// What the device will show, as RGBA for a canvas.
    pub fn preview(&self) -> Result<ImageData, JsValue> {
        let pixels = self.whole().preview().map_err(|error| to_js(&error))?;
        // An array of its own: `ImageData` keeps what it is given, and linear memory is not its to keep.
        let rgba = Uint8ClampedArray::from(pixels.rgba.as_slice());
        ImageData::new_with_js_u8_clamped_array_and_sh(&rgba, pixels.width, pixels.height)
    }

    /// A second handle on the same bytes: how `sendImage` takes one without taking it away from its owner.
    #[wasm_bindgen(js_name = __share)]
    pub fn share_handle(&self) -> Self {
        self.clone()
    }
}

impl PreparedImage {
    fn new(mut prepared: Prepared, name: Option<String>) -> Self {
        let mime = prepared.mime();
        #[cfg(feature = "mqtt")]
        let extension = prepared.extension();
        prepared.bytes.shrink_to_fit();
        let bytes = std::mem::take(&mut prepared.bytes).into();
        Self {
            bytes,
            mime,
            #[cfg(feature = "mqtt")]
            extension,
            about: prepared,
            name,
        }
    }

    /// With a copy of the bytes, to be looked into.
    fn whole(&self) -> Prepared {
        Prepared {
            bytes: self.bytes.to_vec(),
            ..self.about.clone()
        }
    }

    /// The prepared image behind a JavaScript value, if it is one of this module's.
    #[cfg(feature = "mqtt")]
    pub(super) fn share(value: &JsValue) -> Option<Self> {
        let share = js_sys::Reflect::get(value, &"__share".into()).ok()?;
        let handle = share.dyn_ref::<js_sys::Function>()?.call0(value).ok()?;
        wasm_bindgen::convert::TryFromJsValue::try_from_js_value(handle).ok()
    }

    #[cfg(feature = "mqtt")]
    pub(super) fn into_ready(self) -> super::prepared::Ready {
        let is_unknown = self.about.format == Format::Original;
        let extension = if is_unknown && self.name.is_some() {
            None
        } else {
            Some(self.extension)
        };
        super::prepared::Ready {
            bytes: self.bytes,
            name: self.name,
            extension,
        }
    }
}

/// Prepares an image.
#[wasm_bindgen(js_name = prepareImage, skip_typescript)]
pub fn prepare_image(source: JsValue, options: JsValue) -> Promise {
    // Read at once: the caller may change or transfer what he gave.
    let read = || -> Result<_, Invalid> {
        let options = Options::read(&options, "options");
        let prepare = prepare_options::read(&options);
        let signal = options.signal();
        let source = Source::read(&source, &options);
        options.finish()?;
        Ok((source, prepare, signal))
    };
    let read = read();
    future_to_promise(async move {
        let (source, options, signal) = read.map_err(|invalid| image_invalid(&invalid))?;
        prepare(source, &options, signal.as_ref())
            .await
            .map(JsValue::from)
    })
}

/// Looks for options that the image room refuses, before anything is fetched.
pub(super) fn check(options: &PrepareOptions) -> Result<(), Error> {
    let one_pixel = image::Source::Pixels {
        rgba: Cow::Borrowed(&[255; 4]),
        width: 1,
        height: 1,
        turn: Turn::default(),
    };
    let source = if options.format == Some(Format::Original) {
        image::Source::File(Cow::Borrowed(&[0]))
    } else {
        one_pixel
    };
    Job::new(source, options).map(|_| ())
}

/// Loads, decodes, arranges and encodes, and looks at the signal in between.
pub(super) async fn prepare(
    source: Source,
    options: &PrepareOptions,
    signal: Option<&AbortSignal>,
) -> Result<PreparedImage, JsValue> {
    breathe(signal).await?;
    let name = source.name();
    let bytes = match source {
        Source::Pixels(pixels) => return run(from_pixels(pixels), options, signal, None).await,
        Source::Bytes(bytes) => bytes,
        Source::Elsewhere(source) => loaded(JsFuture::from(load(&source, signal)).await?),
    };
    breathe(signal).await?;
    let kind = sniff(&bytes).filter(|&kind| is_for_the_browser(kind));
    if let Some(kind) = kind
        && options.format != Some(Format::Original)
    {
        // What its header says is held against the limits first, as far as the image room reads it.
        let tried = Job::new(image::Source::File(Cow::Borrowed(&bytes)), options);
        let unsupported = match tried.and_then(Job::run) {
            Ok(prepared) => return Ok(PreparedImage::new(prepared, name)),
            Err(error @ Error::Unsupported { .. }) => error,
            Err(error) => return Err(to_js(&error)),
        };
        let pixels = PixelSource::decode(bytes, kind, options, unsupported)
            .await
            .map_err(|error| to_js(&error))?;
        return run(from_pixels(pixels), options, signal, name).await;
    }
    run(
        image::Source::File(Cow::Owned(bytes)),
        options,
        signal,
        name,
    )
    .await
}

async fn run(
    source: image::Source<'static>,
    options: &PrepareOptions,
    signal: Option<&AbortSignal>,
    name: Option<String>,
) -> Result<PreparedImage, JsValue> {
    let mut job = Job::new(source, options).map_err(|error| to_js(&error))?;
    loop {
        match job.step().map_err(|error| to_js(&error))? {
            Step::Done(prepared) => return Ok(PreparedImage::new(prepared, name)),
            Step::More => breathe(signal).await?,
        }
    }
}

/// Lets an abort come in: it is an event, so a turn of the event loop has to pass. Without a signal nobody waits.
async fn breathe(signal: Option<&AbortSignal>) -> Result<(), JsValue> {
    let Some(signal) = signal else { return Ok(()) };
    if !signal.aborted() {
        TimeoutFuture::new(0).await;
    }
    if signal.aborted() {
        Err(aborted(signal))
    } else {
        Ok(())
    }
}

fn from_pixels(pixels: PixelSource) -> image::Source<'static> {
    image::Source::Pixels {
        rgba: Cow::Owned(pixels.rgba),
        width: pixels.width,
        height: pixels.height,
        turn: pixels.turn,
    }
}

/// Formats that browsers decode and this module does not.
fn is_for_the_browser(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Webp | Kind::Avif | Kind::Heic | Kind::Svg | Kind::JpegXl | Kind::Ico | Kind::Tiff
    )
}

fn to_js(error: &Error) -> JsValue {
    image_error(error.code(), &error.to_string())
}
