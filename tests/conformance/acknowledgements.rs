//! The order of messages and of what answers them (section 4.6).

use mqtt_image_sender::mqtt::QoS;

use super::wire::{CONNACK, CONNACK_PRESENT, Wire, ack, publish, publish_id};

#[test]
fn publishes_go_out_again_in_the_order_of_their_first_sending() {
    let mut wire = Wire::online_with_kept_session();
    let qos = [QoS::AtLeastOnce, QoS::ExactlyOnce];
    for number in 0..10 {
        wire.publishes("t", &number.to_string(), qos[number % 2]);
    }
    let sent = wire.sent();
    let ids: Vec<u16> = sent.iter().map(|packet| publish_id(packet)).collect();
    // Acknowledged out of turn, and followed by later ones with what may be freed identifiers.
    wire.receives(&ack(0x40, ids[4]));
    wire.receives(&ack(0x40, ids[0]));
    wire.publishes("t", "later", QoS::AtLeastOnce);
    let later = publish_id(&wire.sent()[0]);
    let again = wire.reconnects(&CONNACK_PRESENT);
    let again: Vec<u16> = again[1..].iter().map(|packet| publish_id(packet)).collect();
    let left = [1, 2, 3, 5, 6, 7, 8, 9].map(|index| ids[index]);
    assert_eq!(again, [&left[..], &[later]].concat());
}

#[test]
fn what_waits_follows_what_is_sent_again() {
    let mut wire = Wire::online_with_kept_session();
    wire.publishes("t", "first", QoS::AtLeastOnce);
    wire.falls();
    wire.publishes("t", "second", QoS::AtLeastOnce);
    wire.publishes("t", "third", QoS::AtMostOnce);
    wire.reopens();
    wire.receives(&CONNACK_PRESENT);
    let sent: Vec<Vec<u8>> = wire.sent().into_iter().skip(1).collect();
    let ends = ["first", "second", "third"].map(str::as_bytes);
    for (packet, end) in sent.iter().zip(ends) {
        assert!(packet.ends_with(end), "{sent:x?}");
    }
    assert_eq!(sent.len(), 3);
}

#[test]
fn acknowledgements_come_in_the_order_of_their_publishes() {
    let mut wire = Wire::online();
    let ids = [9, 3, 700, 1, 65_535, 2];
    let flags = |index: usize| if index.is_multiple_of(2) { 2 } else { 4 };
    let stream: Vec<u8> = ids
        .iter()
        .enumerate()
        .flat_map(|(index, id)| publish(flags(index), "t", *id, ""))
        .collect();
    wire.receives(&stream);
    let expected: Vec<Vec<u8>> = ids
        .iter()
        .enumerate()
        .map(|(index, id)| ack(if index.is_multiple_of(2) { 0x40 } else { 0x50 }, *id))
        .collect();
    assert_eq!(wire.sent(), expected);
}

#[test]
fn pubrels_come_in_the_order_of_their_pubrecs() {
    let mut wire = Wire::online_with_kept_session();
    for _ in 0..5 {
        wire.publishes("t", "", QoS::ExactlyOnce);
    }
    let sent = wire.sent();
    let ids: Vec<u16> = sent.iter().map(|packet| publish_id(packet)).collect();
    let order = [2, 0, 4, 1, 3].map(|index: usize| ids[index]);
    let pubrecs: Vec<u8> = order.iter().flat_map(|id| ack(0x50, *id)).collect();
    wire.receives(&pubrecs);
    let expected = order.map(|id| ack(0x62, id));
    assert_eq!(wire.sent(), expected);
    // The same when they are sent again.
    assert_eq!(wire.reconnects(&CONNACK_PRESENT)[1..], expected);
}

#[test]
fn messages_are_handed_out_in_the_order_of_arrival() {
    let mut wire = Wire::online();
    wire.is_subscribed("#");
    let stream: Vec<u8> = (0..100_u8)
        .flat_map(|number| {
            let flags = [0, 2, 4][usize::from(number) % 3];
            let topic = ["a", "b"][usize::from(number) % 2];
            publish(flags, topic, u16::from(number) + 1, &number.to_string())
        })
        .collect();
    wire.receives(&stream);
    let numbers = wire.messages().into_iter().map(|message| message.payload);
    let expected = (0..100_u8).map(|number| number.to_string().into_bytes());
    assert!(numbers.eq(expected));
}

#[test]
fn a_clean_session_begins_in_the_old_order_too() {
    let mut wire = Wire::online();
    for number in 0..10 {
        wire.publishes("t", &number.to_string(), QoS::AtLeastOnce);
    }
    let sent = wire.reconnects(&CONNACK);
    for (number, packet) in sent[1..].iter().enumerate() {
        assert!(packet.ends_with(number.to_string().as_bytes()));
    }
    assert_eq!(sent.len(), 11);
}
