//! Topic names and topic filters (section 4.7): which are valid, and which names a filter matches.
//!
//! A *name* says where one message goes and has no wildcards. A *filter* says what a subscription wants, and may have
//! `+` for one level and `#` for all the rest. Both are compared byte by byte, without normalization `[MQTT-4.7.3-4]`.

use core::fmt;

/// The longest topic name or filter, in bytes of UTF-8 `[MQTT-4.7.3-3]`.
pub const MAX_TOPIC_BYTES: usize = 65_535;

/// Why a topic name or filter is not a valid one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicError {
    /// It has no character `[MQTT-4.7.3-1]`.
    Empty,
    /// It has this many bytes, over [`MAX_TOPIC_BYTES`] `[MQTT-4.7.3-3]`.
    TooLong(usize),
    /// It contains U+0000 `[MQTT-4.7.3-2]`.
    NullCharacter,
    /// A name contains `+` or `#` `[MQTT-4.7.1-1]`.
    WildcardInName,
    /// In a filter `+` does not fill its level, or `#` is not the last level by itself `[MQTT-4.7.1-2]` `[MQTT-4.7.1-3]`.
    MisplacedWildcard,
}

impl fmt::Display for TopicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a topic has at least one character"),
            Self::TooLong(bytes) => {
                write!(
                    f,
                    "a topic has at most {MAX_TOPIC_BYTES} bytes, this one has {bytes}"
                )
            }
            Self::NullCharacter => f.write_str("a topic may not contain U+0000"),
            Self::WildcardInName => f.write_str("+ and # may not stand in the topic of a message"),
            Self::MisplacedWildcard => {
                f.write_str("+ has to fill its level, and # has to be the last level by itself")
            }
        }
    }
}

impl core::error::Error for TopicError {}

/// Checks the topic of a message.
///
/// # Errors
/// What is wrong with it, section 4.7.
pub fn check_topic_name(name: &str) -> Result<(), TopicError> {
    check_text(name)?;
    if has_wildcard(name) {
        return Err(TopicError::WildcardInName);
    }
    Ok(())
}

/// Checks the filter of a subscription.
///
/// # Errors
/// What is wrong with it, section 4.7.
pub fn check_topic_filter(filter: &str) -> Result<(), TopicError> {
    check_text(filter)?;
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let fits = match level {
            "+" => true,
            "#" => levels.peek().is_none(),
            _ => !has_wildcard(level),
        };
        if !fits {
            return Err(TopicError::MisplacedWildcard);
        }
    }
    Ok(())
}

/// Whether `filter` selects the topic `name`; both are taken to be valid.
pub fn matches(filter: &str, name: &str) -> bool {
    // [MQTT-4.7.2-1]: `$SYS` and its like are not for those who asked for everything.
    if name.starts_with('$') && filter.starts_with(['#', '+']) {
        return false;
    }
    let mut levels = name.split('/');
    for wanted in filter.split('/') {
        // "#" includes the level above it, which is why it is looked at before the name runs out (section 4.7.1.2).
        if wanted == "#" {
            return true;
        }
        match levels.next() {
            Some(level) if wanted == "+" || wanted == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

/// Whether a filter can match more than the one name that is spelt like it.
pub fn has_wildcard(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'+' | b'#'))
}

fn check_text(text: &str) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::Empty);
    }
    if text.len() > MAX_TOPIC_BYTES {
        return Err(TopicError::TooLong(text.len()));
    }
    if text.contains('\0') {
        return Err(TopicError::NullCharacter);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_to_65535_bytes_and_no_wildcard_or_null() {
        assert_eq!(check_topic_name("a"), Ok(()));
        assert_eq!(check_topic_name("/"), Ok(()));
        assert_eq!(check_topic_name("$SYS/broker load/\u{feff}ü"), Ok(()));
        assert_eq!(check_topic_name(""), Err(TopicError::Empty));
        assert_eq!(check_topic_name("a\0b"), Err(TopicError::NullCharacter));
        assert_eq!(check_topic_name("a/+"), Err(TopicError::WildcardInName));
        assert_eq!(check_topic_name("a#"), Err(TopicError::WildcardInName));
        assert_eq!(check_topic_name(&"x".repeat(65_535)), Ok(()));
        // The bound counts bytes: 32,768 letters of two bytes are one too many.
        assert_eq!(
            check_topic_name(&"ü".repeat(32_768)),
            Err(TopicError::TooLong(65_536))
        );
    }

    #[test]
    fn a_filter_has_its_wildcards_alone_in_their_levels() {
        for valid in [
            "#",
            "+",
            "/",
            "+/+",
            "/+",
            "a/#",
            "+/tennis/#",
            "a/+/b",
            "a//b",
        ] {
            assert_eq!(check_topic_filter(valid), Ok(()), "{valid}");
        }
        for invalid in [
            "a#", "a/b#", "#/a", "a/#/b", "a+", "+a", "a/b+/c", "##", "++", "#+",
        ] {
            assert_eq!(
                check_topic_filter(invalid),
                Err(TopicError::MisplacedWildcard),
                "{invalid}"
            );
        }
        assert_eq!(check_topic_filter(""), Err(TopicError::Empty));
        assert_eq!(check_topic_filter("\0"), Err(TopicError::NullCharacter));
        assert_eq!(
            check_topic_filter(&"x".repeat(65_536)),
            Err(TopicError::TooLong(65_536))
        );
    }

    #[test]
    fn filters_match_as_the_examples_of_section_4_7_say() {
        let cases = [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            (
                "sport/tennis/player1/#",
                "sport/tennis/player1/ranking",
                true,
            ),
            (
                "sport/tennis/player1/#",
                "sport/tennis/player1/score/wimbledon",
                true,
            ),
            ("sport/#", "sport", true),
            ("sport/#", "sports", false),
            ("#", "a/b", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("a/+/c", "a//c", true),
            ("a/b", "a/b", true),
            ("a/b", "A/b", false),
            ("a/b", "a/b/", false),
            ("a/b/", "a/b", false),
            ("+/#", "a", true),
        ];
        for (filter, name, expected) in cases {
            assert_eq!(matches(filter, name), expected, "{filter} on {name}");
        }
    }

    #[test]
    fn a_leading_wildcard_does_not_match_a_dollar_topic() {
        assert!(!matches("#", "$SYS/uptime"));
        assert!(!matches("+/uptime", "$SYS/uptime"));
        assert!(matches("$SYS/#", "$SYS/uptime"));
        assert!(matches("$SYS/+", "$SYS/uptime"));
        assert!(matches("a/#", "a/$b"), "only the first level counts");
    }

    #[test]
    fn characters_are_compared_without_normalization() {
        assert!(!matches("\u{e9}", "e\u{301}"));
        assert!(!matches("\u{feff}a", "a"), "a byte order mark counts");
    }
}
