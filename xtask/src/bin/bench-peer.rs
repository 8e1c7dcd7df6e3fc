//! What stands at the other end of `cargo xtask bench`: a fast device, or a long link.

use std::process::ExitCode;
use std::time::Duration;

use xtask::bench::device::{self, Manners};
use xtask::bench::proxy;

const USAGE: &str = "\
bench-peer device HOST:PORT LOST_OF    plays every device at that broker; loses one data frame of LOST_OF
bench-peer proxy HOST:PORT MICROSECONDS    relays with a delay each way";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().ok();
    let outcome = match words[..] {
        ["device", broker, lost_of] => {
            number(lost_of).map(|lost_of| device::run(broker, Manners { lost_of }))
        }
        ["proxy", target, micros] => {
            number(micros).map(|micros| proxy::run(target, Duration::from_micros(micros)))
        }
        _ => None,
    };
    match outcome {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("bench-peer: {error}");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("{USAGE}");
            ExitCode::FAILURE
        }
    }
}
