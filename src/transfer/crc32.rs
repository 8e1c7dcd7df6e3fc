//! CRC-32 of IEEE 802.3, for the extension *integrity* and for the outcome of a transfer.

/// The polynomial 0x04C11DB7, bits reversed.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Bytes that one step takes: each costs one look into a table of its own instead of waiting for the one before it.
const STEP: usize = 8;

/// `[n]` has what a byte does to the checksum that is followed by `n` others.
type Tables = [[u32; 256]; STEP];

/// Made for each image: that takes as long as some thousand of its bytes, and as a constant they would be 8 KiB of every
/// download.
fn tables() -> Box<Tables> {
    let mut tables = Box::new([[0; 256]; STEP]);
    let mut value = 0;
    while value < 256 {
        let mut crc = value;
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { POLYNOMIAL } else { 0 };
        }
        tables[0][value as usize] = crc;
        value += 1;
    }
    for after in 1..STEP {
        for byte in 0..256 {
            let crc = tables[after - 1][byte];
            tables[after][byte] = (crc >> 8) ^ look(&tables, 0, crc);
        }
    }
    tables
}

/// What the low byte of `bytes` does, with `others` after it.
fn look(tables: &Tables, others: usize, bytes: u32) -> u32 {
    tables[others][(bytes & 0xFF) as usize]
}

/// The checksum of `bytes`.
pub fn crc32(bytes: &[u8]) -> u32 {
    let tables = tables();
    let mut crc = !0;
    let (steps, rest) = bytes.as_chunks::<STEP>();
    for &[a, b, c, d, e, f, g, h] in steps {
        let first = crc ^ u32::from_le_bytes([a, b, c, d]);
        let second = u32::from_le_bytes([e, f, g, h]);
        crc = look(&tables, 7, first)
            ^ look(&tables, 6, first >> 8)
            ^ look(&tables, 5, first >> 16)
            ^ look(&tables, 4, first >> 24)
            ^ look(&tables, 3, second)
            ^ look(&tables, 2, second >> 8)
            ^ look(&tables, 1, second >> 16)
            ^ look(&tables, 0, second >> 24);
    }
    for byte in rest {
        crc = look(&tables, 0, crc ^ u32::from(*byte)) ^ (crc >> 8);
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_check_value_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn steps_of_eight_and_single_bytes_agree() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1_031).collect();
        let bit_by_bit = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ if crc & 1 == 1 { POLYNOMIAL } else { 0 }
            })
        };
        for length in (0..40).chain([1_031]) {
            let part = &bytes[..length];
            assert_eq!(crc32(part), !part.iter().fold(!0, bit_by_bit), "{length}");
        }
    }
}
