//! Which room of the crate may know which other (ARCHITECTURE.md), and which of them may touch the world.

use super::code::{is_word, mentions, shipped};

/// Each room that has rules, and the rooms below it that it may use.
const ROOMS: [(&str, &[&str]); 9] = [
    ("rng", &[]),
    ("time", &[]),
    ("mqtt", &["rng", "time"]),
    ("transfer", &["rng", "time"]),
    ("image", &["rng", "time"]),
    ("loopback", &["mqtt", "rng", "time"]),
    ("client", &["mqtt", "transfer", "rng", "time"]),
    (
        "native",
        &["client", "loopback", "mqtt", "transfer", "rng", "time"],
    ),
    (
        "browser",
        &[
            "client", "image", "loopback", "mqtt", "transfer", "rng", "time",
        ],
    ),
];

/// The rooms with a clock and a socket.
const SHELLS: [&str; 2] = ["native", "browser"];

/// What only the shells may touch.
const WORLD: [&str; 12] = [
    "Instant::now",
    "SystemTime",
    "Date::now",
    "std::time::Instant",
    "std::net",
    "std::thread",
    "std::fs",
    "gloo_timers",
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "async",
];

/// What is wrong in a file of the crate: line and complaint.
pub fn check(name: &str, text: &str) -> Vec<(usize, String)> {
    let Some(room) = room_of(name) else {
        return Vec::new();
    };
    let allowed = ROOMS.iter().find(|(name, _)| *name == room);
    let mut complaints = Vec::new();
    if let Some((_, below)) = allowed {
        complaints.extend(strangers(room, below, text));
    }
    if !SHELLS.contains(&room) {
        complaints.extend(worldly(room, text));
    }
    complaints
}

/// `mqtt` of `src/mqtt/codec.rs`, `rng` of `src/rng.rs`.
fn room_of(name: &str) -> Option<&str> {
    let path = name.strip_prefix("src/")?;
    let room = path.split('/').next()?;
    Some(room.strip_suffix(".rs").unwrap_or(room))
}

fn strangers(room: &str, below: &[&str], text: &str) -> Vec<(usize, String)> {
    let known = |other: &str| other == room || below.contains(&other);
    uses(text)
        .into_iter()
        .filter(|(_, other)| ROOMS.iter().any(|(name, _)| name == other) && !known(other))
        .map(|(line, other)| {
            let may = below.join(", ");
            let may = if may.is_empty() { "nothing" } else { &may };
            (
                line,
                format!("{room} may use {may}, not {other}: wire the two in the room above both"),
            )
        })
        .collect()
}

/// The first names after `crate::`, with their lines; `crate::{a, b::c}` gives two.
fn uses(text: &str) -> Vec<(usize, String)> {
    let (mut code, mut lines) = (String::new(), Vec::new());
    for (number, line) in shipped(text) {
        code.push_str(line);
        code.push('\n');
        lines.push((code.len(), number));
    }
    let line_of = |at: usize| lines.iter().find(|(end, _)| at < *end).map_or(0, |l| l.1);
    let mut found = Vec::new();
    for (start, path) in code.match_indices("crate::") {
        let names = first_names(&code[start + path.len()..]);
        found.extend(names.into_iter().map(|name| (line_of(start), name)));
    }
    found
}

fn first_names(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| is_word(*c))
            .collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let (mut depth, mut names) = (1, vec![word(group)]);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(word(&group[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn worldly(room: &str, text: &str) -> Vec<(usize, String)> {
    let mut complaints = Vec::new();
    for (line, code) in shipped(text) {
        for thing in WORLD.iter().filter(|thing| mentions(code, thing)) {
            complaints.push((
                line,
                format!("{room} may not touch {thing}: take what it gives as an argument from native or browser"),
            ));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(name: &str, text: &str) -> Vec<String> {
        let found = check(name, text).into_iter();
        found
            .map(|(line, text)| format!("{line}: {text}"))
            .collect()
    }

    #[test]
    fn the_crate_as_it_is_meant_passes() {
        for (name, text) in [
            (
                "src/mqtt/session.rs",
                "use crate::time::{Instant, earliest};\nuse crate::mqtt::codec;",
            ),
            (
                "src/client/mod.rs",
                "use crate::{mqtt, transfer::{Fleet, Error}, time::Instant};",
            ),
            ("src/loopback/mod.rs", "use crate::mqtt::Message;"),
            (
                "src/native/mod.rs",
                "use std::net::TcpStream;\nuse crate::client::Client;",
            ),
            (
                "src/browser/clock.rs",
                "use js_sys::Date;\nuse crate::image;",
            ),
            ("src/lib.rs", "pub mod browser;\npub mod mqtt;"),
            ("tests/simulation.rs", "use std::time::Instant;"),
        ] {
            assert_eq!(complaints(name, text), [""; 0], "{name}");
        }
    }

    #[test]
    fn sisters_do_not_know_each_other() {
        for (room, other) in [
            ("mqtt", "transfer"),
            ("mqtt", "image"),
            ("transfer", "mqtt"),
            ("transfer", "image"),
            ("image", "mqtt"),
            ("image", "transfer"),
            ("loopback", "transfer"),
            ("client", "image"),
            ("client", "loopback"),
            ("native", "image"),
            ("time", "rng"),
        ] {
            let found = complaints(
                &format!("src/{room}/a.rs"),
                &format!("\nuse crate::{other}::X;"),
            );
            assert_eq!(found.len(), 1, "{room} {other}");
            assert!(
                found[0].starts_with(&format!("2: {room} may use ")),
                "{found:?}"
            );
        }
    }

    #[test]
    fn nobody_below_knows_a_shell() {
        for room in [
            "rng", "time", "mqtt", "transfer", "image", "loopback", "client",
        ] {
            for shell in SHELLS {
                let text = format!("fn f() {{ crate::{shell}::g() }}");
                assert_eq!(
                    complaints(&format!("src/{room}.rs"), &text).len(),
                    1,
                    "{room}"
                );
            }
        }
        assert_eq!(
            complaints("src/browser/a.rs", "use crate::native;").len(),
            1
        );
        assert_eq!(
            complaints("src/native/a.rs", "use crate::browser;").len(),
            1
        );
    }

    #[test]
    fn a_name_in_a_group_is_found_even_over_several_lines() {
        let text = "use crate::{\n    time::{Instant, earliest},\n    transfer,\n};";
        let found = complaints("src/mqtt/a.rs", text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("not transfer"), "{found:?}");
        // Deeper names are those of another room's inside.
        assert_eq!(
            complaints("src/mqtt/a.rs", "use crate::{time::{transfer}};").len(),
            0
        );
    }

    #[test]
    fn clocks_sockets_and_javascript_stay_in_the_shells() {
        for thing in WORLD {
            let found = complaints("src/client/mod.rs", &format!("let x = {thing}();"));
            assert!(!found.is_empty(), "{thing}");
            assert!(found[0].contains("may not touch"), "{found:?}");
            assert_eq!(complaints("src/native/mod.rs", thing).len(), 0, "{thing}");
        }
        assert_eq!(
            complaints("src/lib.rs", "use std::net::TcpStream;").len(),
            1
        );
    }

    #[test]
    fn comments_and_tests_may_name_anything() {
        let text =
            "//! [`crate::browser`] calls this.\n#[cfg(test)]\nmod tests { use crate::transfer; }";
        assert_eq!(complaints("src/mqtt/a.rs", text), [""; 0]);
    }
}
