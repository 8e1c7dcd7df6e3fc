//! What a caller may ask of a client at any moment.

use super::{Client, ConnectionState, Error, Event, Notice};
use crate::mqtt::{Message, PublishToken, QoS, SubscriptionId, topic};
use crate::time::Instant;
use crate::transfer::{self, Image, Log, Progress, TransferId, TransferOptions};

/// Where a transfer goes, known before its image is.
#[derive(Clone, Debug)]
pub struct SendRequest {
    /// Topic to the device.
    pub to: String,
    /// Topic of its feedback.
    pub from: String,
    /// QoS of the frames.
    pub qos: QoS,
    /// A topic on which the device says that it woke.
    pub wake: Option<String>,
}

impl Client {
    /// Queues a message. [`Event::Published`] follows when the exchange of its QoS is complete.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a topic or payload that MQTT cannot carry, [`Error::QueueFull`], [`Error::Closed`].
    pub fn publish(&mut self, now: Instant, message: Message) -> Result<PublishToken, Error> {
        self.check_open()?;
        let token = self.session.publish(message)?;
        self.settle(now);
        Ok(token)
    }

    /// Takes back a message that has not been sent; says whether it could. [`Event::PublishFailed`] does not follow.
    pub fn cancel_publish(&mut self, token: PublishToken) -> bool {
        self.session.cancel_publish(token)
    }

    /// Asks for messages. [`Event::Subscribed`] follows.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a filter that is none, [`Error::Closed`].
    pub fn subscribe(
        &mut self,
        now: Instant,
        filter: &str,
        qos: QoS,
    ) -> Result<SubscriptionId, Error> {
        self.check_open()?;
        let id = self.session.subscribe(filter, qos)?;
        self.filters.insert(id, filter.to_owned());
        self.settle(now);
        Ok(id)
    }

    /// Ends a subscription; says whether it was one. [`Event::Unsubscribed`] follows.
    pub fn unsubscribe(&mut self, now: Instant, id: SubscriptionId) -> bool {
        let known = self.session.unsubscribe(id);
        let changes = self.topics.handle_gone(&mut self.session, id);
        self.apply(now, changes);
        self.settle(now);
        known
    }

    /// Tests the link within 2 s; [`Event::Checked`] follows. While the client waits to reconnect it tries at once.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn check(&mut self, now: Instant) -> Result<(), Error> {
        self.check_open()?;
        self.checking = true;
        if let Some(attempt) = self.link.hurry(now) {
            self.ask_for(attempt);
        }
        if self.session.is_online() {
            self.session.check(now);
        } else {
            self.answer_check(false);
        }
        self.settle(now);
        Ok(())
    }

    /// Takes a place in the line of `request.from`, before the image is ready.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a topic that cannot be one, [`Error::Closed`].
    pub fn reserve(&mut self, now: Instant, request: &SendRequest) -> Result<TransferId, Error> {
        self.check_open()?;
        for (option, name) in [
            ("to", Some(&request.to)),
            ("from", Some(&request.from)),
            ("wake", request.wake.as_ref()),
        ] {
            if let Some(name) = name {
                check_topic(option, name)?;
            }
        }
        let id = self
            .fleet
            .reserve(now, &request.to, &request.from, request.qos.into());
        self.transfers.insert(id, request.wake.clone());
        if let Some(wake) = &request.wake {
            self.topics.add_wake(&mut self.session, wake, id);
        }
        let change = self
            .topics
            .add(&mut self.session, &request.from, request.qos);
        self.apply(now, change);
        self.settle(now);
        Ok(id)
    }

    /// Gives a reserved transfer its image. [`Event::Done`] or [`Event::Failed`] follows.
    ///
    /// # Errors
    /// What makes the image or an option impossible; the reservation is gone then. [`transfer::Error::Invalid`] for a
    /// transfer that has its image: it goes on with that. [`transfer::Error::Aborted`] for one that has ended.
    pub fn supply(
        &mut self,
        now: Instant,
        id: TransferId,
        image: Image,
        options: TransferOptions,
    ) -> Result<(), transfer::Error> {
        let supplied = self.fleet.supply(now, id, image, options);
        let is_gone = self.fleet.progress(now, id).is_none();
        if supplied.is_err() && is_gone {
            self.release(now, id);
        }
        self.settle(now);
        supplied
    }

    /// Another client of this browser sends to the device of a reserved transfer: it waits, without holding up those after
    /// it, until [`Client::supply`]. [`Event::Notice`] follows, once.
    pub fn hold_back(&mut self, now: Instant, id: TransferId) {
        if let Some(to) = self.fleet.hold_back(now, id) {
            self.tell(Notice::DeviceInUse { to });
            self.settle(now);
        }
    }

    /// Ends a transfer from outside, for instance because its image could not be prepared.
    pub fn fail(&mut self, now: Instant, id: TransferId, error: transfer::Error) {
        self.fleet.fail(now, id, error);
        self.settle(now);
    }

    /// Cancels a transfer at any stage. [`Event::Failed`] follows, once.
    pub fn cancel(&mut self, now: Instant, id: TransferId) {
        self.fleet.cancel(now, id);
        self.settle(now);
    }

    /// Holds a transfer back: nothing is sent, no clock runs.
    pub fn pause(&mut self, now: Instant, id: TransferId) {
        self.fleet.pause(now, id);
        self.settle(now);
    }

    /// Goes on with a paused transfer.
    pub fn resume(&mut self, now: Instant, id: TransferId) {
        self.fleet.resume(now, id);
        self.settle(now);
    }

    /// How far a transfer is.
    pub fn progress(&self, now: Instant, id: TransferId) -> Option<Progress> {
        self.fleet.progress(now, id)
    }

    /// The journal of a transfer.
    pub fn log(&self, id: TransferId) -> Option<&Log> {
        self.fleet.log(id)
    }

    /// Chunks outstanding over all transfers.
    pub fn outstanding(&self) -> usize {
        self.fleet.outstanding()
    }

    /// Drops what is remembered of a transfer that has ended, and gives its journal away.
    pub fn forget(&mut self, id: TransferId) -> Option<Log> {
        self.fleet.forget(id)
    }

    /// Ends the client: DISCONNECT is the last thing that [`Client::poll_transmit`] gives, unfinished transfers fail
    /// with `closed`, and [`Event::State`] with [`ConnectionState::Closed`] comes last.
    pub fn close(&mut self, now: Instant) {
        if self.state != ConnectionState::Closed {
            self.session.disconnect();
            if let Some(link) = self.link.current() {
                self.events.push_back(Event::Close { link });
            }
            self.end(now, None);
            self.settle(now);
        }
    }

    /// Nothing follows: whatever is unfinished fails.
    pub(super) fn end(&mut self, now: Instant, cause: Option<Error>) {
        self.link.close();
        for id in self.transfers.keys().copied().collect::<Vec<_>>() {
            self.fleet.fail(now, id, transfer::Error::Closed);
        }
        self.answer_check(false);
        while let Some(event) = self.fleet.poll_event() {
            let (id, end) = match event {
                // What ended the client may have come right behind the last feedback.
                transfer::Event::Done(id, outcome) => (id, Event::Done(id, Box::new(outcome))),
                transfer::Event::Failed(id, error) => (id, Event::Failed(id, error)),
                transfer::Event::TestLink
                | transfer::Event::Progress(_)
                | transfer::Event::OtherSender { .. }
                | transfer::Event::Idle(_) => continue,
            };
            self.transfers.remove(&id);
            self.events.push_back(end);
        }
        self.set_state(ConnectionState::Closed, cause);
    }
}

/// Names the option whose topic is none.
fn check_topic(option: &'static str, name: &str) -> Result<(), Error> {
    topic::check_topic_name(name).map_err(|error| Error::Invalid {
        option,
        reason: error.to_string(),
    })
}
