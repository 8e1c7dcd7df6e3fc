//! Whether a module is up to date: a stamp beside it names the sources that it was made from.
//!
//! Content counts, not the time of a file: a checkout of another branch changes times without need.

use std::fs;
use std::path::{Path, PathBuf};

use super::Grade;
use crate::error::{Error, Result};

/// What a module depends on, beside the directories below.
const FILES: [&str; 4] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];
const DIRS: [&str; 2] = ["src", "xtask/src/build"];
/// The ends of the files that a module consists of, beside its snippets.
const OUTPUTS: [&str; 3] = [".js", ".d.ts", "_bg.wasm"];
const STAMP: &str = ".stamp";

/// A number that stands for all the sources.
pub fn sources(root: &Path) -> Result<u64> {
    let mut files: Vec<PathBuf> = FILES.iter().map(|name| root.join(name)).collect();
    for dir in DIRS {
        list(&root.join(dir), &mut files)?;
    }
    files.sort();
    let mut hash = Fnv::new();
    for file in files {
        let content =
            fs::read(&file).map_err(|e| Error::file(format!("read {}", file.display()), &e))?;
        // Moving a file, or text from the end of one to the start of the next, is a change too.
        hash.update(
            file.strip_prefix(root)
                .unwrap_or(&file)
                .to_string_lossy()
                .as_bytes(),
        );
        hash.update(&content.len().to_le_bytes());
        hash.update(&content);
    }
    Ok(hash.0)
}

/// The grade of the module `base` in `dir`, if it is there and was made from `sources`.
pub fn up_to_date(dir: &Path, base: &str, sources: u64) -> Option<Grade> {
    let stamp = fs::read_to_string(dir.join(STAMP)).ok()?;
    let complete = OUTPUTS
        .iter()
        .all(|end| dir.join(format!("{base}{end}")).is_file());
    let grades = [Grade::Dev, Grade::Release, Grade::Optimised];
    grades
        .into_iter()
        .find(|grade| complete && stamp == line(sources, *grade))
}

/// Says that the module in `dir` was made from `sources`.
pub fn write(dir: &Path, sources: u64, grade: Grade) -> Result {
    crate::paths::write(&dir.join(STAMP), line(sources, grade))
}

fn line(sources: u64, grade: Grade) -> String {
    format!("{sources:016x} {grade:?}\n")
}

fn list(dir: &Path, files: &mut Vec<PathBuf>) -> Result {
    let fail = |e: std::io::Error| Error::file(format!("list {}", dir.display()), &e);
    for entry in fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// FNV-1a, 64 bits: it has to notice a change, not to resist an attacker.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    /// A checkout with one source file, and in `pkg` a module made from it.
    fn checkout() -> TempDir {
        let root = TempDir::new();
        let made = OUTPUTS.map(|end| format!("pkg/a{end}"));
        let inputs = FILES
            .into_iter()
            .chain(["src/lib.rs", "xtask/src/build/mod.rs"]);
        for name in inputs.chain(made.iter().map(String::as_str)) {
            root.put(name, "content");
        }
        write(&root.join("pkg"), sources(&root).unwrap(), Grade::Release).unwrap();
        root
    }

    fn grade(root: &Path) -> Option<Grade> {
        up_to_date(&root.join("pkg"), "a", sources(root).unwrap())
    }

    #[test]
    fn what_was_just_made_is_up_to_date_even_when_a_file_is_touched() {
        let root = checkout();
        assert_eq!(grade(&root), Some(Grade::Release));
        root.put("src/lib.rs", "content");
        assert_eq!(grade(&root), Some(Grade::Release));
    }

    #[test]
    fn a_changed_moved_or_new_source_makes_it_old() {
        for name in ["src/lib.rs", "Cargo.lock", "xtask/src/build/mod.rs"] {
            let root = checkout();
            root.put(name, "CONTENT");
            assert_eq!(grade(&root), None, "{name}");
        }
        let root = checkout();
        fs::remove_file(root.join("src/lib.rs")).unwrap();
        root.put("src/mqtt/lib.rs", "content");
        assert_eq!(grade(&root), None);
        let root = checkout();
        root.put("src/mqtt/mod.rs", "");
        assert_eq!(grade(&root), None);
    }

    #[test]
    fn a_missing_module_or_stamp_makes_it_old() {
        for name in ["pkg/a_bg.wasm", "pkg/.stamp"] {
            let root = checkout();
            fs::remove_file(root.join(name)).unwrap();
            assert_eq!(grade(&root), None, "{name}");
        }
    }

    #[test]
    fn the_hash_is_the_published_one() {
        let mut hash = Fnv::new();
        hash.update(b"foobar");
        assert_eq!(hash.0, 0x8594_4171_f739_67e8);
    }
}
