//! Carries what the session and the fleet say to each other and to the shell.

use super::feedback::{Change, Standing};
use super::{Client, ConnectionState, Error, Event, Notice};
use crate::mqtt::{self, Message, PublishError, QoS, SubscriptionId};
use crate::sorted::SortedSet;
use crate::time::Instant;
use crate::transfer::{self, TransferId};

impl Client {
    /// Passes events on until neither machine has one left.
    pub(super) fn settle(&mut self, now: Instant) {
        loop {
            if let Some(event) = self.session.poll_event() {
                self.route_session(now, event);
            } else if let Some(event) = self.fleet.poll_event() {
                self.route_fleet(now, event);
            } else {
                return;
            }
        }
    }

    fn route_session(&mut self, now: Instant, event: mqtt::Event) {
        match event {
            mqtt::Event::Connected { session_present } => {
                self.link.handle_connected();
                if !session_present {
                    self.withdraw_own_publishes();
                }
            }
            mqtt::Event::Online => self.come_online(now),
            mqtt::Event::Refused(refusal) => self.lose_link(now, Error::Refused(refusal)),
            mqtt::Event::Fault(fault) => self.lose_link(now, fault.into()),
            mqtt::Event::Message(message) => self.deliver(now, message),
            mqtt::Event::Published(token) => {
                if !self.own_publishes.remove(&token) {
                    self.events.push_back(Event::Published(token));
                }
            }
            // Whoever cancelled it knows.
            mqtt::Event::PublishFailed {
                error: PublishError::Cancelled,
                ..
            } => {}
            mqtt::Event::PublishFailed { token, error } => {
                if !self.own_publishes.remove(&token) {
                    self.events.push_back(Event::PublishFailed {
                        token,
                        error: error.into(),
                    });
                }
            }
            mqtt::Event::Subscribed { id, granted } => self.handle_suback(now, id, granted.ok()),
            mqtt::Event::Unsubscribed(id) => {
                if self.filters.remove(&id).is_some() {
                    self.events.push_back(Event::Unsubscribed(id));
                }
            }
            mqtt::Event::Alive => {
                self.fleet.handle_alive(now);
                self.answer_check(true);
            }
        }
    }

    fn come_online(&mut self, now: Instant) {
        self.link.handle_online(now);
        self.set_state(ConnectionState::Connected, None);
        let changes = self.topics.handle_online(&mut self.session);
        self.apply(now, changes);
    }

    fn handle_suback(&mut self, now: Instant, id: SubscriptionId, granted: Option<QoS>) {
        let own_topic = self.topics.topic_of(id).map(str::to_owned);
        let wake = self.topics.wake_of(id).map(str::to_owned);
        let before = self.topics.standing(id);
        let filter = match granted {
            // One that was never granted ends with its refusal.
            None if before == Standing::New => self.filters.remove(&id),
            _ => self.filters.get(&id).cloned(),
        };
        let changes = match granted {
            Some(qos) => self.topics.handle_granted(&mut self.session, id, qos),
            None => self.topics.handle_refused(&mut self.session, id),
        };
        self.apply(now, changes);
        match (own_topic, granted) {
            (Some(from), None) => self.fleet.handle_refused(now, &from),
            (Some(_), Some(_)) => {}
            (None, _) => match (wake, granted) {
                // The transfer goes on: its begin is repeated in any case.
                (Some(filter), None) => self.tell(Notice::SubscriptionRefused { filter }),
                (Some(_), Some(_)) => {}
                (None, _) => self.answer_suback(id, filter.unwrap_or_default(), before, granted),
            },
        }
    }

    /// The user asked for `filter`.
    fn answer_suback(
        &mut self,
        id: SubscriptionId,
        filter: String,
        before: Standing,
        granted: Option<QoS>,
    ) {
        match (before, granted) {
            // Its promise was kept long ago.
            (Standing::Granted(_), None) => {
                return self.tell(Notice::SubscriptionRefused { filter });
            }
            (Standing::Refused, None) => return,
            (Standing::Granted(before), Some(granted)) if granted < before => {
                self.tell(Notice::SubscriptionLowered {
                    filter: filter.clone(),
                    before,
                    granted,
                });
            }
            _ => {}
        }
        let granted = granted.ok_or(Error::SubscriptionRefused { filter });
        self.events.push_back(Event::Subscribed { id, granted });
    }

    /// Tells the fleet on which topics feedback can arrive.
    pub(super) fn apply(&mut self, now: Instant, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Ready(from) => self.fleet.handle_subscribed(now, &from),
                Change::NotReady(from) => self.fleet.handle_unsubscribed(now, &from),
            }
        }
    }

    /// A message goes to the transfers that listen on its topic, and to the user's own handlers.
    fn deliver(&mut self, now: Instant, message: Message) {
        self.fleet
            .handle_feedback(now, &message.topic, &message.payload, message.retain);
        if !message.retain {
            for id in self.topics.woken(&message.topic) {
                self.fleet.handle_wake(now, id);
            }
        }
        let matching: SortedSet<SubscriptionId> = self.session.matching(&message.topic).collect();
        if !self.topics.is_feedback(&message.topic) {
            self.suspect_rewriting(&message.topic, matching.is_empty());
        }
        let users = |id: &SubscriptionId| !self.topics.is_own(*id);
        let subscriptions: Vec<_> = matching.iter().copied().filter(users).collect();
        if !subscriptions.is_empty() {
            self.events.push_back(Event::Message {
                message,
                subscriptions,
            });
        }
    }

    fn route_fleet(&mut self, now: Instant, event: transfer::Event) {
        match event {
            transfer::Event::TestLink => self.session.check(now),
            transfer::Event::Progress(id) => self.events.push_back(Event::Progress(id)),
            transfer::Event::Done(id, outcome) => {
                self.release(now, id);
                self.events.push_back(Event::Done(id, Box::new(outcome)));
            }
            transfer::Event::Failed(id, error) => {
                self.release(now, id);
                self.events.push_back(Event::Failed(id, error));
            }
            transfer::Event::OtherSender { to, from } => {
                self.tell(Notice::AnotherSender { to, from });
            }
            transfer::Event::Idle(from) => self.topics.remove(&mut self.session, &from),
        }
    }

    /// A transfer has ended: its wake topic is of no more use.
    pub(super) fn release(&mut self, now: Instant, id: TransferId) {
        if let Some(Some(wake)) = self.transfers.remove(&id) {
            let change = self.topics.remove_wake(&mut self.session, &wake, id);
            self.apply(now, change);
        }
    }
}
