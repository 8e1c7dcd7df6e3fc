//! Where things are.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The places that the automation reads and writes.
#[derive(Clone)]
pub struct Paths {
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's target directory; whatever the automation makes beside the site and the package lies in it.
    pub target: PathBuf,
}

impl Paths {
    /// The checkout that this program was compiled in, and the target directory that cargo uses there.
    pub fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().unwrap_or(manifest).to_owned();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => {
                std::path::absolute(&dir).map_err(|e| Error::file("find the target", &e))?
            }
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    pub fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// The modules of the site.
    pub fn modules(&self) -> PathBuf {
        self.root.join("www/pkg")
    }

    /// The npm package.
    pub fn package(&self) -> PathBuf {
        self.root.join("pkg")
    }

    pub fn benches(&self) -> PathBuf {
        self.root.join("benches")
    }

    pub fn tests(&self) -> PathBuf {
        self.root.join("tests")
    }

    /// Where the long outputs of compilers and suites go.
    pub fn logs(&self) -> PathBuf {
        self.target.join("xtask-logs")
    }

    /// Where programs are that cargo installs for the automation alone.
    pub fn tools(&self) -> PathBuf {
        self.target.join("xtask-tools")
    }

    /// Where the demo's device puts what it receives.
    pub fn received(&self) -> PathBuf {
        self.target.join("demo")
    }

    /// `path` as a person in the checkout would write it.
    pub fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// Makes a directory and its parents.
pub fn make_dir(dir: &Path) -> Result {
    std::fs::create_dir_all(dir).map_err(|e| Error::file(format!("make {}", dir.display()), &e))
}

/// Removes a directory with all that is in it; that there is none is fine.
pub fn remove_dir(dir: &Path) -> Result {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file(format!("remove {}", dir.display()), &e))
        }
        _ => Ok(()),
    }
}

pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| Error::file(format!("read {}", path.display()), &e))
}

pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result {
    std::fs::write(path, content).map_err(|e| Error::file(format!("write {}", path.display()), &e))
}
