//! `cargo xtask bench image`: builds and installs what the benchmark needs, then runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use super::{command, words};
use crate::build::{self, Freshness, Grade, Part};
use crate::error::{Error, Result};
use crate::flags::Flags;
use crate::paths::{Paths, make_dir, write};
use crate::test::install;
use crate::{step, toolchain};

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let words = words::parse(flags)?;
    let paths = Paths::find()?;
    let node = install::node(&paths)?;
    let chromium = install::chromium(&paths)?;
    install::peers(&paths)?;
    let inputs = inputs(&paths)?;
    build::site(
        &paths,
        &[Part::Image],
        Grade::Optimised,
        Freshness::SameGrade,
    )?;
    let mut program = Command::new(node);
    program
        .arg(paths.benches().join("image.mjs"))
        .args(words)
        .env("MIS_ROOT", &paths.root)
        .env("MIS_WWW", paths.www())
        .env("MIS_CHROMIUM", chromium)
        .env("MIS_BENCH_INPUTS", inputs)
        .env("MIS_BENCH_PLAIN", plain(&paths)?);
    command::measure(&mut program, "node", "install Node.js")
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Error::file(format!("read {}", path.display()), &e))
}

/// The folder with the pictures.
fn inputs(paths: &Paths) -> Result<PathBuf> {
    let folder = paths.target.join("bench-image");
    let mut command = Command::new(install::judge(paths)?);
    // Nothing that Python compiles stays in the checkout.
    command
        .arg("-B")
        .arg(paths.benches().join("image/inputs.py"));
    command.arg(&folder);
    // The suite `pictures` fetches the same packages.
    command.arg(paths.target.join("pictures/packages"));
    step::run(paths, "bench inputs", &mut command)?.must_succeed(paths)?;
    Ok(folder)
}

/// The folder with `image` alone and with the dithers as WebAssembly, optimised as ours is.
fn plain(paths: &Paths) -> Result<PathBuf> {
    toolchain::wasm(paths)?;
    let target = paths.target.join("bench-plain");
    make_dir(&target)?;
    for (name, feature) in [("plain", "files"), ("dither", "dither")] {
        let mut cargo = Command::new("cargo");
        cargo.args([
            "build",
            "--locked",
            "--release",
            "--target",
            toolchain::WASM,
        ]);
        cargo.args(["--no-default-features", "--features", feature]);
        cargo.arg("--manifest-path");
        cargo.arg(paths.benches().join("plain/Cargo.toml"));
        cargo.arg("--target-dir").arg(&target);
        step::run(paths, &format!("wasm {name}"), &mut cargo)?.must_succeed(paths)?;
        let built = target.join(toolchain::WASM).join("release/plain.wasm");
        let wasm = target.join(format!("{name}.wasm"));
        // wasm-opt takes longer than most of the benchmark: it is spared where nothing has changed.
        let (made, kept) = (read_bytes(&built)?, target.join(format!("{name}.made")));
        if std::fs::read(&kept).is_ok_and(|kept| kept == made) && wasm.exists() {
            continue;
        }
        write(&wasm, &made)?;
        build::optimise(paths, Part::Image, name, &wasm)?;
        write(&kept, &made)?;
    }
    Ok(target)
}
