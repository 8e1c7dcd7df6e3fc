//! The parts of the Rust toolchain that `rust-toolchain.toml` names.
//!
//! rustup gets them by itself when it installs the toolchain, but not for one that was there before, and not where
//! `RUSTUP_AUTO_INSTALL` is off.

use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::step;

/// What the browser runs.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Sees to it that the crate can be compiled for the browser.
pub fn wasm(paths: &Paths) -> Result {
    let directory = output(
        paths,
        "rustc",
        &["--print", "target-libdir", "--target", WASM],
    );
    if directory.is_some_and(|directory| Path::new(directory.trim()).exists()) {
        return Ok(());
    }
    rustup(paths, &["target", "add", WASM])
}

/// Sees to it that `cargo clippy` and `cargo fmt` are there.
pub fn linters(paths: &Paths) -> Result {
    for component in ["clippy", "rustfmt"] {
        let program = match component {
            "clippy" => "cargo-clippy",
            other => other,
        };
        if output(paths, program, &["--version"]).is_none() {
            rustup(paths, &["component", "add", component])?;
        }
    }
    Ok(())
}

/// Sees to it that there is a nightly compiler: what the fuzzer watches is not to be had on stable Rust.
pub fn nightly(paths: &Paths) -> Result {
    if output(paths, "rustc", &["+nightly", "--version"]).is_some() {
        return Ok(());
    }
    rustup(
        paths,
        &["toolchain", "install", "--profile", "minimal", "nightly"],
    )
}

fn rustup(paths: &Paths, arguments: &[&str]) -> Result {
    let line = format!("rustup {}", arguments.join(" "));
    let mut command = Command::new("rustup");
    let finished = step::run(paths, &line, command.args(arguments));
    if finished.is_ok_and(|finished| finished.success) {
        return Ok(());
    }
    let missing = arguments.last().unwrap_or(&"toolchain");
    Err(Error::new(
        format!("{missing} of the Rust toolchain is not installed"),
        format!("install it: {line}"),
    ))
}

/// What a program of the checkout's toolchain prints, if it runs at all.
fn output(paths: &Paths, program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.current_dir(&paths.root).args(arguments);
    let output = command.output().ok()?;
    let is_there = output.status.success();
    is_there.then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
