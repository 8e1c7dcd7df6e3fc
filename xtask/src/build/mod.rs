//! `cargo xtask build`: the site's modules in `www/pkg` and the npm package in `pkg`.

mod bindgen;
mod cargo;
mod lock;
mod optimise;
mod package;
mod stamp;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::flags::{self, Flags};
use crate::paths::{Paths, make_dir, read, remove_dir};
use crate::step;

/// The base of every file's name, as wasm-pack has it.
pub const NAME: &str = "mqtt_image_sender";

/// One of the three builds of the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The connection and the transfers: what the page's link worker loads.
    Mqtt,
    /// `prepareImage` alone: what the page's image worker loads.
    Image,
    /// Both in one.
    Whole,
}

impl Part {
    const ALL: [Self; 3] = [Self::Mqtt, Self::Image, Self::Whole];

    fn features(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Image => "image",
            Self::Whole => "mqtt,image",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Image => "image",
            Self::Whole => "whole",
        }
    }

    /// Its place below `www/pkg`.
    fn folder(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
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
    site(&paths, grade, Freshness::SameGrade)?;
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

/// When a site that is there already will do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// When it is of the grade asked for, so that two builds from the same tree are the same.
    SameGrade,
    /// Whatever its grade, so long as it was made from today's sources.
    AnyGrade,
}

/// Makes the site's modules, unless those there are up to date.
pub fn site(paths: &Paths, grade: Grade, freshness: Freshness) -> Result {
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
    let there = stamp::up_to_date(&paths.modules(), sources);
    if there.is_some_and(|there| freshness == Freshness::AnyGrade || there == grade) {
        return Ok(());
    }
    eprintln!("building the site's modules");
    // With the stamp: a build that is broken off must not look finished. And with old files under names of their own.
    remove_dir(&paths.modules())?;
    for part in Part::ALL {
        make(paths, part, grade, optimiser.as_ref())?;
    }
    stamp::write(&paths.modules(), sources, grade)
}

fn make(paths: &Paths, part: Part, grade: Grade, optimiser: Option<&PathBuf>) -> Result {
    let wasm = cargo::compile(paths, part, grade)?;
    let out = paths.modules().join(part.folder());
    make_dir(&out)?;
    step::timed(&format!("bindings {}", part.name()), || {
        bindgen::generate(&wasm, &out, grade)
    })?;
    match optimiser {
        Some(wasm_opt) => optimise::run(paths, wasm_opt, part, &out),
        None => Ok(()),
    }
}

/// The files that each part must consist of.
fn outputs() -> impl Iterator<Item = String> {
    Part::ALL.into_iter().flat_map(|part| {
        let folder = match part.folder() {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        [".js", ".d.ts", "_bg.wasm"].map(|end| format!("{folder}{NAME}{end}"))
    })
}

/// The error for what cannot happen in a checkout that was left as it was.
fn damaged(what: &str) -> Error {
    Error::new(what, "compare the file with the repository's")
}
