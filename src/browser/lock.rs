//! What one client of this browser must not take from another: a client id, and a device that is being sent to.
//!
//! Both are Web Locks for each URL of the broker. A page that rests in the back/forward cache lets go of them and takes them
//! again when it comes back (`locks.js`).

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::later::when;

#[wasm_bindgen(module = "/src/browser/locks.js")]
extern "C" {
    type WebLock;
    #[wasm_bindgen(js_name = newLock)]
    fn new_lock(kind: &str, name: &str, urls: Vec<String>) -> WebLock;
    #[wasm_bindgen(method)]
    fn hold(this: &WebLock, patience: u32) -> Promise;
    #[wasm_bindgen(method)]
    fn release(this: &WebLock);
}

/// Something of which this browser has one for each broker. Dropping it lets it go.
pub(super) struct Lock(WebLock);

impl Lock {
    /// The client id `id` at the broker that has these URLs.
    pub(super) fn client_id(urls: &[String], id: &str) -> Self {
        Self::new(urls, "client", id)
    }

    /// The device that listens on `to`.
    pub(super) fn device(urls: &[String], to: &str) -> Self {
        Self::new(urls, "device", to)
    }

    fn new(urls: &[String], kind: &str, name: &str) -> Self {
        Self(new_lock(kind, name, urls.to_vec()))
    }

    /// Takes it, and waits for at most `patience` milliseconds. `then` gets false when another has it, or the page was put
    /// to rest meanwhile.
    pub(super) fn hold(&self, patience: u32, then: impl FnOnce(bool) + 'static) {
        when(&self.0.hold(patience), |held| {
            then(held.is_ok_and(|held| held.is_truthy()));
        });
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.release();
    }
}
