//! The options of `cargo xtask test`.

use super::Suite;
use crate::error::{Error, Result};
use crate::flags::{self, Flags};

/// What the issues ask of the simulation.
const SEEDS: u64 = 10_000;

/// What the person asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Args {
    /// In the order in which they run.
    pub suites: Vec<Suite>,
    /// The long versions of the suites.
    pub full: bool,
    /// How many runs the simulation makes.
    pub seeds: u64,
}

impl Args {
    pub fn parse(mut flags: Flags) -> Result<Self> {
        let (mut named, mut full, mut seeds) = (Vec::new(), false, SEEDS);
        while let Some(word) = flags.next() {
            match word.as_str() {
                "full" => full = true,
                "--seeds" => seeds = flags.parsed("--seeds")?,
                flag if flag.starts_with('-') => return Err(flags::unknown(flag)),
                name => named.push(suite(name)?),
            }
        }
        let chosen = |suite: &Suite| match named.as_slice() {
            [] => full || !suite.is_for_full(),
            named => named.contains(suite),
        };
        Ok(Self {
            suites: Suite::ALL.into_iter().filter(chosen).collect(),
            full,
            seeds,
        })
    }
}

fn suite(name: &str) -> Result<Suite> {
    let found = Suite::ALL.into_iter().find(|suite| suite.name() == name);
    found.ok_or_else(|| {
        let names = Suite::ALL.map(Suite::name).join(", ");
        Error::new(
            format!("there is no suite {name}"),
            format!("name some of {names}, or none"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<const N: usize>(words: [&str; N]) -> Result<Args> {
        Args::parse(Flags::new(words))
    }

    #[test]
    fn without_a_word_all_suites_but_the_long_ones_run_in_their_short_versions() {
        let args = parse([]).unwrap();
        let short: Vec<Suite> = Suite::ALL
            .into_iter()
            .filter(|suite| !suite.is_for_full())
            .collect();
        assert_eq!(args.suites, short);
        assert!(!args.full);
        assert_eq!(args.seeds, 10_000);
    }

    #[test]
    fn the_browser_tests_run_in_firefox_too_in_full_or_when_that_is_named() {
        assert_eq!(parse(["full"]).unwrap().suites, Suite::ALL);
        assert_eq!(parse(["firefox"]).unwrap().suites, [Suite::Firefox]);
        assert!(!parse([]).unwrap().suites.contains(&Suite::Firefox));
    }

    #[test]
    fn named_suites_run_once_each_and_in_the_usual_order() {
        let args = parse(["e2e", "unit", "e2e", "--seeds", "5", "full"]).unwrap();
        assert_eq!(args.suites, [Suite::Unit, Suite::E2e]);
        assert!(args.full);
        assert_eq!(args.seeds, 5);
    }

    #[test]
    fn an_unknown_suite_is_named_beside_those_there_are() {
        let error = parse(["units"]).unwrap_err().to_string();
        assert!(
            error.contains("no suite units") && error.contains("lint, unit"),
            "{error}"
        );
        assert!(parse(["--seed", "1"]).is_err());
    }
}
