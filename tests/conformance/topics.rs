//! Topic names and filters (section 4.7).

use mqtt_image_sender::mqtt::{Message, QoS};
use mqtt_image_sender::time::Instant;

use super::wire::{Wire, publish};

/// Whether the client sends a message to this topic.
fn is_name(topic: &str) -> bool {
    let mut wire = Wire::online();
    let message = Message {
        topic: topic.to_owned(),
        ..Message::default()
    };
    let taken = wire.client.publish(Instant::ZERO, message);
    assert_eq!(wire.sent().len(), usize::from(taken.is_ok()));
    taken.is_ok()
}

/// Whether the client asks for this filter.
fn is_filter(filter: &str) -> bool {
    let mut wire = Wire::online();
    let client = &mut wire.client;
    let taken = client.subscribe(Instant::ZERO, filter, QoS::AtMostOnce);
    assert_eq!(wire.sent().len(), usize::from(taken.is_ok()));
    taken.is_ok()
}

/// Whether a message of this topic is handed to a subscription of this filter.
fn reaches(filter: &str, topic: &str) -> bool {
    let mut wire = Wire::online();
    wire.is_subscribed(filter);
    wire.receives(&publish(0, topic, 0, ""));
    assert!(!wire.is_closed());
    wire.messages().len() == 1
}

#[test]
fn no_topic_with_a_wildcard_is_sent_or_taken() {
    for topic in ["#", "+", "a/#", "a/+/b", "a+", "#a"] {
        assert!(!is_name(topic), "{topic}");
        let mut wire = Wire::online();
        wire.is_subscribed("#");
        wire.receives(&publish(0, topic, 0, ""));
        assert!(wire.is_closed(), "{topic}");
        assert_eq!(wire.messages(), []);
    }
    assert!(is_name("a/*/b$"));
}

#[test]
fn the_wildcard_of_many_levels_stands_alone_and_last() {
    for filter in ["#", "/#", "a/#", "a/b/#", "+/#"] {
        assert!(is_filter(filter), "{filter}");
    }
    for filter in ["a#", "a/b#", "#/a", "a/#/b", "##", "#a", "#/"] {
        assert!(!is_filter(filter), "{filter}");
    }
    assert!(reaches("a/#", "a") && reaches("a/#", "a/b/c") && reaches("#", "/"));
    assert!(!reaches("a/#", "ab") && !reaches("a/#", "b/a"));
}

#[test]
fn the_wildcard_of_one_level_fills_its_level() {
    for filter in ["+", "+/a", "a/+", "a/+/b", "+/+", "/+", "+/"] {
        assert!(is_filter(filter), "{filter}");
    }
    for filter in ["a+", "+a", "a/b+", "++", "a/+b/c", "+#"] {
        assert!(!is_filter(filter), "{filter}");
    }
    assert!(reaches("a/+", "a/b") && reaches("a/+", "a/") && reaches("+/+", "/a"));
    assert!(!reaches("a/+", "a") && !reaches("a/+", "a/b/c") && !reaches("+", "/a"));
}

#[test]
fn a_leading_wildcard_does_not_reach_a_dollar_topic() {
    assert!(!reaches("#", "$SYS/a") && !reaches("+/a", "$SYS/a"));
    assert!(reaches("$SYS/#", "$SYS/a") && reaches("$SYS/+", "$SYS/a"));
    assert!(reaches("#", "a/$SYS") && reaches("+/$SYS", "a/$SYS"));
}

#[test]
fn a_topic_has_one_to_65535_bytes_and_no_null() {
    let longest = "ü".repeat(32_767) + "x";
    assert_eq!(longest.len(), 65_535);
    assert!(is_name(&longest) && is_filter(&longest));
    for topic in ["", "a\0", &"x".repeat(65_536), &"ü".repeat(32_768)] {
        assert!(!is_name(topic) && !is_filter(topic));
    }
    assert!(is_name("/") && is_filter("/") && is_name(" ") && is_filter(" "));
    // A broker's topic of no length at all is none either.
    let mut wire = Wire::online();
    wire.receives(&publish(0, "", 0, "x"));
    assert!(wire.is_closed());
}

#[test]
fn topics_are_compared_without_any_normalization() {
    // The same letter, composed and decomposed; case; an end of a level that is empty; a byte order mark.
    for (filter, topic) in [
        ("\u{e9}", "e\u{301}"),
        ("e\u{301}", "\u{e9}"),
        ("ACCOUNTS", "Accounts"),
        ("a", "a/"),
        ("/a", "a"),
        ("a//b", "a/b"),
        ("a", "\u{feff}a"),
        ("ﬁ", "fi"),
        ("a b", "a\u{a0}b"),
    ] {
        assert!(!reaches(filter, topic), "{filter} {topic}");
        assert!(reaches(topic, topic), "{topic}");
    }
}
