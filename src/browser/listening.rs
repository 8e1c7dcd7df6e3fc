//! An event of the platform that is listened to as long as somebody cares, and no longer.

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    fn listen(target: Option<&AbortSignal>, event: &str, heard: &Closure<dyn FnMut()>);
    fn unlisten(target: Option<&AbortSignal>, event: &str, heard: &Closure<dyn FnMut()>);
}

/// Listens to an event; dropping it takes the listener away.
pub(super) struct Listening {
    target: Option<AbortSignal>,
    event: &'static str,
    listener: Closure<dyn FnMut()>,
}

impl Listening {
    /// Calls `heard` when the signal fires. One that has fired already must be asked with `aborted()` before.
    pub(super) fn to_abort(signal: AbortSignal, heard: impl FnMut() + 'static) -> Self {
        Self::new(Some(signal), "abort", Closure::new(heard))
    }

    /// Calls `heard` when `event` comes to the page, or to the worker.
    pub(super) fn to_global(event: &'static str, heard: impl FnMut() + 'static) -> Self {
        Self::new(None, event, Closure::new(heard))
    }

    fn new(
        target: Option<AbortSignal>,
        event: &'static str,
        listener: Closure<dyn FnMut()>,
    ) -> Self {
        listen(target.as_ref(), event, &listener);
        Self {
            target,
            event,
            listener,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        unlisten(self.target.as_ref(), self.event, &self.listener);
    }
}
