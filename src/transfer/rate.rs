//! Confirmed bytes a second, over the last few seconds.

use core::time::Duration;
use std::collections::VecDeque;

use crate::time::Instant;

/// How far back the rate looks, and how finely.
const SPAN: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(500);

/// A sliding window of (time, bytes so far).
#[derive(Debug, Default)]
pub(super) struct Rate(VecDeque<(Instant, usize)>);

impl Rate {
    /// `bytes` have been confirmed in all.
    pub(super) fn handle_bytes(&mut self, now: Instant, bytes: usize) {
        if self
            .0
            .back()
            .is_none_or(|(at, _)| now.saturating_since(*at) >= STEP)
        {
            self.0.push_back((now, bytes));
        }
        while self.0.len() > 2
            && self
                .0
                .front()
                .is_some_and(|(at, _)| now.saturating_since(*at) > SPAN)
        {
            self.0.pop_front();
        }
    }

    /// The image starts over: nothing of it is confirmed.
    pub(super) fn clear(&mut self) {
        self.0 = VecDeque::new();
    }

    /// Bytes a second up to `now`, when `bytes` have been confirmed in all.
    pub(super) fn per_second(&self, now: Instant, bytes: usize) -> f64 {
        let Some((since, before)) = self.0.front() else {
            return 0.0;
        };
        let seconds = now.saturating_since(*since).as_secs_f64();
        if seconds > 0.0 {
            bytes.saturating_sub(*before) as f64 / seconds
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_last_five_seconds_and_forgets_what_was_before() {
        let mut rate = Rate::default();
        for ms in (0..10_000).step_by(50) {
            rate.handle_bytes(Instant::from_millis(ms), usize::try_from(ms).unwrap());
        }
        let steady = rate.per_second(Instant::from_millis(10_000), 10_000);
        assert!((900.0..1_100.0).contains(&steady), "{steady}");
        for ms in (10_000..16_000).step_by(50) {
            rate.handle_bytes(Instant::from_millis(ms), 10_000);
        }
        let stalled = rate.per_second(Instant::from_millis(16_000), 10_000);
        assert!(stalled < 1.0, "{stalled}");
    }
}
