//! An event of the platform that is listened to as long as somebody cares, and no longer.

use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

/// Listens to an event; dropping it takes the listener away.
pub(super) struct Listening {
    target: EventTarget,
    event: &'static str,
    listener: Closure<dyn FnMut()>,
}

impl Listening {
    /// Calls `heard` when `event` comes. An `AbortSignal` that has fired already must be asked with `aborted()` before.
    pub(super) fn new(
        target: EventTarget,
        event: &'static str,
        heard: impl FnMut() + 'static,
    ) -> Self {
        let listener = Closure::<dyn FnMut()>::new(heard);
        // Adding a listener to a live target cannot fail.
        let _ = target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        Self {
            target,
            event,
            listener,
        }
    }

    /// Listens to the page, or to the worker.
    pub(super) fn to_global(event: &'static str, heard: impl FnMut() + 'static) -> Self {
        let global: EventTarget = js_sys::global().unchecked_into();
        Self::new(global, event, heard)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(
            self.event,
            self.listener.as_ref().unchecked_ref(),
        );
    }
}
