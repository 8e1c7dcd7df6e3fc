//! The suite `lint`: formatting, clippy, documentation, licences, what npm would publish and the house rules. Each check counts
//! as one test.

use std::process::Command;

use super::count::Tally;
use super::{Bench, deny, licences};
use crate::error::Result;
use crate::{step, tidy, toolchain};

const CRATE: [&str; 2] = ["--package", "mqtt-image-sender"];
const WASM: [&str; 2] = ["--target", toolchain::WASM];
const MQTT: [&str; 3] = ["--no-default-features", "--features", "mqtt"];
const PART: [&str; 3] = [
    "--no-default-features",
    "--features",
    "mqtt,practice-elsewhere",
];
const PRACTICE: [&str; 3] = ["--no-default-features", "--features", "practice"];
const IMAGE: [&str; 3] = ["--no-default-features", "--features", "image"];
const XTASK: [&str; 4] = ["--profile", "xtask", "--package", "xtask"];
const DEMO: [&str; 3] = ["--no-default-features", "--features", "demo"];

/// What a benchmark compares with has a workspace of its own.
const PLAIN: &str = "--manifest-path=benches/plain/Cargo.toml";

/// All but what npm would publish.
pub fn checks(bench: &Bench) -> Result<Tally> {
    bench.ready(|paths| {
        toolchain::wasm(paths)?;
        toolchain::linters(paths)
    })?;
    let tidy = tidy::check(&bench.paths)?;
    let licences = licences::check(&bench.paths)?;
    let mut tally = Tally::of_check(tidy) + Tally::of_check(licences) + deny::check(bench)?;
    for (name, mut command) in commands() {
        let finished = step::run(&bench.paths, name, &mut command)?;
        if !finished.success {
            finished.show_tail();
        }
        tally = tally + Tally::of_check(finished.success);
    }
    Ok(tally)
}

/// The crate in every combination of features and machines that is shipped, and the automation in both of its forms.
fn commands() -> Vec<(&'static str, Command)> {
    let all = ["--all-targets"];
    let lib = ["--lib"];
    vec![
        ("fmt", cargo(&["fmt", "--all", "--check"])),
        ("fmt plain", cargo(&["fmt", PLAIN, "--check"])),
        ("clippy", clippy(&[&CRATE, &all])),
        ("clippy mqtt", clippy(&[&CRATE, &lib, &MQTT])),
        ("clippy image", clippy(&[&CRATE, &lib, &IMAGE])),
        ("clippy wasm", clippy(&[&CRATE, &lib, &WASM])),
        ("clippy wasm mqtt", clippy(&[&CRATE, &lib, &WASM, &MQTT])),
        ("clippy wasm part", clippy(&[&CRATE, &lib, &WASM, &PART])),
        (
            "clippy wasm practice",
            clippy(&[&CRATE, &lib, &WASM, &PRACTICE]),
        ),
        ("clippy wasm image", clippy(&[&CRATE, &lib, &WASM, &IMAGE])),
        ("clippy xtask", clippy(&[&XTASK, &all])),
        ("clippy demo", clippy(&[&XTASK, &all, &DEMO])),
        ("doc", doc(&[&CRATE])),
        ("doc wasm", doc(&[&CRATE, &WASM])),
    ]
}

fn clippy(groups: &[&[&str]]) -> Command {
    let mut command = cargo(&["clippy", "--locked"]);
    command.args(groups.concat()).args(["--", "-D", "warnings"]);
    command
}

fn doc(groups: &[&[&str]]) -> Command {
    let mut command = cargo(&["doc", "--locked", "--no-deps", "--lib"]);
    command.args(groups.concat());
    command.env("RUSTDOCFLAGS", "-D warnings");
    command
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments);
    command
}
