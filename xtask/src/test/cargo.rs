//! The suites that cargo runs.

use std::process::Command;

use super::count::Tally;
use super::{Bench, install, judge};
use crate::error::{Error, Result};
use crate::step;

/// The tests inside the crate, those in its documentation, and those of the automation.
pub fn unit(bench: &Bench) -> Result<Tally> {
    let crate_ = ["--package", "mqtt-image-sender"];
    let parts =
        ["conformance", "codec", "corpus", "firmware", "memory"].map(|name| ["--test", name]);
    let parts = [&crate_[..], &["--lib"], parts.as_flattened()];
    let lib = test(bench, "unit crate", &parts.concat())?;
    let docs = test(
        bench,
        "unit documentation",
        &[&crate_[..], &["--doc"]].concat(),
    )?;
    // In the profile in which this program was just built: nothing is compiled twice.
    let own = ["--profile", "xtask", "--package", "xtask", "--lib"];
    Ok(lib + docs + test(bench, "unit xtask", &own)?)
}

/// The client against the simulated broker and devices, with many seeds.
pub fn simulation(bench: &Bench) -> Result<Tally> {
    integration(bench, "simulation")
}

/// The client against real brokers.
pub fn brokers(bench: &Bench) -> Result<Tally> {
    bench.ready(|paths| {
        install::mosquitto(paths)?;
        install::nats(paths)?;
        install::python(paths)
    })?;
    integration(bench, "brokers")
}

fn integration(bench: &Bench, name: &str) -> Result<Tally> {
    let file = bench.paths.tests().join(format!("{name}.rs"));
    if !file.exists() {
        return Err(Error::new(
            format!("{} is missing", bench.paths.short(&file)),
            "restore it: a suite without tests does not pass",
        ));
    }
    let mut arguments = vec!["--package", "mqtt-image-sender", "--test", name];
    if bench.args.full {
        // Campaigns stay out of what every change must pass.
        arguments.extend(["--", "--include-ignored"]);
    }
    test(bench, name, &arguments)
}

fn test(bench: &Bench, name: &str, arguments: &[&str]) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command.args(["test", "--locked", "--no-fail-fast"]);
    command.args(arguments);
    bench.environment(&mut command);
    Ok(judge(&step::run(&bench.paths, name, &mut command)?))
}
