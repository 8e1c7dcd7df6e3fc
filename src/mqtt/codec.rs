//! Bytes to packets and back, for both sides of a link.
//!
//! [`Decoder`] takes the stream in pieces of any size and hands out one [`Packet`](super::Packet) at a time. It copies
//! a payload once, straight into the message that it becomes, and never looks at a byte twice: a packet is taken in
//! stages (header, topic, payload), each of which knows beforehand how many bytes it needs.
//! [`encode`] appends one packet to a buffer of the caller.

mod decode;
mod decoder;
mod encode;
mod error;
mod header;
mod reader;
mod writer;

pub use decoder::Decoder;
pub use encode::{check_publish, encode, encode_publish, encode_publish_head, encoded_len};
pub use error::{DecodeError, EncodeError, Malformation};

use super::packet::PacketType;

/// The largest remaining length that four bytes can say (section 2.2.3).
pub const MAX_REMAINING_LENGTH: usize = 268_435_455;

/// "MQTT" and 4: what an MQTT 3.1.1 CONNECT opens with `[MQTT-3.1.2-1]` `[MQTT-3.1.2-2]`.
const PROTOCOL_NAME: &str = "MQTT";
const PROTOCOL_LEVEL: u8 = 4;

/// The return code of a SUBACK that refuses (section 3.9.3).
const SUBSCRIBE_REFUSED: u8 = 0x80;

/// The bits of CONNECT's flags byte (section 3.1.2.3).
mod connect_flags {
    pub const RESERVED: u8 = 0x01;
    pub const CLEAN_SESSION: u8 = 0x02;
    pub const WILL: u8 = 0x04;
    pub const WILL_QOS_SHIFT: u8 = 3;
    pub const WILL_QOS: u8 = 0x18;
    pub const WILL_RETAIN: u8 = 0x20;
    pub const PASSWORD: u8 = 0x40;
    pub const USERNAME: u8 = 0x80;
}

/// The lower four bits of PUBLISH's first byte (section 3.3.1).
mod publish_flags {
    pub const RETAIN: u8 = 0x01;
    pub const QOS_SHIFT: u8 = 1;
    pub const QOS: u8 = 0x06;
    pub const DUP: u8 = 0x08;
}

/// The fixed flags of every packet but PUBLISH (table 2.2).
const fn fixed_flags(packet_type: PacketType) -> u8 {
    match packet_type {
        PacketType::PubRel | PacketType::Subscribe | PacketType::Unsubscribe => 0b0010,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
