//! A link to a broker as bytes in and bytes out: a WebSocket, or the practice broker of this module.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::practice::{self, PracticeLink};
use super::socket::Socket;
use crate::time::Instant;

/// Bytes that may wait in the browser for the network. It is more than a window of 64 chunks, so that a fast link never
/// runs dry, and little enough that a cancelled transfer stops soon on a slow one.
pub(super) const MAX_BUFFERED: usize = 256 * 1024;

/// What a link tells its owner.
pub(super) enum LinkEvent<'a> {
    Open,
    /// Bytes of the stream, whose packets need not be whole [MQTT-6.0.0-2], and when they came.
    Bytes(&'a [u8], Instant),
    /// A text frame: MQTT has none [MQTT-6.0.0-1].
    Text,
    Closed {
        code: u16,
        reason: String,
    },
}

impl LinkEvent<'_> {
    /// An end without a word, as the platform reports it.
    pub(super) const ABNORMAL: u16 = 1006;
}

/// Who hears a link.
pub(super) type Listener = Rc<dyn Fn(LinkEvent<'_>)>;

/// An open or opening link. Dropping it closes it and silences it.
pub(super) enum Link {
    Socket(Socket),
    Practice(PracticeLink),
}

impl Link {
    /// Opens a link to `url`, which has been checked. `listener` hears of it after this call.
    ///
    /// # Errors
    /// What the WebSocket's constructor throws: a connection that the page may not make.
    pub(super) fn open(url: &str, listener: Listener) -> Result<Self, JsValue> {
        if url == practice::URL {
            return Ok(Self::Practice(PracticeLink::open(listener)));
        }
        Socket::open(url, listener).map(Self::Socket)
    }

    /// How many bytes the link should still take now.
    pub(super) fn room(&self) -> usize {
        match self {
            Self::Socket(socket) => socket.room(),
            Self::Practice(link) => link.room(),
        }
    }

    /// Hands bytes over as one message. They are copied before it returns.
    pub(super) fn send(&self, bytes: &[u8]) {
        match self {
            Self::Socket(socket) => socket.send(bytes),
            Self::Practice(link) => link.send(bytes),
        }
    }

    /// Whether what comes from now on is worth keeping to the end of a turn of the event loop. The practice broker
    /// answers in one piece anyway.
    pub(super) fn set_gathers(&self, gathers: bool) {
        if let Self::Socket(socket) = self {
            socket.set_gathers(gathers);
        }
    }

    /// What is kept for the end of this turn.
    pub(super) fn take_gathered(&self) -> Option<Vec<u8>> {
        match self {
            Self::Socket(socket) => socket.take_gathered(),
            Self::Practice(_) => None,
        }
    }
}
