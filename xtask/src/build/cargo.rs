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
    if part.is_small() {
        // Its work is a thousandth of what a chunk costs the browser and the broker; its bytes are what a page waits for.
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z");
    }
    if let Some(cargo) = cargo_home() {
        command.arg("--config").arg(nameless(&cargo));
    }
    let llvm = if part.is_small() { SMALL } else { FEWER_COPIES };
    command.arg("--").arg(llvm);
    step::run(paths, &format!("wasm {}", part.name()), &mut command)?.must_succeed(paths)?;
    // The one profile whose directory has another name.
    let dir = if profile == "dev" { "debug" } else { profile };
    Ok(paths.target.join(format!("{WASM}/{dir}/{NAME}.wasm")))
}

/// How large a function may be to be copied to where it is called, when the crate is compiled and linked with all others: a fifth
/// of the usual. It is 10 kB of the image part and 20 of the whole; kernels say themselves what is to be copied.
const FEWER_COPIES: &str = "-Cllvm-args=--inline-threshold=50";

/// What LLVM is told in the parts whose bytes count most; together 4 kB of the connection's by brotli.
///
/// - It takes a function that is called from one place only into its caller, however large it is, by a bonus of 15,000; with
///   an instruction at sixty times its usual cost that is worth 50 of them. Many small functions have small frames, whose
///   offsets are always the same few numbers, and compress better than few large ones: 1.5 kB.
/// - A value that is moved is copied by one instruction, and not by a load and a store for each of its eight bytes, and one that
///   is emptied is filled by one: 1.2 kB.
/// - Loops count as they were written, not in steps of an address: 0.7 kB.
/// - Nothing is computed ahead on a way that may not need it, nor kept out of memory for a loop: 0.4 kB.
const SMALL: &str = concat!(
    "-Cllvm-args=-inline-instr-cost=300 -inline-threshold=600 -inline-call-penalty=100",
    " -max-store-memcpy=1 -max-store-memset=1 -disable-lsr -enable-pre=0 -disable-licm-promotion"
);

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
