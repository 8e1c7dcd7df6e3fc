//! PUBLISH as it is written and taken (sections 3.3 and 4.3).

use mqtt_image_sender::mqtt::{Message, QoS};
use mqtt_image_sender::time::Instant;

use super::wire::{CONNACK, CONNACK_PRESENT, Wire, ack, packet, publish, publish_id, text};

const ALL: [QoS; 3] = [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce];

#[test]
fn the_topic_is_the_first_field_of_publish() {
    let mut wire = Wire::online();
    wire.publishes("a/b", "xy", QoS::AtLeastOnce);
    let sent = wire.sent().remove(0);
    let id = publish_id(&sent).to_be_bytes();
    assert_eq!(sent, packet(0x32, &[&text("a/b"), &id, b"xy"]));
}

#[test]
fn dup_and_retain_are_the_senders_own() {
    // DUP says that this client repeats itself, whatever its caller thinks; RETAIN is what the caller asks for.
    for qos in ALL {
        for retain in [false, true] {
            let mut wire = Wire::online();
            let message = Message {
                topic: "t".to_owned(),
                qos,
                retain,
                dup: true,
                ..Message::default()
            };
            wire.client.publish(Instant::ZERO, message).unwrap();
            let first = 0x30 | u8::from(qos) << 1 | u8::from(retain);
            assert_eq!(wire.sent()[0][0], first);
        }
    }
}

#[test]
fn qos_0_is_sent_once_and_without_dup() {
    let mut wire = Wire::online_with_kept_session();
    let token = wire.publishes("t", "x", QoS::AtMostOnce);
    assert_eq!(wire.sent(), [publish(0, "t", 0, "x")]);
    assert!(wire.is_published(token));
    assert_eq!(wire.reconnects(&CONNACK_PRESENT).len(), 1, "CONNECT alone");
}

#[test]
fn a_publish_that_is_sent_again_has_dup_and_its_first_identifier() {
    let mut wire = Wire::online_with_kept_session();
    for qos in [QoS::AtLeastOnce, QoS::ExactlyOnce] {
        wire.publishes("t", "x", qos);
    }
    let first = wire.sent();
    for _ in 0..3 {
        let again = wire.reconnects(&CONNACK_PRESENT);
        let expected: Vec<Vec<u8>> = first
            .iter()
            .map(|packet| [&[packet[0] | 8], &packet[1..]].concat())
            .collect();
        assert_eq!(again[1..], expected);
    }
}

#[test]
fn each_qos_is_answered_as_the_table_says() {
    let mut wire = Wire::online();
    wire.receives(&publish(0, "t", 0, ""));
    assert_eq!(wire.sent(), [[0; 0]; 0]);
    wire.receives(&publish(2, "t", 5, ""));
    assert_eq!(wire.sent(), [ack(0x40, 5)]);
    wire.receives(&publish(4, "t", 6, ""));
    assert_eq!(wire.sent(), [ack(0x50, 6)]);
    wire.receives(&ack(0x62, 6));
    assert_eq!(wire.sent(), [ack(0x70, 6)]);
}

#[test]
fn a_message_for_nobody_is_acknowledged_all_the_same() {
    let mut wire = Wire::online();
    let id = wire.is_subscribed("mine");
    wire.receives(&publish(2, "others", 1, ""));
    wire.receives(&publish(4, "others", 2, ""));
    assert_eq!(wire.sent(), [ack(0x40, 1), ack(0x50, 2)]);
    assert_eq!(wire.messages(), []);
    // UNSUBSCRIBE is on its way, and a message crosses it.
    wire.unsubscribes(id);
    wire.sent();
    wire.receives(&publish(2, "mine", 3, ""));
    assert_eq!(wire.sent(), [ack(0x40, 3)]);
    assert_eq!(wire.messages(), []);
}

#[test]
fn qos_1_is_unacknowledged_until_its_puback() {
    let mut wire = Wire::online_with_kept_session();
    let token = wire.publishes("t", "x", QoS::AtLeastOnce);
    let id = publish_id(&wire.sent()[0]);
    assert!(!wire.is_published(token));
    wire.receives(&ack(0x40, id + 1));
    assert!(!wire.is_published(token), "the PUBACK of another one");
    assert_eq!(wire.reconnects(&CONNACK_PRESENT).len(), 2);
    wire.receives(&ack(0x40, id));
    assert!(wire.is_published(token));
    assert_eq!(wire.reconnects(&CONNACK_PRESENT).len(), 1, "CONNECT alone");
}

#[test]
fn qos_1_that_comes_again_is_a_new_message() {
    let mut wire = Wire::online();
    wire.is_subscribed("t");
    for flags in [2, 2, 2 | 8] {
        wire.receives(&publish(flags, "t", 7, "x"));
        assert_eq!(wire.messages().len(), 1);
        assert_eq!(wire.sent(), [ack(0x40, 7)]);
    }
}

#[test]
fn qos_2_is_unacknowledged_until_its_pubrec_and_then_until_its_pubcomp() {
    let mut wire = Wire::online_with_kept_session();
    let token = wire.publishes("t", "x", QoS::ExactlyOnce);
    let sent = wire.sent().remove(0);
    assert_eq!(sent[0], 0x34);
    let id = publish_id(&sent);
    assert_eq!(wire.reconnects(&CONNACK_PRESENT)[1][0], 0x3c);
    wire.receives(&ack(0x50, id));
    assert_eq!(wire.sent(), [ack(0x62, id)]);
    // Once PUBREL is out the PUBLISH never is again.
    for _ in 0..3 {
        assert_eq!(wire.reconnects(&CONNACK_PRESENT)[1..], [ack(0x62, id)]);
    }
    assert!(!wire.is_published(token));
    wire.receives(&ack(0x70, id));
    assert!(wire.is_published(token));
    assert_eq!(wire.reconnects(&CONNACK_PRESENT).len(), 1, "CONNECT alone");
}

#[test]
fn a_pubrec_that_comes_again_is_answered_again() {
    let mut wire = Wire::online();
    wire.publishes("t", "x", QoS::ExactlyOnce);
    let id = publish_id(&wire.sent()[0]);
    for _ in 0..3 {
        wire.receives(&ack(0x50, id));
        assert_eq!(wire.sent(), [ack(0x62, id)]);
    }
}

#[test]
fn qos_2_is_delivered_once_until_its_pubrel_and_then_anew() {
    let mut wire = Wire::online_with_kept_session();
    wire.is_subscribed("t");
    for round in 0..2 {
        wire.receives(&publish(4, "t", 9, "x"));
        assert_eq!(wire.messages().len(), 1, "round {round}");
        assert_eq!(wire.sent(), [ack(0x50, 9)]);
        // Again on this link, and again on the next one.
        wire.receives(&publish(4 | 8, "t", 9, "x"));
        assert_eq!(wire.sent(), [ack(0x50, 9)]);
        wire.reconnects(&CONNACK_PRESENT);
        wire.receives(&publish(4 | 8, "t", 9, "x"));
        assert_eq!(wire.sent(), [ack(0x50, 9)]);
        assert_eq!(wire.messages(), []);
        wire.receives(&ack(0x62, 9));
        assert_eq!(wire.sent(), [ack(0x70, 9)]);
        // PUBCOMP may have been lost.
        wire.receives(&ack(0x62, 9));
        assert_eq!(wire.sent(), [ack(0x70, 9)]);
    }
}

#[test]
fn a_clean_session_takes_nothing_over() {
    let mut wire = Wire::online();
    wire.is_subscribed("t");
    wire.receives(&publish(4, "t", 9, "x"));
    wire.publishes("t", "old", QoS::AtLeastOnce);
    assert_eq!(wire.messages().len(), 1);
    wire.sent();
    let sent = wire.reconnects(&CONNACK);
    assert_eq!(sent[0][9] & 2, 2, "CONNECT asks for a clean session");
    let subscribe = &sent[1];
    wire.receives(&[0x90, 3, subscribe[2], subscribe[3], 2]);
    // The unfinished message goes out anew: without DUP, as the first of this session.
    assert_eq!(wire.sent()[0][0], 0x32);
    // The broker's identifier 9 is that of another message now.
    wire.receives(&publish(4, "t", 9, "y"));
    assert_eq!(wire.messages().len(), 1);
}
