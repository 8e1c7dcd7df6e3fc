//! Memory is asked for before it is taken: what a header foretells is held against a budget.
//!
//! In WebAssembly an allocation that fails ends the whole module, and memory once grown is never given back. A picture
//! of a few bytes can announce gigabytes, so nothing is allocated by a header's word alone.

use super::error::Error;

/// For all buffers that live at one time, the file itself not counted.
pub(crate) const BUDGET: u64 = 256 << 20;

/// # Errors
/// [`Error::TooLarge`] if a step needs more than the budget.
pub(crate) fn check(step: &str, bytes: u64) -> Result<(), Error> {
    if bytes <= BUDGET {
        return Ok(());
    }
    let reason = format!(
        "{step} this picture takes {} MiB, over the limit of {} MiB: make it smaller first",
        bytes >> 20,
        BUDGET >> 20
    );
    Err(Error::too_large("memory", reason))
}

/// An empty vector with room for `count` elements.
///
/// # Errors
/// [`Error::TooLarge`] if the memory cannot be had.
pub(crate) fn reserve<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut vec = Vec::new();
    match vec.try_reserve_exact(count) {
        Ok(()) => Ok(vec),
        Err(_) => Err(Error::too_large(
            "memory",
            "the browser has no memory left: close other pages and try again",
        )),
    }
}

/// A vector of `count` zero bytes; errors as [`reserve`].
pub(crate) fn zeroed(count: usize) -> Result<Vec<u8>, Error> {
    zeros(count)
}

/// The same of other numbers.
pub(crate) fn zeros<T: Clone + Default>(count: usize) -> Result<Vec<T>, Error> {
    let mut vec = reserve(count)?;
    vec.resize(count, T::default());
    Ok(vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_a_limit_and_impossible_sizes_are_errors() {
        assert!(check("decoding", BUDGET).is_ok());
        assert_eq!(
            check("decoding", BUDGET + 1).map_err(|e| e.code()),
            Err("too-large")
        );
        assert_eq!(zeroed(3).as_deref(), Ok(&[0, 0, 0][..]));
        assert_eq!(
            reserve::<u8>(usize::MAX).map_err(|e| e.code()),
            Err("too-large")
        );
    }
}
