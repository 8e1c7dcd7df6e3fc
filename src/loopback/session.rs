//! What the broker remembers of a client, for as long as its session lives.

use std::collections::VecDeque;

use super::ConnectionId;
use crate::mqtt::packet::{Packet, Publish, Unsubscribe};
use crate::mqtt::{Message, PacketId, QoS, topic};
use crate::sorted::{SortedMap, SortedSet};

/// Messages of QoS 1 and 2 kept for a client that is away, or slow to acknowledge: those beyond are dropped.
const MAX_WAITING: usize = 10_000;

/// A QoS 1 or 2 message on its way to the client.
#[derive(Debug)]
enum Outgoing {
    /// The client is away.
    Waiting(Message),
    /// PUBLISH was sent; PUBACK or PUBREC is awaited.
    Published(Message),
    /// PUBREL was sent; PUBCOMP is awaited.
    Released,
}

#[derive(Debug, Default)]
pub(super) struct Session {
    clean: bool,
    link: Option<ConnectionId>,
    filters: SortedMap<String, QoS>,
    /// By packet id, and in the order in which they were sent.
    outgoing: VecDeque<(PacketId, Outgoing)>,
    /// QoS 2 messages that came and are not released yet: a repeated one is not passed on `[MQTT-4.3.3-2]`.
    received: SortedSet<PacketId>,
    last_id: u16,
    packets: Vec<Packet>,
}

impl Session {
    pub(super) fn link(&self) -> Option<ConnectionId> {
        self.link
    }

    /// A link takes the session up: what was unfinished is sent again, in order `[MQTT-4.4.0-1]`.
    pub(super) fn attach(&mut self, link: ConnectionId, clean: bool) {
        self.link = Some(link);
        self.clean = clean;
        self.packets = self
            .outgoing
            .iter_mut()
            .map(|(id, state)| state.resume(*id))
            .collect();
    }

    /// The link is gone; says whether the session ends with it.
    pub(super) fn detach(&mut self, link: ConnectionId) -> bool {
        if self.link != Some(link) {
            return false;
        }
        self.link = None;
        self.packets.clear();
        self.clean
    }

    pub(super) fn send(&mut self, packet: Packet) {
        if self.link.is_some() {
            self.packets.push(packet);
        }
    }

    pub(super) fn take_packets(&mut self) -> Vec<Packet> {
        core::mem::take(&mut self.packets)
    }

    pub(super) fn subscribe(&mut self, filter: String, qos: QoS) {
        self.filters.insert(filter, qos);
    }

    pub(super) fn unsubscribe(&mut self, unsubscribe: &Unsubscribe) {
        for filter in &unsubscribe.filters {
            self.filters.remove(filter);
        }
        self.send(Packet::UnsubAck(unsubscribe.packet_id));
    }

    /// The highest QoS of the filters that match `name`.
    pub(super) fn wants(&self, name: &str) -> Option<QoS> {
        self.filters
            .iter()
            .filter(|(filter, _)| topic::matches(filter, name))
            .map(|(_, qos)| *qos)
            .max()
    }

    /// Acknowledges a PUBLISH, and gives its message unless it came before.
    pub(super) fn receive(&mut self, publish: Publish) -> Option<Message> {
        let Publish { message, packet_id } = publish;
        match (message.qos, packet_id) {
            (QoS::AtLeastOnce, Some(id)) => {
                self.send(Packet::PubAck(id));
                Some(message)
            }
            (QoS::ExactlyOnce, Some(id)) => {
                let is_new = self.received.insert(id);
                self.send(Packet::PubRec(id));
                is_new.then_some(message)
            }
            _ => Some(message),
        }
    }

    pub(super) fn forget_received(&mut self, id: PacketId) {
        self.received.remove(&id);
        self.send(Packet::PubComp(id));
    }

    /// Sends a message to the client, or keeps it until the client is back.
    pub(super) fn deliver(&mut self, message: Message) {
        if message.qos == QoS::AtMostOnce {
            return self.send(Packet::Publish(Publish {
                message,
                packet_id: None,
            }));
        }
        if self.outgoing.len() < MAX_WAITING
            && let Some(id) = self.free_id()
        {
            let mut state = Outgoing::Waiting(message);
            if self.link.is_some() {
                self.packets.push(state.resume(id));
            }
            self.outgoing.push_back((id, state));
        }
    }

    /// PUBACK or PUBCOMP: the exchange is over.
    pub(super) fn complete(&mut self, id: PacketId) {
        self.outgoing.retain(|(other, _)| *other != id);
    }

    /// PUBREC: the message has arrived; its id is free after PUBCOMP.
    pub(super) fn release(&mut self, id: PacketId) {
        for (other, state) in &mut self.outgoing {
            if *other == id {
                *state = Outgoing::Released;
            }
        }
        self.send(Packet::PubRel(id));
    }

    fn free_id(&mut self) -> Option<PacketId> {
        for _ in 0..=u16::MAX {
            self.last_id = self.last_id.wrapping_add(1);
            let id = PacketId::new(self.last_id);
            if let Some(id) = id.filter(|id| self.outgoing.iter().all(|(other, _)| other != id)) {
                return Some(id);
            }
        }
        None
    }
}

impl Outgoing {
    /// What goes to the client, for the first time or once more.
    fn resume(&mut self, id: PacketId) -> Packet {
        let packet_id = Some(id);
        let message = match self {
            Self::Released => return Packet::PubRel(id),
            Self::Published(message) => Message {
                dup: true,
                ..message.clone()
            },
            Self::Waiting(message) => {
                let message = message.clone();
                *self = Self::Published(message.clone());
                message
            }
        };
        Packet::Publish(Publish { message, packet_id })
    }
}
