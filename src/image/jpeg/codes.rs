//! Huffman codes and the bits that they become (ITU-T T.81, annexes C and F.1.2).

use super::super::zigzag::ZIGZAG;
use super::forward::Coefficients;

/// How many codes there are of each length, and their symbols.
pub(crate) struct Table {
    pub(crate) counts: [u8; 16],
    pub(crate) symbols: &'static [u8],
}

/// For the means and for the other coefficients: of luma, and of both colours (T.81, tables K.3 to K.6).
pub(crate) static TABLES: [[Table; 2]; 2] = [
    [
        Table {
            counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
            symbols: &SIZES,
        },
        Table {
            counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
            symbols: &[
                0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51,
                0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1,
                0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18,
                0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39,
                0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57,
                0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75,
                0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92,
                0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
                0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
                0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8,
                0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2,
                0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
            ],
        },
    ],
    [
        Table {
            counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
            symbols: &SIZES,
        },
        Table {
            counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
            symbols: &[
                0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07,
                0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09,
                0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25,
                0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38,
                0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56,
                0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74,
                0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
                0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5,
                0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba,
                0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6,
                0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2,
                0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
            ],
        },
    ],
];

/// What a mean's difference can have of bits.
const SIZES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/// The symbol that says that all that follows in the block is 0.
const END_OF_BLOCK: usize = 0;
/// The symbol of sixteen zeros.
const SIXTEEN_ZEROS: usize = 0xf0;

/// For each place in rows of 8 when it comes in the file.
const ORDER: [u8; 64] = {
    let mut order = [0; 64];
    let mut at = 0;
    while at < 64 {
        order[ZIGZAG[at] as usize] = at as u8;
        at += 1;
    }
    order
};

/// A bit for each place of a block, in rows of 8, as a bit for each in the order of the file.
fn in_order(mut rows: u64) -> u64 {
    let mut in_order = 0;
    while rows != 0 {
        in_order |= 1 << ORDER[rows.trailing_zeros() as usize % 64];
        rows &= rows - 1;
    }
    in_order
}

/// A code and its bits, for each symbol.
pub(super) struct Codes([(u32, u32); 256]);

impl Codes {
    /// T.81, annex C.
    #[inline(never)]
    pub(super) fn new(table: &Table) -> Self {
        let mut codes = [(0, 0); 256];
        let mut symbols = table.symbols.iter();
        let mut code = 0;
        for (length, &count) in (1..).zip(&table.counts) {
            for symbol in symbols.by_ref().take(count.into()) {
                codes[usize::from(*symbol)] = (code, length);
                code += 1;
            }
            code <<= 1;
        }
        Self(codes)
    }
}

/// Bits, the first of them highest, to bytes.
pub(super) struct Bits {
    out: Vec<u8>,
    /// The lowest `count` are still to be written.
    next: u64,
    count: u32,
}

impl Bits {
    /// Behind what is in `out`.
    pub(super) const fn new(out: Vec<u8>) -> Self {
        Self {
            out,
            next: 0,
            count: 0,
        }
    }

    /// Writes a block: its mean as the difference to the one before. A difference has at most 11 bits, and another coefficient
    /// 10.
    pub(super) fn block(
        &mut self,
        coefficients: &Coefficients,
        before: &mut i32,
        [dc, ac]: &[Codes; 2],
    ) {
        let mean = coefficients.values[0];
        self.value(dc, 0, mean - *before);
        *before = mean;
        let mut left = in_order(coefficients.used & !1);
        let mut last = 0;
        while left != 0 {
            let place = left.trailing_zeros();
            left &= left - 1;
            let mut zeros = place - last - 1;
            while zeros > 15 {
                self.code(ac, SIXTEEN_ZEROS);
                zeros -= 16;
            }
            let at = ZIGZAG[place as usize % 64];
            self.value(ac, zeros, coefficients.values[usize::from(at)]);
            last = place;
        }
        if last < 63 {
            self.code(ac, END_OF_BLOCK);
        }
    }

    #[inline(always)]
    fn code(&mut self, codes: &Codes, symbol: usize) {
        let (code, length) = codes.0[symbol % 256];
        self.put(code, length);
    }

    /// The code that says how many zeros come before a value and how many bits it has, and these (T.81, F.1.2.2).
    #[inline(always)]
    fn value(&mut self, codes: &Codes, zeros: u32, value: i32) {
        let size = 32 - value.unsigned_abs().leading_zeros();
        let (code, length) = codes.0[(zeros << 4 | size) as usize % 256];
        // Of a negative one the bits of the number below it.
        let bits = (value + (value >> 31)).cast_unsigned() & ((1 << size) - 1);
        self.put(code << size | bits, length + size);
    }

    /// At most 27 bits.
    #[inline(always)]
    fn put(&mut self, bits: u32, length: u32) {
        self.next = self.next << length | u64::from(bits);
        self.count += length;
        if self.count < 32 {
            return;
        }
        self.count -= 32;
        // What stands higher has been written.
        let word = (self.next >> self.count) as u32;
        const ONES: u32 = 0x0101_0101;
        // Whether one of four bytes is 0xff: the usual test for a 0, on the complement.
        if (!word).wrapping_sub(ONES) & word & (ONES << 7) == 0 {
            self.out.extend_from_slice(&word.to_be_bytes());
        } else {
            self.bytes(word);
        }
    }

    #[cold]
    #[inline(never)]
    fn bytes(&mut self, word: u32) {
        let bytes = word.to_be_bytes();
        bytes.into_iter().for_each(|byte| self.byte(byte));
    }

    /// After 0xff a 0 says that it is no marker (T.81, F.1.2.3).
    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
        if byte == 0xff {
            self.out.push(0);
        }
    }

    /// Fills the last byte with ones.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let padding = self.count.wrapping_neg() % 8;
        self.put((1 << padding) - 1, padding);
        while self.count > 0 {
            self.count -= 8;
            self.byte((self.next >> self.count) as u8);
        }
        self.out
    }
}
