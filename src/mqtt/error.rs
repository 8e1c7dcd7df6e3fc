//! What can go wrong, sorted by who is to blame.
//!
//! | type | blame |
//! |---|---|
//! | [`Fault::Malformed`] | the broker's bytes |
//! | [`Fault::Misbehaved`] | the broker's conduct: good packets that it may not send now |
//! | [`Fault::TooLarge`] | a limit of ours |
//! | [`Fault::NoPingResponse`] | the link |
//! | [`Fault::Credentials`], [`Invalid`], [`PublishError`] | our caller |
//!
//! Payloads are data; `Display` makes one line for a person of them.

use super::codec::{DecodeError, EncodeError};
use super::packet::{PacketId, PacketType};
use core::fmt;

/// Why a link cannot go on. It has to be closed at once, without DISCONNECT `[MQTT-4.8.0-1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The broker sent what is no MQTT 3.1.1.
    Malformed(DecodeError),
    /// The broker sent a packet that it may not send, or not now.
    Misbehaved(Misbehaviour),
    /// The broker announced a packet over the limit of `max_packet_bytes`.
    TooLarge {
        /// The size of the packet, its fixed header included.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A PINGRESP did not come in time: the link is dead.
    NoPingResponse,
    /// User name or password cannot be sent; nothing was sent.
    Credentials(EncodeError),
}

/// A [`Fault`] as a program that uses this one tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The broker broke the protocol.
    Protocol,
    /// A packet over the limit.
    TooLarge,
    /// A dead link.
    NoPingResponse,
    /// Credentials that no CONNECT can carry: trying again with the same ones is of no use.
    Invalid,
}

impl Fault {
    /// Its kind.
    pub const fn kind(&self) -> FaultKind {
        match self {
            Self::Malformed(_) | Self::Misbehaved(_) => FaultKind::Protocol,
            Self::TooLarge { .. } => FaultKind::TooLarge,
            Self::NoPingResponse => FaultKind::NoPingResponse,
            Self::Credentials(_) => FaultKind::Invalid,
        }
    }
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooLarge { bytes, limit } => Self::TooLarge { bytes, limit },
            other => Self::Malformed(other),
        }
    }
}

impl From<Misbehaviour> for Fault {
    fn from(misbehaviour: Misbehaviour) -> Self {
        Self::Misbehaved(misbehaviour)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "the broker sent a malformed packet: {error}"),
            Self::Misbehaved(error) => write!(f, "the broker broke the protocol: {error}"),
            Self::TooLarge { bytes, limit } => write!(
                f,
                "the broker sent a packet of {bytes} bytes, over the limit of {limit} (maxPacketBytes)"
            ),
            Self::NoPingResponse => {
                f.write_str("the broker did not answer a ping in time, so the link is dead")
            }
            Self::Credentials(error) => write!(f, "user name or password: {error}"),
        }
    }
}

impl core::error::Error for Fault {}

/// A rule that the broker broke with a well-formed packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misbehaviour {
    /// Something came before CONNACK `[MQTT-3.2.0-1]`.
    BeforeConnAck(PacketType),
    /// CONNACK came before CONNECT was written `[MQTT-3.1.0-1]`.
    BeforeConnect,
    /// CONNACK came a second time.
    SecondConnAck,
    /// CONNACK says that a session is present, though a clean one was asked for `[MQTT-3.2.2-1]`.
    SessionPresent,
    /// SUBACK or UNSUBACK answers nothing that was asked `[MQTT-2.3.1-7]`.
    Unasked(PacketType, PacketId),
    /// SUBACK has not one return code for each filter `[MQTT-3.8.4-5]`.
    ReturnCodes {
        /// How many filters the SUBSCRIBE had.
        expected: usize,
        /// How many codes came.
        got: usize,
    },
    /// An acknowledgement of the wrong QoS or out of its turn (sections 4.3.2 and 4.3.3).
    WrongAcknowledgement(PacketType, PacketId),
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeforeConnAck(kind) => write!(f, "{kind} before CONNACK"),
            Self::BeforeConnect => f.write_str("CONNACK before CONNECT"),
            Self::SecondConnAck => f.write_str("a second CONNACK"),
            Self::SessionPresent => f.write_str("a session is present in spite of a clean one"),
            Self::Unasked(kind, id) => write!(f, "{kind} {id} answers nothing that was asked"),
            Self::ReturnCodes { expected, got } => {
                write!(f, "SUBACK with {got} return codes for {expected} filters")
            }
            Self::WrongAcknowledgement(kind, id) => {
                write!(f, "{kind} {id} is not the answer to what was sent")
            }
        }
    }
}

/// An option or an argument of our caller that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The option's name.
    pub option: &'static str,
    /// What is wrong with it, for a person.
    pub reason: String,
}

impl Invalid {
    /// That `option` is wrong for this `reason`.
    pub fn new(option: &'static str, reason: impl fmt::Display) -> Self {
        Self {
            option,
            reason: reason.to_string(),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.option, self.reason)
    }
}

impl core::error::Error for Invalid {}

/// Why a message is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishError {
    /// No PUBLISH can carry it: its topic is not valid, or it is over 256 MiB.
    Invalid(EncodeError),
    /// It is larger than all that may wait, so it would never find room.
    TooLarge {
        /// Topic and payload.
        bytes: usize,
        /// `max_queued_bytes`.
        limit: usize,
    },
    /// As many messages or bytes wait as may; it can be tried again later.
    QueueFull,
    /// The session is not online; only of [`Session::write_publish_head`](super::Session::write_publish_head).
    Offline,
    /// It was taken back with [`Session::cancel_publish`](super::Session::cancel_publish).
    Cancelled,
}

impl From<EncodeError> for PublishError {
    fn from(error: EncodeError) -> Self {
        Self::Invalid(error)
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => write!(f, "{error}"),
            Self::TooLarge { bytes, limit } => {
                write!(f, "a message of {bytes} bytes; at most {limit} can wait")
            }
            Self::QueueFull => f.write_str("too many publishes wait; try again later"),
            Self::Offline => f.write_str("the session is not online"),
            Self::Cancelled => f.write_str("it was cancelled before it was sent"),
        }
    }
}

impl core::error::Error for PublishError {}
