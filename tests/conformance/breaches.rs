//! What the broker may not send, and that the link is closed then (section 4.8).

use mqtt_image_sender::mqtt::{QoS, SessionOptions};

use super::wire::{CONNACK, Wire, ack, packet, publish, publish_id, text};

/// Sends `bytes` to a client that waits for the answers to SUBSCRIBE 1 and PUBLISH 2 (QoS 1) and 3 (QoS 2), and
/// looks whether it gives up the link.
#[track_caller]
fn is_a_breach(bytes: &[u8], why: &str) {
    let mut wire = waiting();
    wire.receives(bytes);
    assert!(wire.is_closed(), "{why}: {bytes:x?}");
    assert_eq!(wire.cause().unwrap().code(), "protocol", "{why}");
    assert_eq!(wire.sent(), [[0; 0]; 0], "{why}");
}

fn waiting() -> Wire {
    let mut wire = Wire::online();
    wire.subscribes("t", QoS::AtMostOnce);
    wire.publishes("t", "", QoS::AtLeastOnce);
    wire.publishes("t", "", QoS::ExactlyOnce);
    let ids: Vec<u8> = wire
        .sent()
        .iter()
        .map(|sent| sent[3].max(sent[6]))
        .collect();
    assert_eq!(ids.len(), 3);
    wire
}

#[test]
fn a_publish_of_qos_3_closes_the_link() {
    is_a_breach(&publish(6, "t", 1, ""), "both QoS bits");
    is_a_breach(&publish(0xe, "t", 1, ""), "both QoS bits and DUP");
}

#[test]
fn a_publish_of_qos_0_with_dup_closes_the_link() {
    is_a_breach(&publish(8, "t", 0, ""), "DUP with QoS 0");
}

#[test]
fn an_identifier_of_zero_closes_the_link() {
    is_a_breach(&publish(2, "t", 0, ""), "PUBLISH 1");
    is_a_breach(&publish(4, "t", 0, ""), "PUBLISH 2");
    for first in [0x40, 0x50, 0x62, 0x70, 0xb0] {
        is_a_breach(&ack(first, 0), "acknowledgement");
    }
    is_a_breach(&[0x90, 3, 0, 0, 0], "SUBACK");
}

#[test]
fn what_only_clients_send_closes_the_link() {
    let connect = [&text("MQTT")[..], &[4, 2, 0, 60], &text("x")].concat();
    is_a_breach(&packet(0x10, &[&connect]), "CONNECT");
    is_a_breach(&packet(0x82, &[&[0, 1], &text("t"), &[0]]), "SUBSCRIBE");
    is_a_breach(&packet(0xa2, &[&[0, 1], &text("t")]), "UNSUBSCRIBE");
    is_a_breach(&[0xc0, 0], "PINGREQ");
    is_a_breach(&[0xe0, 0], "DISCONNECT");
    is_a_breach(&CONNACK, "a second CONNACK");
}

#[test]
fn what_is_no_packet_closes_the_link() {
    is_a_breach(&[0, 0], "type 0");
    is_a_breach(&[0xf0, 0], "type 15");
    is_a_breach(&[0x30, 0xff, 0xff, 0xff, 0xff, 1], "remaining length");
    is_a_breach(&[0x30, 1, 0], "PUBLISH without a topic");
    is_a_breach(&[0x30, 4, 0, 9, b't', 0], "a topic beyond its packet");
    is_a_breach(&[0x32, 3, 0, 1, b't'], "PUBLISH without its identifier");
    for first in [0x40, 0x50, 0x62, 0x70, 0xb0] {
        is_a_breach(&[first, 1, 1], "a short acknowledgement");
        is_a_breach(&[first, 3, 0, 1, 0], "a long acknowledgement");
    }
    is_a_breach(&[0x90, 2, 0, 1], "SUBACK without a code");
    is_a_breach(&[0xd0, 1, 0], "a long PINGRESP");
}

#[test]
fn an_answer_with_a_foreign_identifier_closes_the_link() {
    is_a_breach(&[0x90, 3, 0, 99, 0], "SUBACK");
    is_a_breach(&ack(0xb0, 1), "UNSUBACK of a SUBSCRIBE");
    is_a_breach(&ack(0xb0, 99), "UNSUBACK");
}

#[test]
fn a_suback_without_a_code_for_each_filter_closes_the_link() {
    is_a_breach(&[0x90, 4, 0, 1, 0, 0], "two codes for one filter");
}

#[test]
fn a_reserved_return_code_closes_the_link() {
    for code in (3..=0x7f).chain(0x81..=0xff) {
        is_a_breach(&[0x90, 3, 0, 1, code], "SUBACK");
    }
}

#[test]
fn an_acknowledgement_of_the_wrong_kind_closes_the_link() {
    let mut wire = Wire::online();
    wire.publishes("t", "", QoS::AtLeastOnce);
    let id = publish_id(&wire.sent()[0]);
    wire.receives(&ack(0x50, id));
    assert!(wire.is_closed(), "PUBREC for QoS 1");
}

#[test]
fn a_packet_over_the_limit_closes_the_link_before_it_is_taken() {
    let options = SessionOptions {
        max_packet_bytes: 1_000,
        ..SessionOptions::new("me")
    };
    let mut wire = Wire::online_with(options);
    // Only its header has come: 1,001 bytes in all are announced.
    wire.receives(&[0x30, 0xe6, 7]);
    assert!(wire.is_closed());
    assert_eq!(wire.cause().unwrap().code(), "protocol");
}

#[test]
fn after_a_breach_nothing_more_is_read_or_written() {
    let mut wire = waiting();
    wire.is_subscribed("u");
    let bytes = [&[0xf0, 0][..], &publish(2, "u", 9, "late")].concat();
    wire.receives(&bytes);
    assert_eq!(wire.messages(), []);
    assert_eq!(wire.sent(), [[0; 0]; 0]);
}
