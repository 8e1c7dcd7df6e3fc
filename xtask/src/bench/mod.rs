//! `cargo xtask bench`: figures, where `cargo xtask test` only says yes or no.
//!
//! `transfer` and `image` say how fast both are, beside what can be had at most and what others reach; `panel` says how good
//! panels look, and `size` weighs the package. The measuring itself is done by `benches`: here is what it needs, and what
//! stands at the other end of a transfer (`device`, `proxy`).

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
