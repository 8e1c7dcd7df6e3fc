//! Compares two versions in Cargo.lock: bindings are only right when their generator is the crate's own wasm-bindgen.

use super::damaged;
use crate::error::{Error, Result};

/// Fails unless wasm-bindgen and its generator have one version.
pub fn check(lock: &str) -> Result {
    let library = bindgen(lock)?;
    let generator = version(lock, "wasm-bindgen-cli-support")?;
    if library == generator {
        return Ok(());
    }
    Err(Error::new(
        format!("Cargo.lock has wasm-bindgen {library}, but wasm-bindgen-cli-support {generator}"),
        format!("set both to {library}, in Cargo.toml and in xtask/Cargo.toml"),
    ))
}

/// The version of the crate's wasm-bindgen.
pub fn bindgen(lock: &str) -> Result<&str> {
    version(lock, "wasm-bindgen")
}

fn version<'a>(lock: &'a str, package: &str) -> Result<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .ok_or_else(|| damaged(&format!("Cargo.lock has no {package}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(library: &str, generator: &str) -> String {
        format!(
            "[[package]]\nname = \"wasm-bindgen\"\nversion = \"{library}\"\n\n\
             [[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"{generator}\"\n"
        )
    }

    #[test]
    fn equal_versions_pass() {
        assert_eq!(check(&lock("0.2.130", "0.2.130")), Ok(()));
    }

    #[test]
    fn different_versions_are_both_named() {
        let error = check(&lock("0.2.131", "0.2.130")).unwrap_err().to_string();
        assert!(
            error.contains("0.2.131") && error.contains("0.2.130"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_package_is_named() {
        let error = check("").unwrap_err().to_string();
        assert!(error.contains("no wasm-bindgen;"), "{error}");
    }
}
