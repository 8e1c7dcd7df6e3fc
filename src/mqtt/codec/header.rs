//! The fixed header that opens every packet (section 2.2): type, flags, remaining length.

use super::decode::publish_qos;
use super::reader::next_byte;
use super::writer::length_bytes;
use super::{DecodeError, Malformation, fixed_flags};
use crate::mqtt::packet::PacketType;

/// A whole fixed header, its flags checked.
#[derive(Clone, Copy, Debug)]
pub struct FixedHeader {
    pub packet_type: PacketType,
    pub flags: u8,
    pub remaining_length: usize,
}

impl FixedHeader {
    /// The size of the whole packet, as it is shortest said.
    pub const fn packet_len(&self) -> usize {
        1 + length_bytes(self.remaining_length) + self.remaining_length
    }

    pub const fn malformed(&self, what: Malformation) -> DecodeError {
        DecodeError::Malformed(self.packet_type, what)
    }
}

/// As much of a fixed header as has come.
#[derive(Debug, Default)]
pub struct PartialHeader {
    first: Option<(PacketType, u8)>,
    remaining_length: usize,
    /// How far to the left the next byte of the remaining length goes: 0, 7, 14 or 21.
    shift: u32,
}

impl PartialHeader {
    /// Takes the bytes of a header from `input`; `None` when it ends before them.
    pub fn read(&mut self, input: &mut &[u8]) -> Result<Option<FixedHeader>, DecodeError> {
        while let Some(byte) = next_byte(input) {
            let Some((packet_type, flags)) = self.first else {
                self.first = Some(first_byte(byte)?);
                continue;
            };
            self.remaining_length |= usize::from(byte & 0x7f) << self.shift;
            if byte & 0x80 == 0 {
                return Ok(Some(FixedHeader {
                    packet_type,
                    flags,
                    remaining_length: self.remaining_length,
                }));
            }
            self.shift += 7;
            if self.shift > 21 {
                return Err(DecodeError::RemainingLength);
            }
        }
        Ok(None)
    }
}

/// Type and flags, which have to go together `[MQTT-2.2.2-1]` `[MQTT-2.2.2-2]`.
fn first_byte(byte: u8) -> Result<(PacketType, u8), DecodeError> {
    let flags = byte & 0x0f;
    let packet_type =
        PacketType::from_number(byte >> 4).ok_or(DecodeError::UnknownPacketType(byte >> 4))?;
    let checked = if packet_type == PacketType::Publish {
        publish_qos(flags).map(drop)
    } else if flags == fixed_flags(packet_type) {
        Ok(())
    } else {
        Err(Malformation::ReservedFlags(flags))
    };
    checked.map_err(|what| DecodeError::Malformed(packet_type, what))?;
    Ok((packet_type, flags))
}
