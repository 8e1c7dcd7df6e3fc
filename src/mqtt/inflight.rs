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
use std::collections::VecDeque;

/// How much may be held.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Messages, waiting or in an exchange.
    pub messages: usize,
    /// Their topics and payloads.
    pub bytes: usize,
    /// Exchanges at a time. They are looked through one by one, so let it not be thousands.
    pub in_flight: usize,
}

/// All outgoing messages of a session.
#[derive(Debug)]
pub struct Inflight {
    limits: Limits,
    /// In the order of giving, so that tokens ascend.
    waiting: VecDeque<(PublishToken, Message)>,
    /// In the order in which they began, which is that of their tokens too, and before all that wait.
    exchanges: VecDeque<Exchange>,
    /// Identifiers of the exchanges that have their PUBREC, in the order in which it came.
    released: VecDeque<PacketId>,
    /// Exchanges of the last link whose PUBLISH has to go out again, in the old order.
    resend: VecDeque<PacketId>,
    /// Exchanges of the last link whose PUBREL has to go out again, in the old order.
    release_again: VecDeque<PacketId>,
    held_bytes: usize,
    next_token: u64,
}

#[derive(Debug)]
struct Exchange {
    id: PacketId,
    token: PublishToken,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// PUBLISH was written.
    Published(Message),
    /// PUBREC came; the message itself is let go of.
    Released,
}

impl Inflight {
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            waiting: VecDeque::new(),
            exchanges: VecDeque::new(),
            released: VecDeque::new(),
            resend: VecDeque::new(),
            release_again: VecDeque::new(),
            held_bytes: 0,
            next_token: 0,
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
        self.waiting.push_back((token, message));
        Ok(token)
    }

    /// Takes a message back that waits; false if there is none, or it is in an exchange.
    pub fn cancel(&mut self, token: PublishToken) -> bool {
        let index = self
            .waiting
            .binary_search_by_key(&token, |(token, _)| *token);
        let cancelled = index.ok().and_then(|index| self.waiting.remove(index));
        if let Some((_, message)) = &cancelled {
            self.let_go(message);
        }
        cancelled.is_some()
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
        self.resend = VecDeque::new();
        self.release_again = VecDeque::new();
        if session_present {
            self.resume();
        } else {
            self.begin_again(ids, events);
        }
    }

    /// What has to go out again does so in the old order, each kind for itself `[MQTT-4.4.0-1]` `[MQTT-4.6.0-1]`
    /// `[MQTT-4.6.0-4]`.
    fn resume(&mut self) {
        for exchange in &self.exchanges {
            if matches!(exchange.stage, Stage::Published(_)) {
                self.resend.push_back(exchange.id);
            }
        }
        self.release_again = self.released.clone();
    }

    fn begin_again(&mut self, ids: &mut PacketIds, events: &mut VecDeque<Event>) {
        self.released = VecDeque::new();
        // From the newest to the oldest, so that the oldest comes to stand at the very front.
        while let Some(exchange) = self.exchanges.pop_back() {
            ids.release(exchange.id);
            match exchange.stage {
                Stage::Published(message) => self.waiting.push_front((exchange.token, message)),
                Stage::Released => events.push_back(Event::Published(exchange.token)),
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
        match self.exchange(id).map(|exchange| &exchange.stage) {
            None => {}
            Some(Stage::Published(_)) => self.complete(id, ids, events),
            Some(Stage::Released) => return Err(wrong(PacketType::PubAck, id)),
        }
        Ok(())
    }

    /// QoS 2 arrived: the message is forgotten, and the caller sends PUBREL `[MQTT-4.3.3-1]`.
    pub fn handle_pubrec(&mut self, id: PacketId) -> Result<(), Misbehaviour> {
        let Some(exchange) = self.exchange(id) else {
            return Ok(());
        };
        match &exchange.stage {
            Stage::Released => {}
            Stage::Published(message) if message.qos == QoS::ExactlyOnce => {
                let bytes = size(message);
                exchange.stage = Stage::Released;
                self.held_bytes = self.held_bytes.saturating_sub(bytes);
                self.released.push_back(id);
            }
            Stage::Published(_) => return Err(wrong(PacketType::PubRec, id)),
        }
        Ok(())
    }

    /// The exchange of QoS 2 is over `[MQTT-4.3.3-1]`.
    pub fn handle_pubcomp(
        &mut self,
        id: PacketId,
        ids: &mut PacketIds,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Misbehaviour> {
        match self.exchange(id).map(|exchange| &exchange.stage) {
            None => {}
            Some(Stage::Released) => self.complete(id, ids, events),
            Some(Stage::Published(_)) => return Err(wrong(PacketType::PubComp, id)),
        }
        Ok(())
    }

    /// The next PUBREL that a reconnect has to repeat.
    pub fn poll_release(&mut self) -> Option<PacketId> {
        while let Some(id) = self.release_again.pop_front() {
            // PUBCOMP may have come meanwhile.
            if self.released.contains(&id) {
                return Some(id);
            }
        }
        None
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
                    self.let_go(&message);
                    id.into_iter().for_each(|id| ids.release(id));
                    let error = PublishError::Invalid(error);
                    events.push_back(Event::PublishFailed { token, error });
                }
            }
        }
        false
    }

    fn write_again(&mut self, out: &mut Vec<u8>) -> bool {
        while let Some(id) = self.resend.pop_front() {
            // It may have been answered meanwhile. Its identifier has no new owner then, as resends go before the rest.
            if let Some(exchange) = self.exchange(id)
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
        let qos = self.next_waiting()?;
        let id = match qos {
            QoS::AtMostOnce => None,
            QoS::AtLeastOnce | QoS::ExactlyOnce => Some(ids.allocate()?),
        };
        let (token, mut message) = self.waiting.pop_front()?;
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
            self.exchanges.push_back(Exchange { id, token, stage });
        } else {
            self.let_go(&message);
            events.push_back(Event::Published(token));
        }
    }

    /// The QoS of the first waiting message, unless it needs an exchange and there are as many as may be. Those behind it
    /// wait as well: a QoS 0 does not overtake.
    fn next_waiting(&self) -> Option<QoS> {
        let (_, message) = self.waiting.front()?;
        let goes = message.qos == QoS::AtMostOnce || self.exchanges.len() < self.limits.in_flight;
        goes.then_some(message.qos)
    }

    fn exchange(&mut self, id: PacketId) -> Option<&mut Exchange> {
        self.exchanges.iter_mut().find(|exchange| exchange.id == id)
    }

    fn complete(&mut self, id: PacketId, ids: &mut PacketIds, events: &mut VecDeque<Event>) {
        let mut exchanges = self.exchanges.iter();
        let index = exchanges.position(|exchange| exchange.id == id);
        let Some(exchange) = index.and_then(|index| self.exchanges.remove(index)) else {
            return;
        };
        match &exchange.stage {
            Stage::Published(message) => self.let_go(message),
            Stage::Released => self.released.retain(|other| *other != id),
        }
        ids.release(id);
        events.push_back(Event::Published(exchange.token));
    }

    fn let_go(&mut self, message: &Message) {
        self.held_bytes = self.held_bytes.saturating_sub(size(message));
    }
}

const fn size(message: &Message) -> usize {
    message.topic.len().saturating_add(message.payload.len())
}

const fn wrong(packet_type: PacketType, id: PacketId) -> Misbehaviour {
    Misbehaviour::WrongAcknowledgement(packet_type, id)
}

#[cfg(test)]
mod tests;
