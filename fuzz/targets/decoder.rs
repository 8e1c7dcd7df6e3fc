//! The codec: any bytes, in any split. It never panics, the split makes no difference, and what was decoded is written
//! and read again as the same packet.

use mqtt_image_sender::mqtt::Packet;
use mqtt_image_sender::mqtt::codec::{DecodeError, Decoder, encode, encoded_len};

use super::script::Script;

pub fn run(data: &[u8]) {
    let mut script = Script::new(data);
    let most = script.one_of(&[1 << 20, 1024, 64, 16]);
    let pieces = [(); 4].map(|()| script.below(9));
    let stream = script.rest();

    let whole = decode(stream, most, [stream.len(); 4]);
    let split = decode(stream, most, pieces);
    assert_eq!(whole, split, "the split made a difference");
}

/// All packets of a stream that comes in pieces of these lengths, over and over, and what ended it.
fn decode(stream: &[u8], most: usize, pieces: [usize; 4]) -> (Vec<Packet>, Option<DecodeError>) {
    let mut decoder = Decoder::new(most);
    let mut packets = Vec::new();
    let mut rest = stream;
    // Where the bytes of the packet that is under way begin.
    let mut begin = 0;
    for turn in 0.. {
        let len = pieces[turn % 4].max(usize::from(turn % 4 == 3));
        let (mut piece, after) = rest.split_at(len.min(rest.len()));
        loop {
            match decoder.decode(&mut piece) {
                Ok(Some(packet)) => {
                    let end = stream.len() - after.len() - piece.len();
                    check_round_trip(&packet, end - begin);
                    begin = end;
                    packets.push(packet);
                }
                Ok(None) => break,
                Err(error) => {
                    check_failed(&mut decoder, error);
                    check_reset(decoder);
                    return (packets, Some(error));
                }
            }
        }
        assert!(piece.is_empty(), "it asks for more and leaves some");
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    check_reset(decoder);
    (packets, None)
}

/// `taken`: the bytes that it was decoded from, which may have said its length in three bytes more than need be.
fn check_round_trip(packet: &Packet, taken: usize) {
    let mut bytes = vec![0xaa];
    encode(packet, &mut bytes).expect("what came can be sent");
    let bytes = &bytes[1..];
    assert_eq!(bytes.len(), encoded_len(packet));
    let slack = taken.checked_sub(bytes.len());
    assert!(slack.is_some_and(|slack| slack <= 3), "{taken} bytes");
    let mut input = bytes;
    let again = Decoder::new(usize::MAX).decode(&mut input);
    assert_eq!(again.as_ref(), Ok(&Some(packet.clone())));
    assert!(input.is_empty());
}

const PING_RESPONSE: [u8; 2] = [0xd0, 0];

/// A stream that failed has failed.
fn check_failed(decoder: &mut Decoder, error: DecodeError) {
    assert_eq!(decoder.decode(&mut &PING_RESPONSE[..]), Err(error));
}

/// Nothing of a stream is left for the next one.
fn check_reset(mut decoder: Decoder) {
    decoder.reset();
    let first = decoder.decode(&mut &PING_RESPONSE[..]);
    assert_eq!(first, Ok(Some(Packet::PingResp)));
}
