//! The project's automation: `cargo xtask build|dist|demo|test|bench|fuzz|tidy`. This file only dispatches.

use std::process::ExitCode;

use xtask::error::{Error, Result};
use xtask::flags::Flags;
use xtask::{bench, build, demo, dist, fuzz, test, tidy};

const USAGE: &str = "\
cargo xtask COMMAND

  build [--dev]                the site's modules in www/pkg, the npm package in pkg
  dist                         site and package as archives in target/dist, with checksums
  demo [--port N] [--open] [--broker ws://…] [--broker-tcp HOST:PORT] [--image FILE]
                               a broker, the page and a device on this machine
  test [full | SUITE…] [--seeds N]
                               lint, unit, simulation, quality, pictures, brokers, browser, firefox,
                               e2e, package; firefox runs in full, or when it is named
  bench transfer [--case NAME…] [--rounds N] [--json]
                               how fast transfers are: loopback, links, loss, devices
  bench image [--case NAME…] [--rounds N] [--json]
                               how fast images are: warm, cold, decode, dither
  bench panel [--case PALETTE…] [--few] [--json]
                               how good panels look, beside other tools, with a contact sheet
  bench size                   what a page downloads, beside other packages
  fuzz [TARGET…] [--minutes N | --runs N]
                               arbitrary input to decoder, session, feedback and prepare, for so long each
  tidy                         the house rules that no other tool checks (a part of lint)";

fn main() -> ExitCode {
    let mut flags = Flags::from_env();
    let command = if flags.ask_for_help() {
        Some("help".to_owned())
    } else {
        flags.next()
    };
    match dispatch(command.as_deref(), flags) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Option<&str>, flags: Flags) -> Result<ExitCode> {
    match command {
        Some("build") => build::run(flags),
        Some("dist") => dist::run(flags),
        Some("demo") => demo::run(flags),
        Some("test") => test::run(flags),
        Some("bench") => bench::run(flags),
        Some("fuzz") => fuzz::run(flags),
        Some("tidy") => tidy::run(flags),
        Some("help") => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        None => {
            eprintln!("{USAGE}");
            Ok(ExitCode::FAILURE)
        }
        Some(other) => Err(Error::new(
            format!("there is no command {other}"),
            "run `cargo xtask help` for those there are",
        )),
    }
}
