//! Outgoing messages: those that wait, and the exchanges of QoS 1 and 2 (sections 4.3 and 4.4).
//!
//! A message waits in the order in which it was given. When it is written, QoS 0 is done; QoS 1 and 2 become an
//! exchange under a packet identifier, and stay one until the broker has answered to the end:
//!
//! ```text
//! QoS 1   waiting ── PUBLISH ──▶ Published ── PUBACK ──▶ done
//! QoS 2   waiting ── PUBLISH ──▶ Published ── PUBREC ──▶ Released ── PUBCOMP ──▶ done
//! ```
//!
//! After a link fell, exchanges go on where the broker still knows the session; else they begin again.
//!
//! Choices where the standard leaves one:
//! - Acknowledgements of unknown identifiers are ignored, because brokers send some late or twice after a reconnect;
//!   an unknown PUBREC is answered with PUBREL, so that the broker can end an exchange that this client lost.
//! - PUBACK ends an exchange of QoS 2 that has no PUBREC yet: RabbitMQ answers QoS 2 so, by design.
//! - A QoS 2 message whose PUBREC had come is done when the session is lost: the broker owns it since.

use super::codec::encode_publish;
use super::error::{Misbehaviour, PublishError};
use super::packet::{Message, PacketId, PacketType, QoS};
use super::packet_ids::PacketIds;
use super::session::{Event, PublishToken};
use std::collections::{BTreeMap, VecDeque};

/// How much may be held.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Messages, waiting or in an exchange.
    pub messages: usize,
    /// Their topics and payloads.
    pub bytes: usize,
    /// Exchanges at a time.
    pub in_flight: usize,
}

/// All outgoing messages of a session.
#[derive(Debug)]
pub struct Inflight {
    limits: Limits,
    /// By token, which is the order of giving. A message that has to begin again finds its old place by itself.
    waiting: BTreeMap<PublishToken, Message>,
    exchanges: BTreeMap<PacketId, Exchange>,
    /// Exchanges of the last link whose PUBLISH has to go out again, in the order of the first time.
    resend: VecDeque<(PublishToken, PacketId)>,
    /// Exchanges of the last link whose PUBREL has to go out again, in the order of their PUBRECs.
    release_again: VecDeque<PacketId>,
    held_bytes: usize,
    next_token: u64,
    pubrecs: u64,
}

#[derive(Debug)]
struct Exchange {
    token: PublishToken,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// PUBLISH was written.
    Published(Message),
    /// PUBREC came; the message itself is let go of.
    Released { order: u64 },
}

impl Inflight {
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            waiting: BTreeMap::new(),
            exchanges: BTreeMap::new(),
            resend: VecDeque::new(),
            release_again: VecDeque::new(),
            held_bytes: 0,
            next_token: 0,
            pubrecs: 0,
        }
    }

    /// Puts a message, which was found to be valid, behind the others.
    pub fn publish(&mut self, message: Message) -> Result<PublishToken, PublishError> {
        let bytes = size(&message);
        if bytes > self.limits.bytes {
            let limit = self.limits.bytes;
            return Err(PublishError::TooLarge { bytes, limit });
        }
        let total = self.held_bytes.saturating_add(bytes);
        if total > self.limits.bytes || self.len() >= self.limits.messages {
            return Err(PublishError::QueueFull);
        }
        self.held_bytes = total;
        let token = PublishToken(self.next_token);
        self.next_token = self.next_token.saturating_add(1);
        self.waiting.insert(token, message);
        Ok(token)
    }

    /// Takes a message back that waits; false if there is none, or it is in an exchange.
    pub fn cancel(&mut self, token: PublishToken) -> bool {
        let message = self.waiting.remove(&token);
        self.let_go(message.as_ref());
        message.is_some()
    }

    /// Messages held, waiting or in an exchange.
    pub fn len(&self) -> usize {
        self.waiting.len().saturating_add(self.exchanges.len())
    }

    /// Bytes of topics and payloads held.
    pub const fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Whether a PUBLISH could be written now.
    pub fn has_transmit(&self) -> bool {
        !self.resend.is_empty() || self.next_waiting().is_some()
    }

    /// A new link is up. Exchanges go on, or, when the broker has lost the session, begin again.
    pub fn handle_connected(
        &mut self,
        session_present: bool,
        ids: &mut PacketIds,
        events: &mut VecDeque<Event>,
    ) {
        self.resend.clear();
        self.release_again.clear();
        if session_present {
            self.resume();
        } else {
            self.begin_again(ids, events);
        }
    }

    /// What has to go out again does so in the old order, each kind for itself `[MQTT-4.4.0-1]` `[MQTT-4.6.0-1]`
    /// `[MQTT-4.6.0-4]`.
    fn resume(&mut self) {
        let mut published = Vec::new();
        let mut released = Vec::new();
        for (id, exchange) in &self.exchanges {
            match exchange.stage {
                Stage::Published(_) => published.push((exchange.token, *id)),
                Stage::Released { order } => released.push((order, *id)),
            }
        }
        published.sort_unstable();
        released.sort_unstable();
        self.resend = published.into();
        self.release_again = released.into_iter().map(|(_, id)| id).collect();
    }

    fn begin_again(&mut self, ids: &mut PacketIds, events: &mut VecDeque<Event>) {
        for (id, exchange) in core::mem::take(&mut self.exchanges) {
            ids.release(id);
            match exchange.stage {
                Stage::Published(message) => {
                    self.waiting.insert(exchange.token, message);
                }
                Stage::Released { .. } => events.push_back(Event::Published(exchange.token)),
            }
        }
    }

    /// QoS 1 arrived `[MQTT-4.3.2-1]`.
    pub fn handle_puback(
        &mut self,
        id: PacketId,
        ids: &mut PacketIds,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Misbehaviour> {
        match self.exchanges.get(&id).map(|exchange| &exchange.stage) {
            None => {}
            Some(Stage::Published(_)) => self.complete(id, ids, events),
            Some(Stage::Released { .. }) => return Err(wrong(PacketType::PubAck, id)),
        }
        Ok(())
    }

    /// QoS 2 arrived: the message is forgotten, and the caller sends PUBREL `[MQTT-4.3.3-1]`.
    pub fn handle_pubrec(&mut self, id: PacketId) -> Result<(), Misbehaviour> {
        let Some(exchange) = self.exchanges.get_mut(&id) else {
            return Ok(());
        };
        let Stage::Published(message) = &exchange.stage else {
            return Ok(());
        };
        if message.qos != QoS::ExactlyOnce {
            return Err(wrong(PacketType::PubRec, id));
        }
        self.held_bytes = self.held_bytes.saturating_sub(size(message));
        self.pubrecs = self.pubrecs.saturating_add(1);
        exchange.stage = Stage::Released {
            order: self.pubrecs,
        };
        Ok(())
    }

    /// The exchange of QoS 2 is over `[MQTT-4.3.3-1]`.
    pub fn handle_pubcomp(
        &mut self,
        id: PacketId,
        ids: &mut PacketIds,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Misbehaviour> {
        match self.exchanges.get(&id).map(|exchange| &exchange.stage) {
            None => {}
            Some(Stage::Released { .. }) => self.complete(id, ids, events),
            Some(Stage::Published(_)) => return Err(wrong(PacketType::PubComp, id)),
        }
        Ok(())
    }

    /// The next PUBREL that a reconnect has to repeat.
    pub fn poll_release(&mut self) -> Option<PacketId> {
        loop {
            let id = self.release_again.pop_front()?;
            let exchange = self.exchanges.get(&id);
            if exchange.is_some_and(|exchange| matches!(exchange.stage, Stage::Released { .. })) {
                return Some(id);
            }
        }
    }

    /// Writes the next PUBLISH, if there is one that may go; false otherwise.
    pub fn poll_transmit(
        &mut self,
        ids: &mut PacketIds,
        out: &mut Vec<u8>,
        events: &mut VecDeque<Event>,
    ) -> bool {
        if self.write_again(out) {
            return true;
        }
        while let Some((token, message, id)) = self.take_waiting(ids) {
            match encode_publish(&message, id, out) {
                Ok(()) => {
                    self.hold_or_complete(token, message, id, events);
                    return true;
                }
                // The session checks messages before it lets them in, so this is for the case that it forgets to.
                Err(error) => {
                    self.let_go(Some(&message));
                    id.into_iter().for_each(|id| ids.release(id));
                    let error = PublishError::Invalid(error);
                    events.push_back(Event::PublishFailed { token, error });
                }
            }
        }
        false
    }

    fn write_again(&mut self, out: &mut Vec<u8>) -> bool {
        while let Some((token, id)) = self.resend.pop_front() {
            // It may have been answered meanwhile, and its identifier taken by another.
            if let Some(exchange) = self.exchanges.get_mut(&id)
                && exchange.token == token
                && let Stage::Published(message) = &mut exchange.stage
            {
                // [MQTT-3.3.1-1] [MQTT-2.3.1-3]
                message.dup = true;
                return encode_publish(message, Some(id), out).is_ok();
            }
        }
        false
    }

    /// The first waiting message with its identifier, if it needs one and there is one.
    fn take_waiting(
        &mut self,
        ids: &mut PacketIds,
    ) -> Option<(PublishToken, Message, Option<PacketId>)> {
        let (token, qos) = self.next_waiting()?;
        let id = match qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce | QoS::ExactlyOnce => Some(ids.allocate()?),
        };
        let mut message = self.waiting.remove(&token)?;
        message.dup = false;
        Some((token, message, id))
    }

    fn hold_or_complete(
        &mut self,
        token: PublishToken,
        message: Message,
        id: Option<PacketId>,
        events: &mut VecDeque<Event>,
    ) {
        if let Some(id) = id {
            let stage = Stage::Published(message);
            self.exchanges.insert(id, Exchange { token, stage });
        } else {
            self.let_go(Some(&message));
            events.push_back(Event::Published(token));
        }
    }

    /// The first waiting message, unless it needs an exchange and there are as many as may be. Those behind it wait
    /// as well: a QoS 0 does not overtake.
    fn next_waiting(&self) -> Option<(PublishToken, QoS)> {
        let (token, message) = self.waiting.first_key_value()?;
        let goes = message.qos == QoS::AtMostOnce || self.exchanges.len() < self.limits.in_flight;
        goes.then_some((*token, message.qos))
    }

    fn complete(&mut self, id: PacketId, ids: &mut PacketIds, events: &mut VecDeque<Event>) {
        let Some(exchange) = self.exchanges.remove(&id) else {
            return;
        };
        if let Stage::Published(message) = &exchange.stage {
            self.let_go(Some(message));
        }
        ids.release(id);
        events.push_back(Event::Published(exchange.token));
    }

    fn let_go(&mut self, message: Option<&Message>) {
        self.held_bytes = self.held_bytes.saturating_sub(message.map_or(0, size));
    }
}

const fn size(message: &Message) -> usize {
    message.topic.len().saturating_add(message.payload.len())
}

const fn wrong(packet_type: PacketType, id: PacketId) -> Misbehaviour {
    Misbehaviour::WrongAcknowledgement(packet_type, id)
}
