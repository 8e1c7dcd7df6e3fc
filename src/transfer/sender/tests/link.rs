//! PROTOCOL.md, Rules for this sender: what the link under a transfer does to it, and what its caller does.

use super::*;

#[test]
fn nothing_is_sent_before_feedback_can_arrive() {
    let options = TransferOptions::named("a");
    let mut sender = Sender::new(Instant::ZERO, "ack", vec![1].into(), options).unwrap();
    assert_eq!(sender.poll_transmit(Instant::ZERO, true), None);
    assert_eq!(sender.poll_timeout(), None);
    sender.start(Instant::ZERO, Lingering::default(), None);
    assert!(sender.poll_transmit(Instant::ZERO, true).is_some());
}

#[test]
fn at_the_second_timeout_the_link_is_tested_and_the_clock_stands_until_it_answers() {
    let mut transfer = script(5);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .at(5_000)
        .sends(&[Chunk(0)]);
    assert!(!transfer.sender.poll_link_test());
    transfer.at(10_000).sends_nothing();
    assert!(transfer.sender.poll_link_test());
    assert!(!transfer.sender.poll_link_test(), "asked for once");
    assert_eq!(transfer.sender.poll_timeout(), None);
    transfer.at(11_900).sends_nothing();
    transfer.sender.handle_alive(transfer.now);
    transfer.sends(&[Chunk(0)]);
    // Its 5 s run from the answer on.
    transfer
        .at(16_899)
        .sends_nothing()
        .at(16_900)
        .tests_link()
        .sends(&[Chunk(0)]);
}

#[test]
fn a_feedback_that_comes_during_the_test_counts() {
    let mut transfer = script(5);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .at(5_000)
        .sends(&[Chunk(0)]);
    transfer
        .at(10_000)
        .sends_nothing()
        .hears(&got(0))
        .sends_nothing();
    transfer.at(10_500).tests_link().sends(&[Finish]);
    assert_eq!(transfer.resends(), 1);
}

#[test]
fn a_link_that_fails_its_test_is_not_the_device_s_fault() {
    let mut transfer = script_with(5, |options| options.max_retries = Some(1));
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .at(5_000)
        .sends(&[Chunk(0)]);
    transfer.at(10_000).sends_nothing().at(12_000).loses_link();
    transfer
        .at(60_000)
        .finds_link()
        .goes_on()
        .sends(&[Chunk(0)]);
    transfer.hears(&got(0)).sends(&[Finish]);
}

#[test]
fn while_the_link_is_down_the_clock_stands() {
    let mut transfer = script(5);
    transfer.begins().sends(&[Chunk(0)]).at(4_000).loses_link();
    assert_eq!(transfer.sender.poll_timeout(), None);
    assert!(transfer.sender.progress(transfer.now).stalled);
    transfer.at(3_600_000).sends_nothing();
    transfer.finds_link().sends(&[Chunk(0)]);
    assert!(!transfer.sender.progress(transfer.now).stalled);
    transfer
        .at(3_604_999)
        .sends_nothing()
        .at(3_605_000)
        .sends(&[Chunk(0)]);
}

#[test]
fn after_a_reconnect_what_was_outstanding_goes_out_again_at_once_and_uncounted() {
    let mut transfer = script_with(65, |options| {
        options.window = Window::Fixed(4);
        options.numbering = NumberingOption::Echo;
        options.max_retries = Some(0);
    });
    transfer
        .begins()
        .sends(&[Chunk(0), Chunk(1), Chunk(2), Chunk(3)]);
    transfer
        .hears(&got(1))
        .sends(&[Chunk(4)])
        .loses_link()
        .sends_nothing();
    for _ in 0..20 {
        transfer
            .finds_link()
            .sends(&[Chunk(0), Chunk(2), Chunk(3), Chunk(4)]);
        transfer.loses_link();
    }
    transfer
        .goes_on()
        .finds_link()
        .sends(&[Chunk(0), Chunk(2), Chunk(3), Chunk(4)]);
    transfer.hears(&got(0)).sends(&[Chunk(5)]);
}

#[test]
fn begin_and_finish_go_out_again_after_a_reconnect_and_begin_only_if_it_was_not_answered() {
    let mut transfer = script_with(5, |options| options.max_retries = Some(0));
    transfer
        .sends(&[Begin])
        .loses_link()
        .finds_link()
        .sends(&[Begin]);
    transfer
        .hears(&begun())
        .loses_link()
        .finds_link()
        .sends(&[Chunk(0)]);
    transfer
        .hears(&got(0))
        .sends(&[Finish])
        .loses_link()
        .sends_nothing();
    transfer
        .finds_link()
        .sends(&[Finish])
        .hears(&whole())
        .ends(Ok(Numbering::Echo));
}

#[test]
fn after_a_reconnect_two_unanswered_sendings_allow_one_new_begin() {
    let mut transfer = script(15);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Chunk(1)]);
    transfer.loses_link().finds_link().sends(&[Chunk(1)]);
    transfer.at(5_000).sends(&[Chunk(1)]);
    transfer.at(10_000).tests_link().sends_nothing();
    transfer
        .at(11_999)
        .sends_nothing()
        .at(12_000)
        .begins()
        .sends(&[Chunk(0)]);
    // Once only: from here on all resends are needed.
    transfer.at(17_000).sends(&[Chunk(0)]);
    transfer.at(22_000).tests_link().sends(&[Chunk(0)]);
}

#[test]
fn a_device_that_still_answers_needs_no_new_begin() {
    let mut transfer = script(25);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Chunk(1)]);
    transfer
        .loses_link()
        .finds_link()
        .sends(&[Chunk(1)])
        .hears(&got(1));
    transfer.sends(&[Chunk(2)]).at(5_000).sends(&[Chunk(2)]);
    transfer.at(10_000).tests_link().sends(&[Chunk(2)]);
}

#[test]
fn each_reconnect_allows_a_new_begin_beside_the_restarts() {
    let mut transfer = script_with(5, |options| options.max_retries = Some(0));
    transfer.begins().sends(&[Chunk(0)]);
    let mut now = 0;
    for _ in 0..3 {
        transfer.loses_link().finds_link().sends(&[Chunk(0)]);
        transfer.at(now + 5_000).tests_link().sends_nothing();
        now += 7_000;
        transfer.at(now).begins().sends(&[Chunk(0)]);
    }
    transfer
        .at(now + 5_000)
        .tests_link()
        .ends(Err(no_answer(Stage::Chunk(0), 1)));
}

#[test]
fn a_paused_transfer_sends_nothing_and_feels_no_time() {
    let mut transfer = script(15);
    transfer.begins().sends(&[Chunk(0)]).at(3_000);
    transfer.sender.set_paused(transfer.now, true);
    transfer.at(90_000).hears(&got(0)).sends_nothing();
    assert_eq!(transfer.sender.poll_timeout(), None);
    transfer.sender.set_paused(transfer.now, false);
    transfer.sends(&[Chunk(1)]).at(94_999).sends_nothing();
    transfer.at(95_000).sends(&[Chunk(1)]);
}

#[test]
fn a_link_that_comes_back_does_not_wake_a_paused_transfer() {
    let mut transfer = script(15);
    transfer.begins().sends(&[Chunk(0)]);
    transfer.sender.set_paused(transfer.now, true);
    transfer
        .loses_link()
        .finds_link()
        .at(10_000)
        .sends_nothing();
    transfer.sender.set_paused(transfer.now, false);
    transfer.sends(&[Chunk(0)]);
}

#[test]
fn a_transfer_that_may_not_grow_sends_no_chunk_and_is_not_forgotten() {
    let mut transfer = script(15);
    transfer.begins();
    assert_eq!(transfer.sender.poll_transmit(transfer.now, false), None);
    transfer
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Chunk(1)])
        .hears(&got(1));
    let finish = transfer.sender.poll_transmit(transfer.now, false);
    assert_eq!(finish.map(|(_, payload)| payload), Some(Finish));
}
