//! MQTT 3.1.1 as a client speaks it, without a socket, a clock or a browser.
//!
//! [`Session`] is the whole client: bytes and times go in, bytes, events and a deadline come out. It is built of
//! small machines that each know one thing: `keepalive`, `inflight`, `subscriptions` and `packet_ids`.
//! Below them the [`codec`] turns bytes into the [`packet`] types and back, in both directions, so that the loopback
//! broker of the tests uses the same one. [`backoff`] says when to try a new link, and belongs to whoever opens links.
//!
//! Numbers in brackets, such as `[MQTT-3.3.1-2]`, are the normative statements of the OASIS standard
//! "MQTT Version 3.1.1" (29 October 2014); other section numbers are of the same document.

pub mod backoff;
pub mod codec;
pub mod error;
pub mod packet;
pub mod session;
pub mod topic;

mod inflight;
mod keepalive;
mod packet_ids;
mod subscriptions;

pub use backoff::Backoff;
pub use error::{Fault, FaultKind, Invalid, Misbehaviour, PublishError};
pub use packet::{
    ConnectRefusal, Credentials, Message, Packet, PacketId, PacketType, QoS, SubscribeRefused, Will,
};
pub use session::{
    Event, LinkState, PublishToken, Session, SessionOptions, SubscriptionId, Transmit,
};
