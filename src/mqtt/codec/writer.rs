//! Writes the fields of a packet behind what a buffer already holds.

use super::{EncodeError, MAX_REMAINING_LENGTH};
use crate::mqtt::packet::{PacketId, PacketType};

/// Appends to a caller's buffer.
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    /// Runs `write` on `out`, and takes back what it wrote when it fails.
    pub fn all_or_nothing(
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let start = out.len();
        let result = write(&mut Writer { out });
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    /// Type, flags and remaining length (section 2.2).
    pub fn fixed_header(
        &mut self,
        packet_type: PacketType,
        flags: u8,
        remaining_length: usize,
    ) -> Result<(), EncodeError> {
        if remaining_length > MAX_REMAINING_LENGTH {
            return Err(EncodeError::TooLarge {
                bytes: remaining_length,
            });
        }
        self.u8(u8::from(packet_type) << 4 | flags);
        let mut rest = remaining_length;
        loop {
            // Seven bits a byte, the lowest first; the eighth says that another follows.
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                self.u8(low & 0x7f);
                return Ok(());
            }
            self.u8(low | 0x80);
        }
    }

    pub fn u8(&mut self, value: u8) {
        self.out.push(value);
    }

    /// The high byte first (section 1.5.2).
    pub fn u16(&mut self, value: u16) {
        self.raw(&value.to_be_bytes());
    }

    pub fn packet_id(&mut self, id: PacketId) {
        self.u16(id.get());
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Bytes with their length before them.
    pub fn binary(&mut self, field: &'static str, bytes: &[u8]) -> Result<(), EncodeError> {
        let length = u16::try_from(bytes.len()).map_err(|_| EncodeError::TooLong {
            field,
            bytes: bytes.len(),
        })?;
        self.u16(length);
        self.raw(bytes);
        Ok(())
    }

    /// Text with its length before it `[MQTT-1.5.3-2]`.
    pub fn string(&mut self, field: &'static str, text: &str) -> Result<(), EncodeError> {
        if text.contains('\0') {
            return Err(EncodeError::NullCharacter { field });
        }
        self.binary(field, text.as_bytes())
    }
}

/// How many bytes say this remaining length: one to four.
pub const fn length_bytes(remaining_length: usize) -> usize {
    match remaining_length {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        0x4000..0x20_0000 => 3,
        _ => 4,
    }
}
