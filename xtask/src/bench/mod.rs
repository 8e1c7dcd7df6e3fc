//! `cargo xtask bench transfer`: how fast transfers are, beside what can be had at most and what others reach.
//!
//! The measuring itself is done by `benches/transfer.mjs`; here is what it needs, and what stands at the other end.

#[cfg(feature = "bindgen")]
mod command;
mod crc32;
pub mod device;
pub mod proxy;

#[cfg(feature = "bindgen")]
pub use command::run;
