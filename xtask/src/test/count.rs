//! How many tests passed and failed, read from what the runners print.

use std::iter::Sum;
use std::ops::Add;

/// Numbers of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub const SUCCESS: Self = Self {
        passed: 1,
        failed: 0,
    };
    pub const FAILURE: Self = Self {
        passed: 0,
        failed: 1,
    };

    /// A single check.
    pub fn of_check(success: bool) -> Self {
        if success {
            Self::SUCCESS
        } else {
            Self::FAILURE
        }
    }

    /// The sum of all summaries in the output of `cargo test` or `node --test`.
    ///
    /// A runner that failed without a failed test, for instance since something does not compile, counts as one.
    pub fn of_runner(output: &str, success: bool) -> Self {
        let tally: Self = output.lines().map(of_line).sum();
        if !success && tally.failed == 0 {
            return tally + Self::FAILURE;
        }
        tally
    }

    /// A suite in which nothing ran has failed: it must not look like one that passed.
    pub fn or_nothing_ran(self) -> Self {
        if self == Self::default() {
            eprintln!("error: no test ran; look for the suite's files");
            return Self::FAILURE;
        }
        self
    }
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), Add::add)
    }
}

fn of_line(line: &str) -> Tally {
    cargo_summary(line)
        .or_else(|| node_summary(line))
        .unwrap_or_default()
}

/// `test result: ok. 12 passed; 0 failed; 0 ignored; …`
fn cargo_summary(line: &str) -> Option<Tally> {
    let figures = line.trim_start().strip_prefix("test result: ")?;
    let figures = figures.split_once(". ")?.1;
    let figure = |what: &str| -> Option<u64> {
        let found = figures.split("; ").find_map(|part| part.strip_suffix(what));
        found?.trim().parse().ok()
    };
    Some(Tally {
        passed: figure(" passed")?,
        failed: figure(" failed")?,
    })
}

/// `ℹ pass 12` of the spec reporter, `# pass 12` of TAP. A cancelled test ran out of time, or its file fell over.
fn node_summary(line: &str) -> Option<Tally> {
    let figure = line.strip_prefix("ℹ ").or(line.strip_prefix("# "))?;
    let (what, number) = figure.split_once(' ')?;
    let number = number.trim().parse().ok()?;
    match what {
        "pass" => Some(Tally {
            passed: number,
            failed: 0,
        }),
        "fail" | "cancelled" => Some(Tally {
            passed: 0,
            failed: number,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn the_summaries_of_all_of_cargos_test_programs_are_added() {
        let output = "running 3 tests\ntest a ... ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.5s\n";
        assert_eq!(Tally::of_runner(output, false), tally(13, 2));
    }

    #[test]
    fn both_of_nodes_reporters_are_read() {
        let spec =
            "✔ one (1ms)\nℹ tests 5\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\n";
        assert_eq!(Tally::of_runner(spec, false), tally(3, 2));
        let tap = "1..2\n# tests 2\n# pass 2\n# fail 0\n# cancelled 0\n";
        assert_eq!(Tally::of_runner(tap, true), tally(2, 0));
    }

    #[test]
    fn a_runner_that_failed_before_any_test_counts_as_one_failure() {
        assert_eq!(Tally::of_runner("error[E0425]: …", false), tally(0, 1));
        let good = "test result: ok. 3 passed; 0 failed; 0 ignored\nerror: another program\n";
        assert_eq!(Tally::of_runner(good, false), tally(3, 1));
    }

    #[test]
    fn a_suite_in_which_nothing_ran_has_failed() {
        let empty = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out\n";
        assert_eq!(Tally::of_runner(empty, true).or_nothing_ran(), tally(0, 1));
        assert_eq!(tally(1, 0).or_nothing_ran(), tally(1, 0));
    }

    #[test]
    fn other_lines_that_look_alike_count_nothing() {
        for line in [
            "# pass",
            "ℹ pass many",
            "test result: ok",
            "test pass 3 ... ok",
            "# password 3",
        ] {
            assert_eq!(Tally::of_runner(line, true), tally(0, 0), "{line}");
        }
    }
}
