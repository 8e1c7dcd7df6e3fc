//! `cargo xtask fuzz`: arbitrary input to the targets of `fuzz/targets`, and how many executions each had.
//!
//! What the fuzzer learns is kept in `target/fuzz/corpus`; `fuzz/corpus` is only read. An input that fails is left in
//! `fuzz/artifacts`, and belongs into `fuzz/corpus` when the fault is mended: `tests/corpus.rs` replays that.

use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::error::{Error, Result};
use crate::flags::{self, Flags};
use crate::paths::{Paths, make_dir};
use crate::{step, toolchain, tools};

const TARGETS: [&str; 4] = ["decoder", "session", "feedback", "prepare"];
const CARGO_FUZZ: &str = "0.13.1";

/// An input that takes longer has found a circle; one that needs more memory has found growth.
const MOST_SECONDS: u32 = 10;
const MOST_MEGABYTES: u32 = 512;
const MOST_INPUT_BYTES: u32 = 2048;

/// When a target has had enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Minutes(u64),
    Runs(u64),
}

#[derive(Debug, PartialEq, Eq)]
struct Args {
    targets: Vec<&'static str>,
    limit: Limit,
}

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let args = Args::parse(flags)?;
    let paths = Paths::find()?;
    install(&paths)?;
    let mut command = cargo_fuzz(&paths, "build");
    step::run(&paths, "fuzz build", &mut command)?.must_succeed(&paths)?;
    let mut table = format!(
        "\n{:<12}{:<10}{:>12}{:>10}{:>9}\n",
        "target", "outcome", "executions", "a second", "seconds"
    );
    let (mut total, mut failed) = (0, 0);
    for target in args.targets {
        let started = Instant::now();
        let (executions, good) = run_target(&paths, target, args.limit)?;
        let seconds = started.elapsed().as_secs_f64();
        let outcome = if good { "ok" } else { "FAILED" };
        let rate = executions as f64 / seconds.max(0.001);
        table += &format!("{target:<12}{outcome:<10}{executions:>12}{rate:>10.0}{seconds:>9.1}\n");
        total += executions;
        failed += u32::from(!good);
    }
    println!("{table}{total} executions, {failed} targets failed");
    Ok(match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

impl Args {
    fn parse(mut flags: Flags) -> Result<Self> {
        let (mut named, mut limit) = (Vec::new(), Limit::Minutes(1));
        while let Some(word) = flags.next() {
            match word.as_str() {
                "--minutes" => limit = Limit::Minutes(flags.parsed("--minutes")?),
                "--runs" => limit = Limit::Runs(flags.parsed("--runs")?),
                flag if flag.starts_with('-') => return Err(flags::unknown(flag)),
                name => named.push(name.to_owned()),
            }
        }
        if let Some(name) = named.iter().find(|name| !TARGETS.contains(&name.as_str())) {
            return Err(Error::new(
                format!("there is no target {name}"),
                format!("name some of {}, or none for all", TARGETS.join(", ")),
            ));
        }
        let chosen = |target: &&str| named.is_empty() || named.iter().any(|name| name == target);
        Ok(Self {
            targets: TARGETS.into_iter().filter(chosen).collect(),
            limit,
        })
    }
}

impl Limit {
    fn flag(self) -> String {
        match self {
            Self::Minutes(minutes) => format!("-max_total_time={}", minutes.saturating_mul(60)),
            Self::Runs(runs) => format!("-runs={runs}"),
        }
    }
}

/// A nightly compiler and cargo-fuzz, where they are not there.
fn install(paths: &Paths) -> Result {
    toolchain::nightly(paths)?;
    tools::cargo_install(paths, "cargo-fuzz", CARGO_FUZZ, &[])
}

/// How many executions there were, and whether all went well.
fn run_target(paths: &Paths, target: &str, limit: Limit) -> Result<(u64, bool)> {
    let learned = paths.target.join("fuzz/corpus").join(target);
    let given = paths.root.join("fuzz/corpus").join(target);
    make_dir(&learned)?;
    make_dir(&given)?;
    let mut command = cargo_fuzz(paths, "run");
    command.arg(target).args([&learned, &given]).arg("--");
    command.arg(limit.flag()).arg("-print_final_stats=1");
    command.args([
        format!("-timeout={MOST_SECONDS}"),
        format!("-rss_limit_mb={MOST_MEGABYTES}"),
        format!("-max_len={MOST_INPUT_BYTES}"),
    ]);
    let finished = step::run(paths, &format!("fuzz {target}"), &mut command)?;
    if !finished.success {
        finished.show_tail();
    }
    Ok((executions(&finished.output), finished.success))
}

fn cargo_fuzz(paths: &Paths, what: &str) -> Command {
    let mut command = Command::new(paths.tools().join("bin/cargo-fuzz"));
    command
        .args(["fuzz", what])
        .env("RUSTUP_TOOLCHAIN", "nightly");
    // There is no unsafe code for the address sanitizer to watch; overflows and the like are told by assertions.
    command.args(["--sanitizer", "none", "--debug-assertions", "--target-dir"]);
    command.arg(paths.target.join("fuzz"));
    command
}

/// Read from the fuzzer's own figures; where it was cut off, from the last line of its progress: `#1234 …`.
fn executions(output: &str) -> u64 {
    let number = |text: &str| text.split_whitespace().next()?.parse().ok();
    let of_line = |line: &str| {
        let figures = line.strip_prefix("stat::number_of_executed_units:");
        figures.or(line.strip_prefix('#')).and_then(number)
    };
    output.lines().rev().find_map(of_line).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<const N: usize>(words: [&str; N]) -> Result<Args> {
        Args::parse(Flags::new(words))
    }

    #[test]
    fn targets_and_a_limit_are_chosen() {
        let all = parse([]).unwrap();
        assert_eq!(
            (all.targets, all.limit),
            (TARGETS.to_vec(), Limit::Minutes(1))
        );
        let one = parse(["session", "--runs", "500"]).unwrap();
        assert_eq!(
            (one.targets, one.limit),
            (vec!["session"], Limit::Runs(500))
        );
        let long = parse(["--minutes=90"]).unwrap().limit;
        assert_eq!(long.flag(), "-max_total_time=5400");
    }

    #[test]
    fn an_unknown_target_is_named_beside_those_there_are() {
        let error = parse(["codec"]).unwrap_err().to_string();
        assert!(
            error.contains("no target codec") && error.contains("decoder, session"),
            "{error}"
        );
        assert!(parse(["--hours", "1"]).is_err());
    }

    #[test]
    fn executions_are_read_from_the_figures_or_else_from_the_progress() {
        let whole = "#7\tINITED\n#9\tDONE\nstat::number_of_executed_units: 404454\nstat::x: 1\n";
        assert_eq!(executions(whole), 404_454);
        assert_eq!(
            executions("#7\tINITED cov: 1\n#2097152\tpulse cov: 3\npanicked"),
            2_097_152
        );
        assert_eq!(executions("error: no such target"), 0);
    }
}
