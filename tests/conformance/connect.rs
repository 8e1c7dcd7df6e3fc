//! CONNECT (section 3.1).

use core::time::Duration;

use mqtt_image_sender::client::{Client, ClientOptions};
use mqtt_image_sender::mqtt::{Credentials, QoS, SessionOptions, Will};

use super::wire::{CONNACK, Wire, kept, packet, text};

/// The variable header: protocol MQTT of level 4, these flags, and a keep alive of 60 s.
fn head(flags: u8) -> Vec<u8> {
    [&text("MQTT")[..], &[4, flags, 0, 60]].concat()
}

fn connect_of(options: SessionOptions, credentials: Credentials) -> Vec<u8> {
    let mut sent = Wire::open_with(options, credentials).sent();
    assert_eq!(sent.len(), 1);
    sent.remove(0)
}

fn credentials(username: Option<&str>, password: Option<&[u8]>) -> Credentials {
    Credentials {
        username: username.map(str::to_owned),
        password: password.map(<[u8]>::to_vec),
    }
}

fn with_will(qos: QoS, retain: bool) -> SessionOptions {
    let will = Will {
        topic: "w".to_owned(),
        payload: vec![0, 255],
        qos,
        retain,
    };
    SessionOptions {
        will: Some(will),
        ..SessionOptions::new("me")
    }
}

#[test]
fn connect_is_the_first_packet_of_every_link_and_the_only_one_of_its_kind() {
    let mut wire = Wire::open(kept());
    wire.subscribes("t", QoS::AtLeastOnce);
    wire.publishes("t", "", QoS::AtLeastOnce);
    // Before CONNACK nothing follows.
    let sent = wire.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0][0], 0x10);
    for _ in 0..3 {
        wire.receives(&CONNACK);
        wire.passes(Duration::from_secs(5));
        assert!(wire.sent().iter().all(|packet| packet[0] != 0x10));
        wire.falls();
        wire.reopens();
        wire.passes(Duration::from_secs(5));
        let sent = wire.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0][0], 0x10);
    }
}

#[test]
fn connect_names_mqtt_level_4_and_leaves_the_reserved_flag_zero() {
    let connect = connect_of(
        with_will(QoS::ExactlyOnce, true),
        credentials(Some("u"), None),
    );
    assert_eq!(connect[2..9], [0, 4, b'M', b'Q', b'T', b'T', 4]);
    assert_eq!(connect[9] & 1, 0);
}

#[test]
fn clean_session_and_keep_alive_are_sent_as_asked() {
    let clean = connect_of(SessionOptions::new("me"), Credentials::default());
    assert_eq!(clean, packet(0x10, &[&head(2), &text("me")]));
    let options = SessionOptions {
        keep_alive: Duration::from_secs(0x1234),
        ..kept()
    };
    let connect = connect_of(options, Credentials::default());
    assert_eq!(connect[9..12], [0, 0x12, 0x34]);
}

#[test]
fn a_will_is_in_connect_with_its_topic_payload_qos_and_retain() {
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
        for retain in [false, true] {
            let connect = connect_of(with_will(qos, retain), Credentials::default());
            let flags = 2 | 4 | u8::from(qos) << 3 | u8::from(retain) << 5;
            let fields = [&text("me")[..], &text("w"), &[0, 2, 0, 255]].concat();
            assert_eq!(connect, packet(0x10, &[&head(flags), &fields]));
        }
    }
}

#[test]
fn without_a_will_its_flags_are_zero_and_its_fields_absent() {
    let connect = connect_of(SessionOptions::new("me"), credentials(Some("u"), None));
    assert_eq!(connect[9] & 0b0011_1100, 0);
    let expected = packet(0x10, &[&head(0x82), &text("me"), &text("u")]);
    assert_eq!(connect, expected);
}

#[test]
fn user_name_and_password_are_there_as_their_flags_say() {
    let cases = [
        (None, None, 0),
        (Some("u"), None, 0x80),
        (Some("u"), Some(&[0, 1][..]), 0xc0),
        (Some(""), Some(&[][..]), 0xc0),
    ];
    for (username, password, flags) in cases {
        let connect = connect_of(SessionOptions::new("me"), credentials(username, password));
        let mut fields = text("me");
        fields.extend(username.map(text).unwrap_or_default());
        if let Some(password) = password {
            fields.extend([0, u8::try_from(password.len()).unwrap()]);
            fields.extend(password);
        }
        assert_eq!(connect, packet(0x10, &[&head(2 | flags), &fields]));
    }
}

#[test]
fn a_password_without_a_user_name_is_not_sent() {
    let mut wire = Wire::open_with(SessionOptions::new("me"), credentials(None, Some(b"p")));
    assert_eq!(wire.sent(), [[0; 0]; 0]);
    assert!(wire.is_closed());
}

#[test]
fn the_fields_of_connect_come_in_their_order() {
    let credentials = credentials(Some("u"), Some(b"p"));
    let connect = connect_of(with_will(QoS::AtLeastOnce, false), credentials);
    let fields = [
        text("me"),
        text("w"),
        vec![0, 2, 0, 255],
        text("u"),
        text("p"),
    ];
    assert_eq!(connect, packet(0x10, &[&head(0xce), &fields.concat()]));
}

#[test]
fn every_link_names_the_same_client() {
    let mut wire = Wire::online();
    for _ in 0..3 {
        let sent = wire.reconnects(&CONNACK);
        assert_eq!(sent[0], packet(0x10, &[&head(2), &text("me")]));
    }
}

#[test]
fn the_client_id_is_there_even_when_it_is_empty_and_asks_for_a_clean_session_then() {
    let connect = connect_of(SessionOptions::new(""), Credentials::default());
    assert_eq!(connect, packet(0x10, &[&head(2), &[0, 0]]));
    let options = SessionOptions {
        client_id: String::new(),
        ..kept()
    };
    assert!(Client::new(ClientOptions::new(options)).is_err());
}

#[test]
fn a_silent_client_pings_within_its_keep_alive() {
    let options = SessionOptions {
        keep_alive: Duration::from_secs(10),
        ..SessionOptions::new("me")
    };
    let mut wire = Wire::online_with(options);
    for _ in 0..100 {
        wire.passes(Duration::from_secs(10));
        assert_eq!(wire.sent(), [[0xc0, 0]]);
        wire.receives(&[0xd0, 0]);
    }
    // Any packet will do instead.
    for _ in 0..5 {
        wire.passes(Duration::from_secs(9));
        wire.receives(&[0x30, 3, 0, 1, b't']);
        wire.publishes("t", "", QoS::AtMostOnce);
        assert_eq!(wire.sent().len(), 1, "no ping between publishes");
    }
}

#[test]
fn a_keep_alive_of_zero_never_pings() {
    let options = SessionOptions {
        keep_alive: Duration::ZERO,
        ..SessionOptions::new("me")
    };
    let mut wire = Wire::online_with(options);
    wire.passes(Duration::from_secs(1_000_000));
    assert_eq!(wire.sent(), [[0; 0]; 0]);
}
