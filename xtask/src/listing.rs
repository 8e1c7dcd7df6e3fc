//! `www/files.js`: the files of the page with their sums, for its service worker (`www/sw.js`). The list is the version: any
//! file that changes makes it another one, and nothing else does.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::files;
use crate::paths::{Paths, write};
use crate::sums::hex;

/// Its place in the site.
const LIST: &str = "files.js";
/// The worker itself: a change of it is a new version, but it keeps no copy of itself.
const WORKER: &str = "sw.js";
/// The ends of what a page loads. The declarations of the modules are for compilers.
const ENDS: [&str; 7] = [".html", ".js", ".css", ".svg", ".png", ".jpg", ".wasm"];
/// The README's pictures, which no page shows.
const PICTURES: [&str; 2] = ["img/screenshot.jpg", "img/devices.jpg"];

/// Writes the list of the site as it is now.
pub fn make(paths: &Paths) -> Result {
    let www = paths.www();
    write(&www.join(LIST), list(&www)?)
}

fn list(www: &Path) -> Result<String> {
    let mut version = Sha256::new();
    let mut lines = String::new();
    for (name, path) in files::below(www)? {
        if !is_part(&name) {
            continue;
        }
        let fail = |e: std::io::Error| Error::file(format!("read {}", path.display()), &e);
        let content = fs::read(&path).map_err(fail)?;
        let line = format!(
            "    {name:?}: [{}, {:?}],\n",
            content.len(),
            start_of(Sha256::new_with_prefix(&content))
        );
        version.update(&line);
        if name != WORKER {
            lines.push_str(&line);
        }
    }
    let mut text = String::from(
        "// Made by `cargo xtask build` and `dist`: each file's length and the start of its SHA-256.\n",
    );
    let version = start_of(version);
    let _ = write!(
        text,
        "self.SITE = {{\n  version: {version:?},\n  files: {{\n{lines}  }},\n}};\n"
    );
    Ok(text)
}

/// Whether a page loads this file. Of the modules it has the parts, the whole is for pages of others.
fn is_part(name: &str) -> bool {
    let is_loaded = name == "manifest.webmanifest" || ENDS.iter().any(|end| name.ends_with(end));
    let is_ours = !name.starts_with("pkg/")
        || ["pkg/mqtt/", "pkg/practice/", "pkg/image/"]
            .iter()
            .any(|part| name.starts_with(part));
    is_loaded && is_ours && name != LIST && !PICTURES.contains(&name)
}

/// Its first eight bytes: it has to notice a change and a mixed site, not to resist an attacker.
fn start_of(sum: Sha256) -> String {
    hex(&sum.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    fn site() -> TempDir {
        let www = TempDir::new();
        for name in [
            "index.html",
            "js/app.js",
            "sw.js",
            "files.js",
            "pkg/whole.js",
            "pkg/mqtt/a.wasm",
            "pkg/mqtt/a.d.ts",
            "img/screenshot.jpg",
            ".x.js",
        ] {
            www.put(name, "abc");
        }
        www
    }

    #[test]
    fn it_names_what_a_page_loads_with_its_length_and_sum() {
        let text = list(&site()).unwrap();
        let names: Vec<_> = text.lines().filter(|line| line.contains('[')).collect();
        let file = |name: &str| format!("    \"{name}\": [3, \"ba7816bf8f01cfea\"],");
        assert_eq!(
            names,
            ["index.html", "js/app.js", "pkg/mqtt/a.wasm"].map(file)
        );
    }

    #[test]
    fn another_version_is_made_by_any_file_of_the_page_and_its_worker_alone() {
        let before = list(&site()).unwrap();
        for (name, is_other) in [
            ("js/app.js", true),
            ("sw.js", true),
            ("files.js", false),
            ("pkg/whole.js", false),
        ] {
            let www = site();
            www.put(name, "abd");
            assert_eq!(list(&www).unwrap() != before, is_other, "{name}");
        }
    }
}
