//! The one error of the automation: what went wrong, and what to do about it.

use std::fmt;

/// One line for the person at the terminal. The remedy is not optional.
#[derive(Debug, PartialEq, Eq)]
pub struct Error {
    what: String,
    remedy: String,
}

pub type Result<T = ()> = core::result::Result<T, Error>;

impl Error {
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// A file operation that failed, `doing` what: "write www/pkg/…".
    pub fn file(doing: impl fmt::Display, cause: &std::io::Error) -> Self {
        Self::new(
            format!("cannot {doing}: {cause}"),
            "look at its permissions and at the free space",
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what, self.remedy)
    }
}
