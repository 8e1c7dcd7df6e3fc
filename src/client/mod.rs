//! MQTT and the transfers wired together, still without a socket or a clock.
//!
//! A [`Client`] holds one MQTT session, the link that carries it, and every transfer on it. What can
//! go wrong between the link and a transfer is decided here, where a simulation can reach it: a feedback topic is
//! subscribed before begin goes out, clocks stand still while the link is down, frames wait for the rate limit and for
//! room in the socket, and a dead link is replaced.
//!
//! # Driving it
//! The shell owns a socket and a clock. After each call that takes `&mut self` it drains, in this order:
//! [`poll_transmit`](Client::poll_transmit) while there is room in the socket, [`poll_event`](Client::poll_event) until
//! `None`, and then it waits until [`poll_timeout`](Client::poll_timeout) or the next thing that happens. Calls too many
//! are harmless.

mod commands;
mod error;
mod event;
mod feedback;
mod link;
mod notice;
mod options;
mod pacer;
mod routing;
mod transmit;

use core::time::Duration;
use std::collections::VecDeque;

pub use commands::SendRequest;
pub use error::Error;
pub use event::{ConnectionState, Event};
pub use link::LinkId;
pub use notice::Notice;
pub use options::{ClientOptions, ReconnectOptions};

use crate::mqtt::{Credentials, PublishToken, Session, SubscriptionId};
use crate::sorted::{SortedMap, SortedSet};
use crate::time::{Instant, earliest};
use crate::transfer::{Fleet, TransferId};
use feedback::FeedbackTopics;
use link::{AfterLoss, Attempt, Due, Link};
use pacer::Pacer;

/// A deadline that is noticed so late means that the machine slept, or the page was frozen. Feedback may then lie in the
/// socket that is older than the timers think, so the transfers wait until the link was asked: its answer comes after it.
/// Browsers let the timers of a tab in the background be late by one second, which is no sleep.
const ASLEEP: Duration = Duration::from_millis(1_500);

/// One MQTT connection with its transfers. See the module for how to drive it.
#[derive(Debug)]
pub struct Client {
    session: Session,
    link: Link,
    fleet: Fleet,
    topics: FeedbackTopics,
    pacer: Pacer,
    /// Every transfer that has not ended, with the topic that wakes its device.
    transfers: SortedMap<TransferId, Option<String>>,
    /// The filters of the user's subscriptions, for what is to be said of them.
    filters: SortedMap<SubscriptionId, String>,
    /// What the session was given and the user did not publish: frames of a QoS above 0.
    own_publishes: SortedSet<PublishToken>,
    state: ConnectionState,
    /// A user is waiting for the answer of a link test.
    checking: bool,
    /// Whose turn it is: the user's publishes or the transfers' frames.
    frames_first: bool,
    /// Filters whose messages the broker sends under other topics, as the user was told.
    rewritten: Vec<String>,
    events: VecDeque<Event>,
}

impl Client {
    /// A client that is not connected yet: [`Client::connect`] begins.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the name of the option that cannot be taken.
    pub fn new(options: ClientOptions) -> Result<Self, Error> {
        Ok(Self {
            link: Link::new(&options),
            fleet: Fleet::new(options.max_outstanding),
            topics: FeedbackTopics::default(),
            pacer: Pacer::new(options.max_messages_per_second),
            session: Session::new(options.session)?,
            transfers: SortedMap::new(),
            filters: SortedMap::new(),
            own_publishes: SortedSet::new(),
            state: ConnectionState::Connecting,
            checking: false,
            frames_first: false,
            rewritten: Vec::new(),
            events: VecDeque::new(),
        })
    }

    /// Begins: [`Event::Open`] asks for the first socket.
    pub fn connect(&mut self, now: Instant) {
        if self.link.current().is_none() && self.state == ConnectionState::Connecting {
            let attempt = self.link.open(now);
            self.ask_for(attempt);
        }
    }

    /// The socket `link` is open. What an abandoned socket says is ignored.
    pub fn handle_open(&mut self, now: Instant, link: LinkId, credentials: &Credentials) {
        if self.link.is_current(link) {
            self.session.handle_open(now, credentials);
            self.settle(now);
        }
    }

    /// Bytes came from `link`, in any split.
    pub fn handle_input(&mut self, now: Instant, link: LinkId, bytes: &[u8]) {
        if self.link.is_current(link) {
            self.session.handle_input(now, bytes);
            self.settle(now);
        }
    }

    /// The socket `link` could not be opened, or fell, or said something that is not MQTT.
    pub fn handle_closed(&mut self, now: Instant, link: LinkId, error: Error) {
        if self.link.is_current(link) {
            self.lose_link(now, error);
            self.settle(now);
        }
    }

    /// The platform says that the network came (`online`) or went. Coming, a waiting try is made at once; either way
    /// a link that is up is tested.
    pub fn handle_network(&mut self, now: Instant, online: bool) {
        if online && let Some(attempt) = self.link.hurry(now) {
            self.ask_for(attempt);
        }
        self.session.check(now);
        self.settle(now);
    }

    /// Time has passed. Early, late and doubled calls are harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        let late = self.poll_timeout(now).map(|due| now.saturating_since(due));
        if late.is_some_and(|late| late >= ASLEEP) && self.session.is_online() {
            self.fleet.handle_sleep(now);
        }
        match self.link.handle_timeout(now) {
            Some(Due::Open(attempt)) => self.ask_for(attempt),
            Some(Due::ConnectTimedOut(_)) => self.lose_link(now, Error::ConnectTimeout),
            None => {}
        }
        self.session.handle_timeout(now);
        self.fleet.handle_timeout(now);
        self.settle(now);
    }

    /// When [`Client::handle_timeout`] is next due, or a packet that waits for the rate limit may go out.
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        if self.state == ConnectionState::Closed {
            return None;
        }
        let machines = earliest(self.session.poll_timeout(), self.fleet.poll_timeout());
        let paced = if self.session.is_online() {
            self.pacer.poll_timeout(now)
        } else {
            None
        };
        earliest(earliest(self.link.poll_timeout(), machines), paced)
    }

    /// The next thing to do or to pass on.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// True while `link` is the socket in use; one that was given up is to be dropped.
    pub fn wants(&self, link: LinkId) -> bool {
        self.link.is_current(link)
    }

    /// True where `link` is in use and has had its CONNACK.
    pub fn is_up(&self, link: LinkId) -> bool {
        self.link.is_current(link) && self.link.is_online()
    }

    /// Where the connection stands.
    pub fn state(&self) -> ConnectionState {
        self.state
    }

    /// [`Error::Closed`] for a call on a client that has ended.
    fn check_open(&self) -> Result<(), Error> {
        if self.state == ConnectionState::Closed {
            Err(Error::Closed)
        } else {
            Ok(())
        }
    }

    fn ask_for(&mut self, attempt: Attempt) {
        self.events.push_back(Event::Open {
            link: attempt.link,
            url: attempt.url,
        });
    }

    fn set_state(&mut self, state: ConnectionState, cause: Option<Error>) {
        if self.state != state || cause.is_some() {
            self.state = state;
            self.events.push_back(Event::State { state, cause });
        }
    }

    /// The link in use is gone or is given up: what hangs on it stands still until the next one is up.
    fn lose_link(&mut self, now: Instant, error: Error) {
        if let Some(link) = self.link.current() {
            self.events.push_back(Event::Close { link });
        }
        self.session.handle_closed(now);
        self.withdraw_own_publishes();
        self.topics.handle_offline();
        self.fleet.handle_offline(now);
        self.answer_check(false);
        match self.link.handle_lost(now, &error) {
            AfterLoss::Open(attempt) => self.ask_for(attempt),
            AfterLoss::Wait => self.set_state(ConnectionState::Reconnecting, Some(error)),
            AfterLoss::GiveUp => self.end(now, Some(error)),
        }
    }

    /// A frame is repeated by its transfer, in its own time. One that the session sent again of itself would arrive out of
    /// turn, and a begin of that kind would throw away what the device holds. Feedback that comes late speaks of a frame
    /// that was sent again since.
    ///
    /// What the broker may have seen can be taken back only on a link whose broker has forgotten it.
    fn withdraw_own_publishes(&mut self) {
        let session = &mut self.session;
        self.own_publishes
            .retain(|token| !session.cancel_publish(*token));
    }

    fn answer_check(&mut self, alive: bool) {
        if core::mem::take(&mut self.checking) {
            self.events.push_back(Event::Checked { alive });
        }
    }
}

#[cfg(test)]
mod tests;
