//! A link to a broker as bytes in and bytes out: what a socket tells, and to whom.

use std::rc::Rc;

use crate::time::Instant;

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
