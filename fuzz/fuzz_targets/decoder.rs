//! `cargo xtask fuzz decoder`: see `targets/decoder.rs`.
#![no_main]

#[path = "../targets/mod.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::decoder::run(data));
