//! One bound for the chunks of all transfers, turns between them, tests of the link, and how often progress is told.

use super::*;

/// Three transfers of so many bytes with a window of 8, whose begins were answered.
fn three_begun(most: usize, bytes: u8) -> (Script, [TransferId; 3]) {
    let mut fleet = script_with_outstanding(most);
    let ids = ["a", "b", "c"].map(|to| {
        let id = fleet.add_with(to, to, bytes, |options| options.window = Window::Fixed(8));
        fleet.subscribed(to);
        id
    });
    fleet.sends(&["a begin", "b begin", "c begin"]);
    for from in ["a", "b", "c"] {
        fleet.hears(from, begun());
    }
    (fleet, ids)
}

#[test]
fn transfers_take_turns_frame_by_frame() {
    let (mut fleet, _) = three_begun(500, 25);
    let expected = [
        "a 0", "b 0", "c 0", "a 1", "b 1", "c 1", "a 2", "b 2", "c 2",
    ];
    fleet.sends(&expected);
    assert_eq!(fleet.fleet.outstanding(), 9);
}

#[test]
fn the_bound_holds_over_all_and_what_becomes_free_goes_to_who_waited_longest() {
    let (mut fleet, _) = three_begun(4, 45);
    fleet
        .sends(&["a 0", "b 0", "c 0", "a 1"])
        .hears("a", got(0))
        .sends(&["b 1"]);
    fleet
        .hears("a", got(1))
        .sends(&["c 1"])
        .hears("c", got(0))
        .sends(&["a 2"]);
    assert_eq!(fleet.fleet.outstanding(), 4);
}

#[test]
fn begin_and_finish_are_not_held_back_by_the_bound() {
    let mut fleet = script_with_outstanding(1);
    fleet.add("a", "a", 5);
    fleet.subscribed("a").begins("a", "a").sends(&["a 0"]);
    let other = fleet.add("b", "b", 5);
    fleet.subscribed("b").begins("b", "b").sends_nothing();
    assert_eq!(fleet.phase(other), Phase::Data);
    fleet.hears("a", got(0)).sends(&["a finish", "b 0"]);
}

#[test]
fn one_that_waited_for_room_and_was_cancelled_does_not_hold_up_the_next() {
    let (mut fleet, ids) = three_begun(1, 5);
    fleet.sends(&["a 0"]);
    fleet.fleet.cancel(fleet.now, ids[1]);
    fleet.hears("a", got(0)).sends(&["a finish", "c 0"]);
}

#[test]
fn one_that_waited_for_room_and_was_paused_does_not_hold_up_the_next() {
    let (mut fleet, ids) = three_begun(1, 5);
    fleet.sends(&["a 0"]);
    fleet.fleet.pause(fleet.now, ids[1]);
    fleet
        .hears("a", got(0))
        .sends(&["a finish", "c 0"])
        .hears("c", got(0));
    fleet.sends(&["c finish"]);
    fleet.fleet.resume(fleet.now, ids[1]);
    fleet.sends(&["b 0"]);
}

#[test]
fn what_a_paused_transfer_gives_back_passes_one_that_was_cancelled() {
    let (mut fleet, ids) = three_begun(1, 15);
    fleet.sends(&["a 0"]);
    fleet.fleet.pause(fleet.now, ids[0]);
    fleet.fleet.cancel(fleet.now, ids[1]);
    fleet.hears("a", got(0)).sends(&["c 0"]);
}

#[test]
fn a_transfer_that_ends_gives_its_share_back() {
    let (mut fleet, ids) = three_begun(2, 5);
    fleet.sends(&["a 0", "b 0"]);
    fleet.fleet.cancel(fleet.now, ids[0]);
    assert_eq!(fleet.fleet.outstanding(), 1);
    fleet.sends(&["c 0"]);
}

#[test]
fn a_lost_link_gives_every_share_back() {
    let (mut fleet, _) = three_begun(2, 5);
    fleet.sends(&["a 0", "b 0"]);
    fleet.fleet.handle_offline(fleet.now);
    fleet.subscribed("c").subscribed("b").subscribed("a");
    fleet.sends(&["a 0", "b 0"]).hears("b", got(0));
    fleet.sends(&["c 0", "b finish"]);
}

#[test]
fn a_test_of_the_link_is_asked_for_and_its_answer_is_for_all() {
    let mut fleet = script();
    for to in ["a", "b"] {
        fleet.add(to, to, 5);
        fleet.subscribed(to);
    }
    fleet
        .sends(&["a begin", "b begin"])
        .at(5_000)
        .sends(&["a begin", "b begin"]);
    fleet.at(10_000).sends_nothing();
    assert_eq!(fleet.tells(), [Event::TestLink, Event::TestLink]);
    fleet.fleet.handle_alive(fleet.now);
    fleet.sends(&["a begin", "b begin"]);
}

#[test]
fn progress_is_told_twenty_times_a_second_and_the_last_state_comes_with_the_end() {
    let mut fleet = script();
    let id = fleet.add_with("a", "a", 255, |options| options.chunk_size = 1);
    fleet.subscribed("a").begins("a", "a");
    let mut told = Vec::new();
    for chunk in 0..255_u8 {
        fleet.at(u64::from(chunk) * 10);
        fleet
            .sends(&[&format!("a {chunk}")])
            .hears("a", got(i16::from(chunk)));
        while let Some(event) = fleet.fleet.poll_event() {
            assert_eq!(event, Event::Progress(id));
            told.push(fleet.now.as_millis());
        }
    }
    assert!(
        told.windows(2).all(|pair| pair[1] - pair[0] >= 50),
        "{told:?}"
    );
    assert!(told.len() >= 50, "{told:?}");
    fleet.sends(&["a finish"]).hears("a", whole());
    let end = fleet.tells();
    let [Event::Done(_, outcome)] = &end[..] else {
        panic!("{end:?}")
    };
    assert_eq!(
        outcome.progress,
        fleet.fleet.progress(fleet.now, id).unwrap()
    );
    assert_eq!((outcome.progress.bytes_acked, outcome.bytes), (255, 255));
}

#[test]
fn progress_that_nobody_has_read_is_not_told_beside_the_end() {
    let mut fleet = script();
    let id = fleet.add("a", "a", 5);
    fleet.subscribed("a").delivers("a", "a");
    let Some(Event::Done(done, _)) = fleet.fleet.poll_event() else {
        panic!("the end does not come first")
    };
    assert_eq!((done, fleet.fleet.poll_event()), (id, None));
}

#[test]
fn over_all_progress_is_told_two_hundred_times_a_second_and_of_everybody() {
    let mut fleet = script();
    let ids: Vec<TransferId> = (0..40)
        .map(|index| {
            let topic = index.to_string();
            let id = fleet.add(&topic, &topic, 255);
            fleet.subscribed(&topic);
            id
        })
        .collect();
    let mut told = Vec::new();
    for millis in 0..1_000 {
        fleet.at(millis);
        for topic in 0..40 {
            fleet
                .fleet
                .handle_feedback(fleet.now, &topic.to_string(), b"?", false);
        }
        while let Some(event) = fleet.fleet.poll_event() {
            if let Event::Progress(id) = event {
                told.push(id);
            }
        }
    }
    assert!((190..=201).contains(&told.len()), "{}", told.len());
    for id in ids {
        let times = told.iter().filter(|other| **other == id).count();
        assert!((4..=6).contains(&times), "{id:?} {times}");
    }
}

#[test]
fn a_thousand_transfers_share_one_image() {
    let mut fleet = script();
    let image: crate::transfer::Image = vec![1; 1_000].into();
    for index in 0..1_000 {
        let topic = index.to_string();
        let id = fleet.fleet.reserve(fleet.now, &topic, &topic, 0);
        let options = TransferOptions::named("a");
        fleet
            .fleet
            .supply(fleet.now, id, image.clone(), options)
            .unwrap();
    }
    assert_eq!(image.handles(), 1_001);
}
