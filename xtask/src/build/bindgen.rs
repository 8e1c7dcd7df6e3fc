//! The JavaScript side of a module, by wasm-bindgen's own library.

use std::path::Path;

use walrus::ModuleConfig;
use wasm_bindgen_cli_support::Bindgen;

use super::{Grade, debug, functions, names, panics, places};
use crate::error::{Error, Result};

/// Writes `base.js`, `base.d.ts` and `base_bg.wasm` into `out`. What wasm-opt will have still has the names of functions,
/// which it takes away.
pub fn generate(wasm: &Path, out: &Path, base: &str, grade: Grade) -> Result {
    let dev = grade == Grade::Dev;
    let named = grade != Grade::Release;
    let mut module = ModuleConfig::new()
        .strict_validate(false)
        .generate_dwarf(dev)
        .generate_name_section(named)
        .generate_producers_section(dev)
        .parse_file(wasm)
        .map_err(|cause| refused(wasm, &cause))?;
    if !dev {
        let paths = functions::paths(&module);
        panics::leave_only_traps(&mut module, &paths)?;
        debug::silence(&mut module, &paths);
        places::clear(&mut module);
    }
    let mut bindgen = Bindgen::new();
    let made = bindgen.web(true).and_then(|bindgen| {
        bindgen
            .input_module(base, module)
            .out_name(base)
            .typescript(true)
            // `init()` alone finds the wasm beside the module.
            .omit_default_module_path(false)
            .keep_debug(dev)
            .remove_name_section(!named)
            .remove_producers_section(!dev)
            .generate(out)
    });
    made.map_err(|cause| refused(wasm, &cause))?;
    if dev {
        Ok(())
    } else {
        names::shorten(out, base, named)
    }
}

fn refused(wasm: &Path, cause: &impl core::fmt::Display) -> Error {
    Error::new(
        format!("wasm-bindgen refused {}: {cause:#}", wasm.display()),
        "run `cargo clean` if the module is an old one",
    )
}
