//! What a client tells its shell.

use super::{Error, LinkId, Notice};
use crate::mqtt::{Message, PublishToken, QoS, SubscriptionId};
use crate::transfer::{self, Outcome, TransferId};

/// Where a client stands, with the words of `api.d.ts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Before the first CONNACK.
    Connecting,
    /// CONNACK 0 came and every subscription is in place.
    Connected,
    /// The link fell; the client tries again by itself.
    Reconnecting,
    /// Closed by its user, or given up. Nothing follows.
    Closed,
}

impl ConnectionState {
    /// The name of the state in `api.d.ts`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Reconnecting => "reconnecting",
            Self::Closed => "closed",
        }
    }
}

/// Something that the shell is to do or to pass on.
#[derive(Debug)]
pub enum Event {
    /// Get credentials and open a socket to URL number `url`; then
    /// [`Client::handle_open`](super::Client::handle_open) or [`handle_closed`](super::Client::handle_closed).
    Open {
        /// The new socket's name.
        link: LinkId,
        /// Index of the URL.
        url: usize,
    },
    /// Let go of this socket, after what `poll_transmit` gave, without waiting for its close event.
    Close {
        /// The socket's name.
        link: LinkId,
    },
    /// The state changed. After [`ConnectionState::Closed`] whatever is still unanswered has failed.
    State {
        /// The new state.
        state: ConnectionState,
        /// What caused it, where something failed.
        cause: Option<Error>,
    },
    /// A PUBLISH came for these subscriptions.
    Message {
        /// The message.
        message: Message,
        /// Each once, in the order in which they were made.
        subscriptions: Vec<SubscriptionId>,
    },
    /// The exchange of a publish is complete.
    Published(PublishToken),
    /// A publish can no longer succeed.
    PublishFailed {
        /// Which one.
        token: PublishToken,
        /// Why.
        error: Error,
    },
    /// The SUBACK of a subscription came.
    Subscribed {
        /// Which one.
        id: SubscriptionId,
        /// The QoS that the broker granted.
        granted: Result<QoS, Error>,
    },
    /// A subscription is gone, at the broker too where it was the filter's last.
    Unsubscribed(SubscriptionId),
    /// The answer to [`Client::check`](super::Client::check).
    Checked {
        /// False: the link was dead, and is being made anew.
        alive: bool,
    },
    /// [`Client::progress`](super::Client::progress) of a transfer is worth a look.
    Progress(TransferId),
    /// A transfer arrived whole.
    Done(TransferId, Box<Outcome>),
    /// A transfer failed.
    Failed(TransferId, transfer::Error),
    /// Something that a person should know, although nothing failed.
    Notice(Notice),
}
