//! Which benchmark is asked for.

use std::process::ExitCode;

use super::{image, panel, size, transfer};
use crate::error::{Error, Result};
use crate::flags::Flags;

/// The command.
pub fn run(mut flags: Flags) -> Result<ExitCode> {
    match flags.next().as_deref() {
        Some("image") => image::run(flags),
        Some("panel") => panel::run(flags),
        Some("size") => size::run(flags),
        Some("transfer") => transfer::run(flags),
        _ => Err(Error::new(
            "bench needs to be told what to measure",
            "say `cargo xtask bench transfer`, `image`, `panel` or `size`",
        )),
    }
}
