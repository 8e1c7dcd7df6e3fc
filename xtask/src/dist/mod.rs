//! `cargo xtask dist`: the site and the npm package as archives in `target/dist`, with their checksums, and for whoever reads
//! a stack of theirs the names of their functions.
//!
//! The same checkout gives the same bytes: no time, owner or order of a directory goes into an archive.

mod archive;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sha2::{Digest, Sha256};

use crate::build::{self, Freshness, Grade, Part};
use crate::error::{Error, Result};
use crate::flags::Flags;
use crate::paths::{Paths, make_dir, remove_dir, write};

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    flags.finish()?;
    let paths = Paths::find()?;
    build::site(&paths, &Part::ALL, Grade::Optimised, Freshness::SameGrade)?;
    build::package(&paths)?;
    let out = paths.target.join("dist");
    let version = build::version(&paths)?;
    // npm wants its files below "package".
    let archives = [
        ("mqtt-image-sender", paths.package(), "package"),
        ("mqtt-image-sender-site", paths.www(), "mqtt-image-sender"),
    ];
    let mut released = Vec::new();
    for (name, from, top) in archives {
        released.push((format!("{name}-{version}.tgz"), archive::pack(&from, top)?));
    }
    for (part, symbols) in build::symbols(&paths) {
        let name = format!("mqtt-image-sender-{version}-{part}.symbols");
        released.push((name, symbols.into_bytes()));
    }
    remove_dir(&out)?;
    make_dir(&out)?;
    let mut sums = String::new();
    for (name, bytes) in released {
        write(&out.join(&name), &bytes)?;
        // The format of sha256sum, so that `sha256sum --check SHA256SUMS` reads it.
        let _ = writeln!(sums, "{}  {name}", hex(&Sha256::digest(&bytes)));
    }
    write(&out.join("SHA256SUMS"), &sums)?;
    print!("{sums}");
    println!("they are in {}", paths.short(&out));
    Ok(ExitCode::SUCCESS)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files below `dir` with their paths in it, in an order of our own. What is hidden stays behind.
fn files(dir: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    list(dir, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn list(dir: &Path, below: &str, found: &mut Vec<(String, PathBuf)>) -> Result {
    let fail = |e: std::io::Error| Error::file(format!("list {}", dir.display()), &e);
    for entry in fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{below}{name}");
        if path.is_dir() {
            list(&path, &format!("{name}/"), found)?;
        } else {
            found.push((name, path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    #[test]
    fn files_come_in_one_order_and_without_what_is_hidden() {
        let dir = TempDir::new();
        for name in ["b/a.js", "b.js", "a.js", ".stamp", "b/.stamp"] {
            dir.put(name, "");
        }
        let names: Vec<_> = files(&dir)
            .unwrap()
            .into_iter()
            .map(|file| file.0)
            .collect();
        assert_eq!(names, ["a.js", "b.js", "b/a.js"]);
    }

    #[test]
    fn a_sum_is_written_as_sha256sum_does() {
        let sum = hex(&Sha256::digest(b"abc"));
        assert_eq!(
            sum,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
