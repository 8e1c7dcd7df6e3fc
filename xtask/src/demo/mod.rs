//! `cargo xtask demo`: a broker, the page and a device on this machine, with one command.
//!
//! `run` is the part in `xtask` itself: it builds what is missing and then becomes the program `demo`, whose part is `serve`.

pub mod args;
pub mod http;
pub mod links;
pub mod save;

#[cfg(feature = "demo")]
pub mod broker;
#[cfg(feature = "demo")]
mod chromium;
#[cfg(feature = "demo")]
mod device;
#[cfg(feature = "bindgen")]
mod launch;
#[cfg(feature = "demo")]
mod once;
#[cfg(feature = "demo")]
mod serve;

#[cfg(feature = "bindgen")]
pub use launch::{compile, run};
#[cfg(feature = "demo")]
pub use serve::serve;
