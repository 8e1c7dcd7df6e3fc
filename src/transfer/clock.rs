//! When to send again: a clock that can stand still, and the time that it allows.

use core::time::Duration;

use super::options::AckTimeout;
use crate::time::Instant;

/// Begin and finish with an adaptive clock: a device erases flash, a panel refreshes.
const SLOW: Duration = Duration::from_secs(5);
/// Bounds of the adaptive clock, and its first value (PROTOCOL.md, adaptive clock).
const LEAST: Duration = Duration::from_millis(200);
const MOST: Duration = Duration::from_secs(5);
const FIRST: Duration = Duration::from_secs(1);

/// Time as a transfer feels it: while the link is down, is being tested, or the transfer is paused, none passes.
#[derive(Debug, Default)]
pub(super) struct StopClock {
    stopped_since: Option<Instant>,
    stopped: Duration,
}

impl StopClock {
    /// The felt time at `now`.
    pub(super) fn felt(&self, now: Instant) -> Instant {
        let running = self.stopped_since.unwrap_or(now).min(now);
        Instant::ZERO + running.saturating_since(Instant::ZERO + self.stopped)
    }

    /// The real time of a felt deadline; `None` while the clock stands.
    pub(super) fn deadline(&self, felt: Instant) -> Option<Instant> {
        self.stopped_since.is_none().then_some(felt + self.stopped)
    }

    pub(super) fn is_running(&self) -> bool {
        self.stopped_since.is_none()
    }

    pub(super) fn set_running(&mut self, now: Instant, running: bool) {
        match (running, self.stopped_since) {
            (true, Some(since)) => {
                self.stopped += now.saturating_since(since);
                self.stopped_since = None;
            }
            (false, None) => self.stopped_since = Some(now),
            _ => {}
        }
    }
}

/// How long a message may stay without feedback.
#[derive(Debug)]
pub(super) struct Patience {
    timeout: AckTimeout,
    /// RFC 6298: smoothed round trip and its variation, after the first sample.
    smoothed: Option<(Duration, Duration)>,
    adaptive: Duration,
}

impl Patience {
    pub(super) fn new(timeout: AckTimeout) -> Self {
        Self {
            timeout,
            smoothed: None,
            adaptive: FIRST,
        }
    }

    /// For a chunk.
    pub(super) fn for_data(&self) -> Duration {
        match self.timeout {
            AckTimeout::Fixed(timeout) => timeout,
            AckTimeout::Auto => self.adaptive,
        }
    }

    /// For begin and finish.
    pub(super) fn for_control(&self) -> Duration {
        match self.timeout {
            AckTimeout::Fixed(timeout) => timeout,
            AckTimeout::Auto => SLOW,
        }
    }

    /// A chunk that was sent once was answered after `round_trip` (Karn: one that was sent twice says nothing).
    pub(super) fn handle_sample(&mut self, round_trip: Duration) {
        let (smoothed, variation) = match self.smoothed {
            None => (round_trip, round_trip / 2),
            Some((smoothed, variation)) => (
                smoothed * 7 / 8 + round_trip / 8,
                variation * 3 / 4 + smoothed.abs_diff(round_trip) / 4,
            ),
        };
        self.smoothed = Some((smoothed, variation));
        self.adaptive = (smoothed + variation * 4).clamp(LEAST, MOST);
    }

    /// A chunk's time has passed: the next one is doubled, until a sample says better.
    pub(super) fn handle_timeout(&mut self) {
        self.adaptive = (self.adaptive * 2).min(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn no_time_is_felt_while_the_clock_stands() {
        let mut clock = StopClock::default();
        let at = Instant::from_millis;
        let deadline = clock.felt(at(1_000)) + ms(500);
        assert_eq!(clock.deadline(deadline), Some(at(1_500)));
        clock.set_running(at(1_200), false);
        assert_eq!(clock.deadline(deadline), None);
        assert_eq!(clock.felt(at(9_000)), at(1_200));
        clock.set_running(at(9_000), true);
        assert_eq!(clock.deadline(deadline), Some(at(9_300)));
        assert_eq!(clock.felt(at(9_300)), deadline);
    }

    #[test]
    fn the_adaptive_clock_follows_rfc_6298_within_its_bounds() {
        let mut patience = Patience::new(AckTimeout::Auto);
        assert_eq!(patience.for_data(), ms(1_000));
        patience.handle_sample(ms(100));
        assert_eq!(patience.for_data(), ms(300));
        patience.handle_sample(ms(100));
        assert_eq!(patience.for_data(), ms(250));
        patience.handle_timeout();
        assert_eq!(patience.for_data(), ms(500));
        for _ in 0..10 {
            patience.handle_timeout();
        }
        assert_eq!(patience.for_data(), ms(5_000));
        for _ in 0..50 {
            patience.handle_sample(ms(1));
        }
        assert_eq!(patience.for_data(), ms(200));
        assert_eq!(patience.for_control(), ms(5_000));
    }

    #[test]
    fn a_fixed_clock_stays_as_it_is() {
        let mut patience = Patience::new(AckTimeout::Fixed(ms(300)));
        patience.handle_sample(ms(4_000));
        patience.handle_timeout();
        assert_eq!(
            (patience.for_data(), patience.for_control()),
            (ms(300), ms(300))
        );
    }
}
