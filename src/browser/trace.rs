//! `onPacket`: each packet as it goes to the socket or comes from it, for whoever looks for a fault.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/trace.js")]
extern "C" {
    /// What calls the user's function, packet by packet. What that throws is shown as uncaught.
    pub(super) type PacketTrace;

    #[wasm_bindgen(constructor)]
    pub(super) fn new(on_packet: &Function) -> PacketTrace;

    /// A new connection begins.
    #[wasm_bindgen(method)]
    pub(super) fn opened(this: &PacketTrace);

    /// Whole packets that the socket has taken.
    #[wasm_bindgen(method)]
    pub(super) fn sent(this: &PacketTrace, packets: &[u8]);

    /// Any part of the stream that came.
    #[wasm_bindgen(method)]
    pub(super) fn received(this: &PacketTrace, bytes: &[u8]);
}
