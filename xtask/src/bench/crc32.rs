//! CRC-32 of IEEE 802.3, bit by bit into a table: the benchmark checks images with its own.

/// The checksum of `bytes`.
pub fn crc32(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256).map(entry).collect();
    let step = |crc: u32, byte: &u8| {
        let index = usize::from(crc as u8 ^ byte);
        (crc >> 8) ^ table.get(index).copied().unwrap_or_default()
    };
    !bytes.iter().fold(!0, step)
}

fn entry(index: u32) -> u32 {
    (0..8).fold(index, |value, _| {
        let polynomial = if value & 1 == 1 { 0xEDB8_8320 } else { 0 };
        (value >> 1) ^ polynomial
    })
}
