//! The codec against that of another implementation, the crate `mqttbytes` of rumqtt: the same packets and the same broken
//! bytes through both.
//!
//! What both know they have to read and write alike. Broken bytes that the other refuses ours refuses too; where ours is
//! the stricter one, as it is in many things, its reason has to be one of those that `REASONS` lists.
#![cfg(feature = "mqtt")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a broken assumption ends a test"
)]

mod codec {
    pub mod packets;
    pub mod theirs;
}

use std::collections::BTreeMap;

use codec::packets::{any_packet, broken};
use codec::theirs::{self, Theirs};
use mqtt_image_sender::mqtt::Packet;
use mqtt_image_sender::mqtt::codec::{DecodeError, Decoder, Malformation, encode};
use mqtt_image_sender::rng::Rng;

const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What ours makes of the beginning of a stream.
fn ours(bytes: &[u8]) -> Result<Option<Packet>, DecodeError> {
    let mut input = bytes;
    Decoder::new(MOST_BYTES).decode(&mut input)
}

fn encoded(packet: &Packet) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(packet, &mut bytes).unwrap();
    bytes
}

/// Why ours refuses what the other one takes. The standard is on its side in each case.
const REASONS: [(&str, &str); 11] = [
    ("reserved flags", "2.2.2-2: they close the link"),
    ("DUP with QoS 0", "3.3.1-2"),
    ("trailing bytes", "a body ends with its last field"),
    ("U+0000", "1.5.3-2"),
    ("topic", "4.7.1, 4.7.3: wildcards, emptiness"),
    (
        "identifier 0",
        "2.3.1-1; the other one looks at PUBLISH alone",
    ),
    ("CONNACK flags", "3.2.2: seven bits are reserved"),
    ("CONNECT flags", "3.1.2-3, 3.1.2-22"),
    ("level", "the other one speaks MQTT 5 too"),
    ("QoS byte", "3.8.3-4: six bits are reserved"),
    ("empty list", "3.8.3-3, 3.10.3-2"),
];

/// The line of `REASONS` for an error, or `None` for one that both have to see.
fn reason(error: DecodeError) -> Option<&'static str> {
    let DecodeError::Malformed(_, malformation) = error else {
        return None;
    };
    Some(match malformation {
        Malformation::ReservedFlags(_) => "reserved flags",
        Malformation::DupWithoutQoS => "DUP with QoS 0",
        Malformation::TrailingBytes(_) => "trailing bytes",
        Malformation::NullCharacter => "U+0000",
        Malformation::Topic(_) => "topic",
        Malformation::ZeroPacketId => "identifier 0",
        Malformation::ConnAckFlags(_) => "CONNACK flags",
        Malformation::ConnectFlags(_) => "CONNECT flags",
        Malformation::ProtocolLevel(5) => "level",
        Malformation::QoS(4..) => "QoS byte",
        Malformation::EmptyPayload => "empty list",
        _ => return None,
    })
}

#[test]
fn both_write_the_same_bytes_and_read_them_alike() {
    let mut rng = Rng::new(1);
    for _ in 0..3_000 {
        let packet = any_packet(&mut rng);
        let bytes = encoded(&packet);
        let Theirs::Packet(theirs) = theirs::read(&bytes) else {
            panic!("they refuse {packet:?}")
        };
        // Not assert_eq!: it would print megabytes.
        assert!(theirs::as_ours(&theirs) == packet, "{packet:?}");
        assert!(theirs::write(&theirs) == bytes, "{packet:?}");
        assert!(ours(&bytes) == Ok(Some(packet)));
    }
}

#[test]
fn of_broken_bytes_ours_takes_nothing_that_the_other_refuses_or_reads_otherwise() {
    let mut rng = Rng::new(2);
    let mut stricter: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut both_take, mut both_wait, mut both_refuse) = (0, 0, 0);
    for _ in 0..300_000 {
        let packet = any_packet(&mut rng);
        let bytes = broken(&encoded(&packet), &mut rng);
        match (ours(&bytes), theirs::read(&bytes)) {
            (Ok(Some(ours)), Theirs::Packet(theirs)) => {
                both_take += 1;
                let ours = theirs::without_empty_credentials(ours);
                assert!(theirs::as_ours(&theirs) == ours, "{:x?}", shown(&bytes));
            }
            (Ok(None), Theirs::More) => both_wait += 1,
            // Ours sees some faults before the packet is whole.
            (Err(_), Theirs::Refused | Theirs::More) => both_refuse += 1,
            (Err(error), Theirs::Packet(_)) => {
                let reason = reason(error);
                let reason = reason.unwrap_or_else(|| panic!("{error}: {:x?}", shown(&bytes)));
                *stricter.entry(reason).or_default() += 1;
            }
            (Ok(Some(packet)), Theirs::Refused) if theirs::cannot_say(&packet) => {}
            (Ok(Some(_)), _) => panic!("ours alone takes {:x?}", shown(&bytes)),
            (Ok(None), theirs) => panic!("ours waits, {theirs:?}: {:x?}", shown(&bytes)),
        }
    }
    println!(
        "both take {both_take}, wait {both_wait}, refuse {both_refuse}; ours alone {stricter:?}"
    );
    assert!(both_take.min(both_wait).min(both_refuse) > 10_000);
    for (name, _) in REASONS {
        assert!(stricter.contains_key(name), "{name} did not occur");
    }
}

fn shown(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(64)]
}
