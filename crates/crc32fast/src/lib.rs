//! CRC-32 (IEEE) behind the interface of the published crate of this name, as far as `png` and `flate2` use it.
//!
//! The published one carries its tables as data: 16 KiB that no compressor makes smaller, in a module that people load
//! over the network. Here they are computed when they are first needed, which takes some 20 microseconds.

use std::sync::OnceLock;

/// x³² + x²⁶ + … + 1, the lowest power in the highest bit (ISO/IEC 13239).
const POLYNOMIAL: u32 = 0xedb8_8320;
/// x⁸: what a byte of zero multiplies the state by.
const BYTE: u32 = 1 << (31 - 8);
/// Bytes that are looked up at one time.
const SLICES: usize = 8;

type Tables = [[u32; 256]; SLICES];

/// A checksum under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hasher {
    /// Of what was seen so far.
    checksum: u32,
    /// How many bytes that was.
    amount: u64,
}

impl Hasher {
    /// Of nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self::new_with_initial(0)
    }

    /// Goes on where another stopped.
    #[must_use]
    pub const fn new_with_initial(checksum: u32) -> Self {
        Self {
            checksum,
            amount: 0,
        }
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let tables = tables();
        let (slices, rest) = bytes.as_chunks::<SLICES>();
        let mut state = !self.checksum;
        for &[a, b, c, d, e, f, g, h] in slices {
            let [a, b, c, d] = (state ^ u32::from_le_bytes([a, b, c, d])).to_le_bytes();
            // The first byte has the longest way to go.
            let slice = [h, g, f, e, d, c, b, a];
            state = (0..SLICES).fold(0, |state, place| {
                state ^ tables[place][usize::from(slice[place])]
            });
        }
        for &byte in rest {
            let [low, ..] = state.to_le_bytes();
            state = state >> 8 ^ tables[0][usize::from(low ^ byte)];
        }
        self.checksum = !state;
        self.amount += bytes.len() as u64;
    }

    /// Takes in what another took in, as if it had come after.
    pub fn combine(&mut self, other: &Self) {
        // The checksum of some bytes and as many zeros as the other has bytes, by squaring again and again.
        let (mut zeros, mut power) = (other.amount, BYTE);
        while zeros > 0 {
            if zeros & 1 == 1 {
                self.checksum = product(self.checksum, power);
            }
            power = product(power, power);
            zeros >>= 1;
        }
        self.checksum ^= other.checksum;
        self.amount += other.amount;
    }

    /// The checksum of all that was taken in.
    #[must_use]
    pub const fn finalize(self) -> u32 {
        self.checksum
    }

    /// Begins again.
    pub const fn reset(&mut self) {
        *self = Self::new();
    }
}

/// The checksum of these bytes.
#[must_use]
pub fn hash(bytes: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    hasher.finalize()
}

/// The state after one more bit of zero.
const fn shifted(state: u32) -> u32 {
    state >> 1 ^ if state & 1 == 1 { POLYNOMIAL } else { 0 }
}

/// The product of two polynomials, modulo [`POLYNOMIAL`].
fn product(a: u32, b: u32) -> u32 {
    let (mut sum, mut b) = (0, b);
    for place in (0..32).rev() {
        sum ^= if a >> place & 1 == 1 { b } else { 0 };
        b = shifted(b);
    }
    sum
}

/// For each byte what it adds to the state, when so many bytes follow it as the table's number says.
fn tables() -> &'static Tables {
    static TABLES: OnceLock<Box<Tables>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables = Box::new([[0; 256]; SLICES]);
        for (entry, byte) in tables[0].iter_mut().zip(0..) {
            *entry = (0..8).fold(byte, |state, _| shifted(state));
        }
        for place in 1..SLICES {
            for byte in 0..256 {
                let before = tables[place - 1][byte];
                let [low, ..] = before.to_le_bytes();
                tables[place][byte] = before >> 8 ^ tables[0][usize::from(low)];
            }
        }
        tables
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_is_the_published_one() {
        assert_eq!(hash(b"123456789"), 0xcbf4_3926);
        assert_eq!(hash(b""), 0);
        assert_eq!(
            hash(b"The quick brown fox jumps over the lazy dog"),
            0x414f_a339
        );
    }

    #[test]
    fn pieces_of_any_length_add_up() {
        let bytes: Vec<u8> = (0..100_u8).map(|i| i.wrapping_mul(37)).collect();
        for split in 0..bytes.len() {
            let mut hasher = Hasher::new();
            hasher.update(&bytes[..split]);
            let mut hasher = Hasher::new_with_initial(hasher.finalize());
            hasher.update(&bytes[split..]);
            assert_eq!(hasher.finalize(), hash(&bytes), "at {split}");
            let [mut first, mut second] = [Hasher::new(), Hasher::new()];
            first.update(&bytes[..split]);
            second.update(&bytes[split..]);
            first.combine(&second);
            assert_eq!(first.finalize(), hash(&bytes), "at {split}");
        }
        let mut used = Hasher::new_with_initial(7);
        used.reset();
        assert_eq!(used, Hasher::new());
    }
}
