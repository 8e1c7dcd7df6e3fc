//! A WebSocket as bytes in and bytes out.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::link::{LinkEvent, Listener, MAX_BUFFERED};

/// The subprotocol that client and server agree on [MQTT-6.0.0-3] [MQTT-6.0.0-4].
const SUBPROTOCOL: &str = "mqtt";

#[wasm_bindgen(module = "/src/browser/socket.js")]
extern "C" {
    #[wasm_bindgen(js_name = openSocket, catch)]
    fn open_socket(
        url: &str,
        subprotocol: &str,
        on_open: &Closure<dyn FnMut(String)>,
        on_message: &Closure<dyn FnMut(Option<Vec<u8>>)>,
        on_close: &Closure<dyn FnMut(u16, String)>,
    ) -> Result<WebSocket, JsValue>;

    #[wasm_bindgen(js_name = closeSocket)]
    fn close_socket(socket: &WebSocket);
}

#[wasm_bindgen]
extern "C" {
    type WebSocket;

    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    fn buffered_amount(this: &WebSocket) -> u32;

    #[wasm_bindgen(method, catch)]
    fn send(this: &WebSocket, bytes: &[u8]) -> Result<(), JsValue>;
}

/// An open or opening WebSocket. Dropping it closes it and silences it.
pub(super) struct Socket {
    socket: WebSocket,
    // The closures live as long as the socket may call them.
    _on_open: Closure<dyn FnMut(String)>,
    _on_message: Closure<dyn FnMut(Option<Vec<u8>>)>,
    _on_close: Closure<dyn FnMut(u16, String)>,
}

impl Socket {
    /// Opens a socket with the subprotocol `mqtt`.
    ///
    /// # Errors
    /// What the constructor throws: a URL that is none, or a connection that the page may not make.
    pub(super) fn open(url: &str, listener: Listener) -> Result<Self, JsValue> {
        let tell = Rc::clone(&listener);
        let on_open = Closure::new(move |protocol: String| tell(open_event(&protocol)));
        let tell = Rc::clone(&listener);
        let on_message = Closure::new(move |bytes: Option<Vec<u8>>| match bytes {
            Some(bytes) => tell(LinkEvent::Message(&bytes)),
            None => tell(LinkEvent::Text),
        });
        let on_close =
            Closure::new(move |code, reason| listener(LinkEvent::Closed { code, reason }));
        Ok(Self {
            socket: open_socket(url, SUBPROTOCOL, &on_open, &on_message, &on_close)?,
            _on_open: on_open,
            _on_message: on_message,
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
}

/// Firefox opens a socket whose server selected no subprotocol at all; other browsers fail it.
fn open_event(protocol: &str) -> LinkEvent<'static> {
    if protocol == SUBPROTOCOL {
        return LinkEvent::Open;
    }
    LinkEvent::Closed {
        code: LinkEvent::ABNORMAL,
        reason: "the server did not select the subprotocol mqtt".to_owned(),
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        close_socket(&self.socket);
    }
}
