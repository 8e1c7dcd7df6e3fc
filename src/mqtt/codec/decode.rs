//! The bodies of packets, bytes to types. Each function takes its packet apart to the last byte.

use super::header::FixedHeader;
use super::reader::{Reader, text};
use super::{
    Malformation, PROTOCOL_LEVEL, PROTOCOL_NAME, SUBSCRIBE_REFUSED, connect_flags, publish_flags,
};
use crate::mqtt::packet::{
    ConnAck, Connect, ConnectRefusal, Credentials, Message, Packet, PacketId, PacketType, Publish,
    QoS, SubAck, Subscribe, SubscribeRefused, Unsubscribe, Will,
};
use crate::mqtt::topic::{check_topic_filter, check_topic_name};

/// Reads the body of any packet but PUBLISH, whose payload the decoder gathers apart from its head.
pub type Body = fn(PacketType, &[u8]) -> Result<Packet, Malformation>;

/// A packet of a client or of a broker.
pub fn packet(packet_type: PacketType, body: &[u8]) -> Result<Packet, Malformation> {
    let mut reader = Reader::new(body);
    let packet = match packet_type {
        PacketType::Connect => Packet::Connect(connect(&mut reader)?),
        PacketType::Subscribe => Packet::Subscribe(subscribe(&mut reader)?),
        PacketType::Unsubscribe => Packet::Unsubscribe(unsubscribe(&mut reader)?),
        PacketType::PingReq => Packet::PingReq,
        PacketType::Disconnect => Packet::Disconnect,
        _ => return packet_of_broker(packet_type, body),
    };
    reader.finish()?;
    Ok(packet)
}

/// A packet of a broker. It is a function of its own so that a client carries nothing that reads those of clients.
pub fn packet_of_broker(packet_type: PacketType, body: &[u8]) -> Result<Packet, Malformation> {
    let mut reader = Reader::new(body);
    let packet = match packet_type {
        PacketType::ConnAck => Packet::ConnAck(connack(&mut reader)?),
        PacketType::Publish => return Err(Malformation::Truncated),
        PacketType::PubAck => Packet::PubAck(reader.packet_id()?),
        PacketType::PubRec => Packet::PubRec(reader.packet_id()?),
        PacketType::PubRel => Packet::PubRel(reader.packet_id()?),
        PacketType::PubComp => Packet::PubComp(reader.packet_id()?),
        PacketType::SubAck => Packet::SubAck(suback(&mut reader)?),
        PacketType::UnsubAck => Packet::UnsubAck(reader.packet_id()?),
        PacketType::PingResp => Packet::PingResp,
        PacketType::Connect
        | PacketType::Subscribe
        | PacketType::Unsubscribe
        | PacketType::PingReq
        | PacketType::Disconnect => return Err(Malformation::FromClient),
    };
    reader.finish()?;
    Ok(packet)
}

/// A PUBLISH of which the payload is still missing.
#[derive(Debug)]
pub struct PublishHead {
    message: Message,
    packet_id: Option<PacketId>,
    payload_len: usize,
}

impl PublishHead {
    /// How much of the body the topic (without its length) and the packet identifier take.
    pub fn len(header: FixedHeader, topic_len: u16) -> Result<usize, Malformation> {
        let id_len = if publish_qos(header.flags)? == QoS::AtMostOnce {
            0
        } else {
            2
        };
        let len = usize::from(topic_len) + id_len;
        if 2 + len > header.remaining_length {
            return Err(Malformation::Truncated);
        }
        Ok(len)
    }

    /// Reads topic and packet identifier from `head`, which has the length that [`len`](Self::len) said.
    pub fn parse(header: FixedHeader, topic_len: u16, head: &[u8]) -> Result<Self, Malformation> {
        let qos = publish_qos(header.flags)?;
        let mut reader = Reader::new(head);
        let topic = text(reader.take(usize::from(topic_len))?)?;
        check_topic_name(topic).map_err(Malformation::Topic)?;
        let packet_id = match qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce | QoS::ExactlyOnce => Some(reader.packet_id()?),
        };
        reader.finish()?;
        Ok(Self {
            message: Message {
                topic: topic.to_owned(),
                payload: Vec::new(),
                qos,
                retain: header.flags & publish_flags::RETAIN != 0,
                dup: header.flags & publish_flags::DUP != 0,
            },
            packet_id,
            payload_len: header.remaining_length.saturating_sub(2 + head.len()),
        })
    }

    /// How many bytes are the payload. It may be none at all (section 3.3.3).
    pub const fn payload_len(&self) -> usize {
        self.payload_len
    }

    pub fn with_payload(self, payload: Vec<u8>) -> Packet {
        Packet::Publish(Publish {
            message: Message {
                payload,
                ..self.message
            },
            packet_id: self.packet_id,
        })
    }
}

/// The QoS in PUBLISH's flags, once they are found to agree with each other.
pub fn publish_qos(flags: u8) -> Result<QoS, Malformation> {
    // [MQTT-3.3.1-4]
    let qos = (flags & publish_flags::QOS) >> publish_flags::QOS_SHIFT;
    let qos = QoS::try_from(qos).map_err(|unknown| Malformation::QoS(unknown.0))?;
    // [MQTT-3.3.1-2]
    if qos == QoS::AtMostOnce && flags & publish_flags::DUP != 0 {
        return Err(Malformation::DupWithoutQoS);
    }
    Ok(qos)
}

fn connect(reader: &mut Reader<'_>) -> Result<Connect, Malformation> {
    // [MQTT-3.1.2-1]
    if reader.string()? != PROTOCOL_NAME {
        return Err(Malformation::ProtocolName);
    }
    // [MQTT-3.1.2-2]
    let level = reader.u8()?;
    if level != PROTOCOL_LEVEL {
        return Err(Malformation::ProtocolLevel(level));
    }
    let flags = reader.u8()?;
    check_connect_flags(flags)?;
    let keep_alive = reader.u16()?;
    // The fields of the payload stand in this order [MQTT-3.1.3-1].
    let client_id = reader.string()?.to_owned();
    let will = match flags & connect_flags::WILL {
        0 => None,
        _ => Some(will(flags, reader)?),
    };
    let username = match flags & connect_flags::USERNAME {
        0 => None,
        _ => Some(reader.string()?.to_owned()),
    };
    let password = match flags & connect_flags::PASSWORD {
        0 => None,
        _ => Some(reader.binary()?.to_vec()),
    };
    Ok(Connect {
        client_id,
        keep_alive,
        clean_session: flags & connect_flags::CLEAN_SESSION != 0,
        will,
        credentials: Credentials { username, password },
    })
}

fn check_connect_flags(flags: u8) -> Result<(), Malformation> {
    let has = |bit: u8| flags & bit != 0;
    // [MQTT-3.1.2-3]
    let reserved = has(connect_flags::RESERVED);
    // [MQTT-3.1.2-13] [MQTT-3.1.2-15]
    let will_details =
        !has(connect_flags::WILL) && has(connect_flags::WILL_QOS | connect_flags::WILL_RETAIN);
    // [MQTT-3.1.2-22]
    let password_alone = has(connect_flags::PASSWORD) && !has(connect_flags::USERNAME);
    if reserved || will_details || password_alone {
        return Err(Malformation::ConnectFlags(flags));
    }
    Ok(())
}

fn will(flags: u8, reader: &mut Reader<'_>) -> Result<Will, Malformation> {
    // [MQTT-3.1.2-14]
    let qos = (flags & connect_flags::WILL_QOS) >> connect_flags::WILL_QOS_SHIFT;
    let qos = QoS::try_from(qos).map_err(|unknown| Malformation::QoS(unknown.0))?;
    let topic = reader.string()?;
    check_topic_name(topic).map_err(Malformation::Topic)?;
    Ok(Will {
        topic: topic.to_owned(),
        payload: reader.binary()?.to_vec(),
        qos,
        retain: flags & connect_flags::WILL_RETAIN != 0,
    })
}

fn connack(reader: &mut Reader<'_>) -> Result<ConnAck, Malformation> {
    let flags = reader.u8()?;
    let code = reader.u8()?;
    match (flags, code) {
        (0 | 1, 0) => Ok(ConnAck::Accepted {
            session_present: flags == 1,
        }),
        // [MQTT-3.2.2-4]: a refusal has no session present.
        (0, _) => ConnectRefusal::from_code(code)
            .map(ConnAck::Refused)
            .ok_or(Malformation::ReturnCode(code)),
        _ => Err(Malformation::ConnAckFlags(flags)),
    }
}

fn subscribe(reader: &mut Reader<'_>) -> Result<Subscribe, Malformation> {
    let packet_id = reader.packet_id()?;
    let filters = list(reader, |reader| Ok((filter(reader)?, reader.qos()?)))?;
    Ok(Subscribe { packet_id, filters })
}

fn unsubscribe(reader: &mut Reader<'_>) -> Result<Unsubscribe, Malformation> {
    let packet_id = reader.packet_id()?;
    let filters = list(reader, filter)?;
    Ok(Unsubscribe { packet_id, filters })
}

fn suback(reader: &mut Reader<'_>) -> Result<SubAck, Malformation> {
    let packet_id = reader.packet_id()?;
    let return_codes = list(reader, |reader| match reader.u8()? {
        SUBSCRIBE_REFUSED => Ok(Err(SubscribeRefused)),
        // [MQTT-3.9.3-2]
        code => QoS::try_from(code)
            .map(Ok)
            .map_err(|unknown| Malformation::ReturnCode(unknown.0)),
    })?;
    Ok(SubAck {
        packet_id,
        return_codes,
    })
}

fn filter(reader: &mut Reader<'_>) -> Result<String, Malformation> {
    let filter = reader.string()?;
    check_topic_filter(filter).map_err(Malformation::Topic)?;
    Ok(filter.to_owned())
}

/// What `item` reads, over and over to the end of the body, at least once `[MQTT-3.8.3-3]` `[MQTT-3.10.3-2]`.
fn list<T>(
    reader: &mut Reader<'_>,
    item: impl Fn(&mut Reader<'_>) -> Result<T, Malformation>,
) -> Result<Vec<T>, Malformation> {
    if reader.is_empty() {
        return Err(Malformation::EmptyPayload);
    }
    let mut items = Vec::new();
    while !reader.is_empty() {
        items.push(item(reader)?);
    }
    Ok(items)
}
