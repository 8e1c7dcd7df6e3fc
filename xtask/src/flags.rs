//! The words of a command line, one after the other; `--name=value` counts as two.

use std::collections::VecDeque;
use std::str::FromStr;

use crate::error::{Error, Result};

/// What is left of a command line.
pub struct Flags(VecDeque<String>);

impl Flags {
    /// The words after the program's name.
    pub fn from_env() -> Self {
        Self::new(std::env::args().skip(1))
    }

    pub fn new(words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut split = VecDeque::new();
        for word in words.into_iter().map(Into::into) {
            match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => {
                    split.push_back(name.to_owned());
                    split.push_back(value.to_owned());
                }
                _ => split.push_back(word),
            }
        }
        Self(split)
    }

    /// The value that must follow the flag `name`.
    pub fn value(&mut self, name: &str) -> Result<String> {
        self.next()
            .ok_or_else(|| Error::new(format!("{name} needs a value"), "give one after it"))
    }

    /// The same as a number, or whatever else `T` reads.
    pub fn parsed<T: FromStr>(&mut self, name: &str) -> Result<T> {
        let value = self.value(name)?;
        value.parse().map_err(|_| {
            Error::new(
                format!("{name} cannot be {value}"),
                "give a number in its range",
            )
        })
    }

    /// Whether one of the words asks what words there are.
    pub fn ask_for_help(&self) -> bool {
        self.0.iter().any(|word| word == "--help" || word == "-h")
    }

    /// Fails unless every word has been taken.
    pub fn finish(mut self) -> Result {
        self.next().map_or(Ok(()), |word| Err(unknown(&word)))
    }
}

impl Iterator for Flags {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.0.pop_front()
    }
}

/// The error for a word that no command knows.
pub fn unknown(word: &str) -> Error {
    Error::new(
        format!("there is no option {word}"),
        "run `cargo xtask help` for those there are",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_follow_a_space_or_an_equals_sign() {
        let mut flags = Flags::new(["--port", "80", "--port=81"]);
        for port in [80_u16, 81] {
            assert_eq!(flags.next().as_deref(), Some("--port"));
            assert_eq!(flags.parsed("--port"), Ok(port));
        }
        assert_eq!(flags.finish(), Ok(()));
    }

    #[test]
    fn help_is_asked_for_wherever_the_word_stands() {
        for (words, asks) in [
            (&["demo", "--help"][..], true),
            (&["bench", "image", "-h", "--json"], true),
            (&["demo", "--image", "help.jpg"], false),
        ] {
            assert_eq!(Flags::new(words.iter().copied()).ask_for_help(), asks);
        }
    }

    #[test]
    fn an_equals_sign_in_a_value_stays() {
        let mut flags = Flags::new(["--broker=ws://h/?a=b", "x=y"]);
        assert_eq!(flags.by_ref().last().as_deref(), Some("x=y"));
        let mut flags = Flags::new(["--broker=ws://h/?a=b"]);
        flags.next();
        assert_eq!(flags.value("--broker").unwrap(), "ws://h/?a=b");
    }

    #[test]
    fn what_is_missing_or_left_over_is_named() {
        let missing = Flags::new([""; 0]).value("--port").unwrap_err();
        assert_eq!(
            missing.to_string(),
            "--port needs a value; give one after it"
        );
        let left = Flags::new(["--prot"]).finish().unwrap_err();
        assert!(left.to_string().contains("no option --prot"), "{left}");
        let bad = Flags::new(["70000"]).parsed::<u16>("--port").unwrap_err();
        assert!(bad.to_string().contains("--port cannot be 70000"), "{bad}");
    }
}
