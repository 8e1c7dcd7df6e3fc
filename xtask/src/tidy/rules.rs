//! The rules for one file. A complaint says what to do.

use super::{code, rooms};

/// More makes a reader ask why (STYLE.md, 4).
const MAX_LINES: usize = 600;

/// What may lie at the top: the product, and what tools expect there. One crate for the product, and this one.
const TOP: [&str; 14] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.toml",
    "README.md",
    "SECURITY.md",
    "benches",
    "clippy.toml",
    "deny.toml",
    "fuzz",
    "rust-toolchain.toml",
    "src",
    "tests",
    "www",
];

/// Copies that nobody edits, whatever they are like; a test compares their sums.
const COPIES: [&str; 1] = ["tests/quality/quality.py"];

/// What is wrong with the file `name`, each as one line.
pub fn check(name: &str, text: &str) -> Vec<String> {
    if COPIES.contains(&name) {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    let rust = name.ends_with(".rs");
    if rust && !text.starts_with("//!") {
        complaints.push((
            1,
            "begin with a `//!` comment that tells a newcomer what the file is for".to_owned(),
        ));
    }
    complaints.extend(misplaced(name));
    complaints.extend(trailing_space(text));
    if is_code(name) {
        complaints.extend(too_long(text));
    }
    if rust {
        complaints.extend(rooms::check(name, text));
        complaints.extend(debugged(name, text));
    }
    complaints
        .into_iter()
        .map(|(line, what)| format!("{name}:{line}: {what}"))
        .collect()
}

fn misplaced(name: &str) -> Option<(usize, String)> {
    let top = name.split('/').next().unwrap_or(name);
    let is_home = top == "xtask" || TOP.contains(&top);
    (!is_home).then(|| {
        let what = format!("`{top}` has no place at the top: src, tests, www or xtask take it");
        (1, what)
    })
}

/// In the modules `Debug` writes nothing (`build::debug`).
fn debugged<'a>(name: &str, text: &'a str) -> impl Iterator<Item = (usize, String)> + 'a {
    let is_shipped =
        name.starts_with("src/") && !name.contains("/tests") && !name.ends_with("/testing.rs");
    code::shipped(text)
        .filter(move |(_, line)| is_shipped && line.contains(":?}"))
        .map(|(number, _)| {
            let what = "write it by `Display`: `Debug` writes nothing in a module";
            (number, what.to_owned())
        })
}

/// Documents may be as long as they like.
fn is_code(name: &str) -> bool {
    [
        ".rs", ".js", ".jsx", ".mjs", ".ts", ".c", ".h", ".css", ".html",
    ]
    .iter()
    .any(|ending| name.ends_with(ending))
}

fn trailing_space(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.split('\n')
        .enumerate()
        .filter(|(_, line)| line.ends_with([' ', '\t', '\r']))
        .map(|(index, _)| {
            (
                index + 1,
                "remove the space at the end of the line".to_owned(),
            )
        })
}

fn too_long(text: &str) -> Option<(usize, String)> {
    let lines = text.lines().count();
    (lines > MAX_LINES).then(|| {
        (
            lines,
            format!(
                "{lines} lines, and {MAX_LINES} are the most: split the file by its sub-machines"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_file_passes() {
        let text = format!("//! What it is.\n{}", "fn f() {}\n".repeat(MAX_LINES - 1));
        assert_eq!(check("xtask/src/a.rs", &text), [""; 0]);
        assert_eq!(check("README.md", &"word\n".repeat(2 * MAX_LINES)), [""; 0]);
    }

    #[test]
    fn a_file_without_an_opening_comment_fails() {
        let found = check("src/a.rs", "// What it is.\n");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("src/a.rs:1: begin with a `//!`"),
            "{found:?}"
        );
    }

    #[test]
    fn a_crate_or_a_page_beside_the_product_fails() {
        for stray in ["crates/other/src/lib.rs", "docs/guide.md", "NOTES.md"] {
            let found = check(stray, "//! A.\n");
            assert_eq!(found.len(), 1, "{stray}");
            assert!(found[0].contains("no place at the top"), "{found:?}");
        }
        assert_eq!(check("fuzz/Cargo.toml", ""), [""; 0]);
    }

    #[test]
    fn space_at_the_end_of_a_line_fails_in_any_file() {
        for bad in ["a \n", "a\t\n", "a\r\n", "a "] {
            let found = check("www/a.css", &format!("first\n{bad}"));
            assert_eq!(
                found,
                ["www/a.css:2: remove the space at the end of the line"]
            );
        }
    }

    #[test]
    fn a_file_that_is_too_long_fails() {
        let text = "a\n".repeat(MAX_LINES + 1);
        let found = check("www/a.js", &text);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].contains("601 lines, and 600 are the most"),
            "{found:?}"
        );
    }

    #[test]
    fn what_is_shipped_writes_no_debug() {
        let text = "//! A.\nfn f() { format!(\"{x:?}\"); }\n#[cfg(test)]\n// {y:?}\n";
        let found = check("src/mqtt/a.rs", text);
        assert_eq!(
            found,
            ["src/mqtt/a.rs:2: write it by `Display`: `Debug` writes nothing in a module"]
        );
        assert!(check("src/mqtt/tests/a.rs", text).is_empty());
        assert!(check("xtask/src/a.rs", text).is_empty());
    }

    #[test]
    fn the_rules_between_rooms_are_applied() {
        let found = check("src/mqtt/a.rs", "//! A.\nuse crate::browser;\n");
        assert!(
            found[0].starts_with("src/mqtt/a.rs:2: mqtt may use"),
            "{found:?}"
        );
    }
}
