//! The broker and the devices of the module beside this one, which `elsewhere.js` loads.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/elsewhere.js")]
extern "C" {
    /// `linkPractice` of that module, once it is there.
    pub(super) fn link() -> Promise;

    /// What `newReceiver` of that module gives.
    pub(in super::super) fn receiver(next: bool) -> Promise;
}
