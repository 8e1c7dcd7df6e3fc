//! What `Debug` would write of a value, which the modules ask for nowhere: a program is read there, not its values.
//!
//! Every error has it in its table of functions all the same, and with it whatever writes structures and numbers. These functions
//! are replaced by ones that write nothing; what only they called, wasm-opt then leaves out.

use walrus::{FunctionId, Module, ValType};

use super::functions;

/// Lets `Debug` of all types write nothing.
pub fn silence(module: &mut Module, paths: &[(FunctionId, String)]) {
    for (id, path) in paths {
        let is_debug = path.ends_with(" as core::fmt::Debug>::fmt");
        if is_debug && functions::results(module, *id) == [ValType::I32] {
            // `Ok(())` is 0.
            functions::replace(module, *id, |body| {
                body.i32_const(0);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::FunctionBuilder;

    /// A module with a function that gives 1, and its path.
    fn module(path: &str) -> (Module, Vec<(FunctionId, String)>) {
        let mut module = Module::default();
        let types = &mut module.types;
        let mut function =
            FunctionBuilder::new(types, &[ValType::I32, ValType::I32], &[ValType::I32]);
        function
            .func_body()
            .i32_const(7)
            .i32_const(1)
            .binop(walrus::ir::BinaryOp::I32Add);
        let args = vec![
            module.locals.add(ValType::I32),
            module.locals.add(ValType::I32),
        ];
        let id = function.finish(args, &mut module.funcs);
        (module, vec![(id, path.to_owned())])
    }

    fn instructions(path: &str) -> u64 {
        let (mut module, paths) = module(path);
        silence(&mut module, &paths);
        module.funcs.get(paths[0].0).kind.unwrap_local().size()
    }

    #[test]
    fn debug_writes_nothing_and_display_what_it_did() {
        assert_eq!(instructions("<png::Error as core::fmt::Debug>::fmt"), 1);
        assert_eq!(instructions("<&T as core::fmt::Debug>::fmt"), 1);
        assert_eq!(instructions("<png::Error as core::fmt::Display>::fmt"), 3);
    }
}
