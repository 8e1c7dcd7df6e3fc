//! Texts (section 1.5.3).

use mqtt_image_sender::client::{Client, ClientOptions};
use mqtt_image_sender::mqtt::{Credentials, Message, QoS, SessionOptions, Will};
use mqtt_image_sender::time::Instant;

use super::wire::{Wire, packet, publish, text};

#[test]
fn ill_formed_text_from_the_broker_closes_the_link() {
    let surrogate: &[u8] = &[0xed, 0xa0, 0x80];
    let overlong: &[u8] = &[0xc0, 0xaf];
    let beyond: &[u8] = &[0xf4, 0x90, 0x80, 0x80];
    let cut_short: &[u8] = &[b'a', 0xe2, 0x82];
    for topic in [surrogate, overlong, beyond, cut_short, &[0xff]] {
        let mut wire = Wire::online();
        wire.is_subscribed("#");
        let length = [0, u8::try_from(topic.len()).unwrap()];
        wire.receives(&packet(0x30, &[&length, topic, b"payload"]));
        assert!(wire.is_closed(), "{topic:x?}");
        assert_eq!(wire.messages(), []);
        assert_eq!(wire.cause().unwrap().code(), "protocol");
    }
}

#[test]
fn no_text_with_a_null_character_is_sent_or_taken() {
    let refuses = |options| Client::new(ClientOptions::new(options)).is_err();
    assert!(refuses(SessionOptions::new("a\0b")));
    let will = Will {
        topic: "a\0b".to_owned(),
        ..Will::default()
    };
    assert!(refuses(SessionOptions {
        will: Some(will),
        ..SessionOptions::new("me")
    }));

    let mut wire = Wire::online();
    let topic = "a\0b".to_owned();
    let message = Message {
        topic,
        ..Message::default()
    };
    let client = &mut wire.client;
    assert!(client.publish(Instant::ZERO, message).is_err());
    let subscription = client.subscribe(Instant::ZERO, "a\0b", QoS::AtMostOnce);
    assert!(subscription.is_err());
    assert_eq!(wire.sent(), [[0; 0]; 0]);
    wire.receives(&publish(0, "a\0b", 0, ""));
    assert!(wire.is_closed());

    let credentials = Credentials {
        username: Some("a\0b".to_owned()),
        password: None,
    };
    let mut wire = Wire::open_with(SessionOptions::new("me"), credentials);
    assert!(wire.is_closed());
    assert_eq!(wire.sent(), [[0; 0]; 0]);
}

#[test]
fn a_byte_order_mark_stays_where_it_is() {
    let mut wire = Wire::online();
    wire.is_subscribed("#");
    wire.receives(&publish(0, "\u{feff}a\u{feff}", 0, ""));
    assert_eq!(wire.messages()[0].topic, "\u{feff}a\u{feff}");
    wire.publishes("\u{feff}a\u{feff}", "", QoS::AtMostOnce);
    let bytes = [0xef, 0xbb, 0xbf, b'a', 0xef, 0xbb, 0xbf];
    assert_eq!(wire.sent(), [packet(0x30, &[&[0, 7], &bytes])]);
}

#[test]
fn texts_are_sent_as_utf_8() {
    let will = Will {
        topic: "tod/ü".to_owned(),
        ..Will::default()
    };
    let options = SessionOptions {
        will: Some(will),
        ..SessionOptions::new("grüße")
    };
    let credentials = Credentials {
        username: Some("åda".to_owned()),
        password: Some(vec![0xff]),
    };
    let mut wire = Wire::open_with(options, credentials);
    let connect = wire.sent().remove(0);
    for expected in [text("grüße"), text("tod/ü"), text("åda")] {
        assert!(connect.windows(expected.len()).any(|part| part == expected));
    }
    wire.receives(&super::wire::CONNACK);
    let id = wire.subscribes("ä/+", QoS::AtMostOnce);
    wire.unsubscribes(id);
    wire.publishes("ö", "", QoS::AtMostOnce);
    let sent = wire.sent().concat();
    for expected in [text("ä/+"), text("ö")] {
        assert!(sent.windows(expected.len()).any(|part| part == expected));
    }
}
