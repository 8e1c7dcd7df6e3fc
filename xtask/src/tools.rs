//! Finds the programs of others, and has cargo compile some.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Result;
use crate::paths::Paths;
use crate::step;

/// The first of `names` that is on PATH, or in an sbin directory, which PATH of an ordinary user leaves out.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    dirs.extend(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    find_in(&dirs, names)
}

/// Chromium or Chrome: the one that `CHROMIUM` names, or the first one found.
pub fn chromium() -> Option<PathBuf> {
    const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named
        .or_else(|| {
            find(&[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ])
        })
        .or_else(|| Some(PathBuf::from(MAC)).filter(|path| path.exists()))
}

/// Firefox: the one that `FIREFOX` names, or the first one found.
pub fn firefox() -> Option<PathBuf> {
    let named = std::env::var_os("FIREFOX").map(PathBuf::from);
    named.or_else(|| find(&["firefox-esr", "firefox"]))
}

/// A program of crates.io in this version, compiled into the automation's own directory; `--locked`: of the very crates that
/// its makers tried.
pub fn cargo_install(paths: &Paths, package: &str, version: &str, more: &[&str]) -> Result {
    // It does nothing where that version is installed already.
    let mut command = Command::new("cargo");
    command.args(["install", package, "--version", version, "--root"]);
    command.arg(paths.tools()).args(more);
    command.env("CARGO_TARGET_DIR", paths.tools().join("build"));
    step::run(paths, &format!("cargo install {package}"), &mut command)?
        .must_succeed(paths)
        .map(drop)
}

/// Whether this process may install packages.
#[cfg(unix)]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // The owner of its own entry is the user that a process runs as.
    std::fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}

#[cfg(not(unix))]
pub fn is_root() -> bool {
    false
}

fn find_in(dirs: &[PathBuf], names: &[&str]) -> Option<PathBuf> {
    names
        .iter()
        .flat_map(|name| dirs.iter().map(move |dir| dir.join(name)))
        .flat_map(|path| [path.with_extension("exe"), path.with_extension("cmd"), path])
        .find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    // Without an extension it would be npm's script for other systems.
    path.extension().is_some() && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    #[test]
    fn the_first_name_wins_over_the_first_directory() {
        let dir = TempDir::new();
        let [one, two] = ["one", "two"].map(|name| dir.join(name));
        let suffix = if cfg!(windows) { ".exe" } else { "" };
        for name in ["one/later", "two/first", "two/later"] {
            make_executable(&dir.put(&format!("{name}{suffix}"), ""));
        }
        dir.put("one/text", "not a program");
        let dirs = [one.clone(), two.clone()];
        let found = |names| find_in(&dirs, names).map(|path| path.with_extension(""));
        assert_eq!(found(&["first", "later"]), Some(two.join("first")));
        assert_eq!(found(&["later"]), Some(one.join("later")));
        assert_eq!(found(&["text", "none"]), None);
    }

    #[cfg(unix)]
    fn make_executable(path: &Path) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[cfg(not(unix))]
    fn make_executable(_path: &Path) {}
}
