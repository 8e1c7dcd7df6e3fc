//! The one place where bytes of a file are read at a position: every read is checked, and none can panic.

/// A cursor over received bytes. Each read returns `None` at the end and leaves the cursor where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// What has not been read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(head)
    }

    /// As [`Self::take`], with a length as files store it.
    pub(crate) fn take_u32(&mut self, count: u32) -> Option<&'a [u8]> {
        self.take(usize::try_from(count).ok()?)
    }

    /// A reader on the same bytes, `offset` further on.
    pub(crate) fn at(&self, offset: u32) -> Option<Self> {
        self.bytes
            .get(usize::try_from(offset).ok()?..)
            .map(Self::new)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16_be(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u16_le(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u24_le(&mut self) -> Option<u32> {
        self.array()
            .map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]))
    }

    pub(crate) fn u32_be(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u32_le(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_byte_orders_and_stops_at_the_end() {
        let mut reader = Reader::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(reader.u8(), Some(1));
        assert_eq!(reader.u16_be(), Some(0x0203));
        assert_eq!(reader.u16_le(), Some(0x0504));
        assert_eq!(reader.u24_le(), Some(0x08_0706));
        assert_eq!(reader.u32_be(), Some(0x090a_0b0c));
        assert_eq!(reader.u32_le(), None);
        assert_eq!(reader.take_u32(4), None);
        assert_eq!(
            reader.at(1).map(|reader| reader.rest()),
            Some(&[14, 15][..])
        );
        assert_eq!(reader.take(3), Some(&[13, 14, 15][..]));
        assert!(reader.rest().is_empty() && reader.at(1).is_none());
    }
}
