//! Every rule of the standard that a decoder can check, broken once.

use super::*;

/// What the decoder says of these bytes.
fn error(bytes: &[u8]) -> DecodeError {
    decode_all(bytes).expect_err("these bytes were taken for a packet")
}

fn malformed(bytes: &[u8]) -> (PacketType, Malformation) {
    match error(bytes) {
        DecodeError::Malformed(packet_type, malformation) => (packet_type, malformation),
        other => panic!("{other}"),
    }
}

/// A packet of this first byte around this body.
fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, u8::try_from(body.len()).unwrap()];
    bytes.extend_from_slice(body);
    bytes
}

fn connect(flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut body = b"\0\x04MQTT\x04\0\0\0".to_vec();
    body[7] = flags;
    body.extend_from_slice(payload);
    packet(0x10, &body)
}

#[test]
fn types_0_and_15_do_not_exist() {
    assert_eq!(error(&[0x00, 0]), DecodeError::UnknownPacketType(0));
    assert_eq!(error(&[0xf0, 0]), DecodeError::UnknownPacketType(15));
}

#[test]
fn reserved_flags_are_as_table_2_2_says() {
    for (sample, bytes) in samples() {
        let kind = sample.packet_type();
        if kind == PacketType::Publish {
            continue;
        }
        for flags in 0..16 {
            let mut changed = bytes.clone();
            changed[0] = bytes[0] & 0xf0 | flags;
            if changed == bytes {
                continue;
            }
            let expected = (kind, Malformation::ReservedFlags(flags));
            assert_eq!(malformed(&changed), expected);
        }
    }
}

#[test]
fn a_remaining_length_has_at_most_four_bytes() {
    let bytes = [0x30, 0x80, 0x80, 0x80, 0x80, 0x01];
    assert_eq!(error(&bytes), DecodeError::RemainingLength);
    assert_eq!(error(&bytes[..5]), DecodeError::RemainingLength, "at once");
}

#[test]
fn a_body_that_is_cut_short_is_malformed() {
    for (sample, bytes) in samples() {
        for len in 0..bytes.len() - 2 {
            let cut = packet(bytes[0], &bytes[2..2 + len]);
            // Shorter payloads and lists are good ones.
            let is_shorter = match &sample {
                Packet::Publish(publish) => len + publish.message.payload.len() >= bytes.len() - 2,
                Packet::Subscribe(_) => len == 8,
                Packet::Unsubscribe(_) => len == 7,
                Packet::SubAck(_) => len > 2,
                _ => false,
            };
            assert_eq!(decode_all(&cut).is_ok(), is_shorter, "{sample:?} at {len}");
        }
    }
}

#[test]
fn bytes_after_the_last_field_are_malformed() {
    for (sample, mut bytes) in samples() {
        let kind = sample.packet_type();
        let has_list = matches!(
            kind,
            PacketType::Publish
                | PacketType::Subscribe
                | PacketType::SubAck
                | PacketType::Unsubscribe
        );
        if has_list {
            continue;
        }
        bytes[1] += 1;
        bytes.push(0);
        assert_eq!(malformed(&bytes), (kind, Malformation::TrailingBytes(1)));
    }
}

#[test]
fn a_packet_identifier_is_not_zero() {
    let bodies: [(u8, &[u8]); 10] = [
        (0x32, b"\0\x01a\0\0"),
        (0x34, b"\0\x01a\0\0"),
        (0x40, b"\0\0"),
        (0x50, b"\0\0"),
        (0x62, b"\0\0"),
        (0x70, b"\0\0"),
        (0x82, b"\0\0\0\x01a\0"),
        (0x90, b"\0\0\0"),
        (0xa2, b"\0\0\0\x01a"),
        (0xb0, b"\0\0"),
    ];
    for (first, body) in bodies {
        let (_, what) = malformed(&packet(first, body));
        assert_eq!(what, Malformation::ZeroPacketId, "{first:#x}");
    }
}

#[test]
fn a_publish_has_qos_0_to_2_and_dup_only_above_0() {
    let kind = PacketType::Publish;
    for flags in [0x06, 0x07, 0x0e, 0x0f] {
        let bytes = packet(0x30 | flags, b"\0\x01a\0\x01");
        assert_eq!(malformed(&bytes), (kind, Malformation::QoS(3)));
    }
    for flags in [0x08, 0x09] {
        let bytes = packet(0x30 | flags, b"\0\x01a");
        assert_eq!(malformed(&bytes), (kind, Malformation::DupWithoutQoS));
    }
}

#[test]
fn the_topic_of_a_publish_is_a_topic_name() {
    let cases: [(&[u8], Malformation); 6] = [
        (b"\0\0", Malformation::Topic(TopicError::Empty)),
        (b"\0\x01#", Malformation::Topic(TopicError::WildcardInName)),
        (
            b"\0\x03a/+",
            Malformation::Topic(TopicError::WildcardInName),
        ),
        (b"\0\x02a\0", Malformation::NullCharacter),
        (b"\0\x02a\xff", Malformation::Utf8),
        (b"\0\x02a", Malformation::Truncated),
    ];
    for (body, what) in cases {
        let bytes = packet(0x30, body);
        assert_eq!(malformed(&bytes), (PacketType::Publish, what));
    }
}

#[test]
fn a_topic_longer_than_its_packet_is_found_before_it_is_waited_for() {
    let (_, what) = malformed(&[0x30, 100, 0, 99]);
    assert_eq!(what, Malformation::Truncated);
    let (_, what) = malformed(&[0x30, 1]);
    assert_eq!(what, Malformation::Truncated);
    let (_, what) = malformed(&[0x32, 100, 0, 97]);
    assert_eq!(what, Malformation::Truncated, "no room for the identifier");
}

#[test]
fn strings_are_well_formed_utf8_without_surrogates() {
    let ill_formed: [&[u8]; 5] = [
        b"\xc0\x80",         // U+0000 in two bytes
        b"\xed\xa0\x80",     // U+D800
        b"\xed\xbf\xbf",     // U+DFFF
        b"\xf4\x90\x80\x80", // over U+10FFFF
        b"\xc3",             // cut off
    ];
    for text in ill_formed {
        let mut field = vec![0, u8::try_from(text.len()).unwrap()];
        field.extend_from_slice(text);
        let subscribe = [b"\0\x01", field.as_slice(), b"\0"].concat();
        for bytes in [
            packet(0x30, &field),
            packet(0x82, &subscribe),
            packet(0xa2, &subscribe[..subscribe.len() - 1]),
            connect(0x02, &field),
            connect(0x82, &[b"\0\0", field.as_slice()].concat()),
            connect(0x06, &[b"\0\0", field.as_slice(), b"\0\0"].concat()),
        ] {
            let (_, what) = malformed(&bytes);
            assert_eq!(what, Malformation::Utf8, "{bytes:x?}");
        }
    }
}

#[test]
fn strings_have_no_null_character() {
    for bytes in [
        packet(0x82, b"\0\x01\0\x01\0\0"),
        packet(0xa2, b"\0\x01\0\x01\0"),
        connect(0x02, b"\0\x01\0"),
        connect(0x82, b"\0\0\0\x01\0"),
        connect(0x06, b"\0\0\0\x01\0\0\0"),
    ] {
        let (_, what) = malformed(&bytes);
        assert_eq!(what, Malformation::NullCharacter, "{bytes:x?}");
    }
}

#[test]
fn requests_and_their_answers_have_something_in_their_lists() {
    for first in [0x82, 0x90, 0xa2] {
        let (_, what) = malformed(&packet(first, b"\0\x01"));
        assert_eq!(what, Malformation::EmptyPayload);
    }
}

#[test]
fn filters_are_valid_and_the_qos_byte_has_no_other_bits() {
    let subscribe = |body: &[u8]| malformed(&packet(0x82, body)).1;
    let wildcard = Malformation::Topic(TopicError::MisplacedWildcard);
    assert_eq!(subscribe(b"\0\x01\0\x02a#\0"), wildcard);
    assert_eq!(
        subscribe(b"\0\x01\0\0\0"),
        Malformation::Topic(TopicError::Empty)
    );
    for qos in [3, 4, 0x80, 0xff] {
        let what = subscribe(&[0, 1, 0, 1, b'a', qos]);
        assert_eq!(what, Malformation::QoS(qos));
    }
    let what = malformed(&packet(0xa2, b"\0\x01\0\x02a#")).1;
    assert_eq!(what, wildcard);
}

#[test]
fn a_suback_has_the_four_known_codes_only() {
    for code in 0..=255 {
        let bytes = packet(0x90, &[0, 1, code]);
        let expected = matches!(code, 0 | 1 | 2 | 0x80);
        assert_eq!(decode_all(&bytes).is_ok(), expected, "{code:#x}");
        if !expected {
            assert_eq!(malformed(&bytes).1, Malformation::ReturnCode(code));
        }
    }
}

#[test]
fn a_connack_has_one_flag_which_no_refusal_sets() {
    let connack = |flags, code| malformed(&[0x20, 2, flags, code]).1;
    for flags in 2..=255 {
        assert_eq!(connack(flags, 0), Malformation::ConnAckFlags(flags));
    }
    assert_eq!(connack(1, 5), Malformation::ConnAckFlags(1));
    for code in 6..=255 {
        assert_eq!(connack(0, code), Malformation::ReturnCode(code));
    }
}

#[test]
fn a_connect_is_for_mqtt_level_4() {
    let connect = |body: &[u8]| malformed(&packet(0x10, body)).1;
    assert_eq!(
        connect(b"\0\x04MQTX\x04\x02\0\0\0\0"),
        Malformation::ProtocolName
    );
    assert_eq!(
        connect(b"\0\x06MQIsdp\x03\x02\0\0\0\0"),
        Malformation::ProtocolName
    );
    assert_eq!(
        connect(b"\0\x04MQTT\x05\x02\0\0\0\0"),
        Malformation::ProtocolLevel(5)
    );
}

#[test]
fn connect_flags_do_not_contradict_themselves() {
    let id_only = b"\0\0";
    for flags in [0x01, 0x03, 0x08, 0x10, 0x18, 0x20, 0x40, 0x42] {
        let what = malformed(&connect(flags, id_only)).1;
        assert_eq!(what, Malformation::ConnectFlags(flags), "{flags:#x}");
    }
    let will = b"\0\0\0\x01a\0\0";
    assert_eq!(
        malformed(&connect(0x1e, will)).1,
        Malformation::QoS(3),
        "a will of QoS 3"
    );
    let will = b"\0\0\0\x01#\0\0";
    assert_eq!(
        malformed(&connect(0x06, will)).1,
        Malformation::Topic(TopicError::WildcardInName)
    );
}

#[test]
fn every_error_says_something_of_its_own() {
    let mut said: Vec<String> = [
        error(&[0xf0]).to_string(),
        error(&[0x30, 0x80, 0x80, 0x80, 0x80]).to_string(),
        error(&[0x41]).to_string(),
        error(&[0x40, 2, 0, 0]).to_string(),
        error(&[0x40, 1, 0]).to_string(),
        error(&[0x30, 3, 0, 1, 0xff]).to_string(),
    ]
    .into();
    assert!(said.iter().all(|text| text.len() > 10), "{said:?}");
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 6, "{said:?}");
}
