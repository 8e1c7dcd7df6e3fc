//! The Huffman codes of a sequential scan, several bits at a time (ITU-T T.81, annexes C and F.2).

use super::tables::Written;
use crate::image::simd::u64_be;

/// The code, how many zeros come before its value, and the value, where all of that has so few bits.
const FAST_BITS: u32 = 10;
/// How many bits are looked at to pass over codes and their values.
const PASS_BITS: u32 = 11;
/// Zeros up to the block's end and further.
pub(super) const TO_THE_END: u32 = 64;
/// A place in a block for what its smaller size has no use for.
pub(super) const NOWHERE: u8 = 64;
/// Room for a block and what lies [`NOWHERE`]: a power of 2, so that no index needs a check.
pub(super) const ROOM: usize = 128;

/// What a code says, in one word: its bits, those of a value that is still to come behind it, the zeros before the value,
/// and the value if it is known. 0 is no code.
#[derive(Clone, Copy)]
pub(super) struct Entry(u32);

impl Entry {
    /// T.81, F.1.2.2.1: the high half of a symbol are zeros, the low one the bits of the value.
    fn new(symbol: u8, length: u32) -> Self {
        let (zeros, bits) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if bits == 0 && zeros != 15 {
            // Between scans of several bands and bits the zeros tell how many bits a number of blocks has (T.81, G.1.2.2).
            return Self(length | TO_THE_END << 9 | zeros << 16);
        }
        Self(length | bits << 5 | zeros << 9)
    }

    /// With the value, which `next` has behind the code.
    fn with_value(self, next: u64) -> Self {
        let (length, bits) = (self.length(), self.value_bits());
        let value = extended(next << length, bits);
        Self((length + bits) | self.zeros() << 9 | (value as u32) << 16)
    }

    const fn length(self) -> u32 {
        self.0 & 31
    }

    const fn value_bits(self) -> u32 {
        self.0 >> 5 & 15
    }

    pub(super) const fn zeros(self) -> u32 {
        self.0 >> 9 & 127
    }

    const fn value(self) -> i32 {
        self.0.cast_signed() >> 16
    }
}

/// A value from its bits, the highest of `next` (T.81, F.2.2.1, EXTEND). Of none it is 0.
#[inline(always)]
const fn extended(next: u64, bits: u32) -> i32 {
    if bits == 0 {
        return 0;
    }
    // At most 15 bits.
    let value = (next >> (64 - bits)) as i32;
    // Without a leading 1 it is negative.
    let below = (next >> 63) as i32 - 1;
    value + (below & (1 - (1 << bits)))
}

/// Whole codes with their values that some bits begin with: how many bits they have, how many coefficients they stand for, and
/// whether the block ends with the last of them, which counts as one then. 0 is none.
#[derive(Clone, Copy)]
struct Pass(u16);

impl Pass {
    const END: u16 = 1 << 15;

    /// What stands at the beginning of `next`, of which so many bits as are looked at are known.
    fn new(codes: &Codes, next: u64) -> Self {
        let (mut bits, mut coefficients) = (0, 0);
        while let Some(entry) = codes.look(next << bits) {
            let with_value = bits + entry.length() + entry.value_bits();
            let is_end = entry.zeros() == TO_THE_END;
            let with_zeros = coefficients + if is_end { 1 } else { entry.zeros() + 1 };
            if with_value > PASS_BITS || with_zeros > 64 {
                break;
            }
            (bits, coefficients) = (with_value, with_zeros);
            if is_end {
                return Self(Self::of(bits, coefficients) | Self::END);
            }
        }
        Self(Self::of(bits, coefficients))
    }

    /// Both are small.
    const fn of(bits: u32, coefficients: u32) -> u16 {
        (bits | coefficients << 4) as u16
    }

    const fn bits(self) -> u32 {
        self.0 as u32 & 15
    }

    const fn coefficients(self) -> usize {
        self.0 as usize >> 4 & 127
    }

    const fn is_end(self) -> bool {
        self.0 >= Self::END
    }
}

/// The codes of a table.
pub(super) struct Codes {
    /// For the next bits what they begin with, if that is short enough.
    fast: Box<[Entry; 1 << FAST_BITS]>,
    /// For longer ones: for each length the first of 16 bits behind its codes, the first code, and where its symbols begin.
    limits: [(u32, u32, usize); 17],
    symbols: Vec<u8>,
    /// For the next bits what may be passed over at once; empty where nothing is.
    passes: Vec<Pass>,
}

impl Codes {
    /// From how many codes there are of each length, and their symbols. `None` for more than there can be.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut codes = Self {
            fast: Box::new([Entry(0); 1 << FAST_BITS]),
            limits: [(0, 0, 0); 17],
            symbols: symbols.to_vec(),
            passes: Vec::new(),
        };
        let (mut code, mut place) = (0_u32, 0);
        for (length, &count) in (1_u32..).zip(counts) {
            let first = (code, place);
            for _ in 0..count {
                codes.fill(*symbols.get(place)?, code, length);
                (code, place) = (code + 1, place + 1);
            }
            if code > 1 << length {
                return None;
            }
            codes.limits[length as usize] = (code << (16 - length), first.0, first.1);
            code <<= 1;
        }
        Some(codes)
    }

    /// Codes of means, which have no zeros before them.
    pub(super) fn of_means((counts, symbols): Written<'_>) -> Option<Self> {
        let is_sound = symbols.iter().all(|symbol| *symbol < 16);
        is_sound.then(|| Self::new(counts, symbols)).flatten()
    }

    /// Codes of coefficients that are passed over in part.
    pub(super) fn passing(mut self) -> Self {
        let starts = (0..1_u64 << PASS_BITS).map(|next| next << (64 - PASS_BITS));
        self.passes = starts.map(|next| Pass::new(&self, next)).collect();
        self
    }

    /// Writes a short code down for all that may follow it.
    fn fill(&mut self, symbol: u8, code: u32, length: u32) {
        let Some(rest) = FAST_BITS.checked_sub(length) else {
            return;
        };
        let (entry, start) = (Entry::new(symbol, length), code << rest);
        for next in start..start + (1 << rest) {
            let known = length + entry.value_bits() <= FAST_BITS && entry.value_bits() > 0;
            if let Some(place) = self.fast.get_mut(next as usize) {
                *place = if known {
                    entry.with_value(u64::from(next) << (64 - FAST_BITS))
                } else {
                    entry
                };
            }
        }
    }

    #[inline(always)]
    fn pass(&self, next: u64) -> Pass {
        let next = (next >> (64 - PASS_BITS)) as usize;
        self.passes.get(next).copied().unwrap_or(Pass(0))
    }

    #[inline(always)]
    fn look(&self, next: u64) -> Option<Entry> {
        let entry = self.fast[(next >> (64 - FAST_BITS)) as usize];
        if entry.0 != 0 {
            return Some(entry);
        }
        self.look_further(next)
    }

    #[cold]
    fn look_further(&self, next: u64) -> Option<Entry> {
        for length in FAST_BITS + 1..=16 {
            let (limit, first, place) = self.limits[length as usize];
            if ((next >> 48) as u32) < limit {
                let code = (next >> (64 - length)) as u32;
                let symbol = self
                    .symbols
                    .get(place + code.checked_sub(first)? as usize)?;
                return Some(Entry::new(*symbol, length));
            }
        }
        None
    }
}

/// Where a component's coefficients go, and what they are multiplied by, in the order of the file.
pub(super) struct Places {
    pub(super) places: [u8; 64],
    pub(super) marks: [Used; 64],
    pub(super) factors: [f32; 64],
    /// From here on none has a place.
    pub(super) end: usize,
}

/// Which rows of a block, in the low eight bits, and which columns have a coefficient other than the mean.
#[derive(Clone, Copy, Default)]
pub(super) struct Used(u16);

impl Used {
    /// The place of frequency `u` along x and `v` along y.
    pub(super) const fn place(u: usize, v: usize) -> Self {
        Self(1 << (v % 8) | 0x100 << (u % 8))
    }

    /// Those of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// So many rows and columns have all of them.
    pub(super) const fn extent(self) -> (usize, usize) {
        let [rows, columns] = self.0.to_le_bytes();
        (
            8 - rows.leading_zeros() as usize,
            8 - columns.leading_zeros() as usize,
        )
    }
}

/// A cursor over entropy-coded data, which ends at a marker.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The highest `count` bits are those that come next.
    next: u64,
    count: u32,
    /// Of them, zeros that stand for what is not there.
    missing: u32,
    /// Whether something made no sense and was read all the same.
    has_faults: bool,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            next: 0,
            count: 0,
            missing: 0,
            has_faults: false,
        }
    }

    /// Reads a block: its mean, as the difference to the one before, and its other coefficients to their places, where there
    /// must be zeros. Which places are used; `None` for data that makes no sense.
    pub(super) fn block(
        &mut self,
        [dc, ac]: [&Codes; 2],
        mean: &mut i32,
        places: &Places,
        block: &mut [f32; ROOM],
    ) -> Option<Used> {
        // A copy stays in registers.
        let mut bits = *self;
        bits.fill();
        *mean = mean.wrapping_add(bits.value(dc.look(bits.next)?));
        block[0] = *mean as f32 * places.factors[0];
        let mut at = 1;
        let mut used = 0;
        while at < places.end {
            bits.fill();
            let entry = ac.look(bits.next)?;
            let value = bits.value(entry);
            at += entry.zeros() as usize;
            if at > 63 {
                *self = bits;
                return (entry.zeros() == TO_THE_END).then_some(Used(used));
            }
            let place = places.places[at];
            block[usize::from(place) % ROOM] = value as f32 * places.factors[at];
            used |= places.marks[at].0;
            at += 1;
        }
        bits.pass(ac, at)?;
        *self = bits;
        Some(Used(used))
    }

    /// Passes over the rest of a block.
    #[inline(always)]
    fn pass(&mut self, ac: &Codes, mut at: usize) -> Option<()> {
        while at < 64 {
            self.fill();
            let start = at;
            // There are bits enough to look twice.
            for _ in 0..2 {
                let pass = ac.pass(self.next);
                if at + pass.coefficients() > 64 {
                    break;
                }
                self.skip(pass.bits());
                at += pass.coefficients();
                if pass.is_end() {
                    return Some(());
                }
            }
            if at > start {
                continue;
            }
            // A long code or value, or the last ones of a block without an end.
            let entry = ac.look(self.next)?;
            self.skip(entry.length() + entry.value_bits());
            at += entry.zeros() as usize + 1;
            if entry.zeros() == TO_THE_END {
                return Some(());
            }
        }
        (at == 64).then_some(())
    }

    /// The next code, whose bits and value are to be taken by [`Self::value`]. Where there is none a block's end takes its place, as
    /// in libjpeg: Huffman codes soon fall into step again.
    #[inline(always)]
    pub(super) fn entry(&mut self, codes: &Codes) -> Entry {
        self.fill();
        codes.look(self.next).unwrap_or_else(|| {
            self.note_fault();
            Entry::new(0, 16)
        })
    }

    /// Notes that the data makes no sense.
    #[cold]
    pub(super) const fn note_fault(&mut self) {
        self.has_faults = true;
    }

    pub(super) const fn has_faults(&self) -> bool {
        self.has_faults
    }

    /// Takes so many bits, at most 32.
    #[inline(always)]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        self.fill();
        // None of 64 bits must not be shifted by 64.
        let bits = (self.next >> 1 >> (63 - count)) as u32;
        self.skip(count);
        bits
    }

    /// Passes over so many bits.
    pub(super) fn pass_bits(&mut self, mut count: u32) {
        while count > 0 {
            self.fill();
            let some = count.min(32);
            self.skip(some);
            count -= some;
        }
    }

    /// Takes a code and its value.
    #[inline(always)]
    pub(super) fn value(&mut self, entry: Entry) -> i32 {
        self.skip(entry.length());
        let more = entry.value_bits();
        if more == 0 {
            return entry.value();
        }
        let value = extended(self.next, more);
        self.skip(more);
        value
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.next <<= count;
        self.count -= count;
    }

    /// Sees to it that there are as many bits as a code and its value can have.
    #[inline(always)]
    fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        const ONES: u64 = 0x0101_0101_0101_0101;
        if let Some(bytes) = self.data.get(self.at..).and_then(|rest| rest.first_chunk()) {
            let bytes = u64_be(*bytes);
            // Whether one of eight bytes is 0xff: the usual test for a 0, on the complement.
            if (!bytes).wrapping_sub(ONES) & bytes & (ONES << 7) == 0 {
                self.next |= bytes >> self.count;
                let whole = (63 - self.count) >> 3;
                self.at += whole as usize;
                self.count += whole * 8;
                return;
            }
        }
        self.fill_one_by_one();
    }

    /// After 0xff a 0 says that it is no marker.
    #[cold]
    fn fill_one_by_one(&mut self) {
        while self.count <= 56 {
            let (byte, length) = match self.data.get(self.at..) {
                Some([0xff, 0, ..]) => (0xff_u64, 2),
                Some(&[byte @ 0..=0xfe, ..]) => (u64::from(byte), 1),
                _ => {
                    self.missing += 8;
                    (0, 0)
                }
            };
            self.next |= byte << (56 - self.count);
            self.count += 8;
            self.at += length;
        }
    }

    /// Whether no more was read than is there.
    pub(super) const fn is_sound(&self) -> bool {
        self.missing <= self.count
    }

    /// Passes over the restart marker of this number, which must come now.
    pub(super) fn restart(&mut self, number: u8) -> Option<()> {
        let marker = self.marker()?;
        (marker == 0xd0 + number % 8).then_some(())?;
        *self = Self {
            at: self.at + 2,
            has_faults: self.has_faults,
            ..Self::new(self.data)
        };
        Some(())
    }

    /// Goes behind the next restart marker, and gives its number; `None` if another marker comes first.
    pub(super) fn find_restart(&mut self) -> Option<u8> {
        let mut pairs = self.data.get(self.at..)?.windows(2);
        let is_marker = |pair: &[u8]| matches!(pair, [0xff, 0xc0..=0xfe]);
        let at = self.at + pairs.position(is_marker)?;
        let marker = *self.data.get(at + 1)?;
        (0xd0..=0xd7).contains(&marker).then(|| {
            *self = Self {
                at: at + 2,
                has_faults: self.has_faults,
                ..Self::new(self.data)
            };
            marker & 7
        })
    }

    /// What was not looked at yet. A marker never was.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    /// Whether the picture ends here.
    pub(super) fn is_end(&mut self) -> bool {
        self.marker() == Some(0xd9)
    }

    /// The marker that comes now, behind bits that fill the last byte.
    fn marker(&mut self) -> Option<u8> {
        self.fill_one_by_one();
        let is_now = self.is_sound() && self.count - self.missing < 8;
        match self.data.get(self.at..)? {
            &[0xff, marker, ..] if is_now => Some(marker),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::testing::noise;

    #[test]
    fn values_are_extended_as_the_standard_says() {
        for (bits, first, value) in [
            (1, "0", -1),
            (1, "1", 1),
            (3, "000", -7),
            (3, "011", -4),
            (3, "100", 4),
            (11, "11111111111", 2047),
        ] {
            let next = u64::from_str_radix(first, 2).unwrap() << (64 - bits);
            assert_eq!(extended(next | 1, bits), value, "{first}");
        }
        assert_eq!(extended(u64::MAX, 0), 0);
    }

    #[test]
    fn codes_of_all_lengths_are_found() {
        // One code of each length, 0, 10, 110 …; a value of as many bits as its place.
        let mut counts = [1; 16];
        counts[15] = 2;
        let symbols: Vec<u8> = (0..17).map(|n| n % 16).collect();
        let codes = Codes::new(&counts, &symbols).unwrap();
        for length in 1..=16_u32 {
            let ones = u64::MAX.checked_shl(65 - length).unwrap_or(0);
            let code = ones | u64::MAX >> length;
            let entry = codes.look(code).unwrap();
            let all = entry.length() + entry.value_bits();
            assert_eq!(all, length + (length - 1), "{length}");
        }
        assert!(Codes::new(&[3; 16], &[0; 48]).is_none());
        assert!(Codes::new(&[1; 16], &[0; 15]).is_none());
    }

    #[test]
    fn what_is_passed_over_at_once_is_what_would_be_one_by_one() {
        // Short codes and long ones, few zeros and many, values of all sizes, and the block's end.
        let counts = [0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        let symbols = [
            0x01, 0x00, 0x02, 0x11, 0xf0, 0x31, 0x12, 0x03, 0x71, 0x0a, 0xf1, 0x26, 0x05, 0x13,
            0x07, 0x42,
        ];
        let codes = || Codes::new(&counts, &symbols).unwrap();
        let (slow, fast) = (codes(), codes().passing());
        let mut byte = noise(1);
        let mut passed = 0;
        for at in (1..64).cycle().take(20_000) {
            let data: [u8; 160] = std::array::from_fn(|_| byte() & 0xfe);
            let mut bits = [Bits::new(&data); 2];
            let found = [&slow, &fast].map(|codes| {
                let bits = if codes.passes.is_empty() {
                    &mut bits[0]
                } else {
                    &mut bits[1]
                };
                bits.pass(codes, at)
                    .map(|()| bits.at * 8 - bits.count as usize)
            });
            assert_eq!(found[0], found[1], "from {at}: {data:?}");
            passed += usize::from(found[0].is_some());
        }
        assert!(passed > 10_000, "{passed}");
    }

    #[test]
    fn bytes_are_read_up_to_a_marker_and_no_further() {
        let mut bits = Bits::new(&[0x12, 0xff, 0, 0x34, 0xff, 0xd3, 0x56]);
        bits.fill();
        assert_eq!(bits.next >> 32, 0x12ff_3400);
        bits.skip(24);
        assert!(bits.is_sound());
        assert_eq!(bits.restart(4), None);
        assert_eq!(bits.restart(3), Some(()));
        bits.fill();
        assert_eq!(bits.next >> 56, 0x56);
        bits.skip(9);
        assert!(!bits.is_sound());
    }
}
