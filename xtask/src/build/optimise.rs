//! wasm-opt, from the npm package binaryen, where there is npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Part, order};
use crate::error::{Error, Result};
use crate::paths::{Paths, make_dir};
use crate::{step, tools};

const VERSION: &str = "132.0.0";

/// What rustc 1.95 and `.cargo/config.toml` let the module use. wasm-opt takes only MVP for granted.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-mutable-globals",
    "--enable-simd",
];

/// The script of wasm-opt, installed into the target directory when it is not there; `None`, with a line, where it cannot be had.
pub fn install(paths: &Paths) -> Result<Option<PathBuf>> {
    let dir = paths.target.join(format!("xtask-tools/binaryen-{VERSION}"));
    let script = dir.join("node_modules/binaryen/bin/wasm-opt");
    if script.exists() {
        return Ok(Some(script));
    }
    let Some(npm) = tools::find(&["npm"]) else {
        return Ok(left_out("npm is not installed"));
    };
    make_dir(&dir)?;
    let mut command = Command::new(npm);
    command.args(["install", "--prefix"]).arg(&dir);
    command.args(["--ignore-scripts", "--no-save", "--no-audit", "--no-fund"]);
    command.arg(format!("binaryen@{VERSION}"));
    let installed = step::run(paths, "npm install binaryen", &mut command)?;
    if installed.success && script.exists() {
        return Ok(Some(script));
    }
    Ok(left_out("npm could not install binaryen"))
}

/// Replaces a module by a smaller and faster one, as this part is, and gives the names of its functions: a line for each,
/// `number:name`, where the module that comes out has only the numbers.
pub fn run(paths: &Paths, wasm_opt: &Path, part: Part, name: &str, wasm: &Path) -> Result<String> {
    let step = format!("wasm-opt {name}");
    let map = pass(paths, wasm_opt, &step, effort(part), wasm)?;
    step::timed(&format!("order of {name}"), || order::name(wasm, &map))?;
    let sort = ["--reorder-functions-by-name"];
    let map = pass(paths, wasm_opt, &format!("{step}, sorting"), &sort, wasm)?;
    Ok(order::without_places(&map))
}

/// Replaces a module by what wasm-opt makes of it, without names, and gives its map of the functions.
fn pass(paths: &Paths, wasm_opt: &Path, step: &str, args: &[&str], wasm: &Path) -> Result<String> {
    let changed = wasm.with_extension("wasm.opt");
    let mut command = Command::new("node");
    command.arg(wasm_opt).args(args).args(FEATURES);
    command.arg("--print-function-map");
    command.arg(wasm).arg("-o").arg(&changed);
    let map = step::run(paths, step, &mut command)?.must_succeed(paths)?;
    std::fs::rename(&changed, wasm)
        .map_err(|e| Error::file(format!("replace {}", wasm.display()), &e))?;
    Ok(map)
}

/// A function that is called once compresses better where it stands than inside its caller, and is as fast.
const ONE_CALLER: &str = "--one-caller-inline-max-function-size=1";

/// What is worth most: the bytes of the connection, the speed of the pictures.
fn effort(part: Part) -> &'static [&'static str] {
    match part {
        // -Oz is no smaller once it is compressed, and 2 % slower in stop and wait.
        Part::Mqtt | Part::Practice => &["-O2", ONE_CALLER],
        Part::Image | Part::Whole => &["-O3", ONE_CALLER],
    }
}

fn left_out(why: &str) -> Option<PathBuf> {
    eprintln!("wasm-opt is left out: {why}; the modules are larger and a little slower");
    None
}
