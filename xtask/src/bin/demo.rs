//! The running part of `cargo xtask demo`, which builds what is missing before it starts this.

use std::process::ExitCode;

use xtask::demo;
use xtask::flags::Flags;

fn main() -> ExitCode {
    match demo::serve(Flags::from_env()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
