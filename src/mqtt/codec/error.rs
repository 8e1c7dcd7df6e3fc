//! Why bytes are no packet, and why a packet cannot become bytes.

use super::MAX_REMAINING_LENGTH;
use crate::mqtt::packet::PacketType;
use crate::mqtt::topic::TopicError;
use core::fmt;

/// Why a stream is not, or not acceptably, MQTT 3.1.1. After it the stream has no known beginning of a packet any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Packet type 0 or 15 (table 2.1).
    UnknownPacketType(u8),
    /// The remaining length goes on after its fourth byte (section 2.2.3).
    RemainingLength,
    /// A packet over the decoder's limit was announced; none of its body was kept.
    TooLarge {
        /// The whole packet, with its fixed header.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A packet that breaks a rule of its type.
    Malformed(PacketType, Malformation),
}

/// The rule that a packet breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformation {
    /// The lower four bits of the first byte are not those of the type `[MQTT-2.2.2-2]`.
    ReservedFlags(u8),
    /// QoS 3 `[MQTT-3.3.1-4]` `[MQTT-3.8.3-4]` `[MQTT-3.1.2-14]`.
    QoS(u8),
    /// DUP with QoS 0 `[MQTT-3.3.1-2]`.
    DupWithoutQoS,
    /// It ends within a field.
    Truncated,
    /// This many bytes follow its last field.
    TrailingBytes(usize),
    /// A string is no UTF-8; surrogates are none either `[MQTT-1.5.3-1]`.
    Utf8,
    /// A string contains U+0000 `[MQTT-1.5.3-2]`.
    NullCharacter,
    /// Packet identifier 0 `[MQTT-2.3.1-1]`.
    ZeroPacketId,
    /// A topic name or filter that is not valid (section 4.7).
    Topic(TopicError),
    /// SUBSCRIBE or UNSUBSCRIBE without a filter, SUBACK without a code `[MQTT-3.8.3-3]` `[MQTT-3.10.3-2]`.
    EmptyPayload,
    /// CONNECT for another protocol than "MQTT" `[MQTT-3.1.2-1]`.
    ProtocolName,
    /// CONNECT for another version; a broker answers it with return code 1 `[MQTT-3.1.2-2]`.
    ProtocolLevel(u8),
    /// CONNECT's flags contradict themselves, or the reserved one is set (section 3.1.2.3).
    ConnectFlags(u8),
    /// CONNACK's flags have a reserved bit, or a session present in a refusal (section 3.2.2).
    ConnAckFlags(u8),
    /// A return code that is reserved (sections 3.2.2.3 and 3.9.3).
    ReturnCode(u8),
    /// It came from a broker, and only clients send it (table 2.1).
    FromClient,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPacketType(number) => write!(f, "packet type {number} does not exist"),
            Self::RemainingLength => f.write_str("a remaining length of over four bytes"),
            Self::TooLarge { bytes, limit } => {
                write!(f, "a packet of {bytes} bytes, over the limit of {limit}")
            }
            Self::Malformed(packet_type, malformation) => {
                write!(f, "{packet_type}: {malformation}")
            }
        }
    }
}

impl core::error::Error for DecodeError {}

impl fmt::Display for Malformation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedFlags(flags) => write!(f, "reserved flags {flags:#06b}"),
            Self::QoS(qos) => write!(f, "QoS {qos}"),
            Self::DupWithoutQoS => f.write_str("DUP with QoS 0"),
            Self::Truncated => f.write_str("it ends within a field"),
            Self::TrailingBytes(count) => write!(f, "{count} bytes after its last field"),
            Self::Utf8 => f.write_str("a string is not UTF-8"),
            Self::NullCharacter => f.write_str("a string contains U+0000"),
            Self::ZeroPacketId => f.write_str("packet identifier 0"),
            Self::Topic(error) => write!(f, "{error}"),
            Self::EmptyPayload => f.write_str("its list is empty"),
            Self::ProtocolName => f.write_str("its protocol is not MQTT"),
            Self::ProtocolLevel(level) => write!(f, "protocol level {level}"),
            Self::ConnectFlags(flags) => write!(f, "connect flags {flags:#010b}"),
            Self::ConnAckFlags(flags) => write!(f, "acknowledge flags {flags:#010b}"),
            Self::ReturnCode(code) => write!(f, "return code {code:#04x}"),
            Self::FromClient => f.write_str("it is for clients to send"),
        }
    }
}

/// Why a packet cannot be sent. Nothing is written then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// A topic name or filter that is not valid.
    Topic(TopicError),
    /// A field over 65,535 bytes.
    TooLong {
        /// Which one.
        field: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// A string with U+0000 `[MQTT-1.5.3-2]`.
    NullCharacter {
        /// Which one.
        field: &'static str,
    },
    /// Over [`MAX_REMAINING_LENGTH`].
    TooLarge {
        /// The remaining length that it would have.
        bytes: usize,
    },
    /// A password without a user name `[MQTT-3.1.2-22]`.
    PasswordWithoutUsername,
    /// A list without an entry.
    EmptyPayload,
    /// A packet identifier with QoS 0, none with QoS 1 or 2, or DUP with QoS 0 `[MQTT-2.3.1-5]` `[MQTT-3.3.1-2]`.
    PacketIdWithQoS,
}

impl From<TopicError> for EncodeError {
    fn from(error: TopicError) -> Self {
        Self::Topic(error)
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(error) => write!(f, "{error}"),
            Self::TooLong { field, bytes } => {
                write!(f, "{field} has {bytes} bytes, 65535 are allowed")
            }
            Self::NullCharacter { field } => write!(f, "{field} may not contain U+0000"),
            Self::TooLarge { bytes } => {
                write!(
                    f,
                    "{bytes} bytes in a packet, {MAX_REMAINING_LENGTH} are allowed"
                )
            }
            Self::PasswordWithoutUsername => f.write_str("a password needs a user name"),
            Self::EmptyPayload => f.write_str("a packet without an entry in its list"),
            Self::PacketIdWithQoS => f.write_str("packet identifier or DUP do not go with the QoS"),
        }
    }
}

impl core::error::Error for EncodeError {}
