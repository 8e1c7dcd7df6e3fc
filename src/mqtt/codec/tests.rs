//! Each packet in a fixed set of tests: known bytes to value, value to known bytes in a dirty buffer, every
//! truncation, every bad flag, and its own rules.

use super::*;
use crate::mqtt::packet::*;
use crate::mqtt::topic::TopicError;

mod malformed;
mod samples;
mod stream;

use samples::samples;

fn id(value: u16) -> PacketId {
    PacketId::new(value).unwrap()
}

/// Decodes all of `bytes` in one piece, which have to be packets from end to end.
fn decode_all(bytes: &[u8]) -> Result<Vec<Packet>, DecodeError> {
    let mut decoder = Decoder::new(usize::MAX);
    let mut input = bytes;
    let mut packets = Vec::new();
    while let Some(packet) = decoder.decode(&mut input)? {
        packets.push(packet);
    }
    assert!(input.is_empty());
    Ok(packets)
}

#[test]
fn known_bytes_become_their_packet() {
    for (packet, bytes) in samples() {
        assert_eq!(decode_all(&bytes), Ok(vec![packet]));
    }
}

#[test]
fn a_packet_becomes_its_known_bytes_behind_what_the_buffer_holds() {
    for (packet, bytes) in samples() {
        let mut out = vec![0xa5; 3];
        encode(&packet, &mut out).unwrap();
        assert_eq!(out[..3], [0xa5; 3]);
        assert_eq!(out[3..], bytes, "{packet:?}");
    }
}

#[test]
fn the_encoded_length_is_told_beforehand() {
    for (packet, bytes) in samples() {
        assert_eq!(encoded_len(&packet), bytes.len(), "{packet:?}");
    }
}

#[test]
fn every_type_has_a_sample() {
    for kind in PacketType::ALL {
        let mut samples = samples().into_iter();
        assert!(
            samples.any(|(packet, _)| packet.packet_type() == kind),
            "{kind}"
        );
    }
}

#[test]
fn remaining_lengths_take_one_to_four_bytes() {
    // Table 2.4; the length of a PUBLISH to "a" is that of its payload and 3 more.
    let bounds = [
        (127, vec![0x7f]),
        (128, vec![0x80, 0x01]),
        (16_383, vec![0xff, 0x7f]),
        (16_384, vec![0x80, 0x80, 0x01]),
        (2_097_151, vec![0xff, 0xff, 0x7f]),
        (2_097_152, vec![0x80, 0x80, 0x80, 0x01]),
    ];
    for (remaining, said) in bounds {
        let message = Message {
            topic: "a".into(),
            payload: vec![7; remaining - 3],
            ..Message::default()
        };
        let mut out = Vec::new();
        encode_publish(&message, None, &mut out).unwrap();
        assert_eq!(out[1..=said.len()], said);
        let packet_id = None;
        let publish = Packet::Publish(Publish { message, packet_id });
        assert_eq!(encoded_len(&publish), out.len());
        assert_eq!(decode_all(&out), Ok(vec![publish]));
    }
}

#[test]
fn a_head_and_its_payload_make_a_publish() {
    let mut out = vec![0xa5];
    encode_publish_head("to", 3, &mut out).unwrap();
    assert_eq!(out, [0xa5, 0x30, 7, 0, 2, b't', b'o']);
    let before = out.clone();
    let error = encode_publish_head("to/#", 3, &mut out).unwrap_err();
    assert_eq!(error, EncodeError::Topic(TopicError::WildcardInName));
    let error = encode_publish_head("to", MAX_REMAINING_LENGTH - 3, &mut out).unwrap_err();
    let bytes = MAX_REMAINING_LENGTH + 1;
    assert_eq!(error, EncodeError::TooLarge { bytes });
    assert_eq!(out, before, "an error leaves the buffer alone");
    encode_publish_head("to", MAX_REMAINING_LENGTH - 4, &mut out).unwrap();
}

fn encode_error(packet: &Packet) -> EncodeError {
    let mut out = vec![0xa5];
    let error = encode(packet, &mut out).unwrap_err();
    assert_eq!(out, [0xa5], "an error leaves the buffer alone");
    error
}

#[test]
fn what_no_connect_may_say_is_not_written() {
    let error = |change: fn(&mut Connect)| {
        let mut connect = Connect::default();
        change(&mut connect);
        encode_error(&Packet::Connect(connect))
    };
    let field = "client id";
    let bytes = 65_536;
    assert_eq!(
        error(|connect| connect.client_id = "x".repeat(65_536)),
        EncodeError::TooLong { field, bytes }
    );
    assert_eq!(
        error(|connect| connect.client_id = "a\0".into()),
        EncodeError::NullCharacter { field }
    );
    assert_eq!(
        error(|connect| connect.credentials.password = Some(vec![1])),
        EncodeError::PasswordWithoutUsername
    );
    assert_eq!(
        error(|connect| connect.credentials.username = Some("\0".into())),
        EncodeError::NullCharacter { field: "user name" }
    );
    assert_eq!(
        error(|connect| connect.will = Some(Will::default())),
        EncodeError::Topic(TopicError::Empty)
    );
    let field = "will payload";
    assert_eq!(
        error(|connect| connect.will = Some(Will {
            topic: "a".into(),
            payload: vec![0; 65_536],
            ..Will::default()
        })),
        EncodeError::TooLong { field, bytes }
    );
}

#[test]
fn a_publish_whose_flags_and_identifier_disagree_is_not_written() {
    let publish = |qos, dup, packet_id| {
        let message = Message {
            topic: "a".into(),
            qos,
            dup,
            ..Message::default()
        };
        encode_error(&Packet::Publish(Publish { message, packet_id }))
    };
    let expected = EncodeError::PacketIdWithQoS;
    assert_eq!(publish(QoS::AtMostOnce, false, Some(id(1))), expected);
    assert_eq!(publish(QoS::AtMostOnce, true, None), expected);
    assert_eq!(publish(QoS::AtLeastOnce, false, None), expected);
    assert_eq!(publish(QoS::ExactlyOnce, true, None), expected);
}

#[test]
fn lists_without_an_entry_and_bad_filters_are_not_written() {
    let packet_id = id(1);
    let subscribe = |filters| Packet::Subscribe(Subscribe { packet_id, filters });
    let unsubscribe = |filters| Packet::Unsubscribe(Unsubscribe { packet_id, filters });
    let return_codes = Vec::new();
    for packet in [
        subscribe(Vec::new()),
        unsubscribe(Vec::new()),
        Packet::SubAck(SubAck {
            packet_id,
            return_codes,
        }),
    ] {
        assert_eq!(encode_error(&packet), EncodeError::EmptyPayload);
    }
    for packet in [
        subscribe(vec![
            ("a".into(), QoS::AtMostOnce),
            ("b#".into(), QoS::AtMostOnce),
        ]),
        unsubscribe(vec!["a".into(), "b#".into()]),
    ] {
        let expected = EncodeError::Topic(TopicError::MisplacedWildcard);
        assert_eq!(encode_error(&packet), expected);
    }
}
