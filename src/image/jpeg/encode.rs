//! Baseline JPEG.

use super::super::error::Error;
use super::super::markers::{
    END_OF_IMAGE, HUFFMAN_TABLES, JFIF, QUANTISATION_TABLES, START_OF_FRAME, START_OF_IMAGE,
    START_OF_SCAN,
};
use super::super::pixels::RgbImage;
use super::super::zigzag::ZIGZAG;
use super::codes::{Bits, Codes, TABLES};
use super::forward::{Factors, steps};
use super::planes::Planes;

/// The pixels as a JPEG with half the samples of colour along both axes, and the standard's Huffman tables (ITU-T T.81,
/// annex K): what TJpgDec and the like take.
///
/// # Errors
/// [`Error::TooLarge`] for a side over 65,535.
pub(crate) fn encode(image: &RgbImage, quality: u8) -> Result<Vec<u8>, Error> {
    let (Ok(width), Ok(height)) = (u16::try_from(image.width()), u16::try_from(image.height()))
    else {
        return Err(Error::too_large(
            "memory",
            "a JPEG has at most 65535 pixels a side",
        ));
    };
    let steps = steps(quality);
    let mut out = Vec::with_capacity(image.bytes().len() / 8);
    head(&mut out, (width, height), &steps);

    let mut bits = Bits::new(out);
    let codes = TABLES
        .each_ref()
        .map(|tables| tables.each_ref().map(Codes::new));
    let factors = steps.map(|steps| Factors::new(&steps));
    let mut means = [0; 3];
    let mut planes = Planes::new(image.width());
    let mut rows = image.rows().peekable();
    while planes.fill(&mut rows) {
        for unit in 0..planes.units() {
            for (component, block) in planes.blocks(unit) {
                let kind = usize::from(component > 0);
                let coefficients = factors[kind].coefficients(&block);
                bits.block(&coefficients, &mut means[component], &codes[kind]);
            }
        }
    }
    let mut out = bits.finish();
    out.extend_from_slice(&[0xff, END_OF_IMAGE]);
    Ok(out)
}

/// All before the bits.
fn head(out: &mut Vec<u8>, (width, height): (u16, u16), steps: &[[u8; 64]; 2]) {
    out.extend_from_slice(&[0xff, START_OF_IMAGE]);
    // Version 1.2; pixels are as wide as high; no thumbnail (JFIF 1.02).
    segment(out, JFIF, &[b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"]);
    // Samples of 8 bits in three components. Each has its number, its samples along x and y, and its steps.
    segment(
        out,
        START_OF_FRAME,
        &[
            &[8],
            &height.to_be_bytes(),
            &width.to_be_bytes(),
            &[3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
        ],
    );
    for (number, steps) in (0..).zip(steps) {
        let in_order = ZIGZAG.map(|at| steps[usize::from(at)]);
        segment(out, QUANTISATION_TABLES, &[&[number], &in_order]);
    }
    for (number, tables) in (0..).zip(&TABLES) {
        for (class, table) in (0..).zip(tables) {
            segment(
                out,
                HUFFMAN_TABLES,
                &[&[class << 4 | number], &table.counts, table.symbols],
            );
        }
    }
    // Three components with their tables; all coefficients, in full precision.
    segment(
        out,
        START_OF_SCAN,
        &[&[3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]],
    );
}

/// A marker and what belongs to it, which is far shorter than 65,536 bytes.
fn segment(out: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend_from_slice(&[0xff, marker]);
    out.extend_from_slice(&(length as u16 + 2).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}
