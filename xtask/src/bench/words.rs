//! The words that benchmarks take: `--case NAME`, `--rounds N`, `--json`.

use crate::error::Result;
use crate::flags::{self, Flags};

/// As the benchmark's own program reads them.
pub fn parse(mut flags: Flags) -> Result<Vec<String>> {
    let mut words = Vec::new();
    while let Some(word) = flags.next() {
        match word.as_str() {
            "--case" => words.extend([word, flags.value("--case")?]),
            "--rounds" => {
                let rounds: u32 = flags.parsed("--rounds")?;
                words.extend([word, rounds.max(1).to_string()]);
            }
            "--json" => words.push(word),
            other => return Err(flags::unknown(other)),
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words<const N: usize>(words: [&str; N]) -> Result<Vec<String>> {
        parse(Flags::new(words))
    }

    #[test]
    fn what_is_asked_for_is_passed_on() {
        let asked = ["--case=loss", "--rounds", "3", "--json"];
        let expected = ["--case", "loss", "--rounds", "3", "--json"];
        assert_eq!(words(asked).unwrap(), expected);
    }

    #[test]
    fn a_wrong_word_is_named_before_anything_is_built() {
        assert!(words(["--rounds", "many"]).is_err());
        let error = words(["--cases"]).unwrap_err().to_string();
        assert!(error.contains("--cases"), "{error}");
    }
}
