//! `cargo xtask bench size`: what a page downloads for the package, beside others. `benches/size/size.mjs` weighs.

use std::process::{Command, ExitCode};

use crate::build::{self, Freshness, Grade, Part};
use crate::error::{Error, Result};
use crate::flags::Flags;
use crate::paths::Paths;
use crate::test::install;

pub fn run(flags: Flags) -> Result<ExitCode> {
    flags.finish()?;
    let paths = Paths::find()?;
    let dir = paths.root.join("benches/size");
    let node = install::node(&paths)?;
    install::npm_ci(&paths, "npm ci size", &dir)?;
    build::site(&paths, &Part::ALL, Grade::Optimised, Freshness::SameGrade)?;
    build::package(&paths)?;
    let status = Command::new(node)
        .arg(dir.join("size.mjs"))
        .env("MIS_PACKAGE", paths.package())
        .status()
        .map_err(|e| Error::file("run size.mjs", &e))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
