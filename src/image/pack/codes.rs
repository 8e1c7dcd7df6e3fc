//! Inks as codes of 1, 2 or 4 bits, or as two planes of one bit.

use super::Arrangement;
use crate::image::options::Rows;
use crate::image::palette::{Inks, MAX_INKS};
use crate::image::simd::B16;

/// What is sent for a pixel of an ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codes {
    /// The ink's code in so many bits.
    Bits(u32),
    /// A plane that is 0 for black (ink 0), and one that is 1 for the colour (ink 2); or turned over.
    Planes {
        invert_black: bool,
        invert_color: bool,
    },
}

impl Codes {
    /// All pixels, given as indexes of inks.
    pub(crate) fn pack(
        self,
        indexes: &[u8],
        width: usize,
        inks: &Inks,
        arrangement: Arrangement,
    ) -> Vec<u8> {
        let part_width = arrangement.columns.width(width);
        let mut out = Vec::new();
        for part in arrangement.columns.split(indexes, width) {
            let run = match arrangement.rows {
                Rows::Padded => part_width,
                Rows::Continuous => part.len(),
            };
            for plane in self.planes(inks) {
                part.chunks(run.max(1))
                    .for_each(|run| plane.pack(run, &mut out));
            }
        }
        out
    }

    /// The indexes of inks of what [`Self::pack`] packed; codes that no ink has are the paper.
    pub(crate) fn unpack(
        self,
        bytes: &[u8],
        width: usize,
        height: usize,
        inks: &Inks,
        arrangement: Arrangement,
    ) -> Vec<u8> {
        let part_width = arrangement.columns.width(width);
        let planes = self.planes(inks);
        let index_of = index_of(&planes, inks);
        let mut bytes = bytes;
        let mut parts = Vec::with_capacity(width * height);
        while parts.len() < width * height && !bytes.is_empty() {
            let mut keys = vec![0_u8; part_width * height];
            for plane in &planes {
                let length = plane.length(part_width, height, arrangement.rows);
                let (head, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
                plane.unpack(head, part_width, arrangement.rows, &mut keys);
                bytes = rest;
            }
            parts.extend(keys.iter().map(|&key| index_of[usize::from(key) % KEYS]));
        }
        arrangement.columns.join(parts, width)
    }

    fn planes(self, inks: &Inks) -> Vec<Plane> {
        match self {
            Self::Bits(bits) => {
                let codes: Vec<u8> = inks.as_slice().iter().map(|ink| ink.code).collect();
                vec![Plane::new(bits, &codes, inks.padding())]
            }
            Self::Planes {
                invert_black,
                invert_color,
            } => {
                let (black, color) = (u8::from(invert_black), u8::from(invert_color));
                vec![
                    Plane::new(1, &[black, 1 ^ black, 1 ^ black], 1 ^ black),
                    Plane::new(1, &[color, color, 1 ^ color], color),
                ]
            }
        }
    }
}

/// What each ink is in a run of bits over the whole part.
struct Plane {
    bits: u32,
    /// As many as an index can name, so that none needs a check.
    codes: [u8; MAX_INKS],
    padding: u8,
}

impl Plane {
    fn new(bits: u32, codes: &[u8], padding: u8) -> Self {
        let code = |ink| codes.get(ink).copied().unwrap_or(padding);
        Self {
            bits,
            codes: std::array::from_fn(code),
            padding,
        }
    }

    /// Pixels that begin at a byte; the last byte is filled up with padding.
    fn pack(&self, indexes: &[u8], out: &mut Vec<u8>) {
        let rest = match self.bits {
            1 => self.pack_whole(indexes, out, |codes| [ones(codes)]),
            2 => self.pack_whole(indexes, out, twos),
            _ => self.pack_whole(indexes, out, fours),
        };
        let pixels = self.pixels_a_byte();
        out.extend(rest.chunks(pixels).map(|run| {
            let missing = run.len()..pixels;
            missing.fold(self.codes(run), |byte, _| byte << self.bits | self.padding)
        }));
    }

    /// Sixteen pixels at a time, with what makes bytes of eight codes; gives the pixels that are left.
    #[inline(always)]
    fn pack_whole<'a, const BYTES: usize>(
        &self,
        indexes: &'a [u8],
        out: &mut Vec<u8>,
        gather: impl Fn([u8; 8]) -> [u8; BYTES],
    ) -> &'a [u8] {
        let table = B16::all(&self.codes);
        let (whole, rest) = indexes.as_chunks();
        out.reserve(2 * BYTES * whole.len());
        for sixteen in whole {
            let [first, second] = table.look_up(B16::all(sixteen)).halves();
            out.extend_from_slice(&gather(first));
            out.extend_from_slice(&gather(second));
        }
        rest
    }

    /// One behind the other, the last one lowest.
    #[inline(always)]
    fn codes(&self, indexes: &[u8]) -> u8 {
        indexes.iter().fold(0, |byte, &index| {
            byte << self.bits | self.codes[usize::from(index) % MAX_INKS]
        })
    }

    /// 8, 4 or 2.
    const fn pixels_a_byte(&self) -> usize {
        (8 / self.bits) as usize
    }

    /// Appends each pixel's code to its key. Missing bytes leave the keys of their pixels as they are.
    fn unpack(&self, bytes: &[u8], width: usize, rows: Rows, keys: &mut [u8]) {
        let (stride, run) = match rows {
            Rows::Padded => (self.length(width, 1, rows), width),
            Rows::Continuous => (bytes.len(), keys.len()),
        };
        for (bytes, keys) in bytes.chunks(stride.max(1)).zip(keys.chunks_mut(run.max(1))) {
            match self.bits {
                1 => unpack_bytes::<1, 8>(bytes, keys),
                2 => unpack_bytes::<2, 4>(bytes, keys),
                _ => unpack_bytes::<4, 2>(bytes, keys),
            }
        }
    }

    fn length(&self, width: usize, height: usize, rows: Rows) -> usize {
        let per_byte = self.pixels_a_byte();
        match rows {
            Rows::Padded => width.div_ceil(per_byte) * height,
            Rows::Continuous => (width * height).div_ceil(per_byte),
        }
    }
}

/// Eight codes of one bit, the first one highest. Each is moved to its place by one of eight shifts, which are one
/// multiplication: no two of their bits meet.
#[inline(always)]
fn ones(codes: [u8; 8]) -> u8 {
    (u64::from_le_bytes(codes).wrapping_mul(0x8040_2010_0804_0201) >> 56) as u8
}

/// Eight codes of two bits, likewise four by four.
#[inline(always)]
fn twos(codes: [u8; 8]) -> [u8; 2] {
    let codes = u64::from_le_bytes(codes);
    [codes as u32, (codes >> 32) as u32].map(|four| (four.wrapping_mul(0x4010_0401) >> 24) as u8)
}

/// Eight codes of four bits: two and two to every other byte, and these together.
#[inline(always)]
fn fours(codes: [u8; 8]) -> [u8; 4] {
    let codes = u64::from_le_bytes(codes);
    let apart = (codes << 4 | codes >> 8) & 0x00ff_00ff_00ff_00ff;
    let pairs = (apart | apart >> 8) & 0x0000_ffff_0000_ffff;
    ((pairs | pairs >> 16) as u32).to_le_bytes()
}

/// The first pixel is in a byte's highest bits; of the last byte as much is read as there are pixels.
fn unpack_bytes<const BITS: u32, const PIXELS: usize>(bytes: &[u8], keys: &mut [u8]) {
    let append = |keys: &mut [u8], mut byte: u8| {
        for key in keys {
            byte = byte.rotate_left(BITS);
            *key = *key << BITS | byte & ((1 << BITS) - 1);
        }
    };
    let (whole, rest) = keys.as_chunks_mut::<PIXELS>();
    let last = bytes.get(whole.len());
    for (keys, &byte) in whole.iter_mut().zip(bytes) {
        append(keys, byte);
    }
    if let Some(&byte) = last {
        append(rest, byte);
    }
}

/// How many keys there are: the codes of a pixel in all planes, one after the other, have at most 4 bits.
const KEYS: usize = 16;

/// The index of the ink that a key stands for; of keys that no ink has, the paper's.
fn index_of(planes: &[Plane], inks: &Inks) -> [u8; KEYS] {
    // There are at most 16 inks.
    let mut index_of = [inks.white() as u8; KEYS];
    for index in (0..inks.len()).rev() {
        let append = |key: u8, plane: &Plane| key << plane.bits | plane.codes[index];
        let key = planes.iter().fold(0_u8, append);
        if let Some(found) = index_of.get_mut(usize::from(key)) {
            *found = index as u8;
        }
    }
    index_of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::options::{Columns, PaletteColor, PanelName, Rgb};

    const PADDED: Arrangement = Arrangement {
        rows: Rows::Padded,
        columns: Columns::One,
    };
    const CONTINUOUS: Arrangement = Arrangement {
        rows: Rows::Continuous,
        columns: Columns::One,
    };
    const HALVES: Arrangement = Arrangement {
        rows: Rows::Padded,
        columns: Columns::Two,
    };

    /// Packs, holds against bytes written by hand, and unpacks again.
    fn check(
        codes: Codes,
        inks: &Inks,
        width: usize,
        indexes: &[u8],
        arrangement: Arrangement,
        bytes: &[u8],
    ) {
        assert_eq!(codes.pack(indexes, width, inks, arrangement), bytes);
        let height = indexes.len() / width;
        assert_eq!(
            codes.unpack(bytes, width, height, inks, arrangement),
            indexes
        );
    }

    #[test]
    fn sixteen_pixels_are_packed_as_one_by_one() {
        let indexes: Vec<u8> = (0..77_u32).map(|at| (at * at / 3 % 16) as u8).collect();
        for bits in [1, 2, 4] {
            let codes: [u8; 16] = std::array::from_fn(|ink| (ink * 7 + 3) as u8 % (1 << bits));
            let plane = Plane::new(bits, &codes, 1);
            let pixels = plane.pixels_a_byte();
            for count in 0..indexes.len() {
                let mut found = Vec::new();
                plane.pack(&indexes[..count], &mut found);
                let byte = |pixels_of_byte: &[u8]| {
                    let code = |pixel: usize| {
                        let index = pixels_of_byte.get(pixel);
                        index.map_or(1, |&index| codes[usize::from(index)])
                    };
                    (0..pixels).fold(0, |byte, pixel| byte << bits | code(pixel))
                };
                let expected: Vec<u8> = indexes[..count].chunks(pixels).map(byte).collect();
                assert_eq!(found, expected, "{bits} bits, {count} pixels");
            }
        }
    }

    #[test]
    fn mono_is_1_for_white_leftmost_highest_and_padded_white() {
        let ten = [
            0, 1, 0, 1, 0, 1, 0, 1, 0, 0, /* next row */ 1, 1, 1, 1, 1, 1, 1, 1, 1, 0,
        ];
        check(
            Codes::Bits(1),
            &Inks::mono(false),
            10,
            &ten,
            PADDED,
            &[0x55, 0x3f, 0xff, 0xbf],
        );
        check(
            Codes::Bits(1),
            &Inks::mono(true),
            10,
            &ten,
            PADDED,
            &[0xaa, 0xc0, 0x00, 0x40],
        );
        // 20 bits run on: the second row begins in the third byte's middle.
        check(
            Codes::Bits(1),
            &Inks::mono(false),
            10,
            &ten,
            CONTINUOUS,
            &[0x55, 0x3f, 0xef],
        );
    }

    #[test]
    fn the_red_panel_has_a_black_plane_and_a_colour_plane() {
        let inks = Inks::named(PanelName::Bwr);
        let planes = |invert_black, invert_color| Codes::Planes {
            invert_black,
            invert_color,
        };
        // Black, white, red, red.
        let row = [0, 1, 2, 2];
        check(
            planes(false, false),
            &inks,
            4,
            &row,
            PADDED,
            &[0b0111_1111, 0b0011_0000],
        );
        check(
            planes(true, true),
            &inks,
            4,
            &row,
            PADDED,
            &[0b1000_0000, 0b1100_1111],
        );
        check(
            planes(false, true),
            &inks,
            4,
            &row,
            CONTINUOUS,
            &[0b0111_1111, 0b1100_1111],
        );
        // Each half is a picture of its own: its black plane, then its colour plane.
        check(
            planes(false, false),
            &inks,
            4,
            &row,
            HALVES,
            &[0b0111_1111, 0x00, 0xff, 0b1100_0000],
        );
    }

    #[test]
    fn four_colours_go_four_to_a_byte() {
        let inks = Inks::named(PanelName::Bwry);
        check(
            Codes::Bits(2),
            &inks,
            4,
            &[0, 1, 2, 3],
            PADDED,
            &[0b0001_1011],
        );
        check(
            Codes::Bits(2),
            &inks,
            2,
            &[3, 2, 0, 3],
            PADDED,
            &[0b1110_0101, 0b0011_0101],
        );
        check(
            Codes::Bits(2),
            &inks,
            3,
            &[3, 2, 1, 0, 3, 2],
            CONTINUOUS,
            &[0b1110_0100, 0b1110_0101],
        );
        check(
            Codes::Bits(2),
            &Inks::grays(4),
            3,
            &[0, 1, 2],
            PADDED,
            &[0b0001_1011],
        );
    }

    #[test]
    fn spectra_sends_its_own_codes_left_pixel_in_the_high_nibble() {
        let all = [0, 1, 2, 3, 4, 5];
        check(
            Codes::Bits(4),
            &Inks::named(PanelName::Spectra6),
            6,
            &all,
            PADDED,
            &[0x01, 0x23, 0x56],
        );
        check(
            Codes::Bits(4),
            &Inks::named(PanelName::Spectra6Gxepd2),
            6,
            &all,
            PADDED,
            &[0x01, 0x23, 0x45],
        );
        check(
            Codes::Bits(4),
            &Inks::named(PanelName::Acep7),
            7,
            &[0, 1, 2, 3, 4, 5, 6],
            PADDED,
            &[0x01, 0x23, 0x45, 0x61],
        );
        check(
            Codes::Bits(4),
            &Inks::grays(16),
            3,
            &[0, 7, 15],
            PADDED,
            &[0x07, 0xff],
        );
    }

    #[test]
    fn two_controllers_get_all_left_halves_first() {
        let inks = Inks::named(PanelName::Spectra6);
        let rows = [0, 1, 2, 3, /* next row */ 4, 5, 0, 1];
        check(
            Codes::Bits(4),
            &inks,
            4,
            &rows,
            HALVES,
            &[0x01, 0x56, 0x23, 0x01],
        );
        // Halves of 3 pixels, each row padded for itself with white.
        let six = [0, 0, 0, 3, 3, 3];
        check(
            Codes::Bits(4),
            &inks,
            6,
            &six,
            HALVES,
            &[0x00, 0x01, 0x33, 0x31],
        );
    }

    #[test]
    fn own_codes_are_what_is_sent() {
        let color = |text: &str, code| PaletteColor {
            code: Some(code),
            ..text.parse::<Rgb>().unwrap().into()
        };
        let inks = Inks::own(&[
            color("#ffffff", 2),
            color("#000000", 3),
            color("#ff0000", 0),
        ])
        .unwrap();
        check(Codes::Bits(2), &inks, 3, &[0, 1, 2], PADDED, &[0b1011_0010]);
    }
}
