//! Huffman codes of a sequential scan, read to see whether they make sense (ITU-T T.81, annex F.2.2).

/// What the next 16 bits begin with: a code's symbol and its length, 0 for none.
pub(super) struct Table(Vec<(u8, u8)>);

impl Table {
    /// From how many codes there are of each length, and their symbols (annex C). `None` for more than there can be.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = vec![(0, 0); 1 << 16];
        let mut symbols = symbols.iter();
        let mut start = 0;
        for (length, &count) in (1..=16_u8).zip(counts) {
            for _ in 0..count {
                let end = start + (1 << (16 - length));
                table.get_mut(start..end)?.fill((*symbols.next()?, length));
                start = end;
            }
        }
        Some(Self(table))
    }
}

/// A cursor over entropy-coded data, which ends at a marker.
pub(super) struct Codes<'a> {
    data: &'a [u8],
    at: usize,
    /// The lowest `count` bits are those that come next.
    bits: u64,
    count: u32,
}

impl<'a> Codes<'a> {
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            bits: 0,
            count: 0,
        }
    }

    /// Where the data goes on that was not looked at yet.
    pub(super) const fn position(&self) -> usize {
        self.at
    }

    /// Passes over a block; `None` if the data ends in it or makes no sense.
    pub(super) fn block(&mut self, dc: &Table, ac: &Table) -> Option<()> {
        let length = self.symbol(dc)?;
        self.skip(length)?;
        let mut place = 1;
        while place < 64 {
            let symbol = self.symbol(ac)?;
            let (zeros, length) = (symbol >> 4, symbol & 15);
            match (zeros, length) {
                (15, 0) => place += 16,
                (_, 0) => break,
                _ => {
                    place += u32::from(zeros) + 1;
                    self.skip(length)?;
                }
            }
        }
        // A value behind the last place.
        (place <= 64).then_some(())
    }

    /// Passes over a restart marker, which must come now.
    pub(super) fn restart(&mut self) -> Option<()> {
        self.fill();
        let is_marker = matches!(self.data.get(self.at..)?, [0xff, 0xd0..=0xd7, ..]);
        if !is_marker || self.count >= 8 {
            return None;
        }
        self.at += 2;
        (self.bits, self.count) = (0, 0);
        Some(())
    }

    fn symbol(&mut self, table: &Table) -> Option<u8> {
        if self.count < 16 {
            self.fill();
        }
        let next = match self.count.checked_sub(16) {
            Some(behind) => self.bits >> behind,
            None => self.bits << (16 - self.count),
        };
        let (symbol, length) = table.0[(next & 0xffff) as usize];
        if length == 0 {
            return None;
        }
        self.count = self.count.checked_sub(length.into())?;
        Some(symbol)
    }

    fn skip(&mut self, length: u8) -> Option<()> {
        if self.count < length.into() {
            self.fill();
        }
        self.count = self.count.checked_sub(length.into())?;
        Some(())
    }

    /// Takes in bytes up to a marker. After 0xff a 0 says that it is none.
    fn fill(&mut self) {
        while self.count <= 48 {
            let (byte, length) = match self.data.get(self.at..) {
                Some([0xff, 0, ..]) => (0xff_u64, 2),
                Some(&[byte @ 0..=0xfe, ..]) => (u64::from(byte), 1),
                _ => return,
            };
            self.bits = self.bits << 8 | byte;
            self.count += 8;
            self.at += length;
        }
    }
}
