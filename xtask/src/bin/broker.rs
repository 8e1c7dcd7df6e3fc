//! rumqttd as a program of its own, for the suites: see [`xtask::demo::broker`].

use std::process::ExitCode;

use xtask::demo::broker;
use xtask::flags::Flags;

fn main() -> ExitCode {
    match broker::serve(Flags::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
