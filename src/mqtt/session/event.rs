//! What a session tells its owner, and the names that go between them.

use crate::mqtt::error::{Fault, PublishError};
use crate::mqtt::packet::{ConnectRefusal, Message, QoS, SubscribeRefused};

/// Names a message given to [`publish`](super::Session::publish). Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublishToken(pub(in crate::mqtt) u64);

impl PublishToken {
    /// Its number, by which an owner in another language may know it.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The token with this number. One that was not given out names no publish.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// Names one handler of a filter, as [`subscribe`](super::Session::subscribe) gives it out. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(pub(in crate::mqtt) u64);

impl SubscriptionId {
    /// Its number, by which an owner in another language may know it.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// How far the link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkState {
    /// There is none, or it is to be closed.
    Down,
    /// CONNECT goes out, or CONNACK is waited for.
    Connecting,
    /// Connected, and the subscriptions of the last link are being made again.
    Resubscribing,
    /// Publishes flow.
    Online,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// CONNACK 0 came.
    Connected {
        /// Whether the broker still knew this client's session.
        session_present: bool,
    },
    /// Every subscription that had to be made again was answered: publishes flow from now on.
    Online,
    /// The broker refuses the connection. The link is to be closed.
    Refused(ConnectRefusal),
    /// The link cannot go on, and is to be closed.
    Fault(Fault),
    /// A message for the handlers of [`matching`](super::Session::matching) its topic. QoS 2 comes once.
    Message(Message),
    /// The exchange of its QoS is complete: 0 was written, 1 has its PUBACK, 2 its PUBCOMP.
    Published(PublishToken),
    /// It will not be sent. That the link fell is never a reason.
    PublishFailed {
        /// Which one.
        token: PublishToken,
        /// Why.
        error: PublishError,
    },
    /// The broker's answer to a subscription; again when a later link's broker decides otherwise.
    Subscribed {
        /// Which one. After a refusal at first the id is gone; one that had been granted is tried again on the next link.
        id: SubscriptionId,
        /// The highest QoS that it will be served with, or 0x80.
        granted: Result<QoS, SubscribeRefused>,
    },
    /// The subscription is over; if it was the last of its filter, the broker knows.
    Unsubscribed(SubscriptionId),
    /// The PINGRESP that [`check`](super::Session::check) asked for came.
    Alive,
}
