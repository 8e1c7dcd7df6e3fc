//! Where the device's images go: a name from the network becomes the name of a file.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::paths::{make_dir, write};

/// The longest part of a name that is kept, in bytes: file systems take 255, the number before it included.
const MAX_NAME: usize = 200;

/// Writes an image below `dir` under a new name and says which.
pub fn save(dir: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    make_dir(dir)?;
    let name = harmless(name);
    let free = (1..)
        .map(|number| dir.join(format!("{number}-{name}")))
        .find(|path| !path.exists());
    let path = free.unwrap_or_else(|| dir.join(&name));
    write(&path, bytes)?;
    Ok(path)
}

/// Letters, digits and a few signs stay; all else could mean something to a shell or a file system.
fn harmless(name: &str) -> String {
    name[..name.floor_char_boundary(MAX_NAME)]
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    #[test]
    fn a_name_cannot_leave_the_directory() {
        let dir = TempDir::new();
        let path = save(&dir, "../../etc/passwd", b"x").unwrap();
        assert_eq!(path, dir.join("1-.._.._etc_passwd"));
    }

    #[test]
    fn a_long_name_is_cut_to_what_a_file_may_be_called() {
        let dir = TempDir::new();
        let path = save(&dir, &"画".repeat(100), b"x").unwrap();
        assert_eq!(path, dir.join(format!("1-{}", "画".repeat(66))));
    }

    #[test]
    fn an_earlier_image_is_kept() {
        let dir = TempDir::new();
        for number in 1..=2 {
            let path = save(&dir, "a.jpg", &[number]).unwrap();
            assert_eq!(path, dir.join(format!("{number}-a.jpg")));
        }
        assert_eq!(std::fs::read(dir.join("1-a.jpg")).unwrap(), [1]);
    }
}
