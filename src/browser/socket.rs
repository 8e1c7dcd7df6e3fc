//! A WebSocket as bytes in and bytes out.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::link::{LinkEvent, Listener, MAX_BUFFERED};

/// The subprotocol that client and server agree on [MQTT-6.0.0-3] [MQTT-6.0.0-4].
const SUBPROTOCOL: &str = "mqtt";

/// An open or opening WebSocket. Dropping it closes it and silences it.
pub(super) struct Socket {
    socket: WebSocket,
    // The closures live as long as the socket may call them.
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Opens a socket with the subprotocol `mqtt`.
    ///
    /// # Errors
    /// What the constructor throws: a URL that is none, or a connection that the page may not make.
    pub(super) fn open(url: &str, listener: Listener) -> Result<Self, JsValue> {
        let socket = WebSocket::new_with_str(url, SUBPROTOCOL)?;
        socket.set_binary_type(BinaryType::Arraybuffer);

        let (tell, opened) = (Rc::clone(&listener), socket.clone());
        let on_open = Closure::<dyn FnMut()>::new(move || tell(open_event(&opened)));
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));

        let tell = Rc::clone(&listener);
        // Reused for as long as the link lives.
        let mut inbox = Vec::new();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Ok(bytes) = event.data().dyn_into::<js_sys::ArrayBuffer>() else {
                return tell(LinkEvent::Text);
            };
            let bytes = js_sys::Uint8Array::new(&bytes);
            inbox.resize(usize::try_from(bytes.length()).unwrap_or(0), 0);
            bytes.copy_to(&mut inbox);
            tell(LinkEvent::Message(&inbox));
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));

        // `error` says nothing that `close` does not say after it.
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            listener(LinkEvent::Closed {
                code: event.code(),
                reason: event.reason(),
            });
        });
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));

        Ok(Self {
            socket,
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
        let _ = self.socket.send_with_u8_array(bytes);
    }
}

/// Firefox opens a socket whose server selected no subprotocol at all; other browsers fail it.
fn open_event(socket: &WebSocket) -> LinkEvent<'static> {
    if socket.protocol() == SUBPROTOCOL {
        return LinkEvent::Open;
    }
    LinkEvent::Closed {
        code: LinkEvent::ABNORMAL,
        reason: "the server did not select the subprotocol mqtt".to_owned(),
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Safari reports an error for a close without a code. A closed socket ignores the call.
        let _ = self.socket.close_with_code(1000);
    }
}
