//! What the programs of the automation share: `xtask` itself; `demo`, which `cargo xtask demo` starts; `broker`, which the
//! suites start; and `bench-peer`, the other end of the benchmarks.
//!
//! They are several, because rumqttd in `demo` and `broker` alone takes longer to compile than all the rest, and because
//! `demo` contains the crate: `cargo xtask test` has to run even when the crate does not compile.

pub mod bench;
#[cfg(feature = "bindgen")]
pub mod build;
pub mod demo;
#[cfg(feature = "bindgen")]
pub mod dist;
pub mod error;
#[cfg(feature = "bindgen")]
pub mod files;
pub mod flags;
#[cfg(feature = "bindgen")]
pub mod fuzz;
#[cfg(feature = "bindgen")]
pub mod listing;
pub mod paths;
pub mod step;
#[cfg(feature = "bindgen")]
pub mod sums;
#[cfg(feature = "bindgen")]
pub mod test;
#[cfg(test)]
mod testing;
pub mod tidy;
#[cfg(feature = "bindgen")]
pub mod toolchain;
pub mod tools;
