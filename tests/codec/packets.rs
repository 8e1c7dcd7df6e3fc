//! Random packets, and random damage to their bytes.

use mqtt_image_sender::mqtt::packet::{ConnAck, Connect, Publish, SubAck, Subscribe, Unsubscribe};
use mqtt_image_sender::mqtt::{
    ConnectRefusal, Credentials, Message, Packet, PacketId, QoS, SubscribeRefused, Will,
};
use mqtt_image_sender::rng::Rng;

/// One of the fourteen packets. Credentials are texts that are not empty: the other implementation has no others.
pub fn any_packet(rng: &mut Rng) -> Packet {
    match rng.below(14) {
        0 => Packet::Connect(connect(rng)),
        1 => Packet::ConnAck(connack(rng)),
        2 | 3 => Packet::Publish(publish(rng)),
        4 => Packet::PubAck(id(rng)),
        5 => Packet::PubRec(id(rng)),
        6 => Packet::PubRel(id(rng)),
        7 => Packet::PubComp(id(rng)),
        8 => Packet::Subscribe(Subscribe {
            packet_id: id(rng),
            filters: some(rng, |rng| (filter(rng), qos(rng))),
        }),
        9 => Packet::SubAck(SubAck {
            packet_id: id(rng),
            return_codes: some(rng, return_code),
        }),
        10 => Packet::Unsubscribe(Unsubscribe {
            packet_id: id(rng),
            filters: some(rng, filter),
        }),
        11 => Packet::UnsubAck(id(rng)),
        12 => Packet::PingReq,
        _ => pick(rng, &[Packet::PingResp, Packet::Disconnect]),
    }
}

fn connect(rng: &mut Rng) -> Connect {
    let username = rng.chance(0.5).then(|| text(rng) + "u");
    let password = (username.is_some() && rng.chance(0.5)).then(|| (text(rng) + "p").into_bytes());
    let will = rng.chance(0.5).then(|| Will {
        topic: topic(rng),
        payload: bytes(rng, 300),
        qos: qos(rng),
        retain: rng.chance(0.5),
    });
    Connect {
        client_id: text(rng),
        keep_alive: u16::try_from(rng.below(65_536)).unwrap(),
        clean_session: rng.chance(0.5),
        will,
        credentials: Credentials { username, password },
    }
}

fn connack(rng: &mut Rng) -> ConnAck {
    let code = u8::try_from(rng.below(6)).unwrap();
    match ConnectRefusal::from_code(code) {
        Some(refusal) => ConnAck::Refused(refusal),
        None => ConnAck::Accepted {
            session_present: rng.chance(0.5),
        },
    }
}

fn publish(rng: &mut Rng) -> Publish {
    let qos = qos(rng);
    let with_qos = qos != QoS::AtMostOnce;
    // Around the bounds of the bytes of a remaining length.
    let most = pick(rng, &[0, 1, 130, 130, 130, 20_000]);
    let length = if rng.chance(0.002) { 2_097_152 } else { most };
    let message = Message {
        topic: topic(rng),
        payload: bytes(rng, length),
        qos,
        retain: rng.chance(0.5),
        dup: with_qos && rng.chance(0.5),
    };
    let packet_id = with_qos.then(|| id(rng));
    Publish { message, packet_id }
}

fn id(rng: &mut Rng) -> PacketId {
    let number = 1 + rng.below(65_535);
    PacketId::new(u16::try_from(number).unwrap()).unwrap()
}

fn qos(rng: &mut Rng) -> QoS {
    pick(rng, &[QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce])
}

fn return_code(rng: &mut Rng) -> Result<QoS, SubscribeRefused> {
    let granted = qos(rng);
    pick(rng, &[Ok(granted), Err(SubscribeRefused)])
}

fn text(rng: &mut Rng) -> String {
    let most = pick(rng, &[0, 3, 3, 40, 40, 140]);
    let length = rng.below(most + 1);
    let letters = [
        'a',
        'z',
        ' ',
        '$',
        '\u{7f}',
        'ü',
        '\u{feff}',
        '€',
        '\u{10ffff}',
    ];
    (0..length).map(|_| pick(rng, &letters)).collect()
}

fn topic(rng: &mut Rng) -> String {
    // A part of the topics is as long as one can be.
    if rng.chance(0.005) {
        return "x".repeat(65_535);
    }
    pick(rng, &["a", "/", "a/b/"]).to_owned() + &text(rng)
}

fn filter(rng: &mut Rng) -> String {
    text(rng) + "x" + pick(rng, &["", "/#", "/+", "/+/c"])
}

fn bytes(rng: &mut Rng, most: u64) -> Vec<u8> {
    let length = rng.below(most + 1);
    (0..length)
        .map(|_| rng.next_u64().to_le_bytes()[0])
        .collect()
}

fn some<T>(rng: &mut Rng, mut make: impl FnMut(&mut Rng) -> T) -> Vec<T> {
    let count = 1 + rng.below(8);
    (0..count).map(|_| make(rng)).collect()
}

fn pick<T: Clone>(rng: &mut Rng, choice: &[T]) -> T {
    let index = rng.below(u64::try_from(choice.len()).unwrap());
    choice[usize::try_from(index).unwrap()].clone()
}

/// The same bytes with one to three wounds, most of them near the beginning, where the fields are.
pub fn broken(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=rng.below(3) {
        let reach = if rng.chance(0.7) { 16 } else { bytes.len() };
        let reach = u64::try_from(reach.min(bytes.len())).unwrap();
        let at = usize::try_from(rng.below(reach)).unwrap();
        let any = rng.next_u64().to_le_bytes()[0];
        let byte = pick(rng, &[0, 1, 0x7f, 0x80, 0xff, b'+', any]);
        match rng.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, byte),
            2 if !bytes.is_empty() => drop(bytes.remove(at)),
            3 if !bytes.is_empty() => bytes[at] ^= 1 << rng.below(8),
            4 => shorten(&mut bytes, rng),
            _ if !bytes.is_empty() => bytes[at] = byte,
            _ => {}
        }
    }
    bytes
}

/// Announces another length than the packet has, and gives it that many bytes.
fn shorten(bytes: &mut Vec<u8>, rng: &mut Rng) {
    if bytes.len() < 2 || bytes.len() > 120 {
        return;
    }
    let body = rng.below(u64::try_from(bytes.len()).unwrap() + 3);
    bytes[1] = u8::try_from(body).unwrap();
    bytes.resize(2 + usize::try_from(body).unwrap(), 0);
}
