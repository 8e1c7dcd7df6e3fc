//! What `cargo xtask bench image` runs in WebAssembly beside the package: the crate `image` alone, or the dithers.
//!
//! No bindings: the page writes a source to [`input`], calls a function, and reads its result from [`output`].

#[cfg(feature = "dither")]
mod dither;
#[cfg(feature = "files")]
mod files;
#[cfg(feature = "dither")]
mod ours;

use std::sync::{Mutex, MutexGuard, PoisonError};

static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Where the page puts `len` bytes of a source.
#[unsafe(no_mangle)]
pub extern "C" fn input(len: usize) -> *const u8 {
    let mut input = lock(&INPUT);
    input.clear();
    input.resize(len, 0);
    input.as_ptr()
}

/// Where the last result lies.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    lock(&OUTPUT).as_ptr()
}

/// Keeps a result for the page, and tells its length; nothing is 0.
fn keep(result: Option<Vec<u8>>) -> usize {
    let mut output = lock(&OUTPUT);
    *output = result.unwrap_or_default();
    output.len()
}

fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}
