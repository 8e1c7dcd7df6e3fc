//! PROTOCOL.md, the extension *waiting*.

use super::*;

fn waiting(change: impl FnOnce(&mut TransferOptions)) -> Script {
    script_with(5, |options| {
        options.wait_for_device = Duration::from_secs(60);
        change(options);
    })
}

#[test]
fn begin_alone_is_repeated_every_two_seconds_until_the_device_answers() {
    let mut transfer = waiting(|_| {});
    transfer.sends(&[Begin]);
    for second in 1..=20 {
        transfer.at(second * 2_000 - 1).sends_nothing();
        transfer.at(second * 2_000).sends(&[Begin]);
    }
    assert_eq!(transfer.sender.progress(transfer.now).phase, Phase::Waiting);
    transfer.hears(&begun()).sends(&[Chunk(0)]);
    transfer
        .at(44_999)
        .sends_nothing()
        .at(45_000)
        .sends(&[Chunk(0)]);
}

#[test]
fn it_is_repeated_sooner_where_the_clock_is_shorter() {
    let quick = AckTimeout::Fixed(Duration::from_millis(300));
    let mut transfer = waiting(|options| options.ack_timeout = quick);
    transfer
        .sends(&[Begin])
        .at(299)
        .sends_nothing()
        .at(300)
        .sends(&[Begin]);
}

#[test]
fn when_the_time_has_passed_it_fails_and_retries_do_not_matter() {
    let mut transfer = waiting(|options| options.max_retries = Some(0));
    transfer.sends(&[Begin]);
    for second in 1..30 {
        transfer.at(second * 2_000).sends(&[Begin]).goes_on();
    }
    transfer
        .at(59_999)
        .goes_on()
        .at(60_000)
        .goes_on()
        .tests_link();
    transfer.ends(Err(no_answer(Stage::Begin, 30)));
}

#[test]
fn anything_on_the_feedback_topic_or_a_wake_message_has_begin_sent_at_once() {
    let mut transfer = waiting(|_| {});
    transfer
        .sends(&[Begin])
        .at(500)
        .sends_nothing()
        .hears(b"hello")
        .sends(&[Begin]);
    transfer.at(900).sender.handle_wake();
    transfer
        .sends(&[Begin])
        .hears(&got(3))
        .sends(&[Begin])
        .sends_nothing();
}

#[test]
fn a_wake_message_changes_nothing_once_the_device_has_answered() {
    let mut transfer = waiting(|_| {});
    transfer.begins().sends(&[Chunk(0)]);
    transfer.sender.handle_wake();
    transfer.sends_nothing();
}

#[test]
fn the_time_runs_on_while_the_link_is_down_and_no_begin_is_lost_by_it() {
    let mut transfer = waiting(|_| {});
    transfer
        .sends(&[Begin])
        .at(1_000)
        .loses_link()
        .at(50_000)
        .sends_nothing();
    transfer.finds_link().sends(&[Begin]);
    transfer.at(59_000).loses_link().at(60_000).sends_nothing();
    transfer.goes_on().at(70_000).finds_link().sends(&[Begin]);
    transfer.at(71_999).goes_on().at(72_000).tests_link();
    transfer.ends(Err(no_answer(Stage::Begin, 3)));
}

#[test]
fn a_device_that_answers_is_tried_as_often_as_any_other() {
    let mut transfer = waiting(|options| options.max_retries = Some(1));
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .at(5_000)
        .sends(&[Chunk(0)]);
    transfer
        .at(10_000)
        .tests_link()
        .ends(Err(no_answer(Stage::Chunk(0), 2)));
}
