//! `cargo xtask bench`: figures, where `cargo xtask test` only says yes or no.
//!
//! `transfer` says how fast transfers are, beside what can be had at most and what others reach: the measuring itself is
//! done by `benches/transfer.mjs`; here is what it needs, and what stands at the other end. `size` weighs the package.

#[cfg(feature = "bindgen")]
mod command;
mod crc32;
pub mod device;
#[cfg(feature = "bindgen")]
mod image;
#[cfg(feature = "bindgen")]
mod panel;
pub mod proxy;
#[cfg(feature = "bindgen")]
mod size;
#[cfg(feature = "bindgen")]
mod transfer;
#[cfg(feature = "bindgen")]
mod words;

#[cfg(feature = "bindgen")]
pub use command::run;
