//! `cargo xtask bench transfer`: builds and installs what the benchmark needs, then runs it.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::build::{self, Freshness, Grade, Part};
use crate::error::{Error, Result};
use crate::flags::{self, Flags};
use crate::paths::Paths;
use crate::step;
use crate::test::install;

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let words = parse(flags)?;
    let paths = Paths::find()?;
    let node = install::node(&paths)?;
    let chromium = install::chromium(&paths)?;
    let mosquitto = install::mosquitto(&paths)?;
    install::peers(&paths)?;
    let parts = [Part::Mqtt, Part::Whole];
    build::site(&paths, &parts, Grade::Optimised, Freshness::SameGrade)?;
    let status = Command::new(node)
        .arg(paths.benches().join("transfer.mjs"))
        .args(words)
        .env("MIS_ROOT", &paths.root)
        .env("MIS_WWW", paths.www())
        .env("MIS_CHROMIUM", chromium)
        .env("MIS_MOSQUITTO", mosquitto)
        .env("MIS_BENCH_PEER", peer(&paths)?)
        .status()
        .map_err(|e| Error::new(format!("node does not start: {e}"), "install Node.js"))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The words for `benches/transfer.mjs`: `--case NAME`, `--rounds N`, `--json`.
fn parse(mut flags: Flags) -> Result<Vec<String>> {
    let mut words = Vec::new();
    while let Some(word) = flags.next() {
        match word.as_str() {
            "--case" => words.extend([word, flags.value("--case")?]),
            "--rounds" => {
                let rounds: u32 = flags.parsed("--rounds")?;
                words.extend([word, rounds.max(1).to_string()]);
            }
            "--json" => words.push(word),
            other => return Err(flags::unknown(other)),
        }
    }
    Ok(words)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn words<const N: usize>(words: [&str; N]) -> Result<Vec<String>> {
        parse(Flags::new(words))
    }

    #[test]
    fn what_is_asked_for_is_passed_on() {
        let asked = ["--case=loss", "--rounds", "3", "--json"];
        let expected = ["--case", "loss", "--rounds", "3", "--json"];
        assert_eq!(words(asked).unwrap(), expected);
    }

    #[test]
    fn a_wrong_word_is_named_before_anything_is_built() {
        assert!(words(["--rounds", "many"]).is_err());
        let error = words(["--cases"]).unwrap_err().to_string();
        assert!(error.contains("--cases"), "{error}");
    }
}
