//! The fourteen control packets of MQTT 3.1.1 as types (chapter 3).
//!
//! A value of these types need not be a valid packet (a topic may be empty); the codec checks that in both directions.

use core::fmt;
use core::num::NonZeroU16;

/// The number that ties an acknowledgement to its packet; never 0 `[MQTT-2.3.1-1]`.
pub type PacketId = NonZeroU16;

/// How hard the delivery of a message is tried (section 4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum QoS {
    /// QoS 0: sent once and forgotten.
    #[default]
    AtMostOnce = 0,
    /// QoS 1: sent until PUBACK, so perhaps twice.
    AtLeastOnce = 1,
    /// QoS 2: PUBREC, PUBREL and PUBCOMP see to it that it arrives once.
    ExactlyOnce = 2,
}

impl From<QoS> for u8 {
    fn from(qos: QoS) -> Self {
        qos as Self
    }
}

/// A number that is no QoS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownQoS(pub u8);

impl TryFrom<u8> for QoS {
    type Error = UnknownQoS;

    fn try_from(value: u8) -> Result<Self, UnknownQoS> {
        match value {
            0 => Ok(Self::AtMostOnce),
            1 => Ok(Self::AtLeastOnce),
            2 => Ok(Self::ExactlyOnce),
            other => Err(UnknownQoS(other)),
        }
    }
}

/// The kind of a packet, by its number on the wire (table 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // The names are those of the standard, and say all there is.
pub enum PacketType {
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
}

impl PacketType {
    /// All fourteen, in the order of their numbers.
    pub const ALL: [Self; 14] = [
        Self::Connect,
        Self::ConnAck,
        Self::Publish,
        Self::PubAck,
        Self::PubRec,
        Self::PubRel,
        Self::PubComp,
        Self::Subscribe,
        Self::SubAck,
        Self::Unsubscribe,
        Self::UnsubAck,
        Self::PingReq,
        Self::PingResp,
        Self::Disconnect,
    ];

    /// The type with this number; `None` for 0 and 15, which are reserved.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| u8::from(*kind) == number)
    }

    /// The name that the standard gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::ConnAck => "CONNACK",
            Self::Publish => "PUBLISH",
            Self::PubAck => "PUBACK",
            Self::PubRec => "PUBREC",
            Self::PubRel => "PUBREL",
            Self::PubComp => "PUBCOMP",
            Self::Subscribe => "SUBSCRIBE",
            Self::SubAck => "SUBACK",
            Self::Unsubscribe => "UNSUBSCRIBE",
            Self::UnsubAck => "UNSUBACK",
            Self::PingReq => "PINGREQ",
            Self::PingResp => "PINGRESP",
            Self::Disconnect => "DISCONNECT",
        }
    }
}

impl From<PacketType> for u8 {
    fn from(kind: PacketType) -> Self {
        kind as Self
    }
}

impl fmt::Display for PacketType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One application message, as it is published or delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The topic name: valid by [`check_topic_name`](super::topic::check_topic_name).
    pub topic: String,
    /// Any bytes, none included.
    pub payload: Vec<u8>,
    /// The QoS of this delivery.
    pub qos: QoS,
    /// Outgoing: the broker shall keep it for later subscribers. Incoming: it was kept (section 3.3.1.3).
    pub retain: bool,
    /// Incoming: it may have come before. Outgoing: set by the session, whatever was given.
    pub dup: bool,
}

/// What the broker publishes for a client whose link ends without DISCONNECT (section 3.1.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Will {
    /// A topic name.
    pub topic: String,
    /// At most 65,535 bytes.
    pub payload: Vec<u8>,
    /// The QoS with which the broker publishes it.
    pub qos: QoS,
    /// Whether the broker keeps it.
    pub retain: bool,
}

/// What a client shows at the door. Its `Debug` hides the password, so that no log has it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// At most 65,535 bytes of UTF-8 without U+0000.
    pub username: Option<String>,
    /// At most 65,535 bytes; only together with a username `[MQTT-3.1.2-22]`.
    pub password: Option<Vec<u8>>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "hidden"))
            .finish()
    }
}

/// CONNECT: the first packet of a client (section 3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connect {
    /// Empty: the broker picks one, which needs `clean_session` `[MQTT-3.1.3-7]`.
    pub client_id: String,
    /// Seconds; 0 turns it off.
    pub keep_alive: u16,
    /// Whether broker and client start without a memory of each other.
    pub clean_session: bool,
    /// The will, where there is one.
    pub will: Option<Will>,
    /// User name and password.
    pub credentials: Credentials,
}

/// CONNACK: the broker's answer to CONNECT (section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnAck {
    /// Return code 0.
    Accepted {
        /// Whether the broker remembers this client's session.
        session_present: bool,
    },
    /// Return codes 1 to 5; such an answer never has a session present `[MQTT-3.2.2-4]`.
    Refused(ConnectRefusal),
}

/// Why a broker refuses a connection (table 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ConnectRefusal {
    /// It does not speak MQTT 3.1.1.
    UnacceptableProtocolVersion = 1,
    /// It does not allow this client id.
    IdentifierRejected = 2,
    /// It cannot serve now.
    ServerUnavailable = 3,
    /// The user name or the password is malformed.
    BadUserNameOrPassword = 4,
    /// This client may not connect.
    NotAuthorized = 5,
}

impl ConnectRefusal {
    /// The return code on the wire, 1 to 5.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The refusal with this return code; `None` for 0 and the reserved ones.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::UnacceptableProtocolVersion),
            2 => Some(Self::IdentifierRejected),
            3 => Some(Self::ServerUnavailable),
            4 => Some(Self::BadUserNameOrPassword),
            5 => Some(Self::NotAuthorized),
            _ => None,
        }
    }
}

impl fmt::Display for ConnectRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnacceptableProtocolVersion => "the broker does not speak MQTT 3.1.1",
            Self::IdentifierRejected => "the broker does not allow this client id",
            Self::ServerUnavailable => "the broker cannot serve now",
            Self::BadUserNameOrPassword => "the broker does not take this user name or password",
            Self::NotAuthorized => "the broker does not let this client in",
        })
    }
}

/// PUBLISH: a message, from either side (section 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// What is delivered.
    pub message: Message,
    /// Present exactly for QoS 1 and 2 `[MQTT-2.3.1-5]`.
    pub packet_id: Option<PacketId>,
}

/// SUBSCRIBE: what a client wants to hear (section 3.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribe {
    /// Comes back in the SUBACK.
    pub packet_id: PacketId,
    /// Filters with the highest QoS wanted; at least one `[MQTT-3.8.3-3]`.
    pub filters: Vec<(String, QoS)>,
}

/// The broker's return code 0x80 to a filter of a SUBSCRIBE (section 3.9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubscribeRefused;

impl fmt::Display for SubscribeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the broker refuses this subscription")
    }
}

impl core::error::Error for SubscribeRefused {}

/// SUBACK: the broker's answer to SUBSCRIBE (section 3.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubAck {
    /// That of the SUBSCRIBE.
    pub packet_id: PacketId,
    /// The granted QoS or the refusal of each filter, in the order of the SUBSCRIBE `[MQTT-3.9.3-1]`.
    pub return_codes: Vec<Result<QoS, SubscribeRefused>>,
}

/// UNSUBSCRIBE: what a client wants to hear no longer (section 3.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    /// Comes back in the UNSUBACK.
    pub packet_id: PacketId,
    /// At least one `[MQTT-3.10.3-2]`.
    pub filters: Vec<String>,
}

/// Any control packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// Client to broker: the first one.
    Connect(Connect),
    /// Broker to client: the first one.
    ConnAck(ConnAck),
    /// Both ways: a message.
    Publish(Publish),
    /// Both ways: QoS 1 arrived.
    PubAck(PacketId),
    /// Both ways: QoS 2 arrived (part 1).
    PubRec(PacketId),
    /// Both ways: the sender of a QoS 2 message has let go of it (part 2).
    PubRel(PacketId),
    /// Both ways: the QoS 2 exchange is over (part 3).
    PubComp(PacketId),
    /// Client to broker.
    Subscribe(Subscribe),
    /// Broker to client.
    SubAck(SubAck),
    /// Client to broker.
    Unsubscribe(Unsubscribe),
    /// Broker to client.
    UnsubAck(PacketId),
    /// Client to broker: is the link alive?
    PingReq,
    /// Broker to client: it is.
    PingResp,
    /// Client to broker: the last one.
    Disconnect,
}

impl Packet {
    /// Its kind.
    pub const fn packet_type(&self) -> PacketType {
        match self {
            Self::Connect(_) => PacketType::Connect,
            Self::ConnAck(_) => PacketType::ConnAck,
            Self::Publish(_) => PacketType::Publish,
            Self::PubAck(_) => PacketType::PubAck,
            Self::PubRec(_) => PacketType::PubRec,
            Self::PubRel(_) => PacketType::PubRel,
            Self::PubComp(_) => PacketType::PubComp,
            Self::Subscribe(_) => PacketType::Subscribe,
            Self::SubAck(_) => PacketType::SubAck,
            Self::Unsubscribe(_) => PacketType::Unsubscribe,
            Self::UnsubAck(_) => PacketType::UnsubAck,
            Self::PingReq => PacketType::PingReq,
            Self::PingResp => PacketType::PingResp,
            Self::Disconnect => PacketType::Disconnect,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_their_types() {
        for number in 0..=255 {
            let kind = PacketType::from_number(number);
            assert_eq!(kind.is_some(), (1..=14).contains(&number), "{number}");
            assert!(kind.is_none_or(|kind| u8::from(kind) == number));
            let qos = QoS::try_from(number);
            assert_eq!(qos.is_ok(), number < 3);
            assert!(qos.is_ok_and(|qos| u8::from(qos) == number) || number > 2);
            let refusal = ConnectRefusal::from_code(number);
            assert_eq!(refusal.is_some(), (1..=5).contains(&number));
            assert!(refusal.is_none_or(|refusal| refusal.code() == number));
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let credentials = Credentials {
            username: Some("ada".into()),
            password: Some(b"lovelace".to_vec()),
        };
        let printed = format!("{credentials:?} {:?}", b"lovelace");
        assert!(printed.contains("ada"));
        assert_eq!(printed.matches("108, 111, 118").count(), 1, "{printed}");
    }
}
