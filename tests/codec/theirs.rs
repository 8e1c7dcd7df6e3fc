//! The other implementation, in terms of ours.

use std::panic::catch_unwind;

use bytes::BytesMut;
use mqtt_image_sender::mqtt::packet::{ConnAck, Connect, Publish, SubAck, Subscribe, Unsubscribe};
use mqtt_image_sender::mqtt::{
    ConnectRefusal, Credentials, Message, Packet, PacketId, QoS, SubscribeRefused, Will,
};
use mqttbytes::Error;
use mqttbytes::v4::{self, SubscribeReasonCode};

/// What it makes of the beginning of a stream.
#[derive(Debug)]
pub enum Theirs {
    Packet(v4::Packet),
    /// It waits for more.
    More,
    Refused,
}

/// Reads a packet. A panic counts as a refusal.
pub fn read(bytes: &[u8]) -> Theirs {
    let mut stream = BytesMut::from(bytes);
    let read = catch_unwind(move || v4::read(&mut stream, super::super::MOST_BYTES));
    match read {
        Ok(Ok(packet)) => Theirs::Packet(packet),
        Ok(Err(Error::InsufficientBytes(_))) => Theirs::More,
        Ok(Err(_)) | Err(_) => Theirs::Refused,
    }
}

/// Writes a packet.
pub fn write(packet: &v4::Packet) -> Vec<u8> {
    use v4::Packet as P;
    let mut out = BytesMut::new();
    let out_ref = &mut out;
    match packet {
        P::Connect(packet) => packet.write(out_ref),
        P::ConnAck(packet) => packet.write(out_ref),
        P::Publish(packet) => packet.write(out_ref),
        P::PubAck(packet) => packet.write(out_ref),
        P::PubRec(packet) => packet.write(out_ref),
        P::PubRel(packet) => packet.write(out_ref),
        P::PubComp(packet) => packet.write(out_ref),
        P::Subscribe(packet) => packet.write(out_ref),
        P::SubAck(packet) => packet.write(out_ref),
        P::Unsubscribe(packet) => packet.write(out_ref),
        P::UnsubAck(packet) => packet.write(out_ref),
        P::PingReq => v4::PingReq.write(out_ref),
        P::PingResp => v4::PingResp.write(out_ref),
        P::Disconnect => v4::Disconnect.write(out_ref),
    }
    .unwrap();
    out.to_vec()
}

/// Their packet as ours. An identifier of 0, which ours cannot say, becomes one that is not there.
pub fn as_ours(packet: &v4::Packet) -> Packet {
    use v4::Packet as P;
    match packet {
        P::Connect(packet) => Packet::Connect(connect(packet)),
        P::ConnAck(packet) => Packet::ConnAck(connack(packet)),
        P::Publish(packet) => Packet::Publish(publish(packet)),
        P::PubAck(packet) => Packet::PubAck(id(packet.pkid)),
        P::PubRec(packet) => Packet::PubRec(id(packet.pkid)),
        P::PubRel(packet) => Packet::PubRel(id(packet.pkid)),
        P::PubComp(packet) => Packet::PubComp(id(packet.pkid)),
        P::Subscribe(packet) => Packet::Subscribe(Subscribe {
            packet_id: id(packet.pkid),
            filters: packet
                .filters
                .iter()
                .map(|filter| (filter.path.clone(), qos(filter.qos)))
                .collect(),
        }),
        P::SubAck(packet) => Packet::SubAck(SubAck {
            packet_id: id(packet.pkid),
            return_codes: packet.return_codes.iter().map(return_code).collect(),
        }),
        P::Unsubscribe(packet) => Packet::Unsubscribe(Unsubscribe {
            packet_id: id(packet.pkid),
            filters: packet.topics.clone(),
        }),
        P::UnsubAck(packet) => Packet::UnsubAck(id(packet.pkid)),
        P::PingReq => Packet::PingReq,
        P::PingResp => Packet::PingResp,
        P::Disconnect => Packet::Disconnect,
    }
}

/// Their passwords are texts; the standard's are bytes.
pub fn cannot_say(packet: &Packet) -> bool {
    let Packet::Connect(connect) = packet else {
        return false;
    };
    let password = connect.credentials.password.as_deref();
    password.is_some_and(|password| core::str::from_utf8(password).is_err())
}

/// They do not tell an empty user name or password from none.
pub fn without_empty_credentials(mut packet: Packet) -> Packet {
    if let Packet::Connect(connect) = &mut packet {
        let credentials = &mut connect.credentials;
        credentials.username = credentials.username.take().filter(|name| !name.is_empty());
        credentials.password = credentials.password.take().filter(|word| !word.is_empty());
    }
    packet
}

fn connect(packet: &v4::Connect) -> Connect {
    let login = packet.login.as_ref();
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let credentials = Credentials {
        username: login.and_then(|login| text(&login.username)),
        password: login
            .and_then(|login| text(&login.password))
            .map(String::into_bytes),
    };
    Connect {
        client_id: packet.client_id.clone(),
        keep_alive: packet.keep_alive,
        clean_session: packet.clean_session,
        will: packet.last_will.as_ref().map(|will| Will {
            topic: will.topic.clone(),
            payload: will.message.to_vec(),
            qos: qos(will.qos),
            retain: will.retain,
        }),
        credentials,
    }
}

fn connack(packet: &v4::ConnAck) -> ConnAck {
    match ConnectRefusal::from_code(packet.code as u8) {
        Some(refusal) => ConnAck::Refused(refusal),
        None => ConnAck::Accepted {
            session_present: packet.session_present,
        },
    }
}

fn publish(packet: &v4::Publish) -> Publish {
    Publish {
        message: Message {
            topic: packet.topic.clone(),
            payload: packet.payload.to_vec(),
            qos: qos(packet.qos),
            retain: packet.retain,
            dup: packet.dup,
        },
        packet_id: PacketId::new(packet.pkid),
    }
}

fn return_code(code: &SubscribeReasonCode) -> Result<QoS, SubscribeRefused> {
    match code {
        SubscribeReasonCode::Success(granted) => Ok(qos(*granted)),
        SubscribeReasonCode::Failure => Err(SubscribeRefused),
    }
}

fn qos(qos: mqttbytes::QoS) -> QoS {
    QoS::try_from(qos as u8).unwrap()
}

fn id(number: u16) -> PacketId {
    PacketId::new(number).expect("ours refuses 0 before")
}
