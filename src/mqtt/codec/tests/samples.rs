//! Packets with their bytes, written down by hand from chapter 3.

use super::id;
use crate::mqtt::packet::*;

/// At least one packet of each type, and of each shape that a type has.
pub fn samples() -> Vec<(Packet, Vec<u8>)> {
    let mut samples = connects();
    samples.extend(publishes());
    samples.extend(acknowledgements());
    samples.extend(subscriptions());
    samples.extend([
        (Packet::PingReq, vec![0xc0, 0]),
        (Packet::PingResp, vec![0xd0, 0]),
        (Packet::Disconnect, vec![0xe0, 0]),
    ]);
    samples
}

/// Bytes given as text and numbers.
macro_rules! bytes {
    ($($part:expr),* $(,)?) => {{
        let mut bytes: Vec<u8> = Vec::new();
        $(bytes.extend_from_slice($part.as_ref());)*
        bytes
    }};
}

fn connects() -> Vec<(Packet, Vec<u8>)> {
    let full = Connect {
        client_id: "id".into(),
        keep_alive: 0x0102,
        clean_session: false,
        will: Some(Will {
            topic: "w/t".into(),
            payload: vec![0, 0xff],
            qos: QoS::ExactlyOnce,
            retain: true,
        }),
        credentials: Credentials {
            username: Some("ü".into()),
            password: Some(vec![0]),
        },
    };
    let mut will = full.clone();
    will.credentials = Credentials::default();
    will.will = Some(Will {
        topic: "w".into(),
        payload: Vec::new(),
        qos: QoS::AtLeastOnce,
        retain: false,
    });
    let mut username = Connect::default();
    username.credentials.username = Some(String::new());
    username.clean_session = true;
    let accepted = |session_present| Packet::ConnAck(ConnAck::Accepted { session_present });
    vec![
        (
            Packet::Connect(full),
            bytes!(
                [0x10, 30, 0, 4],
                "MQTT",
                [4, 0xf4, 1, 2],
                [0, 2],
                "id",
                [0, 3],
                "w/t",
                [0, 2, 0, 0xff],
                [0, 2, 0xc3, 0xbc],
                [0, 1, 0]
            ),
        ),
        (
            Packet::Connect(will),
            bytes!(
                [0x10, 19, 0, 4],
                "MQTT",
                [4, 0x0c, 1, 2],
                [0, 2],
                "id",
                [0, 1],
                "w",
                [0, 0]
            ),
        ),
        (
            Packet::Connect(username),
            bytes!([0x10, 14, 0, 4], "MQTT", [4, 0x82, 0, 0], [0, 0], [0, 0]),
        ),
        (accepted(false), vec![0x20, 2, 0, 0]),
        (accepted(true), vec![0x20, 2, 1, 0]),
        (
            Packet::ConnAck(ConnAck::Refused(ConnectRefusal::BadUserNameOrPassword)),
            vec![0x20, 2, 0, 4],
        ),
    ]
}

fn publishes() -> Vec<(Packet, Vec<u8>)> {
    let publish = |topic: &str, payload: &[u8], qos, retain, dup, packet_id| {
        let (topic, payload) = (topic.to_owned(), payload.to_vec());
        let message = Message {
            topic,
            payload,
            qos,
            retain,
            dup,
        };
        Packet::Publish(Publish { message, packet_id })
    };
    vec![
        (
            publish("a/b", b"hi", QoS::AtMostOnce, false, false, None),
            bytes!([0x30, 7, 0, 3], "a/bhi"),
        ),
        (
            publish("a", b"", QoS::AtMostOnce, true, false, None),
            bytes!([0x31, 3, 0, 1], "a"),
        ),
        (
            publish("a", b"x", QoS::AtLeastOnce, false, true, Some(id(10))),
            bytes!([0x3a, 6, 0, 1], "a", [0, 10], "x"),
        ),
        (
            publish("a", b"x", QoS::ExactlyOnce, true, true, Some(id(0xffff))),
            bytes!([0x3d, 6, 0, 1], "a", [0xff, 0xff], "x"),
        ),
        // A byte order mark is part of the topic [MQTT-1.5.3-3].
        (
            publish("\u{feff}", b"", QoS::ExactlyOnce, false, false, Some(id(1))),
            bytes!([0x34, 7, 0, 3, 0xef, 0xbb, 0xbf, 0, 1]),
        ),
    ]
}

fn acknowledgements() -> Vec<(Packet, Vec<u8>)> {
    vec![
        (Packet::PubAck(id(0x1234)), vec![0x40, 2, 0x12, 0x34]),
        (Packet::PubRec(id(1)), vec![0x50, 2, 0, 1]),
        (Packet::PubRel(id(0x0100)), vec![0x62, 2, 1, 0]),
        (Packet::PubComp(id(0xffff)), vec![0x70, 2, 0xff, 0xff]),
        (Packet::UnsubAck(id(9)), vec![0xb0, 2, 0, 9]),
    ]
}

fn subscriptions() -> Vec<(Packet, Vec<u8>)> {
    let packet_id = id(10);
    vec![
        (
            Packet::Subscribe(Subscribe {
                packet_id,
                filters: vec![
                    ("a/#".into(), QoS::AtLeastOnce),
                    ("+".into(), QoS::ExactlyOnce),
                ],
            }),
            bytes!([0x82, 12, 0, 10, 0, 3], "a/#", [1, 0, 1], "+", [2]),
        ),
        (
            Packet::SubAck(SubAck {
                packet_id,
                return_codes: vec![
                    Ok(QoS::AtMostOnce),
                    Ok(QoS::ExactlyOnce),
                    Err(SubscribeRefused),
                    Ok(QoS::AtLeastOnce),
                ],
            }),
            vec![0x90, 6, 0, 10, 0, 2, 0x80, 1],
        ),
        (
            Packet::Unsubscribe(Unsubscribe {
                packet_id,
                filters: vec!["a/#".into(), "b".into()],
            }),
            bytes!([0xa2, 10, 0, 10, 0, 3], "a/#", [0, 1], "b"),
        ),
    ]
}
