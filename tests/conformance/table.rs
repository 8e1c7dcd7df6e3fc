//! Compares `conformance.md` with the tests, both ways, and with the standard's list of statements.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The sections of the standard with mandatory statements, and how many each has (its appendix B). One of them, the
/// fourth of 3.8.3, is printed there as "MQTT-3-8.3-4", and the seventh of 3.1.2 as "MQTT-3.1.2.7".
const SECTIONS: [(&str, usize); 39] = [
    ("1.5.3", 3),
    ("2.2.2", 2),
    ("2.3.1", 7),
    ("3.1.0", 2),
    ("3.1.2", 24),
    ("3.1.3", 11),
    ("3.1.4", 5),
    ("3.2.0", 1),
    ("3.2.2", 6),
    ("3.3.1", 12),
    ("3.3.2", 3),
    ("3.3.4", 1),
    ("3.3.5", 2),
    ("3.6.1", 1),
    ("3.8.1", 1),
    ("3.8.3", 4),
    ("3.8.4", 6),
    ("3.9.3", 2),
    ("3.10.1", 1),
    ("3.10.3", 2),
    ("3.10.4", 6),
    ("3.12.4", 1),
    ("3.14.1", 1),
    ("3.14.4", 3),
    ("4.1.0", 2),
    ("4.3.1", 1),
    ("4.3.2", 2),
    ("4.3.3", 2),
    ("4.4.0", 1),
    ("4.5.0", 2),
    ("4.6.0", 6),
    ("4.7.1", 3),
    ("4.7.2", 1),
    ("4.7.3", 4),
    ("4.8.0", 2),
    ("6.0.0", 4),
    ("7.0.0", 2),
    ("7.1.1", 1),
    ("7.1.2", 1),
];

struct Row {
    statement: String,
    whom: String,
    asks: String,
    shown_by: String,
}

impl Row {
    /// The names between backticks.
    fn tests(&self) -> impl Iterator<Item = &str> {
        self.shown_by.split('`').skip(1).step_by(2)
    }
}

fn tests_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(name: &str) -> String {
    let path = tests_folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn rows() -> Vec<Row> {
    let text = read("conformance.md");
    // The second table lists mutations.
    let first = text.split("\n## ").next().unwrap();
    let rows = first.lines().filter(|line| line.starts_with("| MQTT-"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [statement, whom, asks, shown_by] = cells[..] else {
            panic!("not four cells: {line}")
        };
        Row {
            statement: statement.to_owned(),
            whom: whom.to_owned(),
            asks: asks.to_owned(),
            shown_by: shown_by.to_owned(),
        }
    })
    .collect()
}

/// The names of the functions under `#[test]` in the files beside this one.
fn written_tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(tests_folder().join("conformance")).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("table.rs") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        for part in text.split("#[test]").skip(1) {
            let name = part.trim_start().strip_prefix("fn ").expect("a function");
            names.insert(name.split('(').next().unwrap().to_owned());
        }
    }
    names
}

#[test]
fn every_statement_of_the_standard_has_its_row_and_no_row_is_empty() {
    let expected: Vec<String> = SECTIONS
        .iter()
        .flat_map(|(section, count)| (1..=*count).map(move |n| format!("MQTT-{section}-{n}")))
        .collect();
    assert_eq!(expected.len(), 141);
    let rows = rows();
    let found: Vec<&str> = rows.iter().map(|row| row.statement.as_str()).collect();
    assert_eq!(found, expected);
    for row in &rows {
        let statement = &row.statement;
        assert!(
            ["client", "broker", "both"].contains(&row.whom.as_str()),
            "{statement}"
        );
        assert!(!row.asks.is_empty(), "{statement}");
        let has_reason = row.shown_by.split(' ').count() > 5;
        let is_shown = row.tests().next().is_some();
        // What binds a client is shown; what binds a broker alone may say why not.
        assert!(
            is_shown || row.whom == "broker" && has_reason,
            "{statement}"
        );
    }
}

#[test]
fn every_test_that_the_table_names_exists() {
    let written = written_tests();
    for row in rows() {
        for name in row.tests() {
            let Some((file, title)) = name.split_once(": ") else {
                assert!(
                    written.contains(name),
                    "{}: there is no {name}",
                    row.statement
                );
                continue;
            };
            let text = read(file);
            let is_there = ["fn ", "test(\"", "test(`"]
                .iter()
                .any(|start| text.contains(&format!("{start}{title}")));
            assert!(is_there, "{}: {file} has no {title}", row.statement);
        }
    }
}

#[test]
fn every_test_has_a_row() {
    let rows = rows();
    let named: BTreeSet<&str> = rows.iter().flat_map(Row::tests).collect();
    let written = written_tests();
    let missing: Vec<&String> = written
        .iter()
        .filter(|name| !named.contains(name.as_str()))
        .collect();
    assert_eq!(missing, Vec::<&String>::new());
    assert!(written.len() > 70, "found only {}", written.len());
}

#[test]
fn ten_rows_or_more_have_been_shown_to_fail_each_by_a_test_of_its_own() {
    let text = read("conformance.md");
    let (_, mutations) = text.split_once("\n## ").unwrap();
    let mutations = mutations.lines().filter(|line| line.starts_with("| MQTT-"));
    let rows = rows();
    let mut statements = BTreeSet::new();
    for line in mutations {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [statement, change, file, failed] = cells[..] else {
            panic!("not four cells: {line}")
        };
        let row = rows.iter().find(|row| row.statement == statement);
        let row = row.unwrap_or_else(|| panic!("there is no {statement}"));
        assert!(!change.is_empty(), "{statement}");
        let file = tests_folder().join("..").join(file.trim_matches('`'));
        assert!(file.is_file(), "{}", file.display());
        let failed: Vec<&str> = failed.split('`').skip(1).step_by(2).collect();
        assert!(!failed.is_empty(), "{statement}");
        for name in failed {
            assert!(row.tests().any(|test| test == name), "{statement}: {name}");
        }
        statements.insert(statement);
    }
    assert!(statements.len() >= 10, "only {}", statements.len());
}
