//! PROTOCOL.md, The course of a transfer.

use super::*;
use crate::transfer::frame::FrameHead;

#[test]
fn begin_comes_first_then_each_chunk_and_then_finish() {
    for bytes in [1, 9, 10, 11, 20, 21, 100] {
        let mut transfer = script(bytes);
        transfer.begins();
        for chunk in 0..u16::from(bytes).div_ceil(10) {
            transfer
                .sends(&[Chunk(chunk)])
                .hears(&got(chunk.cast_signed()));
        }
        transfer
            .sends(&[Finish])
            .hears(&whole())
            .ends(Ok(Numbering::Echo));
    }
}

#[test]
fn the_frames_hold_the_name_the_size_and_every_byte() {
    let mut transfer = script(12);
    let mut frames = Vec::new();
    for answer in [begun(), got(0), got(1), whole()] {
        let (head, payload) = transfer.sender.poll_transmit(transfer.now, true).unwrap();
        frames.push([&head[..], transfer.sender.data(payload)].concat());
        transfer.hears(&answer);
    }
    let frame = |function, number: u8, data: &[u8]| {
        let length = u8::try_from(data.len()).unwrap();
        let head = [0xEE, 0xEE, 0xFF, 0xFF, function, number, 0, length, 0];
        [&head, data].concat()
    };
    let expected = [
        frame(1, 0, b"a.jpg;12"),
        frame(2, 0, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        frame(2, 1, &[10, 11]),
        frame(3, 0, b""),
    ];
    assert_eq!(frames, expected);
}

#[test]
fn with_integrity_begin_ends_in_the_checksum() {
    let mut sender = Sender::new(
        Instant::ZERO,
        "ack",
        b"123456789".to_vec().into(),
        TransferOptions {
            integrity: true,
            ..TransferOptions::named("ä")
        },
    )
    .unwrap();
    sender.start(Instant::ZERO, Lingering::default(), None);
    assert_eq!(sender.data(Begin), "ä;9;crc32=cbf43926".as_bytes());
    let (head, _) = sender.poll_transmit(Instant::ZERO, true).unwrap();
    assert_eq!(
        FrameHead::parse(&[&head, sender.data(Begin)].concat())
            .unwrap()
            .0
            .length,
        19
    );
}

#[test]
fn what_has_no_feedback_for_five_seconds_goes_out_again() {
    let mut transfer = script(5);
    transfer.sends(&[Begin]);
    transfer.at(4_999).sends_nothing();
    transfer.at(5_000).sends(&[Begin]);
    transfer.at(6_000).hears(&begun()).sends(&[Chunk(0)]);
    transfer.at(10_999).sends_nothing();
    transfer.at(11_000).sends(&[Chunk(0)]);
    transfer.at(12_000).hears(&got(0)).sends(&[Finish]);
    transfer.at(16_999).sends_nothing();
    transfer.at(17_000).sends(&[Finish]);
    assert_eq!(transfer.resends(), 3);
}

#[test]
fn a_late_a_doubled_and_an_early_call_change_nothing() {
    let mut transfer = script(5);
    transfer.sends(&[Begin]).at(1).at(1).sends_nothing();
    transfer.at(60_000).at(60_000).sends(&[Begin]);
    transfer.at(64_999).sends_nothing();
}

#[test]
fn status_0_has_the_same_message_sent_again_at_once() {
    let mut transfer = script(5);
    let incomplete = feedback(Function::Begin, 0, Status::Incomplete);
    transfer.sends(&[Begin]).hears(&incomplete).begins();
    transfer.sends(&[Chunk(0)]).hears(&lacks(0));
    transfer.sends(&[Chunk(0)]).hears(&got(0));
    transfer.sends(&[Finish]).hears(&unfinished());
    transfer
        .sends(&[Finish])
        .hears(&whole())
        .ends(Ok(Numbering::Echo));
}

#[test]
fn the_number_in_the_feedback_on_begin_and_finish_may_be_any() {
    let mut transfer = script(5);
    transfer.sends(&[Begin]);
    transfer.hears(&feedback(Function::Begin, -7, Status::Whole));
    transfer.sends(&[Chunk(0)]).hears(&got(0)).sends(&[Finish]);
    transfer.hears(&feedback(Function::Finish, 99, Status::Whole));
    transfer.ends(Ok(Numbering::Echo));
}

#[test]
fn a_device_may_ask_for_any_chunk_after_finish_and_finish_follows_without_its_clock() {
    let mut transfer = script(25);
    transfer.begins();
    for chunk in 0..3 {
        transfer
            .sends(&[Chunk(chunk)])
            .hears(&got(chunk.cast_signed()));
    }
    transfer
        .sends(&[Finish])
        .at(100)
        .hears(&lacks(1))
        .sends(&[Chunk(1)]);
    transfer.at(200).hears(&got(1)).sends(&[Finish]);
    transfer.at(300).hears(&lacks(0)).hears(&lacks(2));
    transfer.sends(&[Chunk(0)]).hears(&got(0));
    transfer.sends(&[Chunk(2)]).hears(&got(2));
    transfer
        .sends(&[Finish])
        .hears(&whole())
        .ends(Ok(Numbering::Echo));
}

#[test]
fn while_a_chunk_that_was_asked_for_is_out_the_clock_of_finish_does_not_run() {
    let mut transfer = script(5);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Finish]);
    transfer.at(4_000).hears(&lacks(0)).sends(&[Chunk(0)]);
    transfer.at(8_999).sends_nothing();
    transfer.at(9_000).sends(&[Chunk(0)]);
}

#[test]
fn a_device_may_ask_before_finish_too_for_what_it_had_confirmed() {
    let mut transfer = script(25);
    transfer.begins().sends(&[Chunk(0)]).hears(&got(0));
    transfer.sends(&[Chunk(1)]).hears(&lacks(0)).sends_nothing();
    transfer.hears(&got(1)).sends(&[Chunk(0)]);
    transfer.hears(&got(0)).sends(&[Chunk(2)]);
    assert_eq!(transfer.ignored(), 0);
}

#[test]
fn a_chunk_is_given_so_often_and_then_the_transfer_fails() {
    let mut transfer = script_with(5, |options| options.max_retries = Some(3));
    transfer.begins().sends(&[Chunk(0)]);
    for _ in 0..3 {
        transfer
            .hears(&got(0))
            .sends(&[Finish])
            .hears(&lacks(0))
            .sends(&[Chunk(0)]);
    }
    transfer.hears(&got(0)).sends(&[Finish]).hears(&lacks(0));
    let stage = Stage::Chunk(0);
    transfer.ends(Err(Error::Incomplete { stage, sendings: 4 }));
}

#[test]
fn nobody_may_ask_for_a_chunk_that_was_not_sent() {
    let mut transfer = script(25);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .hears(&got(0))
        .sends(&[Chunk(1)]);
    transfer
        .hears(&lacks(2))
        .hears(&lacks(3))
        .hears(&lacks(-1))
        .sends_nothing();
    assert_eq!(transfer.ignored(), 3);
}

#[test]
fn progress_counts_what_is_confirmed_and_the_last_chunk_is_shorter() {
    let mut transfer = script_with(25, |options| {
        options.window = Window::Fixed(3);
        options.numbering = NumberingOption::Echo;
    });
    transfer.begins().sends(&[Chunk(0), Chunk(1), Chunk(2)]);
    let progress = |transfer: &Script| {
        let progress = transfer.sender.progress(transfer.now);
        (progress.bytes_acked, progress.chunks_acked, progress.phase)
    };
    transfer.hears(&got(2));
    assert_eq!(progress(&transfer), (5, 1, Phase::Data));
    transfer.hears(&got(0));
    assert_eq!(progress(&transfer), (15, 2, Phase::Data));
    transfer.hears(&got(1));
    assert_eq!(progress(&transfer), (25, 3, Phase::Finish));
    transfer.sends(&[Finish]).hears(&lacks(1));
    assert_eq!(
        progress(&transfer),
        (25, 3, Phase::Finish),
        "it never falls"
    );
    transfer
        .sends(&[Chunk(1)])
        .hears(&got(1))
        .sends(&[Finish])
        .hears(&whole());
    assert_eq!(progress(&transfer), (25, 3, Phase::Done));
}

#[test]
fn the_journal_tells_it_all() {
    let mut transfer = script(5);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .at(5_000)
        .sends(&[Chunk(0)]);
    transfer
        .at(5_100)
        .hears(b"?")
        .hears(&got(0))
        .hears(&got(0))
        .sends(&[Finish]);
    let entries: Vec<_> = transfer
        .sender
        .log()
        .entries()
        .map(|entry| {
            (
                entry.at().as_millis(),
                entry.event,
                entry.function,
                entry.reason.map(Reason::as_str),
            )
        })
        .collect();
    let expected = [
        (0, LogEvent::Sent, 1, None),
        (0, LogEvent::Answered, 1, None),
        (0, LogEvent::Sent, 2, None),
        (5_000, LogEvent::Resent, 2, Some("no answer in time")),
        (5_100, LogEvent::Ignored, 0, Some("malformed: length")),
        (5_100, LogEvent::Answered, 2, None),
        (5_100, LogEvent::Ignored, 2, Some("that chunk was answered")),
        (5_100, LogEvent::Sent, 3, None),
    ];
    assert_eq!(entries, expected);
}
