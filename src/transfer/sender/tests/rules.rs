//! PROTOCOL.md, Rules for this sender: feedback that is none, bounds, restarts.

use super::*;
use crate::transfer::frame::{MAX_CHUNKS, MAX_FRAME_DATA};

/// Every way in which a message can fail to be a feedback on chunk 0.
fn malformed() -> Vec<Vec<u8>> {
    let good = got(0).to_vec();
    let changed = |index: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[index] = byte;
        bytes
    };
    let mut all: Vec<Vec<u8>> = (0..8).map(|length| good[..length].to_vec()).collect();
    all.push([&good[..], &[0]].concat());
    all.extend((0..4).map(|index| changed(index, 0)));
    all.extend([0, 4, 9, 255].map(|function| changed(4, function)));
    all.extend([2, 7, 255].map(|status| changed(7, status)));
    all
}

#[test]
fn a_malformed_feedback_is_counted_and_never_advances() {
    let mut transfer = script(25);
    transfer.begins().sends(&[Chunk(0)]);
    for message in malformed() {
        transfer.hears(&message).sends_nothing();
    }
    assert_eq!(transfer.ignored(), 20);
    transfer.goes_on().hears(&got(0)).sends(&[Chunk(1)]);
}

#[test]
fn with_strict_a_malformed_feedback_ends_the_transfer() {
    for message in malformed() {
        let mut transfer = script_with(25, |options| options.strict = true);
        transfer
            .begins()
            .sends(&[Chunk(0)])
            .hears(&message)
            .sends_nothing();
        let end = transfer.sender.poll_end();
        assert!(matches!(end, Some(Err(Error::Protocol { .. }))), "{end:?}");
    }
}

#[test]
fn with_strict_a_feedback_that_is_only_out_of_place_does_not_end_it() {
    let mut transfer = script_with(25, |options| options.strict = true);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .hears(&got(0))
        .hears(&whole());
    transfer.goes_on().sends(&[Chunk(1)]);
}

#[test]
fn a_repeated_feedback_does_not_answer_the_next_chunk() {
    let mut transfer = script(45);
    transfer.begins();
    for chunk in 0..4 {
        transfer.sends(&[Chunk(chunk)]);
        if chunk > 0 {
            transfer
                .hears(&got(chunk.cast_signed() - 1))
                .sends_nothing();
        }
        transfer.hears(&got(chunk.cast_signed()));
    }
    assert_eq!(transfer.ignored(), 3);
}

#[test]
fn feedback_on_what_is_not_outstanding_never_advances() {
    let mut transfer = script(25);
    for early in [got(0), whole(), lacks(0), unfinished()] {
        transfer.hears(&early);
    }
    transfer.begins();
    for early in [begun(), got(0), whole(), unfinished()] {
        transfer.hears(&early);
    }
    assert_eq!(transfer.ignored(), 8);
    transfer
        .sends(&[Chunk(0)])
        .hears(&begun())
        .hears(&whole())
        .sends_nothing();
    transfer.hears(&got(0)).sends(&[Chunk(1)]).hears(&got(1));
    transfer
        .sends(&[Chunk(2)])
        .hears(&got(2))
        .hears(&whole())
        .goes_on();
    transfer
        .sends(&[Finish])
        .hears(&whole())
        .ends(Ok(Numbering::Echo));
}

#[test]
fn before_begin_was_sent_nothing_answers_it() {
    let mut transfer = script(25);
    transfer.hears(&begun()).sends(&[Begin]).sends_nothing();
    transfer.hears(&begun()).sends(&[Chunk(0)]);
}

#[test]
fn a_message_goes_out_eleven_times_and_then_the_error_names_it() {
    let silent_from = |transfer: &mut Script, start: u64, message: Payload| {
        for time in 1..=10 {
            transfer.at(start + time * 5_000);
            if time > 1 {
                transfer.sends_nothing().tests_link();
            }
            transfer.sends(&[message]);
        }
        transfer.at(start + 55_000).tests_link().sends_nothing();
    };
    let mut transfer = script(5);
    transfer.sends(&[Begin]);
    silent_from(&mut transfer, 0, Begin);
    transfer.ends(Err(no_answer(Stage::Begin, 11)));

    let mut transfer = script(15);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Chunk(1)]);
    silent_from(&mut transfer, 0, Chunk(1));
    transfer.ends(Err(no_answer(Stage::Chunk(1), 11)));

    let mut transfer = script(5);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Finish]);
    silent_from(&mut transfer, 0, Finish);
    transfer.ends(Err(no_answer(Stage::Finish, 11)));
}

#[test]
fn resends_count_whatever_their_cause_and_the_last_one_names_the_error() {
    let two = |options: &mut TransferOptions| options.max_retries = Some(2);
    let mut transfer = script_with(5, two);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&lacks(0))
        .sends(&[Chunk(0)]);
    transfer.at(5_000).sends(&[Chunk(0)]).hears(&lacks(0));
    let stage = Stage::Chunk(0);
    transfer.ends(Err(Error::Incomplete { stage, sendings: 3 }));

    let mut transfer = script_with(5, two);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&lacks(0))
        .sends(&[Chunk(0)]);
    transfer
        .hears(&lacks(0))
        .sends(&[Chunk(0)])
        .at(5_000)
        .tests_link();
    transfer.ends(Err(no_answer(Stage::Chunk(0), 3)));
}

#[test]
fn without_retries_the_first_silence_is_the_last_if_the_link_lives() {
    let mut transfer = script_with(5, |options| options.max_retries = Some(0));
    transfer
        .sends(&[Begin])
        .at(5_000)
        .goes_on()
        .tests_link()
        .ends(Err(no_answer(Stage::Begin, 1)));
}

#[test]
fn without_a_bound_it_goes_on_for_ever() {
    let mut transfer = script_with(5, |options| options.max_retries = None);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .at(5_000)
        .sends(&[Chunk(0)]);
    for time in 2..1_000 {
        transfer.at(time * 5_000).tests_link().sends(&[Chunk(0)]);
    }
    transfer.hears(&got(0)).sends(&[Finish]);
}

#[test]
fn a_device_that_forgot_the_image_gets_a_new_begin_after_two_quiet_seconds() {
    let mut transfer = script_with(15, |options| {
        options.max_retries = Some(0);
        options.restarts = 1;
    });
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Chunk(1)]);
    transfer.at(5_000).tests_link().sends_nothing();
    assert_eq!(transfer.sender.progress(transfer.now).bytes_acked, 0);
    // What is still on its way from the first round counts for nothing.
    for late in [begun(), got(1), whole()] {
        transfer.at(6_999).hears(&late).sends_nothing();
    }
    transfer.at(7_000).begins();
    transfer
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Chunk(1)]);
    transfer
        .at(12_000)
        .tests_link()
        .ends(Err(no_answer(Stage::Chunk(1), 1)));
}

#[test]
fn a_finish_that_stays_incomplete_starts_it_over_too() {
    let mut transfer = script_with(5, |options| {
        options.max_retries = Some(1);
        options.restarts = 1;
    });
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Finish]);
    transfer
        .hears(&unfinished())
        .sends(&[Finish])
        .hears(&unfinished())
        .sends_nothing();
    transfer
        .at(2_000)
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Finish]);
    transfer.hears(&whole()).ends(Ok(Numbering::Echo));
}

#[test]
fn a_begin_without_an_answer_is_no_reason_for_another_round() {
    let mut transfer = script_with(5, |options| {
        options.max_retries = Some(0);
        options.restarts = 3;
    });
    transfer
        .sends(&[Begin])
        .at(5_000)
        .tests_link()
        .ends(Err(no_answer(Stage::Begin, 1)));
}

#[test]
fn the_numbering_outlives_a_new_begin() {
    let mut transfer = script_with(15, |options| {
        options.max_retries = Some(0);
        options.restarts = 1;
    });
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(1))
        .sends(&[Chunk(1)]);
    transfer.at(5_000).tests_link().at(7_000).begins();
    transfer.sends(&[Chunk(0)]).hears(&got(0)).sends_nothing();
    transfer.hears(&got(1)).sends(&[Chunk(1)]);
}

#[test]
fn a_message_waits_while_feedback_on_its_like_of_an_earlier_transfer_may_come() {
    let mut earlier = Lingering::default();
    earlier.handle_sent(Instant::from_millis(0), Begin);
    earlier.handle_sent(Instant::from_millis(500), Chunk(1));
    earlier.handle_sent(Instant::from_millis(1_500), Finish);
    let mut transfer = script_with(25, |options| options.numbering = NumberingOption::Echo);
    transfer
        .at(1_600)
        .sender
        .start(Instant::from_millis(1_600), earlier, None);
    transfer.sends_nothing().hears(&begun());
    assert_eq!(
        transfer.sender.poll_timeout(),
        Some(Instant::from_millis(2_000))
    );
    transfer
        .at(2_000)
        .begins()
        .sends_nothing()
        .hears(&got(0))
        .hears(&got(1));
    assert_eq!(transfer.ignored(), 3);
    transfer.at(2_500).sends(&[Chunk(0)]).hears(&got(0));
    transfer
        .sends(&[Chunk(1)])
        .hears(&got(1))
        .sends(&[Chunk(2)])
        .hears(&got(2));
    transfer.sends_nothing().hears(&whole()).goes_on();
    transfer.at(3_499).sends_nothing();
    transfer
        .at(3_500)
        .sends(&[Finish])
        .hears(&whole())
        .ends(Ok(Numbering::Echo));
}

#[test]
fn what_cannot_be_sent_is_refused_before_the_first_byte() {
    let new = |bytes: usize, change: fn(&mut TransferOptions)| {
        let mut options = TransferOptions::named("a.jpg");
        change(&mut options);
        let image: Vec<u8> = vec![0; bytes];
        Sender::new(Instant::ZERO, "ack", image.into(), options).map(drop)
    };
    let code = |result: Result<(), Error>| result.err().map(|error| error.code());
    assert_eq!(code(new(0, |_| {})), Some("invalid"));
    assert_eq!(
        code(new(1, |options| options.chunk_size = 0)),
        Some("invalid")
    );
    assert_eq!(
        code(new(1, |options| options.chunk_size = MAX_FRAME_DATA + 1)),
        Some("invalid")
    );
    assert_eq!(
        code(new(1, |options| options.name = "a;b".into())),
        Some("invalid")
    );
    assert_eq!(
        code(new(1, |options| options.name = String::new())),
        Some("invalid")
    );
    assert_eq!(
        new(1, |options| options.chunk_size = MAX_FRAME_DATA),
        Ok(())
    );
    assert_eq!(new(MAX_CHUNKS, |options| options.chunk_size = 1), Ok(()));
    let too_large = new(MAX_CHUNKS + 1, |options| options.chunk_size = 1);
    let (bytes, most) = (32_769, 32_768);
    assert_eq!(too_large, Err(Error::TooLarge { bytes, most }));
}

#[test]
fn after_the_end_nothing_is_sent_and_nothing_heard() {
    let mut transfer = script(5);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Finish]);
    transfer.hears(&whole());
    for message in [begun(), lacks(0), unfinished(), whole()] {
        transfer.hears(&message).sends_nothing();
    }
    transfer.at(100_000).sends_nothing();
    assert_eq!(transfer.ignored(), 0);
    transfer.ends(Ok(Numbering::Echo));
}
