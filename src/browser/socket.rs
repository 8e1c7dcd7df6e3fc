//! A WebSocket as bytes in and bytes out.

use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// Bytes that may wait in the browser for the network. It is more than a window of 64 chunks, so that a fast link never
/// runs dry, and little enough that a cancelled transfer stops soon on a slow one.
const MAX_BUFFERED: u32 = 256 * 1024;

/// What a socket tells its owner.
pub(super) enum SocketEvent {
    Open,
    /// One binary message.
    Message(js_sys::ArrayBuffer),
    /// A text frame: MQTT has none [MQTT-6.0.0-1].
    Text,
    Closed {
        code: u16,
        reason: String,
    },
}

/// An open or opening WebSocket. Dropping it closes it and silences it.
pub(super) struct Socket {
    socket: WebSocket,
    // The closures live as long as the socket may call them.
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Opens a socket with the subprotocol `mqtt` [MQTT-6.0.0-3].
    ///
    /// # Errors
    /// What the constructor throws: a URL that is none, or a connection that the page may not make.
    pub(super) fn open(
        url: &str,
        handle: impl Fn(SocketEvent) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let socket = WebSocket::new_with_str(url, "mqtt")?;
        socket.set_binary_type(BinaryType::Arraybuffer);

        let tell = handle.clone();
        let on_open = Closure::<dyn FnMut()>::new(move || tell(SocketEvent::Open));
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));

        let tell = handle.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match event.data().dyn_into::<js_sys::ArrayBuffer>() {
                Ok(bytes) => tell(SocketEvent::Message(bytes)),
                Err(_) => tell(SocketEvent::Text),
            }
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));

        // `error` says nothing that `close` does not say after it.
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            handle(SocketEvent::Closed {
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
        usize::try_from(MAX_BUFFERED.saturating_sub(self.socket.buffered_amount())).unwrap_or(0)
    }

    /// Hands bytes over as one message. The browser copies them out of linear memory before it returns.
    pub(super) fn send(&self, bytes: &[u8]) -> Result<(), JsValue> {
        self.socket.send_with_u8_array(bytes)
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
