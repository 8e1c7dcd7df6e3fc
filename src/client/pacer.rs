//! Spaces PUBLISH packets evenly, for brokers that drop or cut above a rate.

use core::time::Duration;

use crate::time::Instant;

/// A gap of 1.02 / N seconds: the 2 % keep a broker whose second is a little short from counting N + 1.
const MARGIN: f64 = 1.02;

/// Says when the next PUBLISH may go out. There is no catching up: a pause is not followed by a burst.
#[derive(Debug)]
pub(super) struct Pacer {
    gap: Duration,
    free_at: Instant,
}

impl Pacer {
    /// `rate` in packets a second, above 0; `None` lets everything pass.
    pub(super) fn new(rate: Option<f64>) -> Self {
        // `as` saturates.
        let gap = rate.map_or(Duration::ZERO, |rate| {
            Duration::from_nanos((MARGIN / rate * 1e9) as u64)
        });
        Self {
            gap,
            free_at: Instant::ZERO,
        }
    }

    pub(super) fn may_send(&self, now: Instant) -> bool {
        now >= self.free_at
    }

    pub(super) fn handle_sent(&mut self, now: Instant) {
        self.free_at = now + self.gap;
    }

    /// When the next packet may go out, if that is later than `now`.
    pub(super) fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        (self.free_at > now).then_some(self.free_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_a_second_never_become_eleven_in_any_second() {
        let mut pacer = Pacer::new(Some(10.0));
        let mut sent = Vec::new();
        for ms in 0..3_000 {
            // A pause in the middle must not be caught up.
            let now = Instant::from_millis(ms);
            if !(1_000..1_500).contains(&ms) && pacer.may_send(now) {
                pacer.handle_sent(now);
                sent.push(ms);
            }
        }
        for start in 0..2_000 {
            let count = sent
                .iter()
                .filter(|&&ms| (start..start + 1_000).contains(&ms))
                .count();
            assert!(count <= 10, "{count} packets in the second from {start} ms");
        }
        assert!(sent.len() >= 24, "only {} packets in 2.5 s", sent.len());
    }

    #[test]
    fn without_a_rate_nothing_waits() {
        let mut pacer = Pacer::new(None);
        let now = Instant::from_millis(5);
        pacer.handle_sent(now);
        assert!(pacer.may_send(now));
        assert_eq!(pacer.poll_timeout(now), None);
    }
}
