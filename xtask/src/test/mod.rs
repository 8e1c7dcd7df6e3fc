//! `cargo xtask test`: the suites, in two lanes where they bear it, and one line of figures at the end.

mod args;
mod cargo;
mod count;
mod deny;
pub mod install;
pub mod judged;
mod lanes;
mod licences;
mod lint;
mod node;
mod table;

use std::process::ExitCode;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use crate::build::{self, Freshness, Grade, Part};
use crate::error::Result;
use crate::flags::Flags;
use crate::paths::Paths;
use crate::step::Finished;
use args::Args;
use count::Tally;
use lanes::Stage;
use table::Row;

/// One group of tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    Lint,
    Unit,
    Simulation,
    Quality,
    Pictures,
    Brokers,
    Browser,
    /// The tests of `browser` once more, and the page's main stories, in Firefox.
    Firefox,
    E2e,
    Package,
}

impl Suite {
    /// In the order of the table at the end.
    const ALL: [Self; 10] = [
        Self::Lint,
        Self::Unit,
        Self::Simulation,
        Self::Quality,
        Self::Pictures,
        Self::Brokers,
        Self::Browser,
        Self::Firefox,
        Self::E2e,
        Self::Package,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::Unit => "unit",
            Self::Simulation => "simulation",
            Self::Quality => "quality",
            Self::Pictures => "pictures",
            Self::Brokers => "brokers",
            Self::Browser => "browser",
            Self::Firefox => "firefox",
            Self::E2e => "e2e",
            Self::Package => "package",
        }
    }

    /// Whether it runs only in `full`, or when it is named.
    fn is_for_full(self) -> bool {
        self == Self::Firefox
    }
}

/// A suite, or the half of one that runs in another lane.
#[derive(Clone, Copy)]
struct Job {
    suite: Suite,
    work: fn(&Bench) -> Result<Tally>,
}

const fn job(suite: Suite, work: fn(&Bench) -> Result<Tally>) -> Job {
    Job { suite, work }
}

const CHECKS: Job = job(Suite::Lint, lint::checks);
/// It compiles the modules, which takes as long as the checks, and mostly one core.
const PACKED: Job = job(Suite::Lint, node::packed);
const UNIT: Job = job(Suite::Unit, cargo::unit);
const SIMULATION: Job = job(Suite::Simulation, cargo::simulation);
const QUALITY: Job = job(Suite::Quality, judged::quality);
const PICTURES: Job = job(Suite::Pictures, judged::pictures);
const BROKERS: Job = job(Suite::Brokers, brokers);
const BROWSER: Job = job(Suite::Browser, node::browser);
const FIREFOX: Job = job(Suite::Firefox, node::firefox);
const E2E: Job = job(Suite::E2e, node::e2e);
const PACKAGE: Job = job(Suite::Package, node::package);

/// What is quick and fails most often comes first. `browser` measures by the clock, so nothing runs beside it.
const LANES: [Stage<Job>; 3] = [
    [
        &[CHECKS, UNIT, SIMULATION],
        &[PACKED, QUALITY, PICTURES, BROKERS],
    ],
    [&[BROWSER, FIREFOX], &[]],
    [&[E2E], &[PACKAGE]],
];

/// In full more is measured by the clock.
const FULL_LANES: [Stage<Job>; 1] = [[
    &[
        CHECKS, UNIT, SIMULATION, QUALITY, PICTURES, BROKERS, BROWSER, FIREFOX, E2E, PACKAGE,
    ],
    &[PACKED],
]];

/// What the suites are given.
struct Bench {
    paths: Paths,
    args: Args,
    turn: Mutex<()>,
    has_modules: OnceLock<()>,
}

impl Bench {
    /// Gets ready what a suite needs, when no other lane does: two would install the same thing into the same folder.
    fn ready<T>(&self, get: impl FnOnce(&Paths) -> Result<T>) -> Result<T> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        get(&self.paths)
    }

    /// Makes the site's modules and the package, once: the tests of the other lane may be reading them. For use in `ready`.
    fn make_modules(&self) -> Result {
        if self.has_modules.get().is_none() {
            let grade = Grade::Optimised;
            build::site(&self.paths, &Part::ALL, grade, Freshness::SameGrade)?;
            build::package(&self.paths)?;
            let _ = self.has_modules.set(());
        }
        Ok(())
    }
}

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let bench = Bench {
        args: Args::parse(flags)?,
        paths: Paths::find()?,
        turn: Mutex::new(()),
        has_modules: OnceLock::new(),
    };
    let stages: &[Stage<Job>] = if bench.args.full { &FULL_LANES } else { &LANES };
    let done = lanes::run(stages, |job| {
        let chosen = bench.args.suites.contains(&job.suite);
        chosen.then(|| run_job(&bench, *job))
    });
    let done: Vec<Done> = done.into_iter().flatten().collect();
    let rows: Vec<Row> = bench
        .args
        .suites
        .iter()
        .map(|suite| row(*suite, &done))
        .collect();
    print!("{}", table::render(&rows));
    let failed = rows.iter().any(|row| row.tally.failed > 0);
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// What came of a job.
struct Done {
    suite: Suite,
    tally: Tally,
    from: Instant,
    to: Instant,
}

fn run_job(bench: &Bench, job: Job) -> Done {
    let from = Instant::now();
    let tally = (job.work)(bench).unwrap_or_else(|error| {
        eprintln!("error: {}: {error}", job.suite.name());
        Tally::FAILURE
    });
    let Tally { passed, failed } = tally;
    eprintln!("{}: {passed} passed, {failed} failed", job.suite.name());
    Done {
        suite: job.suite,
        tally,
        from,
        to: Instant::now(),
    }
}

/// A suite's line: its jobs together, from the start of the first to the end of the last.
fn row(suite: Suite, done: &[Done]) -> Row {
    let own = || done.iter().filter(|done| done.suite == suite);
    let tally: Tally = own().map(|done| done.tally).sum();
    let from = own().map(|done| done.from).min();
    let to = own().map(|done| done.to).max();
    let time = from.zip(to).map(|(from, to)| to - from);
    Row {
        suite: suite.name(),
        tally: tally.or_nothing_ran(),
        seconds: time.unwrap_or_default().as_secs_f64(),
    }
}

/// The native client with what brokers do to it, and then the module at brokers of all makes.
fn brokers(bench: &Bench) -> Result<Tally> {
    Ok(cargo::brokers(bench)? + node::matrix(bench)?)
}

/// Counts what a finished runner printed, and shows the end of it if it failed.
fn judge(finished: &Finished) -> Tally {
    if !finished.success {
        finished.show_tail();
    }
    Tally::of_runner(&finished.output, finished.success)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_suite_has_its_place_in_the_lanes_and_lint_has_two() {
        for stages in [&LANES[..], &FULL_LANES] {
            let jobs = stages.iter().flatten().copied().flatten();
            let suites: Vec<Suite> = jobs.map(|job| job.suite).collect();
            for suite in Suite::ALL {
                let places = suites.iter().filter(|placed| **placed == suite).count();
                let expected = if suite == Suite::Lint { 2 } else { 1 };
                assert_eq!(places, expected, "{}", suite.name());
            }
        }
    }

    #[test]
    fn a_suites_line_has_the_sum_of_its_jobs_and_the_time_from_the_first_to_the_last() {
        let start = Instant::now();
        let done = |suite, failed, from, to| Done {
            suite,
            tally: Tally { passed: 2, failed },
            from: start + Duration::from_secs(from),
            to: start + Duration::from_secs(to),
        };
        let all = [
            done(Suite::Lint, 0, 0, 5),
            done(Suite::Unit, 0, 5, 9),
            done(Suite::Lint, 1, 1, 7),
        ];
        let lint = row(Suite::Lint, &all);
        let tally = Tally {
            passed: 4,
            failed: 1,
        };
        assert_eq!(lint.tally, tally);
        assert!((lint.seconds - 7.0).abs() < 0.001, "{}", lint.seconds);
        assert_eq!(row(Suite::E2e, &all).tally, Tally::FAILURE);
    }
}
