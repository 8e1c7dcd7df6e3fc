//! The functions of a module by their paths, and other bodies for them.

use walrus::{FunctionBuilder, FunctionId, FunctionKind, InstrSeqBuilder, Module, ValType};

/// The functions that have a body and a name, each with its path without the hashes that tell two versions of a crate apart.
pub fn paths(module: &Module) -> Vec<(FunctionId, String)> {
    module
        .funcs
        .iter_local()
        .filter_map(|(id, _)| Some((id, path(module.funcs.get(id).name.as_ref()?))))
        .collect()
}

fn path(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}

/// What a function gives.
pub fn results(module: &Module, id: FunctionId) -> Vec<ValType> {
    let ty = module.types.get(module.funcs.get(id).ty());
    ty.results().to_vec()
}

/// Has the function do what `write` writes, and nothing else.
pub fn replace(module: &mut Module, id: FunctionId, write: impl FnOnce(&mut InstrSeqBuilder)) {
    let results = results(module, id);
    let params = module.types.params(module.funcs.get(id).ty()).to_vec();
    let mut body = FunctionBuilder::new(&mut module.types, &params, &results);
    write(&mut body.func_body());
    let args = params.iter().map(|ty| module.locals.add(*ty)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(args));
}
