//! The suites that Python judges: what panels show of pictures, and what becomes of the test files of others.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;
use std::process::Command;

use super::count::Tally;
use super::{Bench, Suite, install, judge};
use crate::error::Result;
use crate::paths::Paths;
use crate::step;

pub(super) fn quality(bench: &Bench) -> Result<Tally> {
    run(bench, Suite::Quality, "quality/test_panels.py")
}

pub(super) fn pictures(bench: &Bench) -> Result<Tally> {
    run(bench, Suite::Pictures, "pictures/test_pictures.py")
}

/// Runs the script of `tests` on what the example `prepare` makes.
fn run(bench: &Bench, suite: Suite, script: &str) -> Result<Tally> {
    let paths = &bench.paths;
    let python = bench.ready(install::judge)?;
    let program = prepare(paths)?;
    let mut command = Command::new(python);
    // Nothing that Python compiles stays in the checkout.
    command.arg("-B").arg(paths.tests().join(script));
    command.arg(program);
    command.arg(paths.target.join(suite.name()));
    command.args(bench.args.full.then_some("full"));
    Ok(judge(&step::run(paths, suite.name(), &mut command)?))
}

/// The example `prepare`, built: pictures in, panels' bytes out, as the judges ask for them.
pub fn prepare(paths: &Paths) -> Result<PathBuf> {
    let mut build = Command::new("cargo");
    build.args(["build", "--locked", "--package", "mqtt-image-sender"]);
    build.args(["--example", "prepare"]);
    step::run(paths, "example prepare", &mut build)?.must_succeed(paths)?;
    let program = format!("debug/examples/prepare{EXE_SUFFIX}");
    Ok(paths.target.join(program))
}
