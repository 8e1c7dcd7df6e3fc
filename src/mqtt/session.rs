//! The client's state machine: connect, keep alive, publish, subscribe, and all of it again after a reconnect.
//!
//! [`Session`] outlives its links. A link is one byte stream to a broker; the owner opens it, tells the session with
//! `handle_open`, carries bytes both ways, and tells it with `handle_closed` when the link is gone, for whatever reason.

mod event;
mod options;
mod receive;

pub use event::{Event, LinkState, PublishToken, SubscriptionId};
pub use options::SessionOptions;

use super::codec::{self, Decoder, encode_publish_head};
use super::error::{Fault, Invalid, PublishError};
use super::inflight::Inflight;
use super::keepalive::{KeepAlive, Verdict};
use super::packet::{Credentials, Message, Packet, QoS};
use super::packet_ids::{IdSet, PacketIds};
use super::subscriptions::Subscriptions;
use crate::time::Instant;
use std::collections::VecDeque;

/// An MQTT 3.1.1 client without a socket and without a clock.
///
/// Its methods are of four kinds:
/// - *inputs*, `handle_*`: what happened to the link, and that time has passed;
/// - *commands*: [`publish`](Self::publish), [`subscribe`](Self::subscribe) and the other plain verbs;
/// - *outputs*, `poll_*`: what is to be written, told, and waited for;
/// - *getters*: nouns and `is_…`, `has_…`.
///
/// After each input and each command the owner drains the outputs, in this order: [`poll_transmit`](Self::poll_transmit)
/// until `None`, [`poll_event`](Self::poll_event) until `None`, then [`poll_timeout`](Self::poll_timeout) for the time
/// of the next [`handle_timeout`](Self::handle_timeout).
///
/// What it holds is bounded: publishes by its options, everything else by what the owner asked for and by the
/// 65,535 packet identifiers. Events are bounded by the input, as long as they are drained.
#[derive(Debug)]
pub struct Session {
    options: SessionOptions,
    link: Link,
    decoder: Decoder,
    keep_alive: KeepAlive,
    inflight: Inflight,
    subscriptions: Subscriptions,
    /// Identifiers of our own PUBLISH, SUBSCRIBE and UNSUBSCRIBE packets.
    ids: PacketIds,
    /// Identifiers of the broker's QoS 2 messages that were delivered and wait for their PUBREL `[MQTT-4.3.3-2]`.
    received: IdSet,
    acknowledgements: VecDeque<Packet>,
    events: VecDeque<Event>,
}

/// The link as the session knows it.
#[derive(Debug)]
enum Link {
    Down,
    /// With the CONNECT, as long as it is not written.
    Connecting(Option<Vec<u8>>),
    Resubscribing,
    Online,
    /// The owner wants to part: DISCONNECT goes out, and nothing after it `[MQTT-3.14.4-2]`.
    Parting,
}

/// What [`Session::poll_transmit`] wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transmit {
    /// Anything but a PUBLISH.
    Control,
    /// A PUBLISH, which counts for a limit of the rate.
    Publish,
}

impl Session {
    /// A session without a link.
    ///
    /// # Errors
    /// An option is out of its range or contradicts another; its name is that of the JavaScript interface.
    pub fn new(options: SessionOptions) -> Result<Self, Invalid> {
        options.check()?;
        Ok(Self {
            link: Link::Down,
            decoder: Decoder::of_broker(options.max_packet_bytes),
            keep_alive: KeepAlive::new(options.keep_alive),
            inflight: Inflight::new(options.limits()),
            subscriptions: Subscriptions::default(),
            ids: PacketIds::default(),
            received: IdSet::default(),
            acknowledgements: VecDeque::new(),
            events: VecDeque::new(),
            options,
        })
    }

    /// A fresh link is up: CONNECT is the first packet on it `[MQTT-3.1.0-1]`. One that was still open counts as closed.
    ///
    /// Credentials that no CONNECT can carry end it at once, with [`Fault::Credentials`].
    pub fn handle_open(&mut self, _now: Instant, credentials: &Credentials) {
        self.drop_link();
        self.decoder.reset();
        match self.options.encode_connect(credentials) {
            Ok(connect) => self.link = Link::Connecting(Some(connect)),
            Err(error) => self.fail(Fault::Credentials(error)),
        }
    }

    /// Bytes came from the broker, split or joined in any way. After a fault they are ignored until the next link.
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) {
        self.keep_alive.handle_received(now);
        let mut input = bytes;
        while !matches!(self.link, Link::Down) {
            match self.decoder.decode(&mut input) {
                Ok(Some(packet)) => {
                    if let Err(misbehaviour) = self.receive(now, packet) {
                        self.fail(misbehaviour.into());
                    }
                }
                Ok(None) => return,
                Err(error) => self.fail(error.into()),
            }
        }
    }

    /// The link is gone. Exchanges, subscriptions and waiting publishes stay for the next one. Harmless when there was none.
    pub fn handle_closed(&mut self, _now: Instant) {
        self.drop_link();
    }

    /// Time has passed. Too early, too late and twice are harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self.keep_alive.handle_timeout(now) {
            Verdict::Fine => {}
            Verdict::Dead => self.fail(Fault::NoPingResponse),
        }
    }

    /// Takes a message for publishing. It waits behind the earlier ones, for a link if need be; its `dup` is ignored.
    ///
    /// Exactly one of [`Event::Published`] and [`Event::PublishFailed`] follows.
    ///
    /// # Errors
    /// [`PublishError::Invalid`], [`PublishError::TooLarge`] or [`PublishError::QueueFull`].
    pub fn publish(&mut self, message: Message) -> Result<PublishToken, PublishError> {
        codec::check_publish(&message)?;
        self.inflight.publish(message)
    }

    /// Takes a publish back that waits, and has it fail with [`PublishError::Cancelled`]. False if it is unknown,
    /// complete, or in an exchange with the broker: then it goes on.
    ///
    /// One that was cut off by a reconnect and waits to be sent anew counts as waiting, though the broker may have it.
    pub fn cancel_publish(&mut self, token: PublishToken) -> bool {
        let cancelled = self.inflight.cancel(token);
        if cancelled {
            let error = PublishError::Cancelled;
            self.events.push_back(Event::PublishFailed { token, error });
        }
        cancelled
    }

    /// Appends the head of a PUBLISH of QoS 0 to `out`, past the queue; the caller appends exactly `payload_len` bytes.
    ///
    /// For what comes in great numbers and knows by itself when to go: no copy, no token, no event.
    ///
    /// # Errors
    /// [`PublishError::Offline`] or [`PublishError::Invalid`]; nothing is appended then.
    pub fn write_publish_head(
        &mut self,
        now: Instant,
        topic: &str,
        payload_len: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), PublishError> {
        if !self.is_online() {
            return Err(PublishError::Offline);
        }
        encode_publish_head(topic, payload_len, out)?;
        self.keep_alive.handle_sent(now);
        Ok(())
    }

    /// Adds a handler for the messages of a filter. Handlers of one filter share one subscription at the broker, at the
    /// highest QoS among them. [`Event::Subscribed`] follows, at once if the broker's answer is known.
    ///
    /// # Errors
    /// The filter is not a valid one (section 4.7).
    pub fn subscribe(&mut self, filter: &str, qos: QoS) -> Result<SubscriptionId, Invalid> {
        self.subscriptions.subscribe(filter, qos, &mut self.events)
    }

    /// Takes a handler away, from this moment on. [`Event::Unsubscribed`] follows: after UNSUBACK if it was the last one
    /// of its filter and a link is up, else at once. False if there is no such handler.
    pub fn unsubscribe(&mut self, id: SubscriptionId) -> bool {
        let known = self.subscriptions.unsubscribe(id, &mut self.events);
        self.note_online();
        known
    }

    /// The handlers of a message on this topic, each once.
    pub fn matching(&self, topic: &str) -> impl Iterator<Item = SubscriptionId> {
        self.subscriptions.matching(topic)
    }

    /// Tests the link now: [`Event::Alive`] follows, or, after 2 s, [`Fault::NoPingResponse`]. Without a link that was
    /// accepted by a broker nothing happens.
    pub fn check(&mut self, _now: Instant) {
        self.keep_alive.check();
    }

    /// Parts from the broker: DISCONNECT is the last packet of [`poll_transmit`](Self::poll_transmit), which the owner
    /// writes before it closes the link `[MQTT-3.14.4-1]`. Publishes that wait stay behind.
    pub fn disconnect(&mut self) {
        match self.link {
            // There is nobody who would want to hear it.
            Link::Down | Link::Connecting(Some(_)) => self.drop_link(),
            _ => self.link = Link::Parting,
        }
    }

    /// Appends at most one packet to `out`, and says of which kind it is. To be called until `None` after each input
    /// and command. With `may_publish` false PUBLISH packets are held back; all others go.
    pub fn poll_transmit(
        &mut self,
        now: Instant,
        may_publish: bool,
        out: &mut Vec<u8>,
    ) -> Option<Transmit> {
        let kind = if self.write_control(now, out) {
            Transmit::Control
        } else if may_publish && self.write_publish(out) {
            Transmit::Publish
        } else {
            return None;
        };
        self.keep_alive.handle_sent(now);
        Some(kind)
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called, if ever. Changes with every other call.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.keep_alive.poll_timeout()
    }

    /// How far the link is.
    pub const fn state(&self) -> LinkState {
        match self.link {
            Link::Down | Link::Parting => LinkState::Down,
            Link::Connecting(_) => LinkState::Connecting,
            Link::Resubscribing => LinkState::Resubscribing,
            Link::Online => LinkState::Online,
        }
    }

    /// Whether publishes flow.
    pub const fn is_online(&self) -> bool {
        matches!(self.link, Link::Online)
    }

    /// Whether [`poll_transmit`](Self::poll_transmit) would write a PUBLISH if it might.
    pub fn has_unsent_publish(&self) -> bool {
        self.is_online() && self.inflight.has_transmit()
    }

    /// Publishes that are not complete: waiting ones and those in an exchange.
    pub fn queued_messages(&self) -> usize {
        self.inflight.len()
    }

    /// Bytes of the topics and payloads that are held for them.
    pub const fn queued_bytes(&self) -> usize {
        self.inflight.held_bytes()
    }

    /// The options that it was made with.
    pub const fn options(&self) -> &SessionOptions {
        &self.options
    }

    fn write_control(&mut self, now: Instant, out: &mut Vec<u8>) -> bool {
        if let Link::Connecting(connect) = &mut self.link {
            let connect = connect.take();
            out.extend_from_slice(connect.as_deref().unwrap_or_default());
            return connect.is_some();
        }
        // All that these packets hold was checked when it came in, so that encoding does not fail.
        self.next_control(now)
            .is_some_and(|packet| codec::encode(&packet, out).is_ok())
    }

    fn next_control(&mut self, now: Instant) -> Option<Packet> {
        if matches!(self.link, Link::Down) {
            return None;
        }
        if let Some(acknowledgement) = self.acknowledgements.pop_front() {
            return Some(acknowledgement);
        }
        if matches!(self.link, Link::Parting) {
            self.drop_link();
            return Some(Packet::Disconnect);
        }
        if self.keep_alive.poll_transmit(now) {
            return Some(Packet::PingReq);
        }
        if let Some(request) = self.subscriptions.poll_transmit(&mut self.ids) {
            return Some(request);
        }
        // Exchanges of the last link go on when the subscriptions are there.
        if !self.is_online() {
            return None;
        }
        self.inflight.poll_release().map(Packet::PubRel)
    }

    fn write_publish(&mut self, out: &mut Vec<u8>) -> bool {
        self.is_online()
            && self
                .inflight
                .poll_transmit(&mut self.ids, out, &mut self.events)
    }

    /// Tells once when the last subscription that had to be made again is answered.
    fn note_online(&mut self) {
        if matches!(self.link, Link::Resubscribing) && self.subscriptions.is_remade() {
            self.link = Link::Online;
            self.events.push_back(Event::Online);
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.drop_link();
        self.events.push_back(Event::Fault(fault));
    }

    /// Ends what is bound to a link. Acknowledgements that were not written are not owed any longer: the broker repeats
    /// what it has no answer to, or forgets it with the session.
    fn drop_link(&mut self) {
        let link = core::mem::replace(&mut self.link, Link::Down);
        if matches!(link, Link::Connecting(None)) {
            self.subscriptions.handle_unanswered();
        }
        self.acknowledgements = VecDeque::new();
        self.keep_alive.handle_closed();
        let clean = self.options.clean_session;
        self.subscriptions
            .handle_closed(clean, &mut self.ids, &mut self.events);
    }
}

#[cfg(test)]
mod tests;
