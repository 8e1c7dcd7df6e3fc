//! Steps with a name: each shows that it runs and how long it took, and its long output goes to a file.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::paths::{Paths, make_dir};

/// How much of a failed step's log the console shows.
const TAIL_LINES: usize = 40;
/// How often a log without a terminal is told that a step still runs.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// To the start of a terminal's line, and what stands there wiped away: it may be longer, and another step's.
const OVER: &str = "\r\x1b[K";

/// A program under way whose output goes to a log.
pub struct Step {
    name: String,
    log: PathBuf,
    child: Child,
    started: Instant,
}

/// How a program ended.
pub struct Finished {
    pub success: bool,
    /// All that it printed.
    pub output: String,
    name: String,
    log: PathBuf,
}

impl Step {
    /// Starts `command` in the checkout, without standard input.
    pub fn start(paths: &Paths, name: &str, command: &mut Command) -> Result<Self> {
        let log = paths.logs().join(format!("{}.log", file_name(name)));
        let child = spawn(paths, &log, command)?;
        Ok(Self {
            name: name.to_owned(),
            log,
            child,
            started: Instant::now(),
        })
    }

    /// Shows the time that passes until the program ends.
    pub fn wait(mut self) -> Result<Finished> {
        let mut ticker = Ticker::new(&self.name, self.started);
        let status = loop {
            let ended = self.child.try_wait();
            match ended.map_err(|e| Error::file(format!("wait for {}", self.name), &e))? {
                Some(status) => break status,
                None => ticker.tick(),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        ticker.end(status.success());
        let output = std::fs::read(&self.log).unwrap_or_default();
        Ok(Finished {
            success: status.success(),
            output: String::from_utf8_lossy(&output).into_owned(),
            name: self.name,
            log: self.log,
        })
    }
}

impl Finished {
    /// Turns a failure into an error, after showing the end of the log.
    pub fn must_succeed(self, paths: &Paths) -> Result<String> {
        if self.success {
            return Ok(self.output);
        }
        self.show_tail();
        Err(self.failure(paths))
    }

    pub fn show_tail(&self) {
        let lines: Vec<&str> = self.output.lines().collect();
        let from = lines.len().saturating_sub(TAIL_LINES);
        let tail: String = lines[from..]
            .iter()
            .map(|line| format!("  | {line}\n"))
            .collect();
        // In one piece: other steps have lines of their own meanwhile.
        eprint!(
            "  ✗ {}, the end of {}\n{tail}",
            self.name,
            self.log.display()
        );
    }

    fn failure(&self, paths: &Paths) -> Error {
        Error::new(
            format!("{} failed", self.name),
            format!("see {}", paths.short(&self.log)),
        )
    }
}

/// Runs a program as a step.
pub fn run(paths: &Paths, name: &str, command: &mut Command) -> Result<Finished> {
    Step::start(paths, name, command)?.wait()
}

/// Runs a piece of this program as a step.
pub fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let mut ticker = Ticker::new(name, Instant::now());
    ticker.tick();
    let result = work();
    ticker.end(result.is_ok());
    result
}

fn spawn(paths: &Paths, log: &Path, command: &mut Command) -> Result<Child> {
    make_dir(&paths.logs())?;
    let open = || -> std::io::Result<(File, File)> {
        let out = File::create(log)?;
        let err = out.try_clone()?;
        Ok((out, err))
    };
    let (out, err) = open().map_err(|e| Error::file(format!("write {}", log.display()), &e))?;
    command
        .current_dir(&paths.root)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err);
    command.spawn().map_err(|e| {
        let program = command.get_program().to_string_lossy();
        Error::new(
            format!("{program} does not start: {e}"),
            format!("install {program}, or put it on PATH"),
        )
    })
}

/// A step's name as the name of a file.
fn file_name(name: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c } else { '-' };
    name.chars().map(letter).collect()
}

/// The line of a step: rewritten each second on a terminal, repeated now and then in a log.
struct Ticker {
    name: String,
    started: Instant,
    shown: Option<Instant>,
    terminal: bool,
}

impl Ticker {
    fn new(name: &str, started: Instant) -> Self {
        Self {
            name: name.to_owned(),
            started,
            shown: None,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    fn tick(&mut self) {
        let pause = if self.terminal {
            Duration::from_secs(1)
        } else {
            HEARTBEAT
        };
        if self.shown.is_some_and(|at| at.elapsed() < pause) {
            return;
        }
        let seconds = self.started.elapsed().as_secs();
        match (self.terminal, self.shown) {
            (true, _) => eprint!("{OVER}  … {}, {seconds} s ", self.name),
            (false, Some(_)) => eprintln!("  … {}, {seconds} s", self.name),
            // A log gets its first line only when the step turns out to be a long one.
            (false, None) => {}
        }
        let _ = std::io::stderr().flush();
        self.shown = Some(Instant::now());
    }

    fn end(&self, success: bool) {
        let start = if self.terminal { OVER } else { "" };
        let mark = if success { '✓' } else { '✗' };
        // What has ended before anybody waited for it took an unknown time.
        let time = match self.shown {
            Some(_) => format!("{:.1} s", self.started.elapsed().as_secs_f64()),
            None => "meanwhile".to_owned(),
        };
        eprintln!("{start}  {mark} {}, {time} ", self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    fn paths(dir: &TempDir) -> Paths {
        Paths {
            root: dir.to_path_buf(),
            target: dir.to_path_buf(),
        }
    }

    #[test]
    fn output_goes_to_the_log_and_success_is_told_from_failure() {
        let dir = TempDir::new();
        let paths = paths(&dir);
        let good = run(&paths, "good", Command::new("rustc").arg("--version")).unwrap();
        assert!(good.success && good.output.starts_with("rustc "));
        let bad = run(&paths, "bad one", Command::new("rustc").arg("--no-such")).unwrap();
        assert!(paths.logs().join("bad-one.log").exists());
        let error = bad.must_succeed(&paths).unwrap_err().to_string();
        assert!(error.contains("bad-one.log"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named_with_a_remedy() {
        let dir = TempDir::new();
        let gone = Step::start(&paths(&dir), "gone", &mut Command::new("no-such-program"));
        let error = gone.err().unwrap().to_string();
        assert!(error.contains("install no-such-program"), "{error}");
    }
}
