//! PROTOCOL.md, Numbering.

use super::*;

#[test]
fn the_feedback_on_chunk_0_decides_for_the_rest() {
    let mut echo = script(25);
    echo.begins().sends(&[Chunk(0)]).hears(&got(0));
    echo.sends(&[Chunk(1)]).hears(&got(1)).sends(&[Chunk(2)]);

    let mut next = script(25);
    next.begins().sends(&[Chunk(0)]).hears(&got(1));
    next.sends(&[Chunk(1)]).hears(&got(1)).sends_nothing();
    next.hears(&got(2)).sends(&[Chunk(2)]).hears(&lacks(3));
    next.sends(&[Chunk(2)]).hears(&got(3)).sends(&[Finish]);
    next.hears(&whole()).ends(Ok(Numbering::Next));
}

#[test]
fn chunk_0_goes_alone_until_then() {
    let mut transfer = script_with(45, |options| options.window = Window::Fixed(4));
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .at(5_000)
        .sends(&[Chunk(0)]);
    transfer.hears(&got(1));
    transfer.sends(&[Chunk(1), Chunk(2), Chunk(3), Chunk(4)]);
}

#[test]
fn status_0_decides_nothing() {
    for number in [0, 1] {
        let mut transfer = script(25);
        transfer.begins().sends(&[Chunk(0)]).hears(&lacks(number));
        transfer
            .sends(&[Chunk(0)])
            .hears(&got(0))
            .sends(&[Chunk(1)]);
        transfer.hears(&got(1)).sends(&[Chunk(2)]);
    }
}

#[test]
fn no_other_number_answers_chunk_0() {
    let mut transfer = script(25);
    transfer.begins().sends(&[Chunk(0)]);
    for number in [-32_768, -1, 2, 3, 32_767] {
        transfer
            .hears(&got(number))
            .hears(&lacks(number))
            .sends_nothing();
    }
    assert_eq!(transfer.ignored(), 10);
}

#[test]
fn a_retained_feedback_decides_and_answers_nothing() {
    let mut transfer = script(25);
    transfer.sends(&[Begin]);
    transfer
        .sender
        .handle_feedback(transfer.now, &begun(), true);
    transfer.sends_nothing().hears(&begun()).sends(&[Chunk(0)]);
    transfer.sender.handle_feedback(transfer.now, &got(1), true);
    transfer.sends_nothing();
    assert_eq!(transfer.ignored(), 2);
    transfer
        .hears(&got(0))
        .sends(&[Chunk(1)])
        .hears(&got(1))
        .sends(&[Chunk(2)]);
}

#[test]
fn a_numbering_that_is_given_needs_no_decision() {
    let mut transfer = script_with(25, |options| {
        options.numbering = NumberingOption::Next;
        options.window = Window::Fixed(2);
    });
    transfer
        .begins()
        .sends(&[Chunk(0), Chunk(1)])
        .hears(&got(2));
    transfer.sends(&[Chunk(2)]).hears(&got(0)).sends_nothing();
    transfer.hears(&got(1)).hears(&got(3)).sends(&[Finish]);
    transfer.hears(&whole()).ends(Ok(Numbering::Next));
}

#[test]
fn the_number_of_the_last_of_32_768_chunks_wraps() {
    let options = TransferOptions {
        chunk_size: 1,
        ..TransferOptions::named("a")
    };
    let image: Vec<u8> = vec![7; 32_768];
    let mut sender = Sender::new(Instant::ZERO, "ack", image.into(), options).unwrap();
    sender.start(Instant::ZERO, Lingering::default(), None);
    let now = Instant::ZERO;
    let mut transfer = Script { sender, now };
    transfer.begins();
    for chunk in 0..32_767_i16 {
        transfer
            .sends(&[Chunk(chunk.cast_unsigned())])
            .hears(&got(chunk + 1));
    }
    transfer.sends(&[Chunk(32_767)]).hears(&lacks(-32_768));
    transfer.sends(&[Chunk(32_767)]).hears(&got(-32_768));
    transfer
        .sends(&[Finish])
        .hears(&whole())
        .ends(Ok(Numbering::Next));
}
