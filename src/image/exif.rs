//! Finds the orientation in an EXIF block, and nothing else: a crate for the rest would cost 10 KiB.
//!
//! An EXIF block is a small TIFF file: a byte order, then a chain of directories of 12-byte entries, of which the first
//! describes the picture (TIFF 6.0, section 2; Exif 2.32, 4.6.4). Cameras write it well, but editors truncate and pad
//! it, so anything odd means "no orientation" and never an error.

use super::orient::Turn;
use super::reader::Reader;

/// Tag 0x0112 of the first directory.
const ORIENTATION: u16 = 0x0112;
const TYPE_SHORT: u16 = 3;
const TYPE_LONG: u16 = 4;

/// The turn that brings the picture upright, from a block with or without its `Exif\0\0` header; no turn if it says none.
pub(crate) fn orientation(block: &[u8]) -> Turn {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    orientation_value(tiff)
        .and_then(Turn::from_exif)
        .unwrap_or_default()
}

fn orientation_value(tiff: &[u8]) -> Option<u16> {
    let mut reader = Reader::new(tiff);
    let order = match reader.take(2)? {
        b"II" => Order::Little,
        b"MM" => Order::Big,
        _ => return None,
    };
    if order.u16(&mut reader)? != 42 {
        return None;
    }
    let offset = order.u32(&mut reader)?;
    let mut directory = Reader::new(tiff).at(offset)?;
    let count = order.u16(&mut directory)?;
    (0..count).find_map(|_| entry(order, &mut directory).ok()?)
}

/// Reads one entry. `Err` is the end of the bytes, `Ok(None)` another tag.
fn entry(order: Order, directory: &mut Reader<'_>) -> Result<Option<u16>, ()> {
    let mut entry = Reader::new(directory.take(12).ok_or(())?);
    let mut parts = || {
        Some((
            order.u16(&mut entry)?,
            order.u16(&mut entry)?,
            order.u32(&mut entry)?,
            entry,
        ))
    };
    let (tag, kind, count, mut value) = parts().ok_or(())?;
    if tag != ORIENTATION || count != 1 {
        return Ok(None);
    }
    Ok(match kind {
        TYPE_SHORT => order.u16(&mut value),
        TYPE_LONG => order
            .u32(&mut value)
            .and_then(|long| u16::try_from(long).ok()),
        _ => None,
    })
}

#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, reader: &mut Reader<'_>) -> Option<u16> {
        match self {
            Self::Little => reader.u16_le(),
            Self::Big => reader.u16_be(),
        }
    }

    fn u32(self, reader: &mut Reader<'_>) -> Option<u32> {
        match self {
            Self::Little => reader.u32_le(),
            Self::Big => reader.u32_be(),
        }
    }
}

/// An EXIF block that says only `value`, for the tests of this room.
#[cfg(test)]
pub(crate) fn block(value: u16) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    tiff.extend(value.to_be_bytes());
    tiff.extend([0; 6]);
    tiff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_byte_orders_with_and_without_the_header() {
        let big = block(6);
        let little = b"II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0abcd\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let expected = Turn::from_exif(6).unwrap();
        assert_eq!(orientation(&big), expected);
        assert_eq!(orientation(little), expected);
        assert_eq!(orientation(&[b"Exif\0\0", &big[..]].concat()), expected);
    }

    #[test]
    fn a_long_is_taken_for_a_short() {
        let long = b"II*\0\x08\0\0\0\x01\0\x12\x01\x04\0\x01\0\0\0\x03\0\0\0\0\0\0\0";
        assert_eq!(orientation(long), Turn::from_exif(3).unwrap());
    }

    #[test]
    fn values_out_of_range_and_broken_blocks_mean_no_turn() {
        for value in [0, 9, 0x0600, u16::MAX] {
            assert_eq!(orientation(&block(value)), Turn::default());
        }
        let whole = block(6);
        for end in 0..20 {
            assert_eq!(orientation(&whole[..end]), Turn::default(), "cut at {end}");
        }
        // A directory that lies outside, and one that says it has 65,535 entries.
        assert_eq!(orientation(b"II*\0\xff\xff\xff\xff"), Turn::default());
        assert_eq!(
            orientation(b"II*\0\x08\0\0\0\xff\xff\x0f\x01\x02\0\x01\0\0\0abcd"),
            Turn::default()
        );
    }
}
