//! What a scan says of a block (ITU-T T.81, F.2.2 and G.1.2).

use super::super::bits::{Bits, Codes, TO_THE_END};

/// The coefficients of a block, in the order of the file.
pub(super) struct Block<'p> {
    /// Which of those behind the mean are not 0, with a bit each: of all of them, since what a later scan says depends on it.
    pub(super) used: &'p mut u64,
    /// The first ones: no others are needed.
    pub(super) values: &'p mut [i16],
}

/// Which coefficients a scan has, and which of their bits (G.1.1).
pub(super) struct Band {
    first: usize,
    last: usize,
    /// Bits that come in later scans.
    low: u32,
    /// Whether it is the one bit below what earlier scans have.
    is_more: bool,
    /// Blocks that have no other new coefficients.
    run: u32,
}

impl Band {
    /// From the end of a scan's header. A sequential scan has all of everything.
    pub(super) fn new(is_progressive: bool, &[first, last, bits]: &[u8; 3]) -> Option<Self> {
        let (first, last, bits) = match is_progressive {
            true => (first, last, bits),
            false => (0, 63, 0),
        };
        let is_sound = first <= last && last < 64 && bits & 15 < 14;
        let is_alone = !is_progressive || (first == 0) == (last == 0);
        (is_sound && is_alone).then_some(Self {
            first: first.into(),
            last: last.into(),
            low: u32::from(bits & 15),
            is_more: bits >> 4 > 0,
            run: 0,
        })
    }

    pub(super) const fn has_means(&self) -> bool {
        self.first == 0
    }

    /// Whether the means have codes.
    pub(super) const fn has_new_means(&self) -> bool {
        self.has_means() && !self.is_more
    }

    pub(super) const fn has_others(&self) -> bool {
        self.last > 0
    }

    /// After a restart.
    pub(super) const fn forget(&mut self) {
        self.run = 0;
    }

    /// Reads what comes for a block; `None` for data that makes no sense.
    #[inline(always)]
    pub(super) fn read(
        &mut self,
        bits: &mut Bits<'_>,
        codes: [Option<&Codes>; 2],
        mean: &mut i32,
        block: Block<'_>,
    ) -> Option<()> {
        if self.has_means() {
            let value = block.values.first_mut()?;
            if self.is_more {
                *value |= (bits.take(1) as i16) << self.low;
            } else {
                let entry = bits.entry(codes[0]?);
                *mean = mean.wrapping_add(bits.value(entry));
                *value = (*mean << self.low) as i16;
            }
        }
        match codes[1] {
            Some(codes) if self.is_more => self.more(bits, codes, block),
            Some(_) if self.run > 0 => {
                self.run -= 1;
                Some(())
            }
            Some(codes) => self.begin(bits, codes, block),
            None => Some(()),
        }
    }

    /// The highest bits of coefficients (F.2.2.2, G.1.2.2).
    fn begin(&mut self, from: &mut Bits<'_>, codes: &Codes, block: Block<'_>) -> Option<()> {
        // A copy stays in registers.
        let mut bits = *from;
        let mut used = *block.used;
        let mut at = self.first.max(1);
        while at <= self.last {
            let entry = bits.entry(codes);
            let value = bits.value(entry);
            if entry.zeros() == TO_THE_END {
                self.run = run(&mut bits, value) - 1;
                break;
            }
            at += entry.zeros() as usize;
            if value != 0 {
                if at > self.last {
                    bits.note_fault();
                    break;
                }
                used |= 1 << at;
                if let Some(place) = block.values.get_mut(at) {
                    *place = (value << self.low) as i16;
                }
            }
            at += 1;
        }
        *block.used = used;
        *from = bits;
        Some(())
    }

    /// One bit more of those that are not 0, and new ones between them (G.1.2.3).
    fn more(&mut self, from: &mut Bits<'_>, codes: &Codes, block: Block<'_>) -> Option<()> {
        if self.run > 0 && *block.used == 0 {
            self.run -= 1;
            return Some(());
        }
        let mut bits = *from;
        let mut at = self.first.max(1);
        while self.run == 0 && at <= self.last {
            let entry = bits.entry(codes);
            let value = bits.value(entry);
            if entry.zeros() == TO_THE_END {
                self.run = run(&mut bits, value);
                break;
            }
            // The place of the new one, behind so many that are and stay 0.
            let mut zeros = !*block.used & (u64::MAX << at);
            for _ in 0..entry.zeros() {
                zeros &= zeros.wrapping_sub(1);
            }
            let place = zeros.trailing_zeros() as usize;
            let passed = *block.used & below(place.min(self.last + 1)) & !below(at);
            correct(&mut bits, passed, 1 << self.low, block.values);
            if value != 0 {
                if place > self.last || value.abs() > 1 {
                    bits.note_fault();
                    break;
                }
                *block.used |= 1 << place;
                if let Some(to) = block.values.get_mut(place) {
                    *to = (value << self.low) as i16;
                }
            }
            at = place + 1;
        }
        if self.run > 0 {
            self.run -= 1;
            let rest = *block.used & below(self.last + 1) & !below(at);
            correct(&mut bits, rest, 1 << self.low, block.values);
        }
        *from = bits;
        Some(())
    }
}

/// How many blocks have no new coefficients, this one too, from the bits that tell the number's length (G.1.2.2, figure G.7).
fn run(bits: &mut Bits<'_>, length: i32) -> u32 {
    let length = length.cast_unsigned() & 15;
    (1 << length) + bits.take(length)
}

/// The bits of all places below this one.
const fn below(place: usize) -> u64 {
    if place > 63 {
        u64::MAX
    } else {
        (1 << place) - 1
    }
}

/// Reads the next bit of each of these coefficients, and adds it to those that are kept.
fn correct(bits: &mut Bits<'_>, used: u64, bit: i16, values: &mut [i16]) {
    let kept = below(values.len());
    let mut left = used & kept;
    while left != 0 {
        let place = left.trailing_zeros() as usize;
        left &= left - 1;
        if bits.take(1) == 0 {
            continue;
        }
        if let Some(value) = values.get_mut(place) {
            *value = match *value {
                0.. => value.wrapping_add(bit),
                _ => value.wrapping_sub(bit),
            };
        }
    }
    bits.pass_bits((used & !kept).count_ones());
}
