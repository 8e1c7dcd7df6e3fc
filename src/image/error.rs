//! What can go wrong between a file and the bytes for a panel, sorted by whose fault it is.
//!
//! The `Display` text is for the person at the page, so each says what to do next; [`Error::code`] is for programs.

use std::borrow::Cow;
use std::fmt;

/// Why a picture could not be prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The caller's mistake: an option's value, an option that the format cannot honour, or a source of 0 bytes.
    Invalid {
        /// The option's name in the JavaScript interface; `source` for the picture itself.
        option: &'static str,
        /// What is wrong with it and what it may be.
        reason: Cow<'static, str>,
    },
    /// The bytes are no picture, or one that cannot be read here.
    Unsupported {
        /// What it is, as far as that could be told: `HEIC`, `arithmetic-coded JPEG`, `not a picture`.
        what: Cow<'static, str>,
        /// The way out.
        advice: &'static str,
    },
    /// A picture that is broken beyond what can be shown in part.
    Corrupt {
        /// The format's name.
        format: &'static str,
        /// What the decoder stumbled over.
        reason: String,
    },
    /// Over a limit that the caller set, or over the memory that the header foretells.
    TooLarge {
        /// What is too large: `maxMegapixels`, `maxBytes` or `memory`.
        limit: &'static str,
        /// The figures, and what to do.
        reason: String,
    },
}

impl Error {
    /// The stable code of the JavaScript interface.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid",
            Self::Unsupported { .. } => "unsupported",
            Self::Corrupt { .. } => "corrupt",
            Self::TooLarge { .. } => "too-large",
        }
    }

    pub(crate) fn invalid(option: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid {
            option,
            reason: reason.into(),
        }
    }

    pub(crate) fn corrupt(format: &'static str, reason: impl ToString) -> Self {
        Self::Corrupt {
            format,
            reason: reason.to_string(),
        }
    }

    pub(crate) fn too_large(limit: &'static str, reason: impl Into<String>) -> Self {
        Self::TooLarge {
            limit,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { option, reason } => write!(f, "{option}: {reason}"),
            Self::Unsupported { what, advice } => write!(f, "{what} cannot be read here: {advice}"),
            Self::Corrupt { format, reason } => {
                write!(
                    f,
                    "the {format} file is broken ({reason}): save it again or take another copy"
                )
            }
            Self::TooLarge { limit, reason } => write!(f, "{limit}: {reason}"),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_code_and_names_what_it_is_about() {
        let unsupported = Error::Unsupported {
            what: "HEIC".into(),
            advice: "set the camera to JPEG",
        };
        for (error, code, word) in [
            (Error::invalid("quality", "1 to 100"), "invalid", "quality"),
            (unsupported, "unsupported", "HEIC"),
            (Error::corrupt("PNG", "bad CRC"), "corrupt", "PNG"),
            (
                Error::too_large("maxBytes", "too many"),
                "too-large",
                "maxBytes",
            ),
        ] {
            assert_eq!(error.code(), code);
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
