//! `cargo xtask tidy`: the house rules that neither rustfmt nor clippy knows.

mod code;
mod rooms;
mod rules;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::flags::Flags;
use crate::paths::Paths;

/// What is not ours, or was made and not written.
const SKIPPED: [&str; 6] = [
    "target",
    "node_modules",
    "pkg",
    "cache",
    "corpus",
    "artifacts",
];
/// The endings of the files that people write.
const TEXT: [&str; 14] = [
    "rs", "toml", "js", "jsx", "mjs", "ts", "c", "h", "css", "html", "md", "yml", "py", "sh",
];

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    flags.finish()?;
    Ok(if check(&Paths::find()?)? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Checks the whole checkout, prints what is wrong, and says whether nothing is.
pub fn check(paths: &Paths) -> Result<bool> {
    let mut files = Vec::new();
    list(&paths.root, &mut files)?;
    files.sort();
    let mut complaints = Vec::new();
    for file in &files {
        let bytes =
            std::fs::read(file).map_err(|e| Error::file(format!("read {}", file.display()), &e))?;
        let name = file.strip_prefix(&paths.root).unwrap_or(file);
        let name = name.to_string_lossy().replace('\\', "/");
        complaints.extend(rules::check(&name, &String::from_utf8_lossy(&bytes)));
    }
    for complaint in &complaints {
        eprintln!("  {complaint}");
    }
    let mark = if complaints.is_empty() { '✓' } else { '✗' };
    eprintln!("  {mark} tidy, {} files", files.len());
    Ok(complaints.is_empty())
}

fn list(dir: &Path, files: &mut Vec<PathBuf>) -> Result {
    let fail = |e: std::io::Error| Error::file(format!("list {}", dir.display()), &e);
    for entry in std::fs::read_dir(dir).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A link leads to what is listed elsewhere, or is not ours.
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) && !name.starts_with('.') {
            list(&entry.path(), files)?;
        } else if kind.is_file() && is_text(&name) {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn is_text(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    TEXT.contains(&ending)
}
