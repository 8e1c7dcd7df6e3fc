//! Transfers that share a feedback topic, and those that do not.

use super::*;

#[test]
fn transfers_on_one_feedback_topic_run_one_after_the_other() {
    let mut fleet = script();
    let first = fleet.add("a", "ack", 5);
    let second = fleet.add("b", "ack", 5);
    fleet.subscribed("ack").begins("a", "ack").sends(&["a 0"]);
    assert_eq!(
        (fleet.phase(first), fleet.phase(second)),
        (Phase::Data, Phase::Queued)
    );
    fleet
        .at(3_000)
        .hears("ack", got(0))
        .sends(&["a finish"])
        .hears("ack", whole());
    fleet
        .is_done(first)
        .at(5_000)
        .delivers("b", "ack")
        .is_done(second);
}

#[test]
fn transfers_on_different_topics_run_at_once_and_none_waits_for_another_s_silence() {
    let mut fleet = script();
    fleet.add("a", "ack/a", 5);
    let second = fleet.add("b", "ack/b", 5);
    fleet
        .subscribed("ack/a")
        .subscribed("ack/b")
        .sends(&["a begin", "b begin"]);
    fleet
        .at(10)
        .hears("ack/b", begun())
        .sends(&["b 0"])
        .hears("ack/b", got(0));
    fleet
        .sends(&["b finish"])
        .hears("ack/b", whole())
        .is_done(second);
    fleet
        .at(4_999)
        .sends_nothing()
        .at(5_000)
        .sends(&["a begin"]);
}

#[test]
fn feedback_goes_by_its_topic_and_that_of_others_is_nobody_s() {
    let mut fleet = script();
    fleet.add("a", "ack/a", 5);
    fleet.add("b", "ack/b", 5);
    fleet
        .subscribed("ack/a")
        .subscribed("ack/b")
        .sends(&["a begin", "b begin"]);
    fleet
        .hears("ack/c", begun())
        .hears("ack", begun())
        .sends_nothing();
    fleet.hears("ack/a", begun()).sends(&["a 0"]);
}

#[test]
fn nothing_goes_out_before_feedback_can_arrive() {
    let mut fleet = script();
    fleet.add("a", "ack", 5);
    fleet.sends_nothing().at(60_000).sends_nothing();
    fleet
        .subscribed("other")
        .sends_nothing()
        .subscribed("ack")
        .sends(&["a begin"]);
}

#[test]
fn without_its_subscription_a_transfer_stands_and_with_it_goes_on() {
    let mut fleet = script();
    let id = fleet.add("a", "ack", 5);
    fleet.subscribed("ack").begins("a", "ack").sends(&["a 0"]);
    let now = fleet.now;
    fleet.fleet.handle_unsubscribed(now, "ack");
    assert!(fleet.fleet.progress(now, id).unwrap().stalled);
    fleet
        .at(60_000)
        .sends_nothing()
        .subscribed("ack")
        .sends(&["a 0"]);
}

#[test]
fn offline_is_for_all_topics_at_once() {
    let mut fleet = script();
    fleet.add("a", "ack/a", 5);
    fleet.add("b", "ack/b", 5);
    fleet
        .subscribed("ack/a")
        .subscribed("ack/b")
        .sends(&["a begin", "b begin"]);
    let now = fleet.now;
    fleet.fleet.handle_offline(now);
    fleet.at(60_000).sends_nothing();
    fleet
        .subscribed("ack/b")
        .sends(&["b begin"])
        .subscribed("ack/a")
        .sends(&["a begin"]);
}

#[test]
fn a_refused_subscription_fails_every_transfer_on_it() {
    let mut fleet = script();
    let ids = [fleet.add("a", "ack", 5), fleet.add("b", "ack", 5)];
    let other = fleet.add("c", "other", 5);
    fleet.fleet.handle_refused(fleet.now, "ack");
    let from = || "ack".to_owned();
    let expected = [
        Event::Failed(ids[0], Error::Refused { from: from() }),
        Event::Failed(ids[1], Error::Refused { from: from() }),
        Event::Idle(from()),
    ];
    assert_eq!(fleet.tells(), expected);
    assert_eq!(fleet.phase(other), Phase::Queued);
    fleet.subscribed("other").sends(&["c begin"]);
}

#[test]
fn who_asked_first_goes_first_though_its_image_is_ready_later() {
    let mut fleet = script();
    let first = fleet.fleet.reserve(fleet.now, "a", "ack", 0);
    fleet.add("b", "ack", 5);
    fleet.subscribed("ack").sends_nothing();
    assert_eq!(fleet.phase(first), Phase::Preparing);
    fleet.supply(first, 5, |_| {}).unwrap();
    fleet.sends(&["a begin"]);
}

#[test]
fn a_reservation_that_is_given_up_lets_the_next_one_go() {
    let mut fleet = script();
    let first = fleet.fleet.reserve(fleet.now, "a", "ack", 0);
    fleet.add("b", "ack", 5);
    fleet.subscribed("ack");
    fleet.fleet.cancel(fleet.now, first);
    fleet.sends(&["b begin"]);
    assert_eq!(fleet.tells(), [Event::Failed(first, CANCELLED)]);
    assert_eq!(fleet.supply(first, 5, |_| {}), Err(CANCELLED));
}

#[test]
fn an_image_that_cannot_be_sent_is_told_at_once_and_leaves_nothing() {
    let mut fleet = script();
    let first = fleet.fleet.reserve(fleet.now, "a", "ack", 0);
    fleet.add("b", "ack", 5);
    fleet.subscribed("ack");
    let error = fleet.supply(first, 0, |_| {}).unwrap_err();
    assert_eq!(error.code(), "invalid");
    assert_eq!(fleet.tells(), []);
    assert_eq!(fleet.fleet.progress(fleet.now, first), None);
    fleet.sends(&["b begin"]);
}

#[test]
fn after_a_cancel_with_frames_outstanding_the_topic_is_quiet_for_two_seconds() {
    let mut fleet = script();
    let first = fleet.add("a", "ack", 5);
    fleet.add("b", "ack", 5);
    fleet
        .subscribed("ack")
        .begins("a", "ack")
        .sends(&["a 0"])
        .at(1_000);
    fleet.fleet.cancel(fleet.now, first);
    fleet.fleet.cancel(fleet.now, first);
    assert_eq!(fleet.tells(), [Event::Failed(first, CANCELLED)]);
    fleet
        .at(2_000)
        .hears("ack", begun())
        .hears("ack", got(0))
        .sends_nothing();
    fleet
        .at(2_999)
        .sends_nothing()
        .at(3_000)
        .delivers("b", "ack");
}

#[test]
fn after_a_failure_it_is_quiet_too() {
    let mut fleet = script();
    let first = fleet.add_with("a", "ack", 5, |options| options.max_retries = Some(0));
    fleet.add("b", "ack", 5);
    fleet
        .subscribed("ack")
        .sends(&["a begin"])
        .at(5_000)
        .sends_nothing();
    assert_eq!(fleet.tells(), [Event::TestLink]);
    fleet.fleet.handle_alive(fleet.now);
    let (stage, from, sendings) = (Stage::Begin, "ack".to_owned(), 1);
    let error = Error::NoAnswer {
        stage,
        from,
        sendings,
    };
    assert_eq!(fleet.tells(), [Event::Failed(first, error)]);
    fleet
        .at(6_999)
        .sends_nothing()
        .at(7_000)
        .sends(&["b begin"]);
}

#[test]
fn after_a_cancel_with_nothing_outstanding_the_next_one_goes_at_once() {
    let mut fleet = script();
    let first = fleet.add("a", "ack", 5);
    fleet.add("b", "ack", 5);
    fleet.fleet.cancel(fleet.now, first);
    fleet.subscribed("ack").sends(&["b begin"]);
}

#[test]
fn after_a_resend_the_frame_that_was_late_is_waited_for() {
    let mut fleet = script();
    let first = fleet.add("a", "ack", 5);
    fleet.add("b", "ack", 5);
    fleet.subscribed("ack").begins("a", "ack").sends(&["a 0"]);
    fleet
        .at(5_000)
        .sends(&["a 0"])
        .at(5_100)
        .hears("ack", got(0))
        .sends(&["a finish"]);
    fleet.at(5_200).hears("ack", whole()).is_done(first);
    fleet
        .at(6_999)
        .sends_nothing()
        .at(7_000)
        .sends(&["b begin"]);
}

#[test]
fn a_repeated_feedback_of_the_image_before_answers_nothing_of_the_next() {
    let mut fleet = script();
    let first = fleet.add("a", "ack", 5);
    let second = fleet.add("a", "ack", 5);
    fleet.subscribed("ack").delivers("a", "ack").is_done(first);
    fleet.at(1_000).sends_nothing().hears("ack", begun());
    fleet
        .at(2_000)
        .begins("a", "ack")
        .sends(&["a 0"])
        .hears("ack", got(0));
    fleet
        .sends(&["a finish"])
        .hears("ack", whole())
        .is_done(second);
}

#[test]
fn the_image_after_one_that_took_longer_than_two_seconds_goes_at_once() {
    let mut fleet = script();
    fleet.add("a", "ack", 5);
    fleet.add("a", "ack", 15);
    fleet.subscribed("ack").begins("a", "ack").sends(&["a 0"]);
    fleet.at(2_000).hears("ack", got(0)).sends(&["a finish"]);
    fleet.at(2_500).hears("ack", whole()).begins("a", "ack");
    fleet
        .sends(&["a 0"])
        .hears("ack", got(0))
        .sends(&["a 1"])
        .hears("ack", got(1));
    fleet
        .sends_nothing()
        .at(3_999)
        .sends_nothing()
        .at(4_000)
        .sends(&["a finish"]);
}

#[test]
fn a_topic_is_let_go_of_when_nothing_can_come_on_it_any_longer() {
    let mut fleet = script();
    let id = fleet.add("a", "ack", 5);
    fleet.subscribed("ack").delivers("a", "ack").is_done(id);
    fleet.at(1_999);
    assert_eq!(fleet.tells(), []);
    fleet.at(2_000);
    assert_eq!(fleet.tells(), [Event::Idle("ack".into())]);
    assert_eq!(fleet.fleet.poll_timeout(), None);
}

#[test]
fn a_transfer_that_comes_meanwhile_keeps_it() {
    let mut fleet = script();
    fleet.add("a", "ack", 5);
    fleet.subscribed("ack").delivers("a", "ack").at(1_000);
    fleet.add("a", "ack", 5);
    fleet.tells();
    fleet.at(2_000).delivers("a", "ack");
    assert!(!fleet.tells().contains(&Event::Idle("ack".into())));
}

#[test]
fn a_paused_transfer_that_has_not_begun_lets_others_go_first() {
    let mut fleet = script();
    let first = fleet.add("a", "ack", 5);
    let second = fleet.add("b", "ack", 5);
    fleet.fleet.pause(fleet.now, first);
    fleet.subscribed("ack").delivers("b", "ack").is_done(second);
    fleet.at(10_000).sends_nothing();
    fleet.fleet.resume(fleet.now, first);
    fleet.sends(&["a begin"]);
}

#[test]
fn a_paused_transfer_that_has_begun_keeps_its_place() {
    let mut fleet = script();
    let first = fleet.add("a", "ack", 5);
    fleet.add("b", "ack", 5);
    fleet.subscribed("ack").sends(&["a begin"]);
    fleet.fleet.pause(fleet.now, first);
    fleet.at(60_000).hears("ack", begun()).sends_nothing();
    fleet.fleet.resume(fleet.now, first);
    fleet.sends(&["a 0"]);
}

#[test]
fn a_pause_before_the_image_is_there_holds_as_well() {
    let mut fleet = script();
    let id = fleet.fleet.reserve(fleet.now, "a", "ack", 0);
    fleet.fleet.pause(fleet.now, id);
    fleet.supply(id, 5, |_| {}).unwrap();
    fleet.subscribed("ack").sends_nothing();
    fleet.fleet.resume(fleet.now, id);
    fleet.sends(&["a begin"]);
}

#[test]
fn what_has_ended_is_remembered_until_it_is_forgotten() {
    let mut fleet = script();
    let id = fleet.add("a", "ack", 5);
    fleet.fleet.forget(id);
    fleet.subscribed("ack").delivers("a", "ack").is_done(id);
    let progress = fleet
        .fleet
        .progress(Instant::from_millis(9_000), id)
        .unwrap();
    assert_eq!(
        (progress.phase, progress.elapsed),
        (Phase::Done, Duration::ZERO)
    );
    assert_eq!(fleet.fleet.log(id).unwrap().entries().count(), 6);
    fleet.fleet.forget(id);
    assert!(fleet.fleet.log(id).is_none() && fleet.fleet.progress(fleet.now, id).is_none());
}

#[test]
fn a_transfer_that_is_failed_from_outside_says_why() {
    let mut fleet = script();
    let id = fleet.add("a", "ack", 5);
    fleet.subscribed("ack").sends(&["a begin"]);
    fleet.fleet.fail(fleet.now, id, Error::Closed);
    fleet.sends_nothing();
    assert_eq!(fleet.tells(), [Event::Failed(id, Error::Closed)]);
}

#[test]
fn after_a_sleep_nothing_goes_out_before_the_link_has_answered() {
    let mut fleet = script();
    let first = fleet.add("a", "ack", 5);
    fleet.add("b", "ack", 5);
    fleet.add("c", "other", 5);
    fleet
        .subscribed("ack")
        .subscribed("other")
        .sends(&["a begin", "c begin"]);
    fleet.fleet.cancel(fleet.now, first);
    fleet.tells();
    fleet.now = Instant::from_millis(60_000);
    fleet.fleet.handle_sleep(fleet.now);
    fleet.fleet.handle_sleep(fleet.now);
    fleet.at(60_000).sends_nothing();
    assert_eq!(fleet.tells(), [Event::TestLink]);
    // What lay in the socket is older than it seems; the feedback on what is outstanding counts all the same.
    fleet
        .hears("ack", begun())
        .hears("other", begun())
        .sends_nothing();
    fleet.fleet.handle_alive(fleet.now);
    fleet.sends(&["c 0", "b begin"]).at(64_999).sends_nothing();
}

#[test]
fn a_link_that_fell_asleep_is_forgotten_with_the_next_one() {
    let mut fleet = script();
    fleet.add("a", "ack", 5);
    fleet.subscribed("ack").sends(&["a begin"]);
    fleet.now = Instant::from_millis(60_000);
    fleet.fleet.handle_sleep(fleet.now);
    fleet.fleet.handle_offline(fleet.now);
    fleet.subscribed("ack").sends(&["a begin"]);
    let second = fleet.add("b", "other", 5);
    fleet.subscribed("other").sends(&["b begin"]);
    assert_eq!(fleet.phase(second), Phase::Begin);
}

#[test]
fn one_that_is_held_back_keeps_its_place_and_holds_up_nobody() {
    let mut fleet = script();
    let held = fleet.fleet.reserve(fleet.now, "a", "ack", 0);
    let second = fleet.add("b", "ack", 5);
    let third = fleet.add("c", "ack", 5);
    fleet.subscribed("ack").sends_nothing();
    assert_eq!(fleet.fleet.hold_back(fleet.now, held), Some("a".to_owned()));
    assert_eq!(fleet.fleet.hold_back(fleet.now, held), None);
    assert_eq!(fleet.phase(held), Phase::Queued);
    fleet.begins("b", "ack");
    // Its time comes while another one runs: it is the next.
    fleet.supply(held, 5, |_| {}).unwrap();
    fleet.sends(&["b 0"]).hears("ack", got(0));
    fleet
        .sends(&["b finish"])
        .hears("ack", whole())
        .is_done(second);
    fleet.at(2_000).delivers("a", "ack").is_done(held);
    assert_eq!(fleet.fleet.hold_back(fleet.now, third), None);
    fleet.at(4_000).delivers("c", "ack").is_done(third);
}

#[test]
fn one_that_is_held_back_can_be_cancelled() {
    let mut fleet = script();
    let held = fleet.fleet.reserve(fleet.now, "a", "ack", 0);
    fleet.fleet.hold_back(fleet.now, held);
    fleet.fleet.cancel(fleet.now, held);
    let reason = AbortReason::Cancelled;
    assert!(
        fleet
            .tells()
            .contains(&Event::Failed(held, Error::Aborted { reason }))
    );
}
