//! `cargo xtask bench transfer`: builds and installs what the benchmark needs, then runs it.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use super::{command, words};
use crate::build::{self, Freshness, Grade, Part};
use crate::error::Result;
use crate::flags::Flags;
use crate::paths::Paths;
use crate::step;
use crate::test::install;

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let words = words::parse(flags)?;
    let paths = Paths::find()?;
    let node = install::node(&paths)?;
    let chromium = install::chromium(&paths)?;
    let mosquitto = install::mosquitto(&paths)?;
    install::peers(&paths)?;
    let parts = [Part::Mqtt, Part::Practice, Part::Whole];
    build::site(&paths, &parts, Grade::Optimised, Freshness::SameGrade)?;
    let mut program = Command::new(node);
    program
        .arg(paths.benches().join("transfer.mjs"))
        .args(words)
        .env("MIS_ROOT", &paths.root)
        .env("MIS_WWW", paths.www())
        .env("MIS_CHROMIUM", chromium)
        .env("MIS_MOSQUITTO", mosquitto)
        .env("MIS_BENCH_PEER", peer(&paths)?);
    command::measure(&mut program, "node", "install Node.js")
}

/// The device and the long link, optimised.
fn peer(paths: &Paths) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--release"]);
    cargo.args(["--package", "xtask", "--bin", "bench-peer"]);
    cargo.arg("--no-default-features");
    step::run(paths, "bench-peer", &mut cargo)?.must_succeed(paths)?;
    let program = format!("bench-peer{}", std::env::consts::EXE_SUFFIX);
    Ok(paths.target.join("release").join(program))
}
