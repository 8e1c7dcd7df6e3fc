//! `cargo xtask test`: the suites, one after the other, and one line of figures at the end.

mod args;
mod cargo;
mod count;
mod deny;
pub mod install;
pub mod judged;
mod licences;
mod lint;
mod node;
mod table;

use std::process::ExitCode;
use std::time::Instant;

use crate::error::Result;
use crate::flags::Flags;
use crate::paths::Paths;
use crate::step::Finished;
use args::Args;
use count::Tally;
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
    /// In the order in which they run: what is quick and fails most often comes first.
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

/// What the suites are given.
struct Bench {
    paths: Paths,
    args: Args,
}

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let bench = Bench {
        args: Args::parse(flags)?,
        paths: Paths::find()?,
    };
    let rows: Vec<Row> = bench
        .args
        .suites
        .iter()
        .map(|suite| run_suite(&bench, *suite))
        .collect();
    print!("{}", table::render(&rows));
    let failed = rows.iter().any(|row| row.tally.failed > 0);
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn run_suite(bench: &Bench, suite: Suite) -> Row {
    eprintln!("{}", suite.name());
    let started = Instant::now();
    let tally = match suite {
        Suite::Lint => lint::run(bench),
        Suite::Unit => cargo::unit(bench),
        Suite::Simulation => cargo::simulation(bench),
        Suite::Quality | Suite::Pictures => judged::run(bench, suite),
        Suite::Brokers => brokers(bench),
        Suite::Browser | Suite::E2e | Suite::Package => node::run(bench, suite),
        Suite::Firefox => node::firefox(bench),
    };
    let tally = tally.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        Tally::FAILURE
    });
    Row {
        suite: suite.name(),
        tally: tally.or_nothing_ran(),
        seconds: started.elapsed().as_secs_f64(),
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
