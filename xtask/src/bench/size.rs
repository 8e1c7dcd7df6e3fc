//! `cargo xtask bench size`: what a page downloads for the package, beside others. `benches/size/size.mjs` weighs.

use std::process::{Command, ExitCode};

use super::command;
use crate::build::{self, Freshness, Grade, Part};
use crate::error::Result;
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
    let mut program = Command::new(node);
    program
        .arg(dir.join("size.mjs"))
        .env("MIS_PACKAGE", paths.package());
    command::measure(&mut program, "node", "install Node.js")
}
