//! When room in the window is used: as it comes, or gathered until it is worth a message of its own.
//!
//! A WebSocket message costs the browser and the broker the same whether it carries one frame or twenty. On a link whose
//! round trip is short the sender therefore waits until a quarter of the window is free. On a long one each chunk that
//! waits would be a hole in the stream, so there room is used at once.
//!
//! What tells the two apart is the shortest round trip seen, not the smoothed one: that has the window's own queue in it,
//! and a slow machine would be taken for a long link just when gathering pays most.

use core::time::Duration;

use crate::time::Instant;

/// A shortest round trip below this is a fast link. Room is kept no longer than this either, whatever gets lost.
const FAST: Duration = Duration::from_millis(5);
/// Chunks that are worth a message in any case: more gathered at once gain nothing, and let a wide window run dry.
const WORTH: usize = 32;

/// The room in one transfer's window.
#[derive(Debug)]
pub(super) struct Refill {
    /// What is free is being used until the window is full.
    is_filling: bool,
    /// Room has been kept since then.
    since: Option<Instant>,
    /// The shortest round trip, once there was one.
    round_trip: Option<Duration>,
}

impl Default for Refill {
    fn default() -> Self {
        Self {
            is_filling: true,
            since: None,
            round_trip: None,
        }
    }
}

impl Refill {
    /// A chunk that was sent once was answered after `round_trip`.
    pub(super) fn handle_sample(&mut self, round_trip: Duration) {
        self.round_trip = Some(
            self.round_trip
                .map_or(round_trip, |least| least.min(round_trip)),
        );
    }

    /// A chunk went out and left room for `free` more.
    pub(super) fn handle_sent(&mut self, free: usize) {
        self.is_filling = free > 0;
        self.since = None;
    }

    /// `free` chunks of a window of `window` may go out now, of `left` that were never sent.
    pub(super) fn handle_room(&mut self, now: Instant, free: usize, window: usize, left: usize) {
        let is_fast = self.round_trip.is_some_and(|round_trip| round_trip < FAST);
        let enough = (window / 4).min(WORTH).min(left);
        if !is_fast || free >= enough {
            self.is_filling = true;
            self.since = None;
        } else if !self.is_filling {
            self.since.get_or_insert(now);
        }
    }

    /// Time has passed: room is not kept for ever.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.deadline().is_some_and(|at| now >= at) {
            self.is_filling = true;
            self.since = None;
        }
    }

    /// When room that is kept is to be used all the same.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.since.map(|since| since + FAST)
    }

    /// Room is to be used.
    pub(super) fn is_filling(&self) -> bool {
        self.is_filling
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAST_LINK: Duration = Duration::from_millis(2);

    fn full(round_trip: Option<Duration>) -> Refill {
        let mut refill = Refill::default();
        if let Some(round_trip) = round_trip {
            refill.handle_sample(round_trip);
            // Its own queue makes no long link of a fast one.
            refill.handle_sample(round_trip * 10);
        }
        refill.handle_sent(0);
        refill
    }

    #[test]
    fn on_a_fast_link_a_quarter_of_the_window_is_gathered_and_then_filled_up() {
        let mut refill = full(Some(FAST_LINK));
        for free in 1..16 {
            refill.handle_room(Instant::ZERO, free, 64, 1_000);
            assert!(!refill.is_filling(), "{free} free");
        }
        refill.handle_room(Instant::ZERO, 16, 64, 1_000);
        for free in (0..16).rev() {
            assert!(refill.is_filling(), "{free} free");
            refill.handle_sent(free);
        }
        assert!(!refill.is_filling());
    }

    #[test]
    fn on_a_slow_link_and_on_an_unknown_one_every_place_is_used_at_once() {
        for round_trip in [None, Some(FAST)] {
            let mut refill = full(round_trip);
            refill.handle_room(Instant::ZERO, 1, 64, 1_000);
            assert!(refill.is_filling());
        }
    }

    #[test]
    fn the_last_chunks_and_a_narrow_window_wait_for_nothing() {
        for (window, left) in [(64, 1), (7, 1_000), (1, 1_000)] {
            let mut refill = full(Some(FAST_LINK));
            refill.handle_room(Instant::ZERO, 1, window, left);
            assert!(refill.is_filling(), "window {window}, {left} left");
        }
    }

    #[test]
    fn a_very_wide_window_gathers_no_more_than_is_worth_a_message() {
        let mut refill = full(Some(FAST_LINK));
        refill.handle_room(Instant::ZERO, 31, 1_024, 9_999);
        assert!(!refill.is_filling());
        refill.handle_room(Instant::ZERO, 32, 1_024, 9_999);
        assert!(refill.is_filling());
    }

    #[test]
    fn where_most_of_a_window_is_lost_room_is_used_after_five_milliseconds() {
        let mut refill = full(Some(FAST_LINK));
        let at = Instant::from_millis;
        refill.handle_room(at(10), 1, 64, 1_000);
        refill.handle_room(at(13), 2, 64, 1_000);
        assert_eq!(refill.deadline(), Some(at(15)));
        refill.handle_timeout(at(14));
        assert!(!refill.is_filling());
        refill.handle_timeout(at(15));
        assert!(refill.is_filling());
        assert_eq!(refill.deadline(), None);
    }
}
