//! An `AbortSignal` that is listened to as long as somebody cares, and no longer.

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// Listens to a signal; dropping it takes the listener away.
pub(super) struct AbortGuard {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
}

impl AbortGuard {
    /// Calls `abort` when the signal fires. One that has fired already must be asked with `aborted()` before.
    pub(super) fn new(signal: AbortSignal, abort: impl FnMut() + 'static) -> Self {
        let listener = Closure::<dyn FnMut()>::new(abort);
        // Adding a listener to a live signal cannot fail.
        let _ = signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        Self { signal, listener }
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        let _ = self
            .signal
            .remove_event_listener_with_callback("abort", self.listener.as_ref().unchecked_ref());
    }
}
