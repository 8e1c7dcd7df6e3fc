//! Which socket is in use, which URL is next, and when to try again.

use core::time::Duration;

use super::options::ReconnectOptions;
use super::{ClientOptions, Error};
use crate::mqtt::Backoff;
use crate::rng::Rng;
use crate::time::Instant;

/// Names one socket of the shell. What an earlier socket still says is told from the present one by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(u64);

/// A socket that the shell is to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) link: LinkId,
    /// Index of the URL.
    pub(super) url: usize,
}

/// What follows from the loss of a link, or of an attempt at one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AfterLoss {
    /// The next URL at once: at first each is tried once.
    Open(Attempt),
    /// A later try, by the back-off.
    Wait,
    /// Nothing more: the client is closed.
    GiveUp,
}

/// What a deadline of the link brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// The back-off has passed.
    Open(Attempt),
    /// No CONNACK in time.
    ConnectTimedOut(LinkId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The shell asks for credentials and opens the socket, or CONNACK is awaited.
    Connecting {
        link: LinkId,
        deadline: Instant,
    },
    Online {
        link: LinkId,
    },
    Waiting {
        until: Instant,
    },
    Closed,
}

#[derive(Debug)]
pub(super) struct Link {
    phase: Phase,
    urls: usize,
    next_url: usize,
    next_id: u64,
    connect_timeout: Duration,
    reconnect: Option<ReconnectOptions>,
    fresh_credentials: bool,
    backoff: Backoff,
    rng: Rng,
    /// Tries since the link was last good: bounded by `max_attempts`, or at first by the number of URLs.
    attempts: u32,
    was_online: bool,
}

impl Link {
    pub(super) fn new(options: &ClientOptions) -> Self {
        let delays = options.reconnect.unwrap_or_default();
        Self {
            phase: Phase::Closed,
            urls: options.urls.max(1),
            next_url: 0,
            next_id: 0,
            connect_timeout: options.connect_timeout,
            reconnect: options.reconnect,
            fresh_credentials: options.fresh_credentials,
            backoff: Backoff::new(delays.min_delay, delays.max_delay),
            rng: Rng::new(options.seed),
            attempts: 0,
            was_online: false,
        }
    }

    /// Begins an attempt at the next URL in turn.
    pub(super) fn open(&mut self, now: Instant) -> Attempt {
        let attempt = Attempt {
            link: LinkId(self.next_id),
            url: self.next_url,
        };
        self.next_id += 1;
        self.next_url = (self.next_url + 1) % self.urls;
        self.attempts = self.attempts.saturating_add(1);
        self.phase = Phase::Connecting {
            link: attempt.link,
            deadline: now + self.connect_timeout,
        };
        attempt
    }

    /// True where `link` is the socket in use, and not one that was given up.
    pub(super) fn is_current(&self, link: LinkId) -> bool {
        self.current() == Some(link)
    }

    pub(super) fn current(&self) -> Option<LinkId> {
        match self.phase {
            Phase::Connecting { link, .. } | Phase::Online { link } => Some(link),
            Phase::Waiting { .. } | Phase::Closed => None,
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    pub(super) fn is_online(&self) -> bool {
        matches!(self.phase, Phase::Online { .. })
    }

    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting { .. })
    }

    /// CONNACK came: the time allowed for connecting no longer runs, but no back-off is forgiven yet.
    pub(super) fn handle_connected(&mut self) {
        if let Some(link) = self.current() {
            self.phase = Phase::Online { link };
        }
        self.was_online = true;
    }

    /// Every SUBACK came: from here the link earns the reset of its back-off.
    pub(super) fn handle_online(&mut self, now: Instant) {
        self.backoff.handle_online(now);
    }

    /// The link in use, or the attempt at it, has failed with `error`.
    pub(super) fn handle_lost(&mut self, now: Instant, error: &Error) -> AfterLoss {
        if self.is_closed() {
            return AfterLoss::GiveUp;
        }
        if self.backoff.handle_closed(now) {
            self.attempts = 0;
        }
        if !self.was_online {
            // `connect` tries each URL once; reconnecting is for later losses. What the caller got wrong is so at all of them.
            let is_callers = matches!(error, Error::Invalid { .. });
            let has_more = self.attempts < u32::try_from(self.urls).unwrap_or(u32::MAX);
            return if has_more && !is_callers {
                AfterLoss::Open(self.open(now))
            } else {
                self.close();
                AfterLoss::GiveUp
            };
        }
        self.wait(now, error)
    }

    fn wait(&mut self, now: Instant, error: &Error) -> AfterLoss {
        let hopeless = error.is_permanent() && !self.fresh_credentials;
        let allowed = self
            .reconnect
            .is_some_and(|options| options.max_attempts.is_none_or(|most| self.attempts < most));
        if hopeless || !allowed {
            self.close();
            return AfterLoss::GiveUp;
        }
        let until = now + self.backoff.next_delay(&mut self.rng);
        self.phase = Phase::Waiting { until };
        AfterLoss::Wait
    }

    /// The network is back, or somebody looks at the page: a waiting try is made at once.
    pub(super) fn hurry(&mut self, now: Instant) -> Option<Attempt> {
        self.is_waiting().then(|| self.open(now))
    }

    pub(super) fn close(&mut self) {
        self.phase = Phase::Closed;
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<Due> {
        match self.phase {
            Phase::Connecting { link, deadline } if now >= deadline => {
                Some(Due::ConnectTimedOut(link))
            }
            Phase::Waiting { until } if now >= until => Some(Due::Open(self.open(now))),
            _ => None,
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Connecting { deadline, .. } => Some(deadline),
            Phase::Waiting { until } => Some(until),
            Phase::Online { .. } | Phase::Closed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{ConnectRefusal, SessionOptions};

    fn link(change: impl FnOnce(&mut ClientOptions)) -> Link {
        let mut options = ClientOptions::new(SessionOptions::new("c"));
        change(&mut options);
        Link::new(&options)
    }

    fn fell() -> Error {
        Error::Network {
            reason: "fell".into(),
        }
    }

    #[test]
    fn at_first_each_url_is_tried_once_and_then_it_fails() {
        let now = Instant::ZERO;
        let mut link = link(|options| options.urls = 2);
        assert_eq!(link.open(now).url, 0);
        let AfterLoss::Open(second) = link.handle_lost(now, &fell()) else {
            panic!("no second try")
        };
        assert_eq!(second.url, 1);
        assert_eq!(link.handle_lost(now, &fell()), AfterLoss::GiveUp);
        assert!(link.is_closed());
    }

    #[test]
    fn what_the_caller_got_wrong_is_not_tried_at_the_next_url() {
        let mut link = link(|options| options.urls = 2);
        link.open(Instant::ZERO);
        let taken = Error::Invalid {
            option: "clientId",
            reason: "taken".into(),
        };
        assert_eq!(link.handle_lost(Instant::ZERO, &taken), AfterLoss::GiveUp);
    }

    #[test]
    fn a_link_that_was_good_is_tried_again_at_the_next_url_within_the_back_off() {
        let now = Instant::from_millis(1_000);
        let mut link = link(|options| options.urls = 3);
        let first = link.open(now);
        link.handle_connected();
        assert_eq!(link.handle_lost(now, &fell()), AfterLoss::Wait);
        assert!(!link.is_current(first.link));
        let until = link.poll_timeout().unwrap();
        assert!(until <= now + Duration::from_millis(500));
        let Some(Due::Open(attempt)) = link.handle_timeout(until) else {
            panic!("no try")
        };
        assert_eq!(attempt.url, 1);
        assert_ne!(attempt.link, first.link);
    }

    #[test]
    fn bad_credentials_end_it_unless_fresh_ones_are_asked_for() {
        for fresh in [false, true] {
            let mut link = link(|options| options.fresh_credentials = fresh);
            link.open(Instant::ZERO);
            link.handle_connected();
            let refused = Error::Refused(ConnectRefusal::BadUserNameOrPassword);
            let expected = if fresh {
                AfterLoss::Wait
            } else {
                AfterLoss::GiveUp
            };
            assert_eq!(link.handle_lost(Instant::ZERO, &refused), expected);
        }
    }

    #[test]
    fn attempts_are_bounded_and_a_good_link_pays_them_back() {
        let few = ReconnectOptions {
            max_attempts: Some(2),
            ..Default::default()
        };
        let mut link = link(|options| options.reconnect = Some(few));
        let mut now = Instant::ZERO;
        link.open(now);
        link.handle_connected();
        link.handle_online(now);
        now += Duration::from_secs(11);
        for expected in [AfterLoss::Wait, AfterLoss::Wait, AfterLoss::GiveUp] {
            assert_eq!(link.handle_lost(now, &fell()), expected);
            if expected == AfterLoss::Wait {
                now += Duration::from_secs(60);
                link.handle_timeout(now);
            }
        }
    }

    #[test]
    fn a_connack_that_stays_out_is_noticed() {
        let mut link = link(|_| {});
        let attempt = link.open(Instant::ZERO);
        assert_eq!(link.handle_timeout(Instant::from_millis(9_999)), None);
        assert_eq!(
            link.handle_timeout(Instant::from_millis(10_000)),
            Some(Due::ConnectTimedOut(attempt.link))
        );
    }
}
