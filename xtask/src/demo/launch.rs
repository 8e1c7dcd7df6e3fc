//! Builds what the demo needs, then becomes it.

use std::path::Path;
use std::process::{Command, ExitCode};

use super::args::Args;
use crate::build::{self, Freshness, Grade, Part};
use crate::error::{Error, Result};
use crate::flags::Flags;
use crate::paths::Paths;
use crate::step::Step;

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let words: Vec<String> = flags.collect();
    // A wrong option is told now, and not after minutes of compiling.
    Args::parse(Flags::new(words.clone()))?;
    let paths = Paths::find()?;
    // The two builds use different directories and so do not wait for each other: one core is not left idle.
    let program = Step::start(&paths, "broker and device", &mut compile("demo"))?;
    build::site(&paths, &Part::PAGE, Grade::Release, Freshness::AnyGrade)?;
    program.wait()?.must_succeed(&paths)?;
    become_program(Command::new(paths.target.join("xtask/demo")).args(words))
}

/// Builds one of the programs that contain rumqttd.
pub fn compile(program: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--profile", "xtask"]);
    cargo.args(["--package", "xtask", "--bin", program]);
    cargo.args(["--no-default-features", "--features", "demo"]);
    cargo
}

/// Goes on as `command` under the same process id, so that whoever ends this process ends the demo.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let cause = command.exec();
    Err(cannot_start(Path::new(command.get_program()), &cause))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    match command.status() {
        Ok(status) if status.success() => Ok(ExitCode::SUCCESS),
        Ok(_) => Ok(ExitCode::FAILURE),
        Err(cause) => Err(cannot_start(Path::new(command.get_program()), &cause)),
    }
}

fn cannot_start(program: &Path, cause: &std::io::Error) -> Error {
    Error::new(
        format!("{} does not start: {cause}", program.display()),
        "run `cargo clean` and try again",
    )
}
