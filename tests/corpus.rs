//! Replays the fuzzer's corpus on stable Rust: `cargo xtask fuzz` finds new inputs, and those that taught it something
//! are kept in `fuzz/corpus`.
#![cfg(all(feature = "mqtt", feature = "image"))]
#![allow(clippy::expect_used, reason = "a corpus that is not there ends a test")]

#[path = "../fuzz/targets/mod.rs"]
mod targets;

use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut paths: Vec<_> = std::fs::read_dir(&dir)
        .expect("the corpus is there")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 20, "{} inputs are no corpus", paths.len());
    for path in paths {
        println!("{}", path.display());
        run(&std::fs::read(&path).expect("it can be read"));
    }
}

#[test]
fn nothing_in_the_corpus_makes_the_decoder_fail() {
    replay("decoder", targets::decoder::run);
}

#[test]
fn nothing_in_the_corpus_makes_a_session_fail() {
    replay("session", targets::session::run);
}

#[test]
fn nothing_in_the_corpus_makes_a_transfer_fail() {
    replay("feedback", targets::feedback::run);
}

#[test]
fn nothing_in_the_corpus_makes_an_image_fail() {
    replay("prepare", targets::prepare::run);
}
