//! The figures at the end.

use std::fmt::Write;

use super::count::Tally;

/// One suite's outcome.
pub struct Row {
    pub suite: &'static str,
    pub tally: Tally,
    pub seconds: f64,
}

/// The table, and as its last line what scripts look for.
pub fn render(rows: &[Row]) -> String {
    let mut out = format!(
        "\n{:<12}{:<10}{:>8}{:>8}{:>9}\n",
        "suite", "outcome", "passed", "failed", "seconds"
    );
    for row in rows {
        let outcome = if row.tally.failed == 0 {
            "ok"
        } else {
            "FAILED"
        };
        let _ = writeln!(
            out,
            "{:<12}{outcome:<10}{:>8}{:>8}{:>9.1}",
            row.suite, row.tally.passed, row.tally.failed, row.seconds
        );
    }
    let total: Tally = rows.iter().map(|row| row.tally).sum();
    let _ = writeln!(out, "{} passed, {} failed", total.passed, total.failed);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_has_the_sums_and_nothing_else() {
        let row = |suite, passed, failed| Row {
            suite,
            tally: Tally { passed, failed },
            seconds: 1.25,
        };
        let table = render(&[row("lint", 12, 0), row("unit", 30, 2)]);
        assert_eq!(table.lines().last(), Some("42 passed, 2 failed"));
        assert!(
            table.contains("\nunit        FAILED          30       2      1.2\n"),
            "{table}"
        );
        assert!(table.contains("\nlint        ok "), "{table}");
    }
}
