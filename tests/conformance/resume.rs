//! Sessions over several links (sections 3.1.2.4, 4.1 and 4.4).

use core::time::Duration;

use mqtt_image_sender::mqtt::QoS;

use super::wire::{CONNACK, CONNACK_PRESENT, Wire, ack, publish, publish_id};

#[test]
fn a_kept_session_goes_on_after_a_reconnect() {
    let mut wire = Wire::online_with_kept_session();
    wire.is_subscribed("t");
    wire.publishes("t", "one", QoS::AtLeastOnce);
    wire.publishes("t", "two", QoS::ExactlyOnce);
    wire.publishes("t", "three", QoS::ExactlyOnce);
    let ids: Vec<u16> = wire
        .sent()
        .iter()
        .map(|packet| publish_id(packet))
        .collect();
    wire.receives(&ack(0x50, ids[2]));
    wire.receives(&publish(4, "t", 70, "in"));
    assert_eq!(wire.messages().len(), 1);
    // However long nobody is there, and however often the link falls.
    for _ in 0..5 {
        wire.falls();
        wire.reopens();
        wire.passes(Duration::from_millis(100));
        wire.receives(&CONNACK_PRESENT);
        let sent = wire.sent();
        assert_eq!(sent[0][9] & 2, 0, "CONNECT asks for the old session");
        let mut rest: Vec<(u8, u16)> = sent[1..]
            .iter()
            .map(|packet| match packet[0] {
                0x62 => (0x62, u16::from_be_bytes([packet[2], packet[3]])),
                first => (first, publish_id(packet)),
            })
            .collect();
        rest.sort_unstable();
        // The broker has the subscription: none is made again.
        assert_eq!(rest, [(0x3a, ids[0]), (0x3c, ids[1]), (0x62, ids[2])]);
    }
    wire.receives(&publish(4 | 8, "t", 70, "in"));
    assert_eq!(wire.messages(), [], "it was delivered on the first link");
}

#[test]
fn a_session_lasts_as_long_as_its_link() {
    let mut wire = Wire::online_with_kept_session();
    wire.is_subscribed("t");
    let token = wire.publishes("t", "slow", QoS::ExactlyOnce);
    let id = publish_id(&wire.sent()[0]);
    // A day of pings later the exchange goes on.
    for _ in 0..24 * 60 {
        wire.passes(Duration::from_secs(60));
        wire.receives(&[0xd0, 0]);
    }
    let pings = wire.sent();
    assert!(pings.iter().all(|packet| *packet == [0xc0, 0]));
    wire.receives(&ack(0x50, id));
    wire.receives(&ack(0x70, id));
    assert!(wire.is_published(token));
    assert!(!wire.is_closed());
}

#[test]
fn session_present_decides_what_is_sent_again() {
    let mut wire = Wire::online_with_kept_session();
    wire.is_subscribed("t");
    wire.publishes("t", "x", QoS::AtLeastOnce);
    wire.publishes("t", "y", QoS::ExactlyOnce);
    wire.sent();
    // The broker lost it: subscriptions first, and then the messages as new ones.
    let sent = wire.reconnects(&CONNACK);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1][0], 0x82);
    wire.receives(&[0x90, 3, sent[1][2], sent[1][3], 2]);
    let firsts: Vec<u8> = wire.sent().iter().map(|packet| packet[0]).collect();
    assert_eq!(firsts, [0x32, 0x34]);
}

#[test]
fn nothing_is_sent_again_on_a_link_that_lives() {
    let mut wire = Wire::online_with_kept_session();
    wire.publishes("t", "x", QoS::AtLeastOnce);
    wire.publishes("t", "y", QoS::ExactlyOnce);
    assert_eq!(wire.sent().len(), 2);
    for _ in 0..60 {
        wire.passes(Duration::from_secs(60));
        wire.receives(&[0xd0, 0]);
    }
    assert!(wire.sent().iter().all(|packet| *packet == [0xc0, 0]));
}
