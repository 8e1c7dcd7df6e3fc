//! Any picture in, exactly the bytes that a panel needs out. Knows no protocol, no clock and no browser.
//!
//! ```text
//! bytes ─▶ sniff ─▶ decode ─▶ resize ─▶ turn ─▶ lay on the canvas ─▶ dither ──▶ write ─▶ bytes
//!          header   (JPEG     (fit)     (EXIF,   (background)         (frame,    (jpeg, png,
//!          limits   scaled)             rotate)                        palette)   bmp, pack)
//! ```
//!
//! [`prepare`] does it all for a file and [`prepare_pixels`] for pixels that a browser decoded; [`Job`] does the same
//! in steps, so that a caller can stop in between. [`PrepareOptions`] says how, [`Prepared`] is the result.
//!
//! Two rules hold everywhere in here. Bytes of a file are trusted with nothing: a header is held against the limits
//! before memory is taken, and whatever the bytes are, the answer is a picture or an [`Error`]. And what a caller asked
//! for is done or refused by name, never ignored.

mod adjust;
mod bmp;
mod budget;
mod color_space;
mod dbs;
mod decode;
mod deflate;
mod dither;
mod error;
mod exif;
mod fit;
mod frame;
mod gamut;
mod icc;
mod job;
mod jpeg;
mod linear;
mod markers;
mod options;
mod orient;
mod pack;
mod palette;
mod pixels;
mod plan;
mod png;
mod prepared;
mod reader;
mod resize;
mod simd;
mod sniff;
mod sort;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod write;
mod zigzag;

pub use decode::take_turn;
pub use error::Error;
pub use job::{Job, Source, Step, admit, prepare, prepare_pixels};
pub use options::{
    ColorError, Columns, Dither, Fit, Format, Invert, Mirror, Palette, PaletteColor, PanelName,
    PrepareOptions, Rgb, Rotation, Rows, Tone,
};
pub use orient::Turn;
pub use prepared::{Pixels, Prepared};
pub use sniff::{Kind, sniff};
