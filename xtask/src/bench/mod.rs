//! `cargo xtask bench`: figures, where `cargo xtask test` only says yes or no.

mod size;

use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::flags::Flags;

/// The command.
pub fn run(mut flags: Flags) -> Result<ExitCode> {
    match flags.next().as_deref() {
        Some("size") => size::run(flags),
        _ => Err(Error::new(
            "bench needs to be told what to measure",
            "say `cargo xtask bench size`",
        )),
    }
}
