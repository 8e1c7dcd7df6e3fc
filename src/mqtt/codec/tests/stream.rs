//! The decoder as a stream's reader: splits, joins, limits, and arbitrary bytes.

use super::*;
use crate::rng::Rng;

/// All samples in a row, and their bytes.
fn stream() -> (Vec<Packet>, Vec<u8>) {
    let (packets, bytes): (Vec<_>, Vec<_>) = samples().into_iter().unzip();
    (packets, bytes.concat())
}

/// What comes out of a stream that arrives in these pieces.
fn decode_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Packet> {
    let mut decoder = Decoder::new(1_000);
    let mut packets = Vec::new();
    for mut piece in pieces {
        while let Some(packet) = decoder.decode(&mut piece).unwrap() {
            packets.push(packet);
        }
        assert!(piece.is_empty(), "a piece is taken whole");
    }
    packets
}

#[test]
fn packets_joined_in_one_piece_come_out_one_by_one() {
    let (packets, bytes) = stream();
    assert_eq!(decode_pieces([bytes.as_slice()]), packets);
}

#[test]
fn a_stream_may_be_cut_anywhere() {
    let (packets, bytes) = stream();
    for at in 0..=bytes.len() {
        let (one, other) = bytes.split_at(at);
        assert_eq!(decode_pieces([one, other]), packets, "cut at {at}");
    }
    for size in 1..8 {
        assert_eq!(decode_pieces(bytes.chunks(size)), packets, "by {size}");
    }
}

#[test]
fn empty_pieces_change_nothing() {
    let (packets, bytes) = stream();
    let pieces = bytes.chunks(1).flat_map(|piece| [piece, &[]]);
    assert_eq!(decode_pieces(pieces), packets);
}

#[test]
fn a_large_payload_may_come_in_single_bytes() {
    let message = Message {
        topic: "t".into(),
        payload: (0..=255).cycle().take(1_000_000).collect(),
        ..Message::default()
    };
    let mut bytes = Vec::new();
    encode_publish(&message, None, &mut bytes).unwrap();
    let mut decoder = Decoder::new(bytes.len());
    let mut packets = Vec::new();
    for byte in &bytes {
        packets.extend(decoder.decode(&mut core::slice::from_ref(byte)).unwrap());
    }
    let packet_id = None;
    let publish = Publish { message, packet_id };
    assert_eq!(packets, [Packet::Publish(publish)]);
}

#[test]
fn a_packet_over_the_limit_is_refused_by_its_header() {
    let (bytes, limit) = (103, 102);
    let mut decoder = Decoder::new(limit);
    let mut header: &[u8] = &[0x30, 101];
    let error = DecodeError::TooLarge { bytes, limit };
    assert_eq!(decoder.decode(&mut header), Err(error));

    let mut decoder = Decoder::new(103);
    let mut header: &[u8] = &[0x30, 101];
    assert_eq!(
        decoder.decode(&mut header),
        Ok(None),
        "the limit itself is allowed"
    );
}

#[test]
fn the_largest_announcement_is_refused_without_memory() {
    let limit = 1024 * 1024;
    let mut decoder = Decoder::new(limit);
    let mut input: &[u8] = &[0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, b'a'];
    let bytes = MAX_REMAINING_LENGTH + 5;
    let error = DecodeError::TooLarge { bytes, limit };
    assert_eq!(decoder.decode(&mut input), Err(error));
}

#[test]
fn an_error_stays_until_the_stream_begins_anew() {
    let mut decoder = Decoder::new(100);
    let mut input: &[u8] = &[0xf0, 0, 0xd0, 0];
    let error = DecodeError::UnknownPacketType(15);
    assert_eq!(decoder.decode(&mut input), Err(error));
    assert_eq!(decoder.decode(&mut input), Err(error));
    decoder.reset();
    let mut input: &[u8] = &[0xd0, 0];
    assert_eq!(decoder.decode(&mut input), Ok(Some(Packet::PingResp)));
}

#[test]
fn a_reset_forgets_half_a_packet() {
    let mut decoder = Decoder::new(100);
    for mut half in [
        &[0x30][..],
        &[0x30, 8, 0],
        &[0x30, 8, 0, 3, b'a'],
        &[0x40, 2, 1],
    ] {
        assert_eq!(decoder.decode(&mut half), Ok(None));
        decoder.reset();
    }
    let mut input: &[u8] = &[0x40, 2, 0, 1];
    assert_eq!(decoder.decode(&mut input), Ok(Some(Packet::PubAck(id(1)))));
}

#[test]
fn arbitrary_bytes_never_panic_and_what_decodes_encodes_to_the_same() {
    let (_, good) = stream();
    let mut rng = Rng::new(3);
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..=rng.below(4) {
            let index = usize::try_from(rng.below(bytes.len() as u64)).unwrap();
            bytes[index] = rng.next_u64().to_le_bytes()[0];
        }
        let start = usize::try_from(rng.below(bytes.len() as u64)).unwrap();
        let mut input = &bytes[start..];
        let mut decoder = Decoder::new(300);
        while let Ok(Some(packet)) = decoder.decode(&mut input) {
            let mut out = Vec::new();
            encode(&packet, &mut out).unwrap();
            assert_eq!(out.len(), encoded_len(&packet));
            assert_eq!(decode_all(&out), Ok(vec![packet]));
        }
    }
}
