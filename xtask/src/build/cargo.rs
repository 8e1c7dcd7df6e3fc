//! The crate as WebAssembly, before it has bindings.

use std::path::PathBuf;
use std::process::Command;

use super::{Grade, NAME, Part};
use crate::error::Result;
use crate::paths::Paths;
use crate::step;
use crate::toolchain::{self, WASM};

/// Compiles one part. All parts end in the same file, so each is to be used before the next is compiled.
pub fn compile(paths: &Paths, part: Part, grade: Grade) -> Result<PathBuf> {
    let profile = match grade {
        Grade::Dev => "dev",
        Grade::Release | Grade::Optimised => "release",
    };
    toolchain::wasm(paths)?;
    let mut command = Command::new("cargo");
    command.args([
        "build",
        "--locked",
        "--package",
        "mqtt-image-sender",
        "--lib",
    ]);
    command.args(["--target", WASM, "--profile", profile]);
    command.args(["--no-default-features", "--features", part.features()]);
    if part == Part::Mqtt {
        // Its work is a thousandth of what a chunk costs the browser and the broker; its bytes are what a page waits for.
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z");
    }
    step::run(paths, &format!("wasm {}", part.name()), &mut command)?.must_succeed(paths)?;
    // The one profile whose directory has another name.
    let dir = if profile == "dev" { "debug" } else { profile };
    Ok(paths.target.join(format!("{WASM}/{dir}/{NAME}.wasm")))
}
