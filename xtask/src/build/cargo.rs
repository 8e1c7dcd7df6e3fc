//! The crate as WebAssembly, before it has bindings.

use std::path::{Path, PathBuf};
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
        "rustc",
        "--locked",
        "--package",
        "mqtt-image-sender",
        "--lib",
        "--crate-type",
        "cdylib",
    ]);
    command.args(["--target", WASM, "--profile", profile]);
    command.args(["--no-default-features", "--features", part.features()]);
    if part == Part::Mqtt {
        // Its work is a thousandth of what a chunk costs the browser and the broker; its bytes are what a page waits for.
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z");
    }
    if let Some(cargo) = cargo_home() {
        command.arg("--config").arg(nameless(&cargo));
    }
    if part != Part::Mqtt {
        command.arg("--").arg(FEWER_COPIES);
    }
    step::run(paths, &format!("wasm {}", part.name()), &mut command)?.must_succeed(paths)?;
    // The one profile whose directory has another name.
    let dir = if profile == "dev" { "debug" } else { profile };
    Ok(paths.target.join(format!("{WASM}/{dir}/{NAME}.wasm")))
}

/// How large a function may be to be copied to where it is called, when the crate is compiled and linked with all others: a fifth
/// of the usual. It is 10 kB of the image part and 20 of the whole; kernels say themselves what is to be copied.
const FEWER_COPIES: &str = "-Cllvm-args=--inline-threshold=50";

/// The setting by which the sources of crates are named alike in all modules, whoever compiles them and wherever: panics
/// have the names of files.
fn nameless(cargo: &Path) -> String {
    let prefix = format!("{}=registry", cargo.join("registry/src").display());
    format!("target.{WASM}.rustflags = [\"--remap-path-prefix\", {prefix:?}]")
}

/// Where cargo keeps what it has loaded.
fn cargo_home() -> Option<PathBuf> {
    let named = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}
