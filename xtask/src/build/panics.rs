//! What a panic would say, which nobody could read: the module has no output, and ends at the trap that follows.
//!
//! The standard library comes compiled, with the code that puts messages together and writes them. Its functions that end
//! in a panic are replaced by the trap alone; what only they called, the generator of the bindings then leaves out.

use walrus::{FunctionId, Module};

use super::{damaged, functions};
use crate::error::Result;

/// The function through which every panic goes.
const PANIC: &str = "core::panicking::panic_fmt";

/// How the paths of functions begin that never return.
const ENDS: [&str; 12] = [
    "core::panicking::",
    "core::cell::panic_",
    "core::cell::lazy::panic_",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "std::thread::local::panic_",
];

/// Leaves of every panic in `module`, whose functions have these paths, the trap.
///
/// # Errors
/// When there is none: then the standard library calls its functions otherwise than the list above.
pub fn leave_only_traps(module: &mut Module, paths: &[(FunctionId, String)]) -> Result {
    if !paths.iter().any(|(_, path)| path == PANIC) {
        return Err(damaged(&format!("the module has no {PANIC}")));
    }
    for (id, path) in paths {
        if ENDS.iter().any(|end| path.starts_with(end)) {
            functions::replace(module, *id, |body| {
                body.unreachable();
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::FunctionBuilder;

    const PANIC_SYMBOL: &str = "_ZN4core9panicking9panic_fmt17h0123456789abcdefE";

    /// A module whose function of that name drops a number.
    fn module(symbol: &str) -> (Module, FunctionId) {
        let mut module = Module::default();
        let mut function = FunctionBuilder::new(&mut module.types, &[], &[]);
        function
            .name(symbol.to_owned())
            .func_body()
            .i32_const(1)
            .drop();
        let id = function.finish(Vec::new(), &mut module.funcs);
        (module, id)
    }

    fn instructions(module: &Module, id: FunctionId) -> usize {
        let local = module.funcs.get(id).kind.unwrap_local();
        usize::try_from(local.size()).unwrap()
    }

    #[test]
    fn a_panic_is_a_trap_and_nothing_else() {
        let (mut module, id) = module(PANIC_SYMBOL);
        assert_eq!(instructions(&module, id), 2);
        let paths = functions::paths(&module);
        leave_only_traps(&mut module, &paths).unwrap();
        assert_eq!(instructions(&module, id), 1);
        assert_eq!(module.funcs.get(id).name.as_deref(), Some(PANIC_SYMBOL));
    }

    #[test]
    fn a_library_with_other_names_is_noticed() {
        let (mut module, _) = module("_ZN4core9elsewhere9panic_fmt17h0123456789abcdefE");
        let paths = functions::paths(&module);
        let error = leave_only_traps(&mut module, &paths)
            .unwrap_err()
            .to_string();
        assert!(error.contains(PANIC), "{error}");
    }
}
