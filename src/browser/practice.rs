//! What `practice:` and `VirtualDevice` lead to: the loopback broker and the device's side of the protocol. They are in this
//! module or, where most pages should not have to load them, in one beside it.

#[cfg(not(feature = "practice-elsewhere"))]
mod broker;
#[cfg(feature = "practice-elsewhere")]
mod elsewhere;
#[cfg(not(feature = "practice-elsewhere"))]
mod player;

#[cfg(feature = "mqtt")]
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[cfg(feature = "practice-elsewhere")]
pub(super) use elsewhere::receiver;

/// The broker's URL.
#[cfg(feature = "mqtt")]
pub(super) const URL: &str = "practice:";

#[wasm_bindgen(module = "/src/browser/practice.js")]
extern "C" {
    /// What the shell takes for a WebSocket.
    #[derive(Clone)]
    pub type PracticeSocket;

    /// `link` promises a function that links this socket to the broker.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(constructor)]
    fn new(link: &Promise) -> PracticeSocket;

    /// It is open. `say` is called with `id` and what is said to the broker, with no bytes when the link has ended.
    #[cfg(not(feature = "practice-elsewhere"))]
    #[wasm_bindgen(method)]
    fn linked(this: &PracticeSocket, id: f64, say: &Closure<dyn Fn(f64, Option<Vec<u8>>)>);

    /// What the broker says, and that it has taken what it was told.
    #[cfg(not(feature = "practice-elsewhere"))]
    #[wasm_bindgen(method)]
    fn hear(this: &PracticeSocket, bytes: &[u8]);

    /// The broker has closed the link.
    #[cfg(not(feature = "practice-elsewhere"))]
    #[wasm_bindgen(method)]
    fn end(this: &PracticeSocket);
}

/// A promise of what `player::new_receiver` gives.
#[cfg(all(feature = "mqtt", not(feature = "practice-elsewhere")))]
pub(super) fn receiver(next: bool) -> Promise {
    Promise::resolve(&player::new_receiver(next))
}

/// A socket to the practice broker. As a WebSocket does, it opens after this call.
#[cfg(feature = "mqtt")]
pub(super) fn socket() -> JsValue {
    #[cfg(feature = "practice-elsewhere")]
    let link = elsewhere::link();
    #[cfg(not(feature = "practice-elsewhere"))]
    let link = Promise::resolve(&Closure::once_into_js(broker::link_practice));
    PracticeSocket::new(&link).into()
}
