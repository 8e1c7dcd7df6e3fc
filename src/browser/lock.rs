//! What one client of this browser must not take from another: a client id, and a device that is being sent to.
//!
//! Both are Web Locks for each URL of the broker, taken in sorted order. A page that rests in the back/forward cache lets
//! go of them and takes them again when it comes back (`locks.js`).

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Url;

use super::practice;

#[wasm_bindgen(module = "/src/browser/locks.js")]
extern "C" {
    type WebLock;
    #[wasm_bindgen(js_name = newLock)]
    fn new_lock(names: &Array) -> WebLock;
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
        let mut brokers: Vec<String> = urls.iter().filter_map(|url| broker(url)).collect();
        brokers.sort_unstable();
        brokers.dedup();
        let names = brokers
            .iter()
            .map(|broker| JsValue::from(format!("mqtt-image-sender {kind} {broker} {name}")));
        Self(new_lock(&names.collect()))
    }

    /// Takes it, and waits for at most `patience` milliseconds. False: another has it, or the page was put to rest meanwhile.
    pub(super) async fn hold(&self, patience: u32) -> bool {
        let held = JsFuture::from(self.0.hold(patience)).await;
        held.is_ok_and(|held| held.is_truthy())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// What tells one broker from another: its URL without the query, which is another one each time where it is signed. The
/// practice broker is no other page's.
fn broker(url: &str) -> Option<String> {
    if url == practice::URL {
        return None;
    }
    let url = Url::new(url).ok()?;
    Some(url.protocol() + "//" + &url.host() + &url.pathname())
}
