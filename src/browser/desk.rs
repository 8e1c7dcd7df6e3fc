//! What waits for the client: promises, and the functions of whoever uses it. `desk.js` keeps them, by the numbers that the
//! client gave them: what is JavaScript's stays there, and no value of it has to be held from here.
//!
//! JavaScript of the user's runs in some of these calls: nothing may be borrowed meanwhile.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen(module = "/src/browser/desk.js")]
extern "C" {
    pub(super) type Desk;

    /// Calls a function of the user's. What it throws is shown as uncaught.
    pub(super) fn tell(listener: &Function, news: &JsValue);

    /// `abort_publish` is called with the number of a publish whose signal fired.
    #[wasm_bindgen(constructor)]
    pub(super) fn new(abort_publish: &Closure<dyn FnMut(f64)>) -> Desk;

    #[wasm_bindgen(method, getter, js_name = onstatechange)]
    pub(super) fn on_state_change(this: &Desk) -> JsValue;
    /// Whatever is no function takes it away, as with event handlers of the platform.
    #[wasm_bindgen(method, setter, js_name = onstatechange)]
    pub(super) fn set_on_state_change(this: &Desk, listener: &JsValue);
    #[wasm_bindgen(method, getter, js_name = onnotice)]
    pub(super) fn on_notice(this: &Desk) -> JsValue;
    #[wasm_bindgen(method, setter, js_name = onnotice)]
    pub(super) fn set_on_notice(this: &Desk, listener: &JsValue);

    /// Tells of a change of state, with the error that caused it.
    #[wasm_bindgen(method)]
    pub(super) fn state(this: &Desk, state: &str, cause: &JsValue);
    /// Tells of what is no failure.
    #[wasm_bindgen(method)]
    pub(super) fn notice(this: &Desk, code: &str, message: &str, topic: &str);

    #[wasm_bindgen(method)]
    pub(super) fn publish(this: &Desk, token: f64, signal: Option<&AbortSignal>) -> Promise;
    /// Its exchange is complete, or failed with an error.
    #[wasm_bindgen(method)]
    pub(super) fn published(this: &Desk, token: f64, error: &JsValue);

    #[wasm_bindgen(method)]
    pub(super) fn subscribe(this: &Desk, id: f64, on_message: &JsValue) -> Promise;
    /// Whether its promise is still to be kept.
    #[wasm_bindgen(method, js_name = awaitsSubscription)]
    pub(super) fn awaits_subscription(this: &Desk, id: f64) -> bool;
    #[wasm_bindgen(method)]
    pub(super) fn granted(this: &Desk, id: f64, subscription: JsValue);
    #[wasm_bindgen(method)]
    pub(super) fn refused(this: &Desk, id: f64, error: &JsValue);
    /// Asks for its end; false where that was asked for before, or there is none.
    #[wasm_bindgen(method)]
    pub(super) fn leave(this: &Desk, id: f64) -> bool;
    /// A promise of its end.
    #[wasm_bindgen(method)]
    pub(super) fn left(this: &Desk, id: f64) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn unsubscribed(this: &Desk, id: f64);
    /// Delivers a message to one handler, unless that was asked to end.
    #[wasm_bindgen(method)]
    pub(super) fn deliver(
        this: &Desk,
        id: f64,
        topic: &str,
        payload: &[u8],
        qos: u8,
        retain: bool,
        dup: bool,
    );

    #[wasm_bindgen(method)]
    pub(super) fn check(this: &Desk) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn checked(this: &Desk, alive: bool);
    #[wasm_bindgen(method)]
    pub(super) fn close(this: &Desk) -> Promise;

    /// The client has ended: every promise that still waits is settled.
    #[wasm_bindgen(method)]
    pub(super) fn end(this: &Desk, error: &JsValue);
}
