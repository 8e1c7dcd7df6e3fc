//! Transfers that wait for devices that sleep.

use super::*;

fn patient(options: &mut TransferOptions) {
    options.wait_for_device = Duration::from_secs(600);
}

#[test]
fn while_one_waits_others_on_its_topic_go_first_and_then_it_goes_on() {
    let mut fleet = script();
    let waiting = fleet.add_with("a", "ack", 5, patient);
    fleet.subscribed("ack").sends(&["a begin"]).at(1_000);
    let other = fleet.add("b", "ack", 5);
    assert_eq!(
        (fleet.phase(waiting), fleet.phase(other)),
        (Phase::Waiting, Phase::Begin)
    );
    // The sleeper may yet answer the begin that it was sent.
    fleet
        .sends_nothing()
        .at(1_999)
        .hears("ack", begun())
        .sends_nothing();
    fleet.at(2_000).delivers("b", "ack").is_done(other);
    fleet
        .sends_nothing()
        .at(4_000)
        .delivers("a", "ack")
        .is_done(waiting);
}

#[test]
fn a_newer_image_for_the_same_device_replaces_one_that_waits() {
    let mut fleet = script();
    let older = fleet.add_with("a", "ack", 5, patient);
    let other = fleet.add_with("b", "ack", 5, patient);
    fleet.subscribed("ack").sends(&["a begin"]);
    let newer = fleet.add_with("a", "ack", 5, patient);
    assert_eq!(fleet.tells(), [Event::Failed(older, REPLACED)]);
    assert!(REPLACED.to_string().contains("replaced by a newer image"));
    assert_eq!(
        (fleet.phase(other), fleet.phase(newer)),
        (Phase::Waiting, Phase::Waiting)
    );
}

#[test]
fn one_that_does_not_wait_any_longer_is_not_replaced() {
    let mut fleet = script();
    fleet.add_with("a", "ack", 5, patient);
    fleet.subscribed("ack").begins("a", "ack");
    fleet.add_with("a", "ack", 5, patient);
    assert_eq!(fleet.tells(), []);
    fleet.sends(&["a 0"]);
}

#[test]
fn several_that_wait_on_one_topic_ask_in_turn_each_for_two_seconds() {
    let quick = AckTimeout::Fixed(Duration::from_millis(300));
    let mut fleet = script();
    for to in ["a", "b"] {
        fleet.add_with(to, "ack", 5, |options| {
            patient(options);
            options.ack_timeout = quick;
        });
    }
    fleet.subscribed("ack").sends(&["a begin"]);
    for millis in [300, 600, 900, 1_200, 1_500, 1_800] {
        fleet.at(millis).sends(&["a begin"]);
    }
    // An answer that takes longer than its clock is still a's own.
    fleet.at(2_100).sends_nothing().at(3_799).sends_nothing();
    fleet
        .at(3_800)
        .sends(&["b begin"])
        .hears("ack", begun())
        .sends(&["b 0"]);
}

#[test]
fn a_wake_message_brings_its_own_forward() {
    let mut fleet = script();
    let ids = ["a", "b", "c"].map(|to| fleet.add_with(to, "ack", 5, patient));
    fleet.subscribed("ack").sends(&["a begin"]).at(500);
    fleet.fleet.handle_wake(fleet.now, ids[2]);
    fleet
        .sends_nothing()
        .at(2_000)
        .begins("c", "ack")
        .sends(&["c 0"]);
    assert_eq!(fleet.phase(ids[0]), Phase::Waiting);
}

#[test]
fn a_wake_message_for_the_one_that_asks_sends_begin_at_once() {
    let mut fleet = script();
    let id = fleet.add_with("a", "ack", 5, patient);
    fleet.subscribed("ack").sends(&["a begin"]).at(500);
    fleet.fleet.handle_wake(fleet.now, id);
    fleet.sends(&["a begin"]);
}

#[test]
fn a_wake_message_does_not_disturb_a_transfer_under_way() {
    let mut fleet = script();
    fleet.add("a", "ack", 15);
    fleet.subscribed("ack").begins("a", "ack").sends(&["a 0"]);
    let sleeper = fleet.add_with("b", "ack", 5, patient);
    fleet.fleet.handle_wake(fleet.now, sleeper);
    fleet.hears("ack", got(0)).sends(&["a 1"]);
}

#[test]
fn one_that_waits_behind_another_gives_up_in_its_own_time() {
    let mut fleet = script();
    let short = fleet.add_with("b", "ack", 5, |options| {
        options.wait_for_device = Duration::from_secs(3);
    });
    fleet.subscribed("ack").sends(&["b begin"]);
    fleet.add("a", "ack", 15);
    fleet.at(2_000).begins("a", "ack").sends(&["a 0"]).at(2_999);
    assert_eq!(fleet.tells(), []);
    fleet.at(3_000);
    assert!(
        matches!(fleet.tells()[..], [Event::Failed(id, Error::NoAnswer { .. })] if id == short)
    );
}

#[test]
fn one_that_gave_its_turn_away_while_the_link_was_tested_has_it_again() {
    let mut fleet = script();
    let first = fleet.add_with("a", "ack", 5, patient);
    let second = fleet.add_with("b", "ack", 5, patient);
    fleet.subscribed("ack").sends(&["a begin"]);
    fleet.fleet.handle_sleep(fleet.now);
    fleet.fleet.handle_wake(fleet.now, second);
    fleet.fleet.handle_alive(fleet.now);
    // The second could not ask while the first may be answered, and its two seconds are over.
    fleet.at(2_000).delivers("a", "ack");
    let told = fleet.tells();
    assert!(
        matches!(&told[..], [Event::TestLink, Event::Done(done, _)] if *done == first),
        "{told:?}"
    );
}
