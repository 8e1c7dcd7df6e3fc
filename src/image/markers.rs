//! The second bytes of JPEG's markers that reading and writing both know (ITU-T T.81, table B.1).

pub(crate) const START_OF_FRAME: u8 = 0xc0;
pub(crate) const HUFFMAN_TABLES: u8 = 0xc4;
pub(crate) const START_OF_IMAGE: u8 = 0xd8;
pub(crate) const END_OF_IMAGE: u8 = 0xd9;
pub(crate) const START_OF_SCAN: u8 = 0xda;
pub(crate) const QUANTISATION_TABLES: u8 = 0xdb;
pub(crate) const JFIF: u8 = 0xe0;
