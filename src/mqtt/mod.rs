//! MQTT 3.1.1 as a client speaks it, without a socket, a clock or a browser.
//!
//! Numbers in brackets, such as `[MQTT-3.3.1-2]`, are the normative statements of the OASIS standard
//! "MQTT Version 3.1.1" (29 October 2014); other section numbers are of the same document.

pub mod codec;
pub mod packet;
pub mod topic;

pub use packet::{
    ConnectRefusal, Credentials, Message, Packet, PacketId, PacketType, QoS, SubscribeRefused, Will,
};
