//! A WebSocket as bytes in and bytes out, or what stands for one where the broker is that of `practice:`.

use core::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::clock;
use super::link::{LinkEvent, Listener};
use super::practice;

/// The subprotocol that client and server agree on [MQTT-6.0.0-3] [MQTT-6.0.0-4].
const SUBPROTOCOL: &str = "mqtt";

/// Bytes that may wait in the browser for the network. It is more than a window of 64 chunks, so that a fast link never
/// runs dry, and little enough that a cancelled transfer stops soon on a slow one.
const MAX_BUFFERED: usize = 256 * 1024;

#[wasm_bindgen(module = "/src/browser/socket.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = openWebSocket)]
    fn open_web_socket(url: &str, subprotocol: &str) -> Result<JsValue, JsValue>;

    type ByteSocket;

    #[wasm_bindgen(constructor)]
    fn new(
        socket: JsValue,
        subprotocol: &str,
        on_open: &Closure<dyn FnMut()>,
        on_bytes: &Closure<dyn FnMut(Vec<u8>, f64)>,
        on_text: &Closure<dyn FnMut()>,
        on_close: &Closure<dyn FnMut(u16, String)>,
    ) -> ByteSocket;

    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    fn buffered_amount(this: &ByteSocket) -> u32;

    #[wasm_bindgen(method, catch)]
    fn send(this: &ByteSocket, bytes: &[u8]) -> Result<(), JsValue>;

    #[wasm_bindgen(method, setter)]
    fn set_gathers(this: &ByteSocket, gathers: bool);

    #[wasm_bindgen(method, js_name = takeGathered)]
    fn take_gathered(this: &ByteSocket) -> Option<Vec<u8>>;

    #[wasm_bindgen(method)]
    fn close(this: &ByteSocket);
}

/// An open or opening socket. Dropping it closes it and silences it.
pub(super) struct Socket {
    socket: ByteSocket,
    /// What the socket was last told.
    gathers: Cell<bool>,
    // The closures live as long as the socket may call them.
    _on_open: Closure<dyn FnMut()>,
    _on_bytes: Closure<dyn FnMut(Vec<u8>, f64)>,
    _on_text: Closure<dyn FnMut()>,
    _on_close: Closure<dyn FnMut(u16, String)>,
}

impl Socket {
    /// Opens a socket to `url`, which has been checked. `listener` hears of it after this call.
    ///
    /// # Errors
    /// What the WebSocket's constructor throws: a connection that the page may not make.
    pub(super) fn open(url: &str, listener: Listener) -> Result<Self, JsValue> {
        let socket = if url == practice::URL {
            practice::socket()
        } else {
            open_web_socket(url, SUBPROTOCOL)?
        };
        let tell = Rc::clone(&listener);
        let on_open = Closure::new(move || tell(LinkEvent::Open));
        let tell = Rc::clone(&listener);
        let on_bytes = Closure::new(move |bytes: Vec<u8>, came_at| {
            tell(LinkEvent::Bytes(&bytes, clock::from_timestamp(came_at)));
        });
        let tell = Rc::clone(&listener);
        let on_text = Closure::new(move || tell(LinkEvent::Text));
        let on_close =
            Closure::new(move |code, reason| listener(LinkEvent::Closed { code, reason }));
        Ok(Self {
            socket: ByteSocket::new(
                socket,
                SUBPROTOCOL,
                &on_open,
                &on_bytes,
                &on_text,
                &on_close,
            ),
            gathers: Cell::new(false),
            _on_open: on_open,
            _on_bytes: on_bytes,
            _on_text: on_text,
            _on_close: on_close,
        })
    }

    /// How many bytes the socket should still take now.
    pub(super) fn room(&self) -> usize {
        let waiting = usize::try_from(self.socket.buffered_amount()).unwrap_or(usize::MAX);
        MAX_BUFFERED.saturating_sub(waiting)
    }

    /// Hands bytes over as one message. The browser copies them out of linear memory before it returns.
    pub(super) fn send(&self, bytes: &[u8]) {
        // A socket that is closing throws away what it is given; its close event follows.
        let _ = self.socket.send(bytes);
    }

    /// Whether what comes from now on is kept, and told in one piece at the end of the turn of the event loop.
    pub(super) fn set_gathers(&self, gathers: bool) {
        // A call is dear beside what a message costs here.
        if self.gathers.replace(gathers) != gathers {
            self.socket.set_gathers(gathers);
        }
    }

    /// What is kept for the end of this turn.
    pub(super) fn take_gathered(&self) -> Option<Vec<u8>> {
        self.gathers.get().then(|| self.socket.take_gathered())?
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.close();
    }
}
