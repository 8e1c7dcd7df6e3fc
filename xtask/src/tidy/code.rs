//! Rust source as the rules see it: the shipped code, without comments and tests.

/// The code of each line, from the first; comments are gone, and so is everything from the tests on.
///
/// It is no parser: a `//` in a string ends the line too, which hides nothing that a rule looks for.
pub fn shipped(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        // The house puts tests last in a file.
        .take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"))
        .map(|(number, line)| (number, line.split("//").next().unwrap_or_default()))
}

/// Whether `text` has `name` as a whole path and not as the end or the start of a longer word.
pub fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_tests_are_not_shipped() {
        let text = "//! a\nlet b; // c\n    #[cfg(test)]\nmod tests {}\n";
        let lines: Vec<_> = shipped(text).collect();
        assert_eq!(lines, [(1, ""), (2, "let b; ")]);
    }

    #[test]
    fn a_name_inside_a_longer_one_is_not_mentioned() {
        assert!(mentions("use std::net::TcpStream;", "std::net"));
        assert!(!mentions("use std::network;", "std::net"));
        assert!(!mentions("use mystd::net;", "std::net"));
    }
}
