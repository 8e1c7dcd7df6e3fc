//! Links that fall right after begin: whose fault it is, and what comes of it.

use super::*;

impl Script {
    /// The link falls so many milliseconds later, and half a second after that there is a new one.
    fn cut_after(&mut self, millis: u64, topics: &[&str]) -> &mut Self {
        self.now += Duration::from_millis(millis);
        self.fleet.handle_offline(self.now);
        self.waits(500);
        for from in topics {
            self.subscribed(from);
        }
        self
    }

    fn waits(&mut self, millis: u64) -> &mut Self {
        self.now += Duration::from_millis(millis);
        self.fleet.handle_timeout(self.now);
        self
    }

    /// Which transfers have failed since it was last asked, and of what.
    fn failed(&mut self) -> Vec<(TransferId, Error)> {
        let failed = |event| match event {
            Event::Failed(id, error) => Some((id, error)),
            _ => None,
        };
        self.tells().into_iter().filter_map(failed).collect()
    }
}

#[test]
fn a_transfer_whose_begin_ends_ten_links_in_a_row_has_failed() {
    let mut fleet = script();
    let id = fleet.add("a", "a", 5);
    fleet.subscribed("a");
    for _ in 0..10 {
        assert_eq!(fleet.failed(), []);
        fleet.sends(&["a begin"]).cut_after(100, &["a"]);
    }
    let cut = Error::Cut { sendings: 10 };
    assert_eq!(fleet.failed(), [(id, cut.clone())]);
    assert_eq!(cut.code(), "no-answer");
}

#[test]
fn more_resends_are_more_links_fewer_are_eight_and_without_an_end_there_is_none() {
    for (most, links) in [(Some(0), 8), (Some(20), 20), (None, 50)] {
        let mut fleet = script();
        fleet.add_with("a", "a", 5, |options| options.max_retries = most);
        fleet.subscribed("a");
        for _ in 0..links {
            assert_eq!(fleet.failed(), []);
            fleet.sends(&["a begin"]).cut_after(100, &["a"]);
        }
        assert_eq!(fleet.failed().is_empty(), most.is_none());
    }
}

#[test]
fn a_begin_that_its_link_survived_is_innocent() {
    let mut fleet = script();
    fleet.add("a", "a", 5);
    fleet.subscribed("a");
    for _ in 0..30 {
        fleet.sends(&["a begin"]).cut_after(1_001, &["a"]);
    }
    for _ in 0..9 {
        fleet.sends(&["a begin"]).cut_after(100, &["a"]);
    }
    fleet.sends(&["a begin"]).waits(5_000);
    fleet.sends(&["a begin"]).cut_after(100, &["a"]);
    assert_eq!(fleet.failed(), []);
    fleet.delivers("a", "a");
}

#[test]
fn whoever_did_not_end_the_links_arrives_beside_the_one_that_does() {
    let all = ["a", "b", "c"];
    let mut fleet = script();
    let ids = all.map(|to| fleet.add(to, to, 5));
    for to in all {
        fleet.subscribed(to);
    }
    // `b` ends every link. From the third on each is tried alone, for a second.
    for _ in 0..2 {
        fleet
            .sends(&["a begin", "b begin", "c begin"])
            .cut_after(50, &all);
    }
    fleet.delivers("a", "a").is_done(ids[0]);
    fleet.waits(1_000);
    for _ in 2..10 {
        fleet.sends(&["b begin"]).cut_after(50, &all);
    }
    let cut = Error::Cut { sendings: 10 };
    assert_eq!(fleet.failed(), [(ids[1], cut)]);
    fleet.waits(1_000).delivers("c", "c").is_done(ids[2]);
}
