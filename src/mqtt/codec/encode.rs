//! Packets to bytes.
//!
//! What is written here, [`Decoder`](super::Decoder) takes back unchanged; what it would refuse is not written.

use super::writer::{Writer, length_bytes};
use super::{
    EncodeError, MAX_REMAINING_LENGTH, PROTOCOL_LEVEL, PROTOCOL_NAME, SUBSCRIBE_REFUSED,
    connect_flags, fixed_flags, publish_flags,
};
use crate::mqtt::packet::{
    ConnAck, Connect, Credentials, Message, Packet, PacketId, PacketType, QoS, SubAck, Subscribe,
    Unsubscribe,
};
use crate::mqtt::topic::{check_topic_filter, check_topic_name};

/// Appends `packet` to `out`.
///
/// # Errors
/// The packet is not a valid one; `out` is then as it was.
pub fn encode(packet: &Packet, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if let Packet::Publish(publish) = packet {
        return encode_publish(&publish.message, publish.packet_id, out);
    }
    out.reserve(encoded_len(packet));
    Writer::all_or_nothing(out, |writer| write_packet(packet, writer))
}

/// Appends a PUBLISH with this message, which stays its owner's.
///
/// # Errors
/// As [`encode`].
pub fn encode_publish(
    message: &Message,
    packet_id: Option<PacketId>,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let with_qos = message.qos != QoS::AtMostOnce;
    if packet_id.is_some() != with_qos || (message.dup && !with_qos) {
        return Err(EncodeError::PacketIdWithQoS);
    }
    let flags = u8::from(message.qos) << publish_flags::QOS_SHIFT
        | set_if(message.dup, publish_flags::DUP)
        | set_if(message.retain, publish_flags::RETAIN);
    out.reserve(publish_len(message));
    write_publish_head(flags, &message.topic, packet_id, message.payload.len(), out)?;
    out.extend_from_slice(&message.payload);
    Ok(())
}

/// Appends a PUBLISH of QoS 0 up to its payload, of which the caller appends exactly `payload_len` bytes.
///
/// # Errors
/// As [`encode`].
pub fn encode_publish_head(
    topic: &str,
    payload_len: usize,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    write_publish_head(0, topic, None, payload_len, out)
}

/// Whether a PUBLISH can carry this message, with a packet identifier if its QoS needs one.
///
/// # Errors
/// As [`encode`].
pub fn check_publish(message: &Message) -> Result<(), EncodeError> {
    check_topic_name(&message.topic)?;
    let with_id = message.qos != QoS::AtMostOnce;
    let bytes = publish_body_len(&message.topic, with_id, message.payload.len());
    if bytes > MAX_REMAINING_LENGTH {
        return Err(EncodeError::TooLarge { bytes });
    }
    Ok(())
}

/// The bytes that [`encode`] appends for this packet, if it is a valid one.
pub fn encoded_len(packet: &Packet) -> usize {
    packet_len(body_len(packet))
}

fn publish_len(message: &Message) -> usize {
    let with_id = message.qos != QoS::AtMostOnce;
    packet_len(publish_body_len(
        &message.topic,
        with_id,
        message.payload.len(),
    ))
}

const fn packet_len(body: usize) -> usize {
    body.saturating_add(1 + length_bytes(body))
}

fn publish_body_len(topic: &str, with_id: bool, payload_len: usize) -> usize {
    let head = field_len(topic.as_bytes()) + if with_id { 2 } else { 0 };
    head.saturating_add(payload_len)
}

/// A field and the two bytes of its length.
const fn field_len(field: &[u8]) -> usize {
    field.len().saturating_add(2)
}

fn body_len(packet: &Packet) -> usize {
    match packet {
        Packet::Connect(connect) => connect_len(connect),
        Packet::ConnAck(_) => 2,
        Packet::Publish(publish) => {
            let with_id = publish.packet_id.is_some();
            publish_body_len(
                &publish.message.topic,
                with_id,
                publish.message.payload.len(),
            )
        }
        Packet::PubAck(_)
        | Packet::PubRec(_)
        | Packet::PubRel(_)
        | Packet::PubComp(_)
        | Packet::UnsubAck(_) => 2,
        Packet::Subscribe(subscribe) => {
            subscribe.filters.iter().fold(2, |sum: usize, (filter, _)| {
                sum.saturating_add(field_len(filter.as_bytes()) + 1)
            })
        }
        Packet::SubAck(ack) => ack.return_codes.len().saturating_add(2),
        Packet::Unsubscribe(unsubscribe) => {
            unsubscribe.filters.iter().fold(2, |sum: usize, filter| {
                sum.saturating_add(field_len(filter.as_bytes()))
            })
        }
        Packet::PingReq | Packet::PingResp | Packet::Disconnect => 0,
    }
}

fn connect_len(connect: &Connect) -> usize {
    let will = connect.will.as_ref().map_or(0, |will| {
        field_len(will.topic.as_bytes()).saturating_add(field_len(&will.payload))
    });
    let username = connect.credentials.username.as_deref();
    let username = username.map_or(0, |name| field_len(name.as_bytes()));
    let password = connect.credentials.password.as_deref();
    let password = password.map_or(0, field_len);
    // The protocol's name, its level, the flags and the keep alive are ten bytes.
    [
        field_len(connect.client_id.as_bytes()),
        will,
        username,
        password,
    ]
    .into_iter()
    .fold(10, usize::saturating_add)
}

fn write_packet(packet: &Packet, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
    let packet_type = packet.packet_type();
    writer.fixed_header(packet_type, fixed_flags(packet_type), body_len(packet))?;
    match packet {
        Packet::Connect(connect) => write_connect(connect, writer)?,
        Packet::ConnAck(ack) => write_connack(*ack, writer),
        // `encode` has its own way with these, past this function.
        Packet::Publish(_) => {}
        Packet::PubAck(id)
        | Packet::PubRec(id)
        | Packet::PubRel(id)
        | Packet::PubComp(id)
        | Packet::UnsubAck(id) => writer.packet_id(*id),
        Packet::Subscribe(subscribe) => write_subscribe(subscribe, writer)?,
        Packet::SubAck(ack) => write_suback(ack, writer)?,
        Packet::Unsubscribe(unsubscribe) => write_unsubscribe(unsubscribe, writer)?,
        Packet::PingReq | Packet::PingResp | Packet::Disconnect => {}
    }
    Ok(())
}

/// The payload's fields come in this order, and each exactly where its flag says so `[MQTT-3.1.3-1]`.
fn write_connect(connect: &Connect, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
    let Credentials { username, password } = &connect.credentials;
    if password.is_some() && username.is_none() {
        return Err(EncodeError::PasswordWithoutUsername);
    }
    writer.string("protocol", PROTOCOL_NAME)?;
    writer.u8(PROTOCOL_LEVEL);
    writer.u8(flags_of(connect));
    writer.u16(connect.keep_alive);
    writer.string("client id", &connect.client_id)?;
    if let Some(will) = &connect.will {
        check_topic_name(&will.topic)?;
        writer.string("will topic", &will.topic)?;
        writer.binary("will payload", &will.payload)?;
    }
    if let Some(username) = username {
        writer.string("user name", username)?;
    }
    if let Some(password) = password {
        writer.binary("password", password)?;
    }
    Ok(())
}

fn flags_of(connect: &Connect) -> u8 {
    let will = connect.will.as_ref().map_or(0, |will| {
        connect_flags::WILL
            | u8::from(will.qos) << connect_flags::WILL_QOS_SHIFT
            | set_if(will.retain, connect_flags::WILL_RETAIN)
    });
    set_if(connect.clean_session, connect_flags::CLEAN_SESSION)
        | will
        | set_if(
            connect.credentials.username.is_some(),
            connect_flags::USERNAME,
        )
        | set_if(
            connect.credentials.password.is_some(),
            connect_flags::PASSWORD,
        )
}

fn write_connack(ack: ConnAck, writer: &mut Writer<'_>) {
    let (session_present, code) = match ack {
        ConnAck::Accepted { session_present } => (session_present, 0),
        ConnAck::Refused(refusal) => (false, refusal.code()),
    };
    writer.u8(u8::from(session_present));
    writer.u8(code);
}

fn write_publish_head(
    flags: u8,
    topic: &str,
    packet_id: Option<PacketId>,
    payload_len: usize,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    check_topic_name(topic)?;
    let remaining_length = publish_body_len(topic, packet_id.is_some(), payload_len);
    Writer::all_or_nothing(out, |writer| {
        writer.fixed_header(PacketType::Publish, flags, remaining_length)?;
        writer.string("topic", topic)?;
        if let Some(id) = packet_id {
            writer.packet_id(id);
        }
        Ok(())
    })
}

fn write_subscribe(subscribe: &Subscribe, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
    not_empty(&subscribe.filters)?;
    writer.packet_id(subscribe.packet_id);
    for (filter, qos) in &subscribe.filters {
        check_topic_filter(filter)?;
        writer.string("filter", filter)?;
        writer.u8(u8::from(*qos));
    }
    Ok(())
}

fn write_suback(ack: &SubAck, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
    not_empty(&ack.return_codes)?;
    writer.packet_id(ack.packet_id);
    for code in &ack.return_codes {
        writer.u8(code.map_or(SUBSCRIBE_REFUSED, u8::from));
    }
    Ok(())
}

fn write_unsubscribe(
    unsubscribe: &Unsubscribe,
    writer: &mut Writer<'_>,
) -> Result<(), EncodeError> {
    not_empty(&unsubscribe.filters)?;
    writer.packet_id(unsubscribe.packet_id);
    for filter in &unsubscribe.filters {
        check_topic_filter(filter)?;
        writer.string("filter", filter)?;
    }
    Ok(())
}

const fn not_empty<T>(list: &[T]) -> Result<(), EncodeError> {
    if list.is_empty() {
        return Err(EncodeError::EmptyPayload);
    }
    Ok(())
}

const fn set_if(condition: bool, bit: u8) -> u8 {
    if condition { bit } else { 0 }
}
