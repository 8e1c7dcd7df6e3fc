//! How long to wait before the next try for a link: exponential back-off with full jitter.
//!
//! Jitter over the whole window keeps a thousand clients that lost their broker together from coming back together.
//! The window is made small again only by a link that was online and then lived for [`PROVEN`]: a broker that accepts
//! a connection and cuts it at the first SUBSCRIBE must not be visited in a tight loop.

use crate::rng::Rng;
use crate::time::Instant;
use core::time::Duration;

/// How long a link has to live after it came online to count as a good one.
pub const PROVEN: Duration = Duration::from_secs(10);

/// The delays between the tries of one client.
#[derive(Clone, Debug)]
pub struct Backoff {
    min: Duration,
    max: Duration,
    /// How many delays were handed out since the last good link.
    tries: u32,
    online_since: Option<Instant>,
}

impl Backoff {
    /// Delays of at most `min` at first, twice as much after each try, and never more than `max`.
    pub const fn new(min: Duration, max: Duration) -> Self {
        Self {
            min,
            max,
            tries: 0,
            online_since: None,
        }
    }

    /// The delay before the next try: uniform between 0 and min(max, min · 2ⁿ), with n from 0.
    pub fn next_delay(&mut self, rng: &mut Rng) -> Duration {
        let window = self
            .min
            .saturating_mul(2_u32.saturating_pow(self.tries))
            .min(self.max);
        self.tries = self.tries.saturating_add(1);
        let micros = u64::try_from(window.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(rng.below(micros.saturating_add(1)))
    }

    /// The session on this link is online: it may prove itself from now on.
    pub fn handle_online(&mut self, now: Instant) {
        self.online_since.get_or_insert(now);
    }

    /// The link is gone: starts over if it had proved itself, and says whether it had.
    pub fn handle_closed(&mut self, now: Instant) -> bool {
        let is_proven = self
            .online_since
            .take()
            .is_some_and(|since| now.saturating_since(since) >= PROVEN);
        if is_proven {
            self.reset();
        }
        is_proven
    }

    /// Starts over, as after a wish of the user or the browser's word that the network is back.
    pub const fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: Duration = Duration::from_millis(500);
    const MAX: Duration = Duration::from_secs(30);

    /// The largest of many first delays, to see the window through the jitter.
    fn window(backoff: &Backoff) -> Duration {
        let mut rng = Rng::new(1);
        let delays = (0..2_000).map(|_| backoff.clone().next_delay(&mut rng));
        delays.max().unwrap()
    }

    fn near(delay: Duration, window: Duration) -> bool {
        delay <= window && delay > window.mul_f64(0.99)
    }

    #[test]
    fn the_window_doubles_up_to_its_maximum() {
        let mut backoff = Backoff::new(MIN, MAX);
        let mut rng = Rng::new(2);
        for millis in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            assert!(near(window(&backoff), Duration::from_millis(millis)));
            backoff.next_delay(&mut rng);
        }
    }

    #[test]
    fn delays_are_spread_over_the_whole_window() {
        let mut rng = Rng::new(3);
        let backoff = Backoff::new(MIN, MAX);
        let mut tenths = [0_u32; 10];
        for _ in 0..10_000 {
            let delay = backoff.clone().next_delay(&mut rng);
            let tenth = (delay.as_micros() * 10 / MIN.as_micros()).min(9);
            tenths[usize::try_from(tenth).unwrap()] += 1;
        }
        assert!(
            tenths.iter().all(|count| (850..1_150).contains(count)),
            "{tenths:?}"
        );
    }

    #[test]
    fn only_a_link_that_lived_ten_seconds_online_starts_it_over() {
        let mut rng = Rng::new(4);
        let mut backoff = Backoff::new(MIN, MAX);
        backoff.next_delay(&mut rng);
        backoff.handle_closed(Instant::from_millis(60_000));
        assert!(near(window(&backoff), MIN * 2), "it was never online");

        backoff.handle_online(Instant::from_millis(1_000));
        backoff.handle_closed(Instant::from_millis(10_999));
        assert!(near(window(&backoff), MIN * 2), "it lived too short");

        backoff.handle_online(Instant::from_millis(20_000));
        backoff.handle_closed(Instant::from_millis(30_000));
        assert!(near(window(&backoff), MIN));
    }

    #[test]
    fn the_life_of_one_link_does_not_count_for_the_next() {
        let mut rng = Rng::new(5);
        let mut backoff = Backoff::new(MIN, MAX);
        backoff.handle_online(Instant::ZERO);
        backoff.handle_closed(Instant::from_millis(1));
        backoff.next_delay(&mut rng);
        backoff.handle_closed(Instant::from_millis(60_000));
        assert!(near(window(&backoff), MIN * 2));
    }

    #[test]
    fn extreme_bounds_and_endless_tries_do_no_harm() {
        let mut rng = Rng::new(6);
        let mut none = Backoff::new(Duration::ZERO, Duration::ZERO);
        let mut vast = Backoff::new(Duration::MAX, Duration::MAX);
        for _ in 0..100 {
            assert_eq!(none.next_delay(&mut rng), Duration::ZERO);
            vast.next_delay(&mut rng);
        }
        vast.tries = u32::MAX;
        vast.next_delay(&mut rng);
    }
}
