//! The project's automation: `cargo xtask build|demo|test`.
fn main() {}
