//! CRC-32 of IEEE 802.3, for the extension *integrity* and for the outcome of a transfer.

/// The polynomial 0x04C11DB7, bits reversed.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// Bytes that one step takes: each costs one look into a table of its own instead of waiting for the one before it.
const STEP: usize = 4;

/// `TABLES[n]` has what a byte does to the checksum that is followed by `n` others.
static TABLES: [[u32; 256]; STEP] = tables();

const fn tables() -> [[u32; 256]; STEP] {
    let mut tables = [[0; 256]; STEP];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 {
                (value >> 1) ^ POLYNOMIAL
            } else {
                value >> 1
            };
            bit += 1;
        }
        tables[0][index] = value;
        index += 1;
    }
    let mut after = 1;
    while after < STEP {
        let mut index = 0;
        while index < 256 {
            let value = tables[after - 1][index];
            tables[after][index] = (value >> 8) ^ tables[0][(value & 0xFF) as usize];
            index += 1;
        }
        after += 1;
    }
    tables
}

/// The checksum of `bytes`.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = !0;
    let (steps, rest) = bytes.as_chunks::<STEP>();
    for step in steps {
        let [a, b, c, d] = (crc ^ u32::from_le_bytes(*step)).to_le_bytes();
        crc = after(3, a) ^ after(2, b) ^ after(1, c) ^ after(0, d);
    }
    for byte in rest {
        let [low, ..] = crc.to_le_bytes();
        crc = after(0, low ^ byte) ^ (crc >> 8);
    }
    !crc
}

fn after(others: usize, byte: u8) -> u32 {
    TABLES[others][usize::from(byte)]
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
    fn steps_of_four_and_single_bytes_agree() {
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
