//! PROTOCOL.md, the extensions *window* and *adaptive clock*.

use super::*;

fn windowed(bytes: u8, window: Window) -> Script {
    script_with(bytes, |options| {
        options.window = window;
        options.numbering = NumberingOption::Echo;
    })
}

#[test]
fn a_window_is_filled_and_each_answer_makes_room_for_one() {
    let mut transfer = windowed(75, Window::Fixed(3));
    transfer
        .begins()
        .sends(&[Chunk(0), Chunk(1), Chunk(2)])
        .sends_nothing();
    transfer.hears(&got(1)).sends(&[Chunk(3)]);
    transfer.hears(&got(1)).sends_nothing();
    transfer
        .hears(&got(0))
        .hears(&got(3))
        .sends(&[Chunk(4), Chunk(5)]);
    assert_eq!(transfer.sender.outstanding(), 3);
    for chunk in [5, 4, 2] {
        transfer.hears(&got(chunk));
    }
    transfer
        .sends(&[Chunk(6), Chunk(7)])
        .hears(&got(7))
        .sends_nothing();
    transfer
        .hears(&got(6))
        .sends(&[Finish])
        .hears(&whole())
        .ends(Ok(Numbering::Echo));
    assert_eq!((transfer.resends(), transfer.ignored()), (0, 1));
}

#[test]
fn three_answers_to_what_was_sent_later_have_a_chunk_sent_again() {
    let mut transfer = windowed(95, Window::Fixed(5));
    transfer.begins();
    transfer.sends(&[Chunk(0), Chunk(1), Chunk(2), Chunk(3), Chunk(4)]);
    transfer
        .hears(&got(1))
        .hears(&got(2))
        .sends(&[Chunk(5), Chunk(6)]);
    transfer.hears(&got(3)).sends(&[Chunk(0), Chunk(7)]);
    // Overtaken once more only by what was sent after that.
    transfer
        .hears(&got(4))
        .hears(&got(5))
        .hears(&got(6))
        .sends(&[Chunk(8), Chunk(9)]);
    transfer.hears(&got(7)).hears(&got(8)).sends_nothing();
    transfer.hears(&got(9)).sends(&[Chunk(0)]);
}

#[test]
fn feedback_that_merely_comes_out_of_order_costs_nothing() {
    let mut transfer = windowed(95, Window::Fixed(4));
    transfer
        .begins()
        .sends(&[Chunk(0), Chunk(1), Chunk(2), Chunk(3)]);
    for chunk in [2, 1, 0, 3] {
        transfer.hears(&got(chunk));
    }
    transfer.sends(&[Chunk(4), Chunk(5), Chunk(6), Chunk(7)]);
    assert_eq!(transfer.resends(), 0);
}

#[test]
fn a_chunk_that_has_had_its_resends_ends_the_transfer_when_it_is_overtaken() {
    let mut transfer = script_with(95, |options| {
        options.window = Window::Fixed(5);
        options.numbering = NumberingOption::Echo;
        options.max_retries = Some(0);
    });
    transfer.begins();
    transfer.sends(&[Chunk(0), Chunk(1), Chunk(2), Chunk(3), Chunk(4)]);
    transfer.hears(&got(1)).hears(&got(2)).hears(&got(3));
    transfer.ends(Err(no_answer(Stage::Chunk(0), 1)));
}

#[test]
fn each_chunk_has_its_own_five_seconds() {
    let mut transfer = windowed(35, Window::Fixed(2));
    transfer
        .begins()
        .sends(&[Chunk(0), Chunk(1)])
        .at(2_000)
        .hears(&got(0))
        .sends(&[Chunk(2)]);
    transfer.at(5_000).sends(&[Chunk(1)]);
    transfer
        .at(6_999)
        .sends_nothing()
        .at(7_000)
        .sends(&[Chunk(2)]);
}

#[test]
fn a_device_that_answers_in_order_only_is_not_flooded() {
    let mut transfer = windowed(85, Window::Fixed(4));
    transfer
        .begins()
        .sends(&[Chunk(0), Chunk(1), Chunk(2), Chunk(3)]);
    // Chunk 0 is lost, and the device is silent on the others: each goes out once more, then one after the other.
    transfer
        .at(5_000)
        .sends(&[Chunk(0), Chunk(1), Chunk(2), Chunk(3)]);
    transfer.at(5_100).hears(&got(0)).sends(&[Chunk(4)]);
    transfer.at(10_000).tests_link().sends_nothing();
    transfer.at(10_100).sends(&[Chunk(1)]);
    for chunk in 1..8 {
        transfer
            .hears(&got(chunk))
            .sends(&[Chunk(chunk.cast_unsigned() + 1)]);
    }
    transfer.hears(&got(8)).sends(&[Finish]);
    assert_eq!(transfer.resends(), 8);
}

#[test]
fn a_window_over_the_number_of_chunks_falls_back_as_well() {
    let mut transfer = windowed(25, Window::Fixed(1_000));
    transfer.begins().sends(&[Chunk(0), Chunk(1), Chunk(2)]);
    transfer
        .hears(&lacks(1))
        .hears(&lacks(2))
        .sends(&[Chunk(1), Chunk(2)]);
    transfer.hears(&lacks(1)).hears(&lacks(2)).sends_nothing();
    transfer
        .hears(&got(0))
        .sends(&[Chunk(1)])
        .hears(&got(1))
        .sends(&[Chunk(2)]);
}

#[test]
fn auto_starts_at_four_where_the_numbering_is_known_and_doubles() {
    let mut transfer = windowed(255, Window::Auto);
    let four: Vec<Payload> = (0..4).map(Chunk).collect();
    transfer.begins().sends(&four);
    for chunk in 0..4 {
        transfer.hears(&got(chunk));
    }
    let eight: Vec<Payload> = (4..12).map(Chunk).collect();
    transfer.sends(&eight);
}

#[test]
fn the_answer_that_tells_the_numbering_lets_auto_grow_as_every_other() {
    let mut transfer = script_with(255, |options| options.window = Window::Auto);
    transfer.begins().sends(&[Chunk(0)]).hears(&got(0));
    let five: Vec<Payload> = (1..6).map(Chunk).collect();
    transfer.sends(&five);
    for chunk in 1..6 {
        transfer.hears(&got(chunk));
    }
    let ten: Vec<Payload> = (6..16).map(Chunk).collect();
    transfer.sends(&ten);
}

#[test]
fn auto_halves_when_a_chunk_is_lost() {
    let mut transfer = script_with(255, |options| options.window = Window::Auto);
    transfer.begins().sends(&[Chunk(0)]).hears(&got(0));
    transfer.sends(&[Chunk(1), Chunk(2), Chunk(3), Chunk(4), Chunk(5)]);
    transfer.hears(&lacks(1)).sends_nothing();
    transfer.hears(&got(2)).sends_nothing();
    transfer.hears(&got(3)).sends_nothing();
    // A window of answers later it grows again.
    transfer.hears(&got(4)).sends(&[Chunk(1), Chunk(6)]);
}

#[test]
fn the_adaptive_clock_follows_the_chunks_and_leaves_begin_and_finish_alone() {
    let mut transfer = script_with(25, |options| options.ack_timeout = AckTimeout::Auto);
    transfer
        .sends(&[Begin])
        .at(4_999)
        .sends_nothing()
        .at(5_000)
        .begins();
    transfer
        .sends(&[Chunk(0)])
        .at(5_999)
        .sends_nothing()
        .at(6_000)
        .sends(&[Chunk(0)]);
    // The answer to a chunk that was sent twice tells no round trip: the doubled second stands.
    transfer.at(6_100).hears(&got(0)).sends(&[Chunk(1)]);
    transfer.at(6_200).hears(&got(1)).sends(&[Chunk(2)]);
    // 100 ms + 4 · 50 ms
    transfer
        .at(6_499)
        .sends_nothing()
        .at(6_500)
        .sends(&[Chunk(2)]);
    transfer.at(6_600).hears(&got(2)).sends(&[Finish]);
    transfer
        .at(11_599)
        .sends_nothing()
        .at(11_600)
        .sends(&[Finish]);
}

#[test]
fn the_doubled_time_stands_until_a_chunk_was_answered_the_first_time() {
    let mut transfer = script_with(25, |options| options.ack_timeout = AckTimeout::Auto);
    transfer
        .begins()
        .sends(&[Chunk(0)])
        .at(1_000)
        .sends(&[Chunk(0)]);
    transfer.at(1_100).hears(&got(0)).sends(&[Chunk(1)]);
    transfer
        .at(3_099)
        .sends_nothing()
        .at(3_100)
        .sends(&[Chunk(1)]);
}

#[test]
fn on_a_fast_link_a_quarter_of_the_window_goes_out_together() {
    let mut transfer = windowed(255, Window::Fixed(16));
    let first: Vec<Payload> = (0..16).map(Chunk).collect();
    transfer.begins().sends(&first).at(2);
    for chunk in 0..3 {
        transfer.hears(&got(chunk)).sends_nothing();
    }
    let quarter: Vec<Payload> = (16..20).map(Chunk).collect();
    transfer.hears(&got(3)).sends(&quarter);
    // What has to be sent again waits for nobody.
    transfer
        .hears(&lacks(5))
        .sends(&[Chunk(5)])
        .hears(&got(4))
        .sends_nothing();
    // Neither does anything for long.
    transfer.at(6).sends_nothing().at(7).sends(&[Chunk(20)]);
}

#[test]
fn on_a_slow_link_every_answer_makes_room_at_once() {
    let mut transfer = windowed(255, Window::Fixed(16));
    let first: Vec<Payload> = (0..16).map(Chunk).collect();
    transfer.begins().sends(&first).at(5);
    transfer.hears(&got(0)).sends(&[Chunk(16)]);
    transfer.hears(&got(1)).sends(&[Chunk(17)]);
}

#[test]
fn after_a_reconnect_the_window_is_full_again_at_once() {
    let mut transfer = windowed(255, Window::Fixed(16));
    let first: Vec<Payload> = (0..16).map(Chunk).collect();
    transfer.begins().sends(&first).at(1);
    transfer.hears(&got(0)).sends_nothing().loses_link();
    transfer.at(60_000).sends_nothing().finds_link();
    let again: Vec<Payload> = (1..17).map(Chunk).collect();
    transfer.sends(&again);
}
