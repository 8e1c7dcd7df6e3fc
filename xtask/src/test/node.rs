//! The suites that Node runs: the module in a browser, the page against a real broker, the npm package.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::count::Tally;
use super::{Bench, Suite, install, judge};
use crate::build::{self, Freshness, Grade, Part};
use crate::error::{Error, Result};
use crate::{step, toolchain};

/// Local Network Access, the back/forward cache and a browser that is offline: Firefox has no such thing, or its driver no
/// way to bring it about.
const OF_CHROMIUM: [&str; 3] = ["access.test.mjs", "locks.test.mjs", "network.test.mjs"];

/// Files of `browser` that measure nothing by the clock.
const TIMELESS: [&str; 12] = [
    "image-memory.test.mjs",
    "loading.test.mjs",
    "memory.test.mjs",
    "messages.test.mjs",
    "notices.test.mjs",
    "options.test.mjs",
    "orientation.test.mjs",
    "prepare.test.mjs",
    "trace.test.mjs",
    "transfer.test.mjs",
    "webp.test.mjs",
    "websocket.test.mjs",
];

/// Files of `e2e` that do: all their limits are for a machine that has nothing else to do, and hold in full alone.
const CLOCKED: [&str; 1] = ["quick.test.mjs"];

/// Files that Node runs.
struct Run<'a> {
    name: &'a str,
    files: Vec<PathBuf>,
    /// How many of them side by side. Each waits for clocks now and then, so that more than one bear each other.
    at_once: usize,
    environment: Vec<(&'a str, OsString)>,
}

/// The files that measure by the clock have the machine for themselves, after the others.
pub fn browser(bench: &Bench) -> Result<Tally> {
    bench.ready(install::chromium)?;
    let files = suite_files(bench, Suite::Browser)?;
    let (timeless, clocked) = files.into_iter().partition(|file| is_of(&TIMELESS, file));
    let run = |name, files, at_once| Run {
        name,
        files,
        at_once,
        environment: Vec::new(),
    };
    let timeless = run_files(bench, run("browser", timeless, 2))?;
    Ok(timeless + run_files(bench, run("browser by the clock", clocked, 1))?)
}

/// In full in the browser that people have, but for what measures by the clock: a page shares the processor with that one's
/// window, and has the machine for itself then.
pub fn e2e(bench: &Bench) -> Result<Tally> {
    let (chromium, shell) = bench.ready(|paths| {
        let chromium = install::chromium(paths)?;
        let shell = install::headless_shell(paths).unwrap_or_else(|| chromium.clone());
        Ok((chromium, shell))
    })?;
    let files = suite_files(bench, Suite::E2e)?;
    let run = |name, files, at_once, browser: &Path| Run {
        name,
        files,
        at_once,
        environment: vec![("MIS_CHROMIUM", browser.into())],
    };
    if !bench.args.full {
        return run_files(bench, run("e2e", files, 3, &shell));
    }
    let (clocked, others) = files.into_iter().partition(|file| is_of(&CLOCKED, file));
    let others = run_files(bench, run("e2e", others, 2, &chromium))?;
    Ok(others + run_files(bench, run("e2e by the clock", clocked, 1, &shell))?)
}

pub fn package(bench: &Bench) -> Result<Tally> {
    bench.ready(|paths| {
        install::node(paths)?;
        install::libmosquitto(paths)?;
        install::nats(paths)?;
        install::openssl(paths)?;
        if bench.args.full {
            install::wasm_pack(paths)?;
            install::examples(paths)?;
            install::firefox(paths)?;
        }
        install::chromium(paths)
    })?;
    let run = Run {
        name: Suite::Package.name(),
        files: suite_files(bench, Suite::Package)?,
        at_once: 1,
        environment: Vec::new(),
    };
    run_files(bench, run)
}

/// The module at brokers of all makes; those that not every machine has only in full.
pub fn matrix(bench: &Bench) -> Result<Tally> {
    bench.ready(|paths| {
        install::nats(paths)?;
        if bench.args.full {
            install::rabbitmq(paths)?;
            install::rumqttd(paths)?;
            install::amqtt(paths)?;
        }
        install::chromium(paths)
    })?;
    let run = Run {
        name: "matrix",
        files: test_files(&bench.paths.tests().join("matrix"))?,
        at_once: 2,
        environment: Vec::new(),
    };
    run_files(bench, run)
}

/// The tests of the suite `browser` in Firefox, and the page's main stories.
pub fn firefox(bench: &Bench) -> Result<Tally> {
    bench.ready(install::firefox)?;
    let mut files = suite_files(bench, Suite::Browser)?;
    files.retain(|file| !is_of(&OF_CHROMIUM, file));
    files.extend(suite_files(bench, Suite::Firefox)?);
    let run = Run {
        name: Suite::Firefox.name(),
        files,
        at_once: 1,
        environment: vec![("MIS_BROWSER", "firefox".into())],
    };
    run_files(bench, run)
}

/// What npm would publish, of the modules that are there: of any grade, for their names alone are looked at.
pub fn packed(bench: &Bench) -> Result<Tally> {
    let paths = &bench.paths;
    let node = bench.ready(|paths| {
        toolchain::wasm(paths)?;
        install::node(paths)
    })?;
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

fn run_files(bench: &Bench, run: Run) -> Result<Tally> {
    let node = bench.ready(|paths| {
        install::mosquitto(paths)?;
        install::python(paths)?;
        install::node_modules(paths)?;
        bench.make_modules()?;
        install::node(paths)
    })?;
    let mut command = runner(bench, &node);
    command.arg(format!("--test-concurrency={}", run.at_once));
    command.args(run.files);
    command.env("MIS_BROWSER", "chromium").envs(run.environment);
    Ok(judge(&step::run(&bench.paths, run.name, &mut command)?))
}

/// Node's own test runner, which is still to be told the files.
fn runner(bench: &Bench, node: &Path) -> Command {
    let mut command = Command::new(node);
    command.args(["--test", "--test-reporter=spec"]);
    bench.environment(&mut command);
    command
}

fn suite_files(bench: &Bench, suite: Suite) -> Result<Vec<PathBuf>> {
    test_files(&bench.paths.tests().join(suite.name()))
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

fn is_of(names: &[&str], path: &Path) -> bool {
    names.iter().any(|name| path.ends_with(name))
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
