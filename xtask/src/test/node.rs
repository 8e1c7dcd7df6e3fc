//! The suites that Node runs: the module in a browser, the page against a real broker, the npm package.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::count::Tally;
use super::{Bench, Suite, install, judge};
use crate::build::{self, Freshness, Grade, Part};
use crate::error::{Error, Result};
use crate::step;

/// Local Network Access, the back/forward cache and a browser that is offline: Firefox has no such thing, or its driver no
/// way to bring it about.
const OF_CHROMIUM: [&str; 3] = ["access.test.mjs", "locks.test.mjs", "network.test.mjs"];

/// Files of `e2e` that run side by side: much of their time is a device's clock. The other suites measure, or fill two cores.
const SIDE_BY_SIDE: usize = 2;

pub fn run(bench: &Bench, suite: Suite) -> Result<Tally> {
    if suite == Suite::Package {
        install::node(&bench.paths)?;
        install::libmosquitto(&bench.paths)?;
        install::nats(&bench.paths)?;
        install::openssl(&bench.paths)?;
        if bench.args.full {
            install::wasm_pack(&bench.paths)?;
            install::examples(&bench.paths)?;
            install::firefox(&bench.paths)?;
        }
    }
    install::chromium(&bench.paths)?;
    let mut files = test_files(&bench.paths.tests().join(suite.name()))?;
    if suite == Suite::E2e {
        files.reverse(); // `views`, the longest, is not to be the last
    }
    run_files(bench, suite.name(), files, "chromium")
}

/// The module at brokers of all makes; those that not every machine has only in full.
pub fn matrix(bench: &Bench) -> Result<Tally> {
    let paths = &bench.paths;
    install::nats(paths)?;
    if bench.args.full {
        install::rabbitmq(paths)?;
        install::rumqttd(paths)?;
        install::amqtt(paths)?;
    }
    install::chromium(paths)?;
    run_files(
        bench,
        "matrix",
        test_files(&paths.tests().join("matrix"))?,
        "chromium",
    )
}

/// The tests of the suite `browser` in Firefox, and the page's main stories.
pub fn firefox(bench: &Bench) -> Result<Tally> {
    install::firefox(&bench.paths)?;
    let mut files = test_files(&bench.paths.tests().join(Suite::Browser.name()))?;
    files.retain(|file| !is_of_chromium(file));
    files.extend(test_files(
        &bench.paths.tests().join(Suite::Firefox.name()),
    )?);
    run_files(bench, Suite::Firefox.name(), files, "firefox")
}

/// What npm would publish, of the modules that are there: of any grade, for their names alone are looked at.
pub fn packed(bench: &Bench) -> Result<Tally> {
    let paths = &bench.paths;
    let node = install::node(paths)?;
    let lint_alone = bench.args.suites == [Suite::Lint];
    let grade = if lint_alone {
        Grade::Dev
    } else {
        Grade::Optimised
    };
    build::site(paths, &Part::ALL, grade, Freshness::AnyGrade)?;
    build::package(paths)?;
    let mut command = runner(bench, &node);
    command.args(test_files(&paths.tests().join(Suite::Lint.name()))?);
    Ok(judge(&step::run(paths, "npm pack", &mut command)?))
}

fn run_files(bench: &Bench, name: &str, files: Vec<PathBuf>, browser: &str) -> Result<Tally> {
    let paths = &bench.paths;
    let node = install::node(paths)?;
    install::mosquitto(paths)?;
    install::python(paths)?;
    install::node_modules(paths)?;
    build::site(paths, &Part::ALL, Grade::Optimised, Freshness::SameGrade)?;
    build::package(paths)?;
    let mut command = runner(bench, &node);
    if name == Suite::E2e.name() {
        command.arg(format!("--test-concurrency={SIDE_BY_SIDE}"));
    }
    command.args(files);
    command.env("MIS_BROWSER", browser);
    Ok(judge(&step::run(paths, name, &mut command)?))
}

/// Node's own test runner, which is still to be told the files.
fn runner(bench: &Bench, node: &Path) -> Command {
    let mut command = Command::new(node);
    command.args(["--test", "--test-reporter=spec"]);
    bench.environment(&mut command);
    command
}

/// Named one by one: what Node makes of a directory differs from version to version.
fn test_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| is_test(path))
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Error::new(
            format!("{} has no *.test.mjs", dir.display()),
            "restore it: a suite without tests does not pass",
        ));
    }
    Ok(files)
}

fn is_of_chromium(path: &Path) -> bool {
    OF_CHROMIUM.iter().any(|name| path.ends_with(name))
}

fn is_test(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [".test.mjs", ".test.js"]
        .iter()
        .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    #[test]
    fn test_files_are_told_from_helpers_and_their_absence_is_an_error() {
        let dir = TempDir::new();
        assert!(test_files(&dir).is_err());
        assert!(test_files(&dir.join("none")).is_err());
        for name in ["b.test.mjs", "a.test.js", "helper.mjs", "test.mjs.txt"] {
            dir.put(name, "");
        }
        let expected = ["a.test.js", "b.test.mjs"].map(|name| dir.join(name));
        assert_eq!(test_files(&dir).unwrap(), expected);
    }
}
