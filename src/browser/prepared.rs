//! What `sendImage` is given: an image that is prepared already, or a source that is yet to be.

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::later::soon;
#[cfg(not(feature = "image"))]
use super::later::when;
use super::options::Options;
use super::source::Source;
#[cfg(not(feature = "image"))]
use super::source::{load, loaded};
use crate::transfer::Image;

/// An image whose bytes are ready to go.
pub(super) struct Ready {
    pub(super) bytes: Image,
    /// The name that its source gave itself.
    pub(super) name: Option<String>,
    /// The usual extension of its format, where that is known.
    pub(super) extension: Option<&'static str>,
}

/// An image that may yet have to be fetched and prepared.
pub(super) enum ToPrepare {
    #[cfg(feature = "image")]
    Prepared(Ready),
    #[cfg(feature = "image")]
    Source(Box<(Source, crate::image::PrepareOptions)>),
    #[cfg(not(feature = "image"))]
    Original(Source),
}

#[cfg(feature = "image")]
impl ToPrepare {
    /// A PreparedImage takes no PrepareOptions: they stay unread, and so are refused by name.
    pub(super) fn read(image: &JsValue, options: &Options) -> Self {
        if let Some(prepared) = super::image::PreparedImage::share(image) {
            return Self::Prepared(prepared.into_ready());
        }
        let prepare = super::prepare_options::read(options);
        Self::Source(Box::new((Source::read(image, options), prepare)))
    }

    /// Calls `then` with what became of it, later.
    pub(super) fn prepare(
        self,
        signal: Option<AbortSignal>,
        then: impl FnOnce(Result<Ready, JsValue>) + 'static,
    ) {
        match self {
            Self::Prepared(ready) => soon(|| then(Ok(ready))),
            Self::Source(source) => wasm_bindgen_futures::spawn_local(async move {
                let (source, options) = *source;
                // In a box of its own, which is free again while a thousand transfers wait for their devices.
                let prepared =
                    Box::pin(super::image::prepare(source, &options, signal.as_ref())).await;
                then(prepared.map(super::image::PreparedImage::into_ready));
            }),
        }
    }
}

#[cfg(not(feature = "image"))]
impl ToPrepare {
    /// Without the image part files are carried as they are, and that has to be asked for.
    pub(super) fn read(image: &JsValue, options: &Options) -> Self {
        if options.string("format").as_deref() != Some("original") {
            let reason = "must be \"original\": this build has no image part";
            options.refuse("format", reason);
        }
        Self::Original(Source::read(image, options))
    }

    /// Calls `then` with what became of it, later.
    pub(super) fn prepare(
        self,
        signal: Option<AbortSignal>,
        then: impl FnOnce(Result<Ready, JsValue>) + 'static,
    ) {
        let Self::Original(source) = self;
        let name = source.name();
        let ready = |bytes: Vec<u8>| Ready {
            bytes: bytes.into(),
            name,
            extension: None,
        };
        match source {
            Source::Bytes(bytes) => soon(|| then(Ok(ready(bytes)))),
            Source::Elsewhere(source) => when(&load(&source, signal.as_ref()), |answer| {
                then(answer.map(|bytes| ready(loaded(bytes))));
            }),
        }
    }
}
