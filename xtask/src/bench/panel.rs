//! `cargo xtask bench panel`: builds and installs what the judge of panels needs, then runs it.

use std::process::{Command, ExitCode};

use super::command;
use crate::error::Result;
use crate::flags::{self, Flags};
use crate::paths::Paths;
use crate::test::{install, judged};

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let words = parse(flags)?;
    let paths = Paths::find()?;
    let node = install::node(&paths)?;
    install::peers(&paths)?;
    let python = install::panel_peers(&paths)?;
    let mut judge = Command::new(python);
    judge
        // Nothing that Python compiles stays in the checkout.
        .arg("-B")
        .arg(paths.benches().join("panel/panels.py"))
        .arg(judged::prepare(&paths)?)
        .arg(paths.target.join("bench-panel"))
        .args(words)
        .env("MIS_NODE", node);
    command::measure(&mut judge, "Python", "run it once more")
}

/// The words for `benches/panel/panels.py`: `--case PALETTE`, `--few`, `--json`.
fn parse(mut flags: Flags) -> Result<Vec<String>> {
    let mut words = Vec::new();
    while let Some(word) = flags.next() {
        match word.as_str() {
            "--case" => words.extend([word, flags.value("--case")?]),
            "--few" | "--json" => words.push(word),
            other => return Err(flags::unknown(other)),
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_passed_on_and_a_wrong_word_is_named() {
        let words = parse(Flags::new(["--case=bwr", "--few", "--json"])).unwrap();
        assert_eq!(words, ["--case", "bwr", "--few", "--json"]);
        let error = parse(Flags::new(["--rounds"])).unwrap_err().to_string();
        assert!(error.contains("--rounds"), "{error}");
    }
}
