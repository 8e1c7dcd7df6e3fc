//! Whether the link is alive: PINGREQ and the wait for its PINGRESP (sections 3.1.2.10 and 3.12).
//!
//! A ping goes out when for the keep alive nothing was sent (the broker would cut the link `[MQTT-3.1.2-24]`) *or*
//! nothing was received (a sender that keeps talking into a dead link would never notice). Its answer may take half
//! the keep alive. [`KeepAlive::check`] asks at any time and waits [`CHECK_LIMIT`] only.
//!
//! A deadline that is noticed much too late means that the machine slept or the page was frozen. Nothing is known of
//! the link then, and the answer may lie unread in the socket; so once it is tested anew instead of being given up.

use crate::time::Instant;
use core::time::Duration;

/// How long a link that is tested on demand, or after sleep, has for its answer.
pub const CHECK_LIMIT: Duration = Duration::from_secs(2);

/// What the time has shown about a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to complain of.
    Fine,
    /// A PINGRESP did not come in time.
    Dead,
}

/// The pings of one link after another.
#[derive(Debug)]
pub struct KeepAlive {
    /// Zero: only [`check`](Self::check) pings.
    interval: Duration,
    link: Option<Link>,
}

/// What is known of the present link.
#[derive(Debug)]
struct Link {
    sent: Instant,
    received: Instant,
    /// A PINGREQ has to go out, and its answer may then take so long.
    due: Option<Duration>,
    /// PINGREQs that wait for their PINGRESPs, which carry no number.
    unanswered: u32,
    /// When the link is dead, if answers are still missing.
    deadline: Option<Instant>,
    /// Somebody asked with `check` and waits for the last of these answers.
    checking: bool,
    /// Sleep excused a missed deadline, and no answer has come since. A second time it does not.
    excused: bool,
}

impl KeepAlive {
    /// Pings every `interval` of silence; zero turns that off.
    pub const fn new(interval: Duration) -> Self {
        Self {
            interval,
            link: None,
        }
    }

    /// The broker accepted the connection: its time runs from now on.
    pub const fn handle_connected(&mut self, now: Instant) {
        self.link = Some(Link {
            sent: now,
            received: now,
            due: None,
            unanswered: 0,
            deadline: None,
            checking: false,
            excused: false,
        });
    }

    /// The link is gone, and what was asked of it with it.
    pub const fn handle_closed(&mut self) {
        self.link = None;
    }

    /// A packet was written.
    pub const fn handle_sent(&mut self, now: Instant) {
        if let Some(link) = &mut self.link {
            link.sent = now;
        }
    }

    /// Bytes came from the broker.
    pub const fn handle_received(&mut self, now: Instant) {
        if let Some(link) = &mut self.link {
            link.received = now;
        }
    }

    /// A PINGRESP came; true if it ends a [`check`](Self::check). One that nobody asked for is harmless and ignored.
    pub fn handle_ping_response(&mut self) -> bool {
        let Some(link) = &mut self.link else {
            return false;
        };
        link.unanswered = link.unanswered.saturating_sub(1);
        // The answer to an older ping may have lain in the socket for long: the last one counts.
        if link.unanswered > 0 || link.due.is_some() {
            return false;
        }
        link.deadline = None;
        link.excused = false;
        core::mem::take(&mut link.checking)
    }

    /// Asks for a ping now, with [`CHECK_LIMIT`] for its answer. One that is under way already serves for both.
    pub fn check(&mut self) {
        if let Some(link) = &mut self.link
            && !link.checking
        {
            link.checking = true;
            link.ping_within(CHECK_LIMIT);
        }
    }

    /// To be called at [`poll_timeout`](Self::poll_timeout); at any other time it changes nothing.
    pub fn handle_timeout(&mut self, now: Instant) -> Verdict {
        let Some(due) = self.poll_timeout().filter(|due| *due <= now) else {
            return Verdict::Fine;
        };
        let Some(link) = &mut self.link else {
            return Verdict::Fine;
        };
        // An answer may lie unread after the shortest freeze; a late ping alone is no reason for the short limit.
        let asleep = match link.deadline {
            Some(_) => CHECK_LIMIT,
            None => self.interval.max(CHECK_LIMIT),
        };
        if now.saturating_since(due) > asleep && !link.excused {
            link.excused = true;
            link.deadline = None;
            link.ping_within(CHECK_LIMIT);
        } else if link.deadline.is_some() {
            return Verdict::Dead;
        } else {
            link.ping_within(self.interval / 2);
        }
        Verdict::Fine
    }

    /// When silence gets too long, or an answer overdue.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let link = self.link.as_ref()?;
        if link.due.is_some() {
            return None;
        }
        let silent = link.sent.min(link.received);
        let idle = (self.interval > Duration::ZERO).then(|| silent + self.interval);
        link.deadline.or(idle)
    }

    /// True if a PINGREQ is to be written now; the time for its answer then begins.
    pub fn poll_transmit(&mut self, now: Instant) -> bool {
        let Some(link) = &mut self.link else {
            return false;
        };
        let Some(limit) = link.due.take() else {
            return false;
        };
        link.unanswered = link.unanswered.saturating_add(1);
        let deadline = now + limit;
        link.deadline = Some(link.deadline.map_or(deadline, |other| other.min(deadline)));
        true
    }
}

impl Link {
    fn ping_within(&mut self, limit: Duration) {
        self.due = Some(self.due.map_or(limit, |other| other.min(limit)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1_000)
    }

    /// A link with a keep alive of 60 s that was connected at 0.
    fn connected() -> KeepAlive {
        let mut keep_alive = KeepAlive::new(Duration::from_secs(60));
        keep_alive.handle_connected(at(0));
        keep_alive
    }

    /// Lets time run to `second`, and tells whether a PINGREQ went out then.
    fn pings_at(keep_alive: &mut KeepAlive, second: u64) -> bool {
        assert_eq!(keep_alive.handle_timeout(at(second)), Verdict::Fine);
        let pings = keep_alive.poll_transmit(at(second));
        if pings {
            keep_alive.handle_sent(at(second));
        }
        pings
    }

    #[test]
    fn a_ping_goes_out_when_nothing_was_sent() {
        let mut keep_alive = connected();
        keep_alive.handle_received(at(50));
        assert_eq!(keep_alive.poll_timeout(), Some(at(60)));
        assert!(!pings_at(&mut keep_alive, 59));
        assert!(pings_at(&mut keep_alive, 60));
        assert!(!pings_at(&mut keep_alive, 60), "a second call is harmless");
    }

    #[test]
    fn a_ping_goes_out_when_nothing_was_received() {
        let mut keep_alive = connected();
        keep_alive.handle_sent(at(59));
        assert!(pings_at(&mut keep_alive, 60));
    }

    #[test]
    fn traffic_both_ways_needs_no_ping() {
        let mut keep_alive = connected();
        for second in (30..600).step_by(30) {
            keep_alive.handle_sent(at(second));
            keep_alive.handle_received(at(second));
            assert!(!pings_at(&mut keep_alive, second));
        }
    }

    #[test]
    fn half_the_keep_alive_without_an_answer_is_the_end() {
        let mut keep_alive = connected();
        assert!(pings_at(&mut keep_alive, 60));
        assert_eq!(keep_alive.poll_timeout(), Some(at(90)));
        keep_alive.handle_received(at(80));
        assert_eq!(keep_alive.handle_timeout(at(89)), Verdict::Fine);
        assert_eq!(keep_alive.handle_timeout(at(90)), Verdict::Dead);
    }

    #[test]
    fn an_answer_starts_the_silence_anew() {
        let mut keep_alive = connected();
        assert!(pings_at(&mut keep_alive, 60));
        keep_alive.handle_received(at(61));
        assert!(!keep_alive.handle_ping_response(), "nobody checked");
        assert_eq!(keep_alive.poll_timeout(), Some(at(120)));
    }

    #[test]
    fn a_check_is_answered_or_ends_the_link_after_two_seconds() {
        let mut keep_alive = connected();
        keep_alive.check();
        assert!(keep_alive.poll_transmit(at(5)));
        assert!(keep_alive.handle_ping_response());
        keep_alive.check();
        assert!(keep_alive.poll_transmit(at(6)));
        assert_eq!(keep_alive.poll_timeout(), Some(at(8)));
        assert_eq!(keep_alive.handle_timeout(at(8)), Verdict::Dead);
    }

    #[test]
    fn checks_together_send_one_ping_and_get_one_answer() {
        let mut keep_alive = connected();
        keep_alive.check();
        keep_alive.check();
        assert!(keep_alive.poll_transmit(at(5)));
        keep_alive.check();
        assert!(!keep_alive.poll_transmit(at(6)));
        assert!(keep_alive.handle_ping_response());
        assert!(!keep_alive.handle_ping_response());
    }

    #[test]
    fn a_check_is_not_answered_by_the_response_to_an_older_ping() {
        let mut keep_alive = connected();
        assert!(pings_at(&mut keep_alive, 60));
        keep_alive.check();
        assert!(keep_alive.poll_transmit(at(70)));
        assert!(!keep_alive.handle_ping_response(), "that of second 60");
        assert_eq!(keep_alive.poll_timeout(), Some(at(72)));
        assert!(keep_alive.handle_ping_response());
    }

    #[test]
    fn a_link_that_slept_is_tested_with_the_short_limit() {
        let mut keep_alive = connected();
        assert!(pings_at(&mut keep_alive, 1_000), "60 was the time for it");
        assert_eq!(keep_alive.poll_timeout(), Some(at(1_002)));
        assert_eq!(keep_alive.handle_timeout(at(1_002)), Verdict::Dead);
    }

    #[test]
    fn sleep_excuses_a_missing_answer_once() {
        let mut keep_alive = connected();
        assert!(pings_at(&mut keep_alive, 60));
        assert!(pings_at(&mut keep_alive, 151), "the answer was due at 90");
        assert_eq!(keep_alive.poll_timeout(), Some(at(153)));
        assert_eq!(keep_alive.handle_timeout(at(1_000)), Verdict::Dead);
    }

    #[test]
    fn an_answer_that_may_lie_unread_after_a_short_freeze_is_asked_for_again() {
        let mut keep_alive = connected();
        assert!(pings_at(&mut keep_alive, 60));
        assert!(pings_at(&mut keep_alive, 93), "the answer was due at 90");
        assert_eq!(keep_alive.poll_timeout(), Some(at(95)));
        keep_alive.handle_received(at(93));
        assert!(!keep_alive.handle_ping_response(), "that of second 60");
        assert!(!keep_alive.handle_ping_response());
        assert_eq!(keep_alive.handle_timeout(at(95)), Verdict::Fine);
    }

    #[test]
    fn an_answer_makes_sleep_an_excuse_again() {
        let mut keep_alive = connected();
        assert!(pings_at(&mut keep_alive, 1_000));
        keep_alive.handle_received(at(1_001));
        keep_alive.handle_ping_response();
        assert!(pings_at(&mut keep_alive, 2_000));
    }

    #[test]
    fn without_a_keep_alive_only_checks_ping() {
        let mut keep_alive = KeepAlive::new(Duration::ZERO);
        keep_alive.handle_connected(at(0));
        assert_eq!(keep_alive.poll_timeout(), None);
        assert!(!pings_at(&mut keep_alive, 100_000));
        keep_alive.check();
        assert!(keep_alive.poll_transmit(at(100_000)));
        assert_eq!(keep_alive.handle_timeout(at(100_002)), Verdict::Dead);
    }

    #[test]
    fn a_closed_link_asks_for_nothing() {
        let mut keep_alive = connected();
        keep_alive.check();
        keep_alive.handle_closed();
        assert!(!keep_alive.poll_transmit(at(1)));
        assert_eq!(keep_alive.poll_timeout(), None);
        assert_eq!(keep_alive.handle_timeout(at(1_000)), Verdict::Fine);
        keep_alive.check();
        assert!(!keep_alive.handle_ping_response());
    }
}
