//! Feedback that another sender asked for.

use super::*;

/// Chunk 0 of four went out at 3,000 ms, 3 s after begin.
fn under_way() -> Script {
    let mut transfer = script_with(35, |options| options.numbering = NumberingOption::Echo);
    transfer.begins().at(3_000);
    transfer.sends(&[Chunk(0)]);
    transfer
}

#[test]
fn a_chunk_that_was_never_sent_is_another_s_and_is_told_once() {
    let mut transfer = under_way();
    transfer.hears(&got(2));
    assert!(transfer.sender.poll_other_sender());
    transfer.hears(&got(3)).hears(&got(700));
    assert!(!transfer.sender.poll_other_sender());
    assert_eq!(transfer.ignored(), 3);
    transfer.hears(&got(0)).sends(&[Chunk(1)]).goes_on();
}

#[test]
fn what_numbering_lateness_and_repetition_explain_is_nobody_else_s() {
    let mut transfer = under_way();
    // The other numbering, a chunk twice, finish, which may be an earlier transfer's, and what is no number at all.
    for message in [
        got(1),
        got(0),
        got(0),
        whole(),
        feedback(Function::Data, -5, Status::Whole),
    ] {
        transfer.hears(&message);
    }
    transfer.hears(b"12345678").hears(b"");
    assert!(!transfer.sender.poll_other_sender());
}

#[test]
fn a_begin_that_was_sent_once_is_answered_once_or_soon_again() {
    // Read late by a page that slept for less than its own clock of 5 s: the repetition comes after it as late.
    let mut transfer = script(5);
    transfer.sends(&[Begin]).at(4_900).hears(&begun());
    transfer.at(4_900 + 8_999).hears(&begun());
    assert!(!transfer.sender.poll_other_sender(), "late, and read late");
    transfer.at(4_900 + 9_000).hears(&begun());
    assert!(transfer.sender.poll_other_sender());
}

#[test]
fn a_begin_that_was_sent_twice_or_before_a_reconnect_may_be_answered_at_any_time() {
    let mut twice = script(5);
    twice.sends(&[Begin]).at(5_000).sends(&[Begin]);
    twice.at(20_000).hears(&begun()).hears(&begun());
    assert!(!twice.sender.poll_other_sender());

    let mut cut = script(5);
    cut.begins().loses_link().at(10_000).finds_link();
    cut.hears(&begun());
    assert!(!cut.sender.poll_other_sender());

    let mut asleep = script(5);
    asleep.begins().at(10_000);
    asleep.sender.handle_sleep(asleep.now);
    asleep.hears(&begun());
    assert!(!asleep.sender.poll_other_sender());

    // It slept before it had sent anything: nothing that comes is an answer to its first begin.
    let mut early = script(5);
    early.at(10_000);
    early.sender.handle_sleep(early.now);
    early.hears(&begun());
    assert!(!early.sender.poll_other_sender());
}

#[test]
fn chunks_of_a_round_before_the_restart_may_be_answered_at_any_time() {
    let mut transfer = script_with(35, |options| {
        options.numbering = NumberingOption::Echo;
        options.max_retries = Some(0);
        options.restarts = 1;
        options.window = Window::Fixed(4);
    });
    transfer
        .begins()
        .sends(&[Chunk(0), Chunk(1), Chunk(2), Chunk(3)])
        .hears(&lacks(0));
    transfer.at(2_000).sends(&[Begin]);
    transfer.at(9_000).hears(&got(3)).hears(&got(4));
    assert!(!transfer.sender.poll_other_sender());
}

#[test]
fn chunks_and_the_finish_of_an_earlier_transfer_on_the_topic_explain_feedback_for_two_seconds() {
    // A device that lacks a chunk answers finish with it.
    for sent in [Chunk(9), Finish] {
        let mut earlier = Lingering::default();
        earlier.handle_sent(Instant::from_millis(500), sent);
        let mut transfer = script_with(25, |options| options.numbering = NumberingOption::Echo);
        let start = Instant::from_millis(1_000);
        transfer.at(1_000).sender.start(start, earlier, None);
        transfer.sends(&[Begin]).at(2_499).hears(&lacks(9));
        assert!(!transfer.sender.poll_other_sender(), "{sent:?}");
        transfer.at(2_500).hears(&lacks(9));
        assert!(transfer.sender.poll_other_sender(), "{sent:?}");
    }
}

#[test]
fn what_earlier_transfers_left_on_its_way_may_go_out_again_with_the_link() {
    let mut transfer = script_with(25, |options| options.numbering = NumberingOption::Echo);
    let start = Instant::from_millis(1_000);
    let back_at = Some(Instant::from_millis(500));
    transfer
        .at(1_000)
        .sender
        .start(start, Lingering::default(), back_at);
    transfer.sends(&[Begin]).at(4_499).hears(&got(9));
    assert!(!transfer.sender.poll_other_sender());
    transfer.at(4_500).hears(&got(9));
    assert!(transfer.sender.poll_other_sender());
}
