//! Which benchmark is asked for.

use std::process::{Command, ExitCode};

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

/// Runs `program`, the one that measures; how it ends is how the command ends.
pub(super) fn measure(program: &mut Command, name: &str, remedy: &str) -> Result<ExitCode> {
    let status = program
        .status()
        .map_err(|e| Error::new(format!("{name} does not start: {e}"), remedy))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
