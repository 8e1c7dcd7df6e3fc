//! `cargo xtask build`: the site's modules in `www/pkg` and the npm package in `pkg`.

mod bindgen;
mod cargo;
mod debug;
mod functions;
mod lock;
mod names;
mod optimise;
mod order;
mod package;
mod panics;
mod places;
mod stamp;

pub use lock::bindgen as bindgen_version;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::flags::{self, Flags};
use crate::listing;
use crate::paths::{Paths, make_dir, read, remove_dir, write};
use crate::step;

/// The base of the names of a module's files, as wasm-pack has it.
pub const NAME: &str = "mqtt_image_sender";

/// The names of an optimised module's functions, beside it. It is hidden: neither page nor package has it.
const SYMBOLS: &str = ".symbols";

/// One of the builds of the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The connection and the transfers: what the page's link worker loads.
    Mqtt,
    /// The practice broker and the device's side of the protocol, which the one before loads when they are asked for.
    Practice,
    /// `prepareImage` alone: what the page's image worker loads.
    Image,
    /// Both in one.
    Whole,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Mqtt, Self::Practice, Self::Image, Self::Whole];
    /// What the page loads; the whole is for pages of others.
    pub const PAGE: [Self; 3] = [Self::Mqtt, Self::Practice, Self::Image];
    /// What the package has an entry for.
    pub const ENTRIES: [Self; 3] = [Self::Mqtt, Self::Image, Self::Whole];

    /// Whether its bytes count more than its speed.
    fn is_small(self) -> bool {
        matches!(self, Self::Mqtt | Self::Practice)
    }

    fn features(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt,practice-elsewhere",
            Self::Practice => "practice",
            Self::Image => "image",
            Self::Whole => "mqtt,image",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Practice => "practice",
            Self::Image => "image",
            Self::Whole => "whole",
        }
    }

    /// The base of its files' names. A bundler may lay the module of practice beside that which loads it.
    fn base(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Mqtt | Self::Image | Self::Whole => NAME,
        }
    }

    /// Its place below `www/pkg`.
    fn folder(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Practice => "practice",
            Self::Image => "image",
            Self::Whole => "",
        }
    }
}

/// How much trouble a build is worth. A later one serves wherever an earlier one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Quick to compile, slow to run, with names and checks.
    Dev,
    /// Optimised by rustc.
    Release,
    /// And by wasm-opt.
    Optimised,
}

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    let mut grade = Grade::Optimised;
    for word in flags {
        match word.as_str() {
            "--dev" => grade = Grade::Dev,
            other => return Err(flags::unknown(other)),
        }
    }
    let paths = Paths::find()?;
    site(&paths, &Part::ALL, grade, Freshness::SameGrade)?;
    package(&paths)?;
    println!(
        "www is ready to be served; the npm package is in {}",
        paths.short(&paths.package())
    );
    Ok(ExitCode::SUCCESS)
}

/// Makes the npm package of the site's modules.
pub fn package(paths: &Paths) -> Result {
    package::make(paths)
}

/// The names of the functions of each part that wasm-opt has made, by the part's name.
pub fn symbols(paths: &Paths) -> Vec<(&'static str, String)> {
    let of_part = |part: Part| {
        let file = paths.modules().join(part.folder()).join(SYMBOLS);
        Some((part.name(), read(&file).ok()?))
    };
    Part::ALL.into_iter().filter_map(of_part).collect()
}

/// The version in Cargo.toml.
pub fn version(paths: &Paths) -> Result<String> {
    package::field(&read(&paths.root.join("Cargo.toml"))?, "version").map(str::to_owned)
}

/// When a site that is there already will do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// When it is of the grade asked for, so that two builds from the same tree are the same.
    SameGrade,
    /// Whatever its grade, so long as it was made from today's sources.
    AnyGrade,
}

/// Makes the site's modules, save those that are there and up to date, and the list of its files.
pub fn site(paths: &Paths, parts: &[Part], grade: Grade, freshness: Freshness) -> Result {
    lock::check(&read(&paths.root.join("Cargo.lock"))?)?;
    let sources = stamp::sources(&paths.root)?;
    let optimiser = match grade {
        Grade::Optimised => optimise::install(paths)?,
        Grade::Dev | Grade::Release => None,
    };
    // Where wasm-opt cannot be had, its grade cannot be asked for either.
    let grade = if grade == Grade::Optimised && optimiser.is_none() {
        Grade::Release
    } else {
        grade
    };
    for part in parts {
        let out = paths.modules().join(part.folder());
        let there = stamp::up_to_date(&out, part.base(), sources);
        if there.is_some_and(|there| freshness == Freshness::AnyGrade || there == grade) {
            continue;
        }
        empty(&out)?;
        make(paths, *part, grade, optimiser.as_ref(), &out)?;
        stamp::write(&out, sources, grade)?;
    }
    listing::make(paths)
}

fn make(
    paths: &Paths,
    part: Part,
    grade: Grade,
    optimiser: Option<&PathBuf>,
    out: &Path,
) -> Result {
    let wasm = cargo::compile(paths, part, grade)?;
    step::timed(&format!("bindings {}", part.name()), || {
        bindgen::generate(&wasm, out, part.base(), grade)
    })?;
    match optimiser {
        Some(wasm_opt) => {
            let wasm = out.join(format!("{}_bg.wasm", part.base()));
            let symbols = optimise::run(paths, wasm_opt, part, part.name(), &wasm)?;
            write(&out.join(SYMBOLS), symbols)
        }
        None => Ok(()),
    }
}

/// Does to another module what is done to a part of ours, so that a comparison is a fair one.
pub fn optimise(paths: &Paths, part: Part, name: &str, wasm: &Path) -> Result {
    match optimise::install(paths)? {
        Some(wasm_opt) => optimise::run(paths, &wasm_opt, part, name, wasm).map(drop),
        None => Ok(()),
    }
}

/// Removes a part, but not those in folders below it.
///
/// The stamp goes too: a build that is broken off must not look finished. And snippets have names that change.
fn empty(out: &Path) -> Result {
    make_dir(out)?;
    remove_dir(&out.join("snippets"))?;
    let fail = |e: std::io::Error| Error::file(format!("empty {}", out.display()), &e);
    for entry in std::fs::read_dir(out).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_file() {
            std::fs::remove_file(&path).map_err(fail)?;
        }
    }
    Ok(())
}

/// The error for what cannot happen in a checkout that was left as it was.
fn damaged(what: &str) -> Error {
    Error::new(what, "compare the file with the repository's")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    #[test]
    fn emptying_a_part_spares_the_parts_below_it() {
        let dir = TempDir::new();
        let names = ["a.js", ".stamp", "snippets/x/b.js", "mqtt/a.js"];
        let names = names.map(|name| dir.put(name, ""));
        empty(&dir).unwrap();
        let there = names.map(|path| path.exists());
        assert_eq!(there, [false, false, false, true]);
    }
}
