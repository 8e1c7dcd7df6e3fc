//! The npm package in `pkg`: the site's modules with a package.json, the README and the licences beside them.

use std::fs;
use std::path::Path;

use super::{NAME, Part, damaged};
use crate::error::{Error, Result};
use crate::paths::{Paths, make_dir, read, remove_dir, write};

/// The files of the checkout that go along, and whose absence is said.
const PAPERS: [&str; 3] = ["README.md", "LICENSE-MIT", "LICENSE-APACHE"];

/// The entry `worker`: its own files, and those that it shares with the page and with the module.
const WORKER: [&str; 7] = [
    "src/browser/worker/index.js",
    "src/browser/worker/index.d.ts",
    "src/browser/worker/link.js",
    "src/browser/worker/image.js",
    "src/browser/errors.js",
    "www/js/rpc.js",
    "www/js/mirror.js",
];
/// The entry of each build for Node.
const NODE: &str = "src/browser/node.js";

/// Copies `www/pkg` and writes what npm wants to know.
pub fn make(paths: &Paths) -> Result {
    let out = paths.package();
    remove_dir(&out)?;
    copy_tree(&paths.modules(), &out)?;
    for paper in PAPERS {
        let from = paths.root.join(paper);
        if from.exists() {
            copy(&from, &out.join(paper))?;
        } else {
            eprintln!("{paper} is left out of the package: there is none");
        }
    }
    for file in WORKER {
        copy_into(&out.join("worker"), &paths.root.join(file))?;
    }
    for part in Part::ENTRIES {
        copy_into(&out.join(part.folder()), &paths.root.join(NODE))?;
    }
    let manifest = read(&paths.root.join("Cargo.toml"))?;
    write(&out.join("package.json"), package_json(&manifest)?)
}

/// Copies a directory and those below it, but nothing hidden: the stamp stays behind.
fn copy_tree(from: &Path, to: &Path) -> Result {
    let fail = |e: std::io::Error| Error::file(format!("list {}", from.display()), &e);
    for entry in fs::read_dir(from).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_tree(&path, &copied)?;
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            copy(&path, &copied)?;
        }
    }
    Ok(())
}

fn copy_into(dir: &Path, from: &Path) -> Result {
    copy(from, &dir.join(from.file_name().unwrap_or_default()))
}

fn copy(from: &Path, to: &Path) -> Result {
    if let Some(dir) = to.parent() {
        make_dir(dir)?;
    }
    let copied = fs::copy(from, to);
    copied
        .map(drop)
        .map_err(|e| Error::file(format!("copy {} to {}", from.display(), to.display()), &e))
}

/// The package's own description, whose facts are those of Cargo.toml.
fn package_json(manifest: &str) -> Result<String> {
    let [version, description, license, repository] =
        ["version", "description", "license", "repository"].map(|key| field(manifest, key));
    // npm has a syntax of its own for two licences.
    let license = format!("({})", license?);
    Ok(format!(
        r#"{{
  "name": "mqtt-image-sender",
  "version": "{version}",
  "description": "{description}",
  "license": "{license}",
  "repository": {{ "type": "git", "url": "git+{repository}.git" }},
  "keywords": ["mqtt", "wasm", "epaper", "image", "websocket"],
  "type": "module",
  "main": "./{NAME}.js",
  "module": "./{NAME}.js",
  "types": "./{NAME}.d.ts",
  "exports": {{
{exports}
    "./worker": {{ "types": "./worker/index.d.ts", "node": "./node.js", "default": "./worker/index.js" }},
    "./package.json": "./package.json"
  }},
  "files": ["{NAME}*", "node.js", "mqtt", "practice", "image", "worker", "snippets", "LICENSE-*"],
  "sideEffects": ["./worker/link.js", "./worker/image.js"]
}}
"#,
        version = version?,
        description = description?,
        repository = repository?,
        exports = exports(),
    ))
}

/// Each part by its public name, and its module for those who load it themselves.
fn exports() -> String {
    let entry = |part: Part| {
        let (key, dir) = match part.folder() {
            "" => (".".to_owned(), ".".to_owned()),
            folder => (format!("./{folder}"), format!("./{folder}")),
        };
        format!(
            r#"    "{key}": {{ "types": "{dir}/{NAME}.d.ts", "node": "{dir}/node.js", "default": "{dir}/{NAME}.js" }},
    "{dir}/{NAME}_bg.wasm": "{dir}/{NAME}_bg.wasm","#
        )
    };
    Part::ENTRIES.map(entry).join("\n")
}

/// The value of `key = "…"` in the manifest's first section.
pub fn field<'a>(manifest: &'a str, key: &str) -> Result<&'a str> {
    let section = manifest.split("\n[").next().unwrap_or_default();
    section
        .lines()
        .find_map(|line| {
            let value = line.strip_prefix(key)?.trim_start().strip_prefix('=')?;
            value.trim().strip_prefix('"')?.strip_suffix('"')
        })
        .ok_or_else(|| damaged(&format!("Cargo.toml has no {key}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    const MANIFEST: &str = "[package]\nname = \"x\"\nversion = \"1.2.3\"\ndescription = \"Says so\"\n\
        license = \"MIT OR Apache-2.0\"\nrepository = \"https://h/r\"\n\n[dependencies]\nkeywords = \"no\"\n";

    #[test]
    fn the_facts_are_those_of_the_manifest() {
        let json = package_json(MANIFEST).unwrap();
        for part in [
            r#""version": "1.2.3""#,
            r#""license": "(MIT OR Apache-2.0)""#,
            r#""url": "git+https://h/r.git""#,
            r#""./mqtt": { "types": "./mqtt/mqtt_image_sender.d.ts""#,
            r#"".": { "types": "./mqtt_image_sender.d.ts", "node": "./node.js", "default": "./mqtt_image_sender.js" }"#,
        ] {
            assert!(json.contains(part), "{part} is missing in {json}");
        }
    }

    #[test]
    fn a_fact_from_another_section_does_not_count() {
        let error = field(MANIFEST, "keywords").unwrap_err().to_string();
        assert!(error.contains("no keywords"), "{error}");
    }

    #[test]
    fn the_modules_travel_with_their_snippets_and_without_the_stamp() {
        let dir = TempDir::new();
        let names = ["mqtt/snippets/a/b.js", ".stamp", "a.wasm"];
        for name in names {
            dir.put(&format!("from/{name}"), "content");
        }
        copy_tree(&dir.join("from"), &dir.join("to")).unwrap();
        let there = names.map(|name| dir.join("to").join(name).exists());
        assert_eq!(there, [true, false, true]);
    }
}
