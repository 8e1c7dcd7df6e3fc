//! CONNACK, pings and the end of a link (sections 3.2, 3.12 and 3.14), and its stream of bytes (section 4.2).

use core::time::Duration;

use mqtt_image_sender::client::{ConnectionState, Error};
use mqtt_image_sender::mqtt::{QoS, SessionOptions};

use super::wire::{CONNACK, CONNACK_PRESENT, Wire, ack, publish, publish_id};

#[test]
fn each_refusal_ends_the_link_and_is_told_by_its_code() {
    for code in 1..=5 {
        let mut wire = Wire::open(SessionOptions::new("me"));
        wire.publishes("t", "", QoS::AtMostOnce);
        wire.sent();
        wire.receives(&[0x20, 2, 0, code]);
        assert!(wire.is_closed());
        assert_eq!(wire.cause().unwrap().return_code(), Some(code));
        assert_eq!(wire.sent(), [[0; 0]; 0]);
    }
}

#[test]
fn an_impossible_connack_closes_the_link() {
    let impossible: [&[u8]; 7] = [
        // A refusal of a session that is present.
        &[0x20, 2, 1, 2],
        // Return codes that do not exist.
        &[0x20, 2, 0, 6],
        &[0x20, 2, 0, 255],
        // Reserved flags.
        &[0x20, 2, 2, 0],
        &[0x20, 2, 0x80, 0],
        &[0x20, 1, 0],
        &[0x20, 3, 0, 0, 0],
    ];
    for bytes in impossible {
        let mut wire = Wire::open(SessionOptions::new("me"));
        wire.receives(bytes);
        assert!(wire.is_closed(), "{bytes:x?}");
        assert!(!wire.has_been(ConnectionState::Connected), "{bytes:x?}");
        assert_eq!(wire.cause().unwrap().code(), "protocol", "{bytes:x?}");
    }
}

#[test]
fn a_clean_session_that_is_said_to_be_present_closes_the_link() {
    let mut wire = Wire::open(SessionOptions::new("me"));
    wire.receives(&[0x20, 2, 1, 0]);
    assert!(wire.is_closed());
    assert!(!wire.has_been(ConnectionState::Connected));
}

#[test]
fn anything_before_connack_closes_the_link() {
    let early = [
        publish(0, "t", 0, ""),
        ack(0x40, 1),
        ack(0x62, 1),
        vec![0x90, 3, 0, 1, 0],
        vec![0xd0, 0],
    ];
    for bytes in early {
        let mut wire = Wire::open(SessionOptions::new("me"));
        wire.subscribes("t", QoS::AtMostOnce);
        wire.receives(&bytes);
        assert!(wire.is_closed(), "{bytes:x?}");
        assert_eq!(wire.messages(), []);
    }
}

#[test]
fn a_pingresp_that_stays_out_closes_the_link() {
    let options = SessionOptions {
        keep_alive: Duration::from_secs(10),
        ..SessionOptions::new("me")
    };
    let mut wire = Wire::online_with(options);
    wire.passes(Duration::from_secs(10));
    assert_eq!(wire.sent(), [[0xc0, 0]]);
    wire.passes(Duration::from_millis(4_999));
    assert_eq!(wire.cause(), None);
    wire.passes(Duration::from_millis(1));
    assert_eq!(wire.cause(), Some(Error::NoPingResponse));
}

#[test]
fn disconnect_is_the_last_packet_and_the_link_is_closed_after_it() {
    let mut wire = Wire::online();
    wire.is_subscribed("t");
    wire.publishes("t", "unfinished", QoS::ExactlyOnce);
    wire.sent();
    wire.closes();
    assert_eq!(wire.sent(), [[0xe0, 0]]);
    assert!(wire.is_closed());
    assert!(wire.has_been(ConnectionState::Closed));
    wire.passes(Duration::from_secs(1_000));
    assert_eq!(wire.sent(), [[0; 0]; 0]);
    assert!(wire.is_closed(), "it opens no other one");
}

#[test]
fn packets_may_be_split_and_joined_anywhere() {
    let stream = [
        CONNACK.to_vec(),
        publish(0, "t", 0, "one"),
        publish(2, "t", 7, "two"),
        publish(4, "t", 8, "three"),
        ack(0x62, 8),
    ]
    .concat();
    // Whole, in single bytes, and cut in two at each place.
    let mut ways: Vec<Vec<&[u8]>> = vec![vec![&stream], stream.chunks(1).collect()];
    ways.extend((1..stream.len()).map(|at| vec![&stream[..at], &stream[at..]]));
    for pieces in ways {
        let mut wire = Wire::open(SessionOptions::new("me"));
        wire.subscribes("t", QoS::ExactlyOnce);
        wire.sent();
        for piece in pieces {
            wire.receives(piece);
        }
        let payloads = wire.messages().into_iter().map(|message| message.payload);
        let expected: [&[u8]; 3] = [b"one", b"two", b"three"];
        assert_eq!(payloads.collect::<Vec<_>>(), expected);
        let acknowledged: Vec<Vec<u8>> = wire.sent().into_iter().filter(|p| p[0] != 0x82).collect();
        assert_eq!(acknowledged, [ack(0x40, 7), ack(0x50, 8), ack(0x70, 8)]);
        assert!(!wire.is_closed());
    }
}

#[test]
fn half_a_packet_of_one_link_is_no_part_of_the_next() {
    let mut wire = Wire::online_with_kept_session();
    wire.is_subscribed("t");
    let whole = publish(0, "t", 0, "whole");
    for half in 1..whole.len() {
        wire.receives(&whole[..half]);
        wire.reconnects(&CONNACK_PRESENT);
        assert!(!wire.is_closed());
        assert_eq!(wire.messages(), []);
        wire.receives(&whole);
        assert_eq!(wire.messages().len(), 1);
    }
}

#[test]
fn nothing_is_sent_on_a_link_that_fell() {
    let mut wire = Wire::online();
    wire.publishes("t", "", QoS::AtLeastOnce);
    assert_eq!(publish_id(&wire.sent()[0]), 1);
    wire.falls();
    wire.publishes("t", "", QoS::AtMostOnce);
    assert_eq!(wire.sent(), [[0; 0]; 0]);
}
