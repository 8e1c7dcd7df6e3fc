//! `cargo xtask fuzz prepare`: see `targets/prepare.rs`.
#![no_main]

#[path = "../targets/mod.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::prepare::run(data));
