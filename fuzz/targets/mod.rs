//! What is fuzzed: one function of bytes for each target. A failed assertion is a find.
//!
//! The fuzzer's programs and `tests/corpus.rs`, which replays the corpus on stable Rust, include this file.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "each program runs one target of four, and ends where something does not hold"
)]

pub mod decoder;
pub mod feedback;
pub mod prepare;
pub mod session;

mod script;
