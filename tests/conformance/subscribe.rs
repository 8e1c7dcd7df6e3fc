//! SUBSCRIBE, UNSUBSCRIBE and their answers (sections 3.8 to 3.11).

use mqtt_image_sender::mqtt::codec::encode;
use mqtt_image_sender::mqtt::packet::{Packet, Subscribe, Unsubscribe};
use mqtt_image_sender::mqtt::{PacketId, QoS, SessionOptions};

use super::wire::{CONNACK, Wire, ack, packet, text};

fn identifier(packet: &[u8]) -> [u8; 2] {
    [packet[2], packet[3]]
}

#[test]
fn a_filter_is_asked_for_with_its_qos_alone_in_its_byte() {
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
        let mut wire = Wire::online();
        wire.subscribes("a/+/#", qos);
        let sent = wire.sent().remove(0);
        let id = identifier(&sent);
        let expected = packet(0x82, &[&id, &text("a/+/#"), &[u8::from(qos)]]);
        assert_eq!(sent, expected);
    }
}

#[test]
fn a_filter_is_given_up_by_its_text() {
    let mut wire = Wire::online();
    let subscription = wire.is_subscribed("a/+/#");
    wire.unsubscribes(subscription);
    let sent = wire.sent().remove(0);
    let id = identifier(&sent);
    assert_eq!(sent, packet(0xa2, &[&id, &text("a/+/#")]));
    wire.receives(&ack(0xb0, u16::from_be_bytes(id)));
    assert!(!wire.is_closed());
}

#[test]
fn no_subscribe_or_unsubscribe_is_without_a_filter() {
    let packet_id = PacketId::MIN;
    let nothing = [
        Packet::Subscribe(Subscribe {
            packet_id,
            filters: Vec::new(),
        }),
        Packet::Unsubscribe(Unsubscribe {
            packet_id,
            filters: Vec::new(),
        }),
    ];
    for packet in nothing {
        let mut bytes = Vec::new();
        assert!(encode(&packet, &mut bytes).is_err());
        assert_eq!(bytes, []);
    }
    // Nor does a client without subscriptions send one when it comes back.
    let mut wire = Wire::online();
    let subscription = wire.is_subscribed("t");
    wire.unsubscribes(subscription);
    let id = u16::from_be_bytes(identifier(&wire.sent()[0]));
    wire.receives(&ack(0xb0, id));
    assert_eq!(wire.reconnects(&CONNACK).len(), 1, "CONNECT alone");
}

#[test]
fn return_codes_belong_to_the_filters_in_their_order() {
    let mut wire = Wire::open(SessionOptions::new("me"));
    let ids = ["a", "b", "c", "d"].map(|filter| wire.subscribes(filter, QoS::ExactlyOnce));
    wire.sent();
    wire.receives(&CONNACK);
    // All four in one packet: which filter stands where is read from it.
    let subscribe = wire.sent().remove(0);
    let filters: Vec<u8> = subscribe[4..].chunks(4).map(|entry| entry[2]).collect();
    assert_eq!(filters.len(), 4);
    let code_of = |filter| match filter {
        b'a' => 0,
        b'b' => 0x80,
        b'c' => 1,
        _ => 2,
    };
    let codes: Vec<u8> = filters.into_iter().map(code_of).collect();
    wire.receives(&packet(0x90, &[&identifier(&subscribe), &codes]));
    let mut granted = wire.granted();
    granted.sort_by_key(|(id, _)| *id);
    let told = granted.into_iter().map(|(id, granted)| (id, granted.ok()));
    let expected = [
        (ids[0], Some(QoS::AtMostOnce)),
        (ids[1], None),
        (ids[2], Some(QoS::AtLeastOnce)),
        (ids[3], Some(QoS::ExactlyOnce)),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn a_lower_grant_and_a_refusal_are_told() {
    for (code, expected) in [
        (0, Some(QoS::AtMostOnce)),
        (1, Some(QoS::AtLeastOnce)),
        (2, Some(QoS::ExactlyOnce)),
        (0x80, None),
    ] {
        let mut wire = Wire::online();
        let subscription = wire.subscribes("t", QoS::ExactlyOnce);
        let id = identifier(&wire.sent()[0]);
        assert_eq!(wire.granted(), [], "not before SUBACK");
        wire.receives(&packet(0x90, &[&id, &[code]]));
        let (told, granted) = wire.granted().remove(0);
        assert_eq!((told, granted.ok()), (subscription, expected));
    }
}

#[test]
fn answers_may_come_in_any_order() {
    let mut wire = Wire::online();
    let first = wire.subscribes("a", QoS::AtMostOnce);
    let one = identifier(&wire.sent()[0]);
    let second = wire.subscribes("b", QoS::AtMostOnce);
    let two = identifier(&wire.sent()[0]);
    wire.receives(&packet(0x90, &[&two, &[0]]));
    wire.receives(&packet(0x90, &[&one, &[0x80]]));
    let granted = wire.granted();
    assert_eq!(granted[0].0, second);
    assert!(granted[0].1.is_ok());
    assert_eq!(granted[1].0, first);
    assert!(granted[1].1.is_err());
}
