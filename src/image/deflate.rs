//! zlib streams (RFC 1950, RFC 1951), for PNG. The encoder of the `png` crate would cost the module five times as much.
//!
//! Repetitions are looked for in chains of earlier places that begin alike, and one place further on before one is taken;
//! what is found becomes blocks with Huffman codes of their own.

mod huffman;

use huffman::Codes;

/// How far back a repetition may lie, and how long it may be (RFC 1951, 3.2.5).
const WINDOW: usize = 1 << 15;
const LONGEST: usize = 258;
/// Two bytes gain nothing.
const SHORTEST: usize = 3;
/// Earlier places that are looked at. More made PNGs of photographs and of dots no smaller by a hundredth.
const CHAIN: usize = 48;
/// From this length on nothing longer is looked for.
const GOOD: usize = 64;
const HASH_BITS: u32 = 15;
/// Literals and repetitions in a block: enough to pay for its codes, few enough for codes that fit it.
const BLOCK: usize = 1 << 15;

/// The lengths' and the distances' symbols: the least value of each, and bits that tell how much more it is.
const LENGTHS: [(u16, u8); 29] = symbols(SHORTEST as u16, 4, 2);
const DISTANCES: [(u16, u8); 30] = symbols(1, 2, 1);
const END_OF_BLOCK: usize = 256;

/// A literal byte, or a repetition of earlier bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Literal(u8),
    /// Length and distance.
    Repeat(u16, u16),
}

/// Compresses `data`.
pub(crate) fn zlib(data: &[u8]) -> Vec<u8> {
    // A window of 32 KiB, the usual effort; the two bytes together are a multiple of 31.
    let mut bits = Bits::new(vec![0x78, 0x9c], data.len() / 2);
    let mut finder = Finder::new(data);
    loop {
        let tokens: Vec<Token> = finder.by_ref().take(BLOCK).collect();
        let last = finder.at >= data.len();
        write_block(&mut bits, &tokens, last);
        if last {
            break;
        }
    }
    let mut out = bits.finish();
    out.extend(adler32(data).to_be_bytes());
    out
}

/// RFC 1950, 9.
fn adler32(data: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    let (mut a, mut b) = (1_u32, 0_u32);
    // So many sums fit before the remainder must be taken.
    for run in data.chunks(5_552) {
        for &byte in run {
            a += u32::from(byte);
            b += a;
        }
        (a, b) = (a % BASE, b % BASE);
    }
    b << 16 | a
}

/// Turns the data into tokens, one after the other.
struct Finder<'a> {
    data: &'a [u8],
    /// The next byte.
    at: usize,
    /// The latest place, plus one, of each hash; and for each place of the window the one before it.
    heads: Vec<u32>,
    chains: Vec<u32>,
    /// What was found at `at` already.
    ahead: Option<(usize, usize)>,
}

impl<'a> Finder<'a> {
    fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            heads: vec![0; 1 << HASH_BITS],
            chains: vec![0; WINDOW],
            ahead: None,
        }
    }

    /// Notes that a place begins here, and gives the latest before it that begins alike, plus one.
    fn note(&mut self, at: usize) -> u32 {
        let Some(&[a, b, c]) = self.data.get(at..).and_then(|rest| rest.first_chunk()) else {
            return 0;
        };
        let hash = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS);
        let head = &mut self.heads[hash as usize];
        let before = std::mem::replace(head, at as u32 + 1);
        self.chains[at % WINDOW] = before;
        before
    }

    /// The longest repetition at a place that has not been noted yet, as length and distance.
    fn find(&mut self, at: usize) -> Option<(usize, usize)> {
        let mut candidate = self.note(at);
        let here = &self.data[at..self.data.len().min(at + LONGEST)];
        let mut best: Option<(usize, usize)> = None;
        for _ in 0..CHAIN {
            // Places that have left the window may have been overwritten; those before the first are 0.
            let Some(place) = (candidate as usize).checked_sub(1) else {
                break;
            };
            let distance = at - place;
            if distance > WINDOW - 1 {
                break;
            }
            let length = common(&self.data[place..], here);
            if length >= SHORTEST && best.is_none_or(|(longest, _)| length > longest) {
                best = Some((length, distance));
                if length >= GOOD {
                    break;
                }
            }
            candidate = self.chains[place % WINDOW];
        }
        // Three bytes from far away cost more than as literals.
        best.filter(|&(length, distance)| length > SHORTEST || distance < 4_096)
    }
}

/// Bytes that two runs have in common at their start.
fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

impl Iterator for Finder<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let at = self.at;
        let literal = Token::Literal(*self.data.get(at)?);
        let found = match self.ahead.take() {
            Some(found) => Some(found),
            None => self.find(at),
        };
        let Some((length, distance)) = found else {
            self.at += 1;
            return Some(literal);
        };
        let mut noted = at + 1;
        if length < GOOD && noted < self.data.len() {
            // A longer one may begin one byte further on.
            let next = self.find(noted);
            noted += 1;
            if next.is_some_and(|(longer, _)| longer > length) {
                self.at += 1;
                self.ahead = next;
                return Some(literal);
            }
        }
        for place in noted..at + length {
            self.note(place);
        }
        self.at += length;
        // At most 258 and 32,767.
        Some(Token::Repeat(length as u16, distance as u16))
    }
}

/// A block with codes of its own (RFC 1951, 3.2.7).
fn write_block(bits: &mut Bits, tokens: &[Token], last: bool) {
    let (mut literals, mut distances) = ([0; 286], [0; 30]);
    literals[END_OF_BLOCK] = 1;
    for token in tokens {
        match *token {
            Token::Literal(byte) => literals[usize::from(byte)] += 1,
            Token::Repeat(length, distance) => {
                literals[END_OF_BLOCK + 1 + symbol(&LENGTHS, length)] += 1;
                distances[symbol(&DISTANCES, distance)] += 1;
            }
        }
    }
    let (literals, distances) = (Codes::new(&literals, 15), Codes::new(&distances, 15));
    bits.push(u32::from(last), 1);
    bits.push(2, 2);
    huffman::write(bits, &literals, &distances);
    for token in tokens {
        match *token {
            Token::Literal(byte) => literals.put(bits, usize::from(byte)),
            Token::Repeat(length, distance) => {
                put_number(bits, &literals, END_OF_BLOCK + 1, &LENGTHS, length);
                put_number(bits, &distances, 0, &DISTANCES, distance);
            }
        }
    }
    literals.put(bits, END_OF_BLOCK);
}

fn put_number(bits: &mut Bits, codes: &Codes, first: usize, table: &[(u16, u8)], value: u16) {
    let symbol = symbol(table, value);
    let (least, extra) = table[symbol];
    codes.put(bits, first + symbol);
    bits.push(u32::from(value - least), extra.into());
}

/// The last symbol whose least value is not above this one.
fn symbol(table: &[(u16, u8)], value: u16) -> usize {
    table.partition_point(|&(least, _)| least <= value) - 1
}

/// Symbols whose values go up by one, then in groups of `group` by two, four and so on.
const fn symbols<const N: usize>(first: u16, group: usize, shift: u32) -> [(u16, u8); N] {
    let mut table = [(0, 0); N];
    let (mut least, mut symbol) = (first, 0);
    while symbol < N {
        let extra = if symbol < 2 * group {
            0
        } else {
            (symbol >> shift) as u8 - 1
        };
        table[symbol] = (least, extra);
        least += 1 << extra;
        symbol += 1;
    }
    // The longest length has a symbol of its own, so the one before it goes one less far.
    if N == 29 {
        table[N - 1] = (LONGEST as u16, 0);
    }
    table
}

/// Bits in the order of RFC 1951, 3.1.1: the first is the lowest of its byte.
struct Bits {
    out: Vec<u8>,
    pending: u64,
    count: u32,
}

impl Bits {
    fn new(mut out: Vec<u8>, room: usize) -> Self {
        out.reserve(room);
        Self {
            out,
            pending: 0,
            count: 0,
        }
    }

    /// The lowest `count` bits of a value, at most 16.
    fn push(&mut self, value: u32, count: u32) {
        self.pending |= u64::from(value) << self.count;
        self.count += count;
        if self.count >= 32 {
            self.out.extend((self.pending as u32).to_le_bytes());
            self.pending >>= 32;
            self.count -= 32;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let bytes = self.pending.to_le_bytes();
        let left = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(&bytes[..left]);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::testing::noise;
    use std::io::Read;

    fn unpacked(stream: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut decoder = flate2::read::ZlibDecoder::new(stream);
        decoder.read_to_end(&mut out).unwrap();
        assert_eq!(
            decoder.total_in(),
            stream.len() as u64,
            "nothing behind the end"
        );
        out
    }

    fn random(length: usize, seed: u32) -> Vec<u8> {
        std::iter::repeat_with(noise(seed)).take(length).collect()
    }

    #[test]
    fn the_tables_are_those_of_the_standard() {
        for (symbol, entry) in [
            (0, (3, 0)),
            (7, (10, 0)),
            (8, (11, 1)),
            (27, (227, 5)),
            (28, (258, 0)),
        ] {
            assert_eq!(LENGTHS[symbol], entry);
        }
        for (symbol, entry) in [(0, (1, 0)), (3, (4, 0)), (4, (5, 1)), (29, (24_577, 13))] {
            assert_eq!(DISTANCES[symbol], entry);
        }
    }

    #[test]
    fn what_was_packed_comes_back() {
        let noise = random(100_000, 1);
        let far = [&noise[..40_000], &noise[..40_000], &noise[7_000..9_000]].concat();
        let few: Vec<u8> = noise.iter().map(|byte| byte % 3).collect();
        let rare: Vec<u8> = (0..=255_u8)
            .flat_map(|byte| vec![byte; 1 << (byte / 16)])
            .collect();
        let lengths: Vec<u8> = (0..600)
            .flat_map(|n| [vec![(n % 251) as u8; n], vec![255]].concat())
            .collect();
        for data in [
            vec![],
            vec![7],
            vec![0; 3],
            vec![9; 70_000],
            noise,
            far,
            few,
            rare,
            lengths,
        ] {
            assert!(unpacked(&zlib(&data)) == data, "{} bytes", data.len());
        }
        for length in 0..300 {
            let data = random(length, 5)
                .iter()
                .map(|byte| byte & 1)
                .collect::<Vec<_>>();
            assert_eq!(unpacked(&zlib(&data)), data);
        }
    }

    #[test]
    fn repetitions_are_found_as_far_back_as_they_may_lie() {
        let noise = random(WINDOW - 1, 3);
        let twice = [&noise[..], &noise].concat();
        assert!(zlib(&twice).len() < zlib(&noise).len() + 1_000);
    }

    #[test]
    fn noise_hardly_grows() {
        let noise = random(200_000, 9);
        assert!(zlib(&noise).len() < noise.len() + noise.len() / 500);
    }
}
