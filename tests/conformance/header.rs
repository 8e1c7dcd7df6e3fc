//! Fixed headers and packet identifiers (chapter 2).

use mqtt_image_sender::mqtt::{QoS, SessionOptions};

use super::wire::{CONNACK, Wire, ack, packet, publish, publish_id, text};

#[test]
fn reserved_flags_are_sent_as_the_standard_lists_them() {
    let mut wire = Wire::open(SessionOptions::new("me"));
    let mut sent = wire.sent();
    wire.receives(&CONNACK);
    let id = wire.subscribes("t", QoS::AtMostOnce);
    sent.extend(wire.sent());
    let subscribe = sent.last().unwrap();
    wire.receives(&[0x90, 3, subscribe[2], subscribe[3], 0]);
    wire.unsubscribes(id);
    wire.publishes("t", "", QoS::ExactlyOnce);
    sent.extend(wire.sent());
    let id = publish_id(sent.last().unwrap());
    wire.receives(&ack(0x50, id));
    wire.receives(&publish(2, "t", 1, ""));
    wire.receives(&publish(4, "t", 2, ""));
    wire.receives(&ack(0x62, 2));
    wire.passes(core::time::Duration::from_secs(60));
    sent.extend(wire.sent());
    wire.closes();
    sent.extend(wire.sent());
    let mut firsts: Vec<u8> = sent.iter().map(|packet| packet[0]).collect();
    firsts.sort_unstable();
    // CONNECT, PUBLISH of QoS 2, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, UNSUBSCRIBE, PINGREQ and DISCONNECT.
    let expected = [0x10, 0x34, 0x40, 0x50, 0x62, 0x70, 0x82, 0xa2, 0xc0, 0xe0];
    assert_eq!(firsts, expected);
}

#[test]
fn wrong_reserved_flags_close_the_link() {
    let good: [Vec<u8>; 8] = [
        CONNACK.to_vec(),
        ack(0x40, 1),
        ack(0x50, 1),
        ack(0x62, 1),
        ack(0x70, 1),
        packet(0x90, &[&[0, 1, 0]]),
        ack(0xb0, 1),
        vec![0xd0, 0],
    ];
    for packet in good {
        for flags in 0..16 {
            let first = packet[0] & 0xf0 | flags;
            if first == packet[0] {
                continue;
            }
            let is_connack = packet[0] == 0x20;
            let mut wire = if is_connack {
                Wire::open(SessionOptions::new("me"))
            } else {
                Wire::online()
            };
            // So that no packet answers nothing that was asked, which would close it too.
            wire.subscribes("t", QoS::AtMostOnce);
            let bytes = [&[first], &packet[1..]].concat();
            wire.receives(&bytes);
            assert!(wire.is_closed(), "{bytes:x?}");
            assert_eq!(wire.cause().unwrap().code(), "protocol", "{bytes:x?}");
        }
    }
}

/// More publishes than there are identifiers, while two exchanges stay open.
#[test]
fn identifiers_are_never_zero_nor_one_that_is_in_use() {
    let mut wire = Wire::online();
    wire.publishes("t", "stays", QoS::AtLeastOnce);
    wire.subscribes("f", QoS::AtMostOnce);
    let open: Vec<u16> = wire
        .sent()
        .iter()
        .map(|packet| match packet[0] >> 4 {
            3 => publish_id(packet),
            _ => u16::from_be_bytes([packet[2], packet[3]]),
        })
        .collect();
    assert_eq!(open.len(), 2);
    assert_ne!(open[0], open[1]);
    for _ in 0..70_000 {
        wire.publishes("t", "goes", QoS::AtLeastOnce);
        let id = publish_id(&wire.sent()[0]);
        assert!(id != 0 && !open.contains(&id), "{id}");
        wire.receives(&ack(0x40, id));
    }
}

#[test]
fn a_freed_identifier_serves_again() {
    // Each of them has been used when all have: the session does not run dry.
    let mut wire = Wire::online();
    let mut seen = vec![false; 65_536];
    for _ in 0..65_535 + 5 {
        let token = wire.publishes("t", "", QoS::ExactlyOnce);
        let id = publish_id(&wire.sent()[0]);
        seen[usize::from(id)] = true;
        wire.receives(&ack(0x50, id));
        wire.receives(&ack(0x70, id));
        assert!(wire.is_published(token));
        wire.sent();
        wire.forget();
    }
    assert_eq!(seen.iter().filter(|seen| **seen).count(), 65_535);
}

#[test]
fn a_publish_of_qos_0_has_no_identifier() {
    let mut wire = Wire::online();
    wire.publishes("t", "xy", QoS::AtMostOnce);
    assert_eq!(wire.sent(), [packet(0x30, &[&text("t"), b"xy"])]);
    // Nor is one looked for: what follows the topic is the payload.
    wire.is_subscribed("t");
    wire.receives(&packet(0x30, &[&text("t"), &[0, 7]]));
    assert_eq!(wire.messages()[0].payload, [0, 7]);
}

#[test]
fn acknowledgements_carry_the_identifier_of_their_publish() {
    let mut wire = Wire::online();
    wire.receives(&publish(2, "t", 0x1234, ""));
    wire.receives(&publish(4, "t", 0xfffe, ""));
    wire.receives(&ack(0x62, 0xfffe));
    let expected = [ack(0x40, 0x1234), ack(0x50, 0xfffe), ack(0x70, 0xfffe)];
    assert_eq!(wire.sent(), expected);

    wire.publishes("t", "", QoS::ExactlyOnce);
    let id = publish_id(&wire.sent()[0]);
    wire.receives(&ack(0x50, id));
    assert_eq!(wire.sent(), [ack(0x62, id)]);
}
