//! cargo-deny, which asks what [`super::licences`] does not: advisories, crates that were taken back, the texts of licences.
//!
//! It takes minutes to compile, so `full` alone installs it; without `full` it is asked where it is there. Its database of
//! advisories comes from a site of its own. What could not be looked at is said in a line.

use std::path::PathBuf;
use std::process::Command;

use super::Bench;
use super::count::Tally;
use crate::error::Result;
use crate::paths::Paths;
use crate::{step, tools};

const VERSION: &str = "0.20.2";

pub fn check(bench: &Bench) -> Result<Tally> {
    let paths = &bench.paths;
    if bench.args.full {
        tools::cargo_install(paths, "cargo-deny", VERSION, &["--locked"])?;
    }
    let Some(program) = find(paths) else {
        eprintln!(
            "  - no cargo-deny: advisories are not looked at (cargo install --locked cargo-deny)"
        );
        return Ok(Tally::default());
    };
    let deny = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.args(words).current_dir(&paths.root);
        command
    };
    let has_database = deny(&["fetch", "db"])
        .output()
        .is_ok_and(|fetched| fetched.status.success());
    let questions = questions(has_database);
    if !has_database {
        eprintln!("  - the database of advisories is out of reach: they are not looked at");
    }
    let mut command = deny(&["check", "--hide-inclusion-graph"]);
    command.args(questions);
    let finished = step::run(
        paths,
        &format!("deny {}", questions.join(" ")),
        &mut command,
    )?;
    if !finished.success {
        finished.show_tail();
    }
    Ok(Tally::of_check(finished.success))
}

fn questions(has_database: bool) -> &'static [&'static str] {
    let all = &["licenses", "bans", "sources", "advisories"];
    if has_database { all } else { &all[..3] }
}

fn find(paths: &Paths) -> Option<PathBuf> {
    let own = paths.tools().join("bin/cargo-deny");
    let installed = Some(own).filter(|program| program.exists());
    installed.or_else(|| tools::find(&["cargo-deny"]))
}
