//! The files below a directory.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The files below `dir` with their paths in it, in an order of our own. What is hidden stays behind.
pub fn below(dir: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    list(dir, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn list(dir: &Path, above: &str, found: &mut Vec<(String, PathBuf)>) -> Result {
    let fail = |e: std::io::Error| Error::file(format!("list {}", dir.display()), &e);
    for entry in fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{above}{name}");
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
        let names: Vec<_> = below(&dir)
            .unwrap()
            .into_iter()
            .map(|file| file.0)
            .collect();
        assert_eq!(names, ["a.js", "b.js", "b/a.js"]);
    }
}
