//! Whether every crate that we build with comes from the registry and under a licence that `deny.toml` allows.
//!
//! [`super::deny`] asks more, with the same file, where cargo-deny is there. This takes no more than cargo.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::paths::{Paths, read};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Prints what is wrong, and says whether nothing is.
pub fn check(paths: &Paths) -> Result<bool> {
    let allowed = allowed(&read(&paths.root.join("deny.toml"))?)?;
    let packages = packages(paths)?;
    let complaints: Vec<String> = packages
        .iter()
        .filter_map(|package| complaint(package, &allowed))
        .collect();
    for complaint in &complaints {
        eprintln!("  {complaint}");
    }
    let mark = if complaints.is_empty() { '✓' } else { '✗' };
    eprintln!("  {mark} licences, {} crates", packages.len());
    Ok(complaints.is_empty() && !packages.is_empty())
}

fn packages(paths: &Paths) -> Result<Vec<Value>> {
    let output = Command::new("cargo")
        .args([
            "metadata",
            "--locked",
            "--all-features",
            "--format-version",
            "1",
        ])
        .current_dir(&paths.root)
        .output()
        .map_err(|e| Error::file("run cargo metadata", &e))?;
    let mut metadata: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Error::new("cargo metadata failed", said)
    })?;
    match metadata["packages"].take() {
        Value::Array(packages) => Ok(packages),
        _ => Ok(Vec::new()),
    }
}

/// What is wrong with one package, as one line.
fn complaint(package: &Value, allowed: &BTreeSet<String>) -> Option<String> {
    let text = |key: &str| package[key].as_str();
    // Without a source it is one of our own.
    let source = text("source")?;
    let name = format!("{} {}", text("name")?, text("version")?);
    if source != REGISTRY {
        return Some(format!(
            "{name} comes from {source}: use the registry's, or allow it in deny.toml"
        ));
    }
    match text("license") {
        None => Some(format!("{name} names no licence: look at its files")),
        Some(licence) if permits(licence, allowed) => None,
        Some(licence) => Some(format!(
            "{name} is under {licence}: deny.toml does not allow that"
        )),
    }
}

/// The names in `allow = […]` below `[licenses]`.
fn allowed(deny: &str) -> Result<BTreeSet<String>> {
    let list = deny
        .split_once("[licenses]")
        .and_then(|(_, rest)| rest.split_once("allow = ["))
        .and_then(|(_, rest)| rest.split_once(']'));
    let (list, _) = list.ok_or_else(|| {
        Error::new(
            "deny.toml has no list of licences",
            "compare the file with the repository's",
        )
    })?;
    let names = list.split(',').map(|name| name.trim().trim_matches('"'));
    Ok(names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect())
}

/// Whether an SPDX expression can be met with what is allowed. A slash is an older way to write OR; an exception only adds rights.
fn permits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut words = words.as_slice();
    let permitted = any(&mut words, allowed);
    permitted && words.is_empty()
}

/// `a OR b OR …`
fn any(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut permitted = all(words, allowed);
    while skip(words, "OR") {
        permitted |= all(words, allowed);
    }
    permitted
}

/// `a AND b AND …`, which binds closer.
fn all(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut permitted = one(words, allowed);
    while skip(words, "AND") {
        permitted &= one(words, allowed);
    }
    permitted
}

/// A licence, or an expression in parentheses.
fn one(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    if skip(words, "(") {
        let permitted = any(words, allowed);
        return skip(words, ")") && permitted;
    }
    let Some((licence, rest)) = words.split_first() else {
        return false;
    };
    *words = rest;
    if skip(words, "WITH") {
        *words = words.get(1..).unwrap_or_default();
    }
    allowed.contains(*licence)
}

fn skip(words: &mut &[&str], word: &str) -> bool {
    match words.split_first() {
        Some((first, rest)) if *first == word => {
            *words = rest;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list() -> BTreeSet<String> {
        let deny = "[graph]\n[licenses]\n# why\nallow = [\n  \"MIT\",\n  \"IJG\",\n]\n[bans]\n";
        allowed(deny).unwrap()
    }

    #[test]
    fn an_expression_is_met_by_one_side_of_an_or_and_both_of_an_and() {
        let list = list();
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 OR MIT",
            "(MIT OR Apache-2.0) AND IJG",
            "GPL-3.0 OR MIT AND IJG",
            "MIT WITH LLVM-exception",
        ] {
            assert!(permits(good, &list), "{good}");
        }
        for bad in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR Apache-2.0) AND GPL-3.0",
            "",
            "(MIT",
            "MIT MIT",
        ] {
            assert!(!permits(bad, &list), "{bad}");
        }
    }

    #[test]
    fn a_crate_from_elsewhere_or_under_another_licence_is_named() {
        let said = |source: &str, licence: &str| {
            let package =
                json!({ "name": "a", "version": "1.0.0", "source": source, "license": licence });
            complaint(&package, &list())
        };
        assert_eq!(said(REGISTRY, "MIT"), None);
        let foreign = said("git+https://example.com/a", "MIT").unwrap();
        assert!(foreign.starts_with("a 1.0.0 comes from git+"), "{foreign}");
        let copyleft = said(REGISTRY, "GPL-3.0-only").unwrap();
        assert!(copyleft.contains("GPL-3.0-only"), "{copyleft}");
        let own = json!({ "name": "xtask", "version": "0.0.0", "source": null, "license": null });
        assert_eq!(complaint(&own, &list()), None);
    }
}
