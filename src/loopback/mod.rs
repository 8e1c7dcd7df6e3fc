//! A small MQTT 3.1.1 broker, sans-IO: what the simulations run against, and what `practice:` reaches in a browser.
//!
//! It knows QoS 0 to 2, retained messages, wills, keep alive and sessions that outlive a link. It has no credentials, no
//! limits for untrusted clients and no storage: it is no product for others.
//!
//! Drive it as the client is driven: after each input, [`Broker::poll_transmit`] for every connection and
//! [`Broker::poll_closed`] until `None`; then wait until [`Broker::poll_timeout`].

mod connection;
mod session;

use std::collections::VecDeque;

use crate::mqtt::packet::{ConnAck, Connect, Packet, SubAck, Subscribe};
use crate::mqtt::{ConnectRefusal, Message, Will, topic};
use crate::sorted::SortedMap;
use crate::time::{Instant, earliest};
use connection::Connection;
use session::Session;

/// Names one client's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(u64);

impl ConnectionId {
    /// Its number, by which an owner in another language may know it.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The one with this number.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// The broker. See the module for how to drive it.
#[derive(Debug, Default)]
pub struct Broker {
    connections: SortedMap<ConnectionId, Connection>,
    sessions: SortedMap<String, Session>,
    retained: SortedMap<String, Message>,
    closed: VecDeque<ConnectionId>,
    next_id: u64,
}

impl Broker {
    /// A broker without clients.
    pub fn new() -> Self {
        Self::default()
    }

    /// A client's link is up.
    pub fn handle_open(&mut self, now: Instant) -> ConnectionId {
        let id = ConnectionId(self.next_id);
        self.next_id += 1;
        self.connections.insert(id, Connection::new(now));
        id
    }

    /// Bytes came from a client, in any split. A breach of the protocol closes its link.
    pub fn handle_input(&mut self, now: Instant, id: ConnectionId, bytes: &[u8]) {
        let mut input = bytes;
        loop {
            let Some(connection) = self.connections.get_mut(&id) else {
                return;
            };
            match connection.decode(now, &mut input) {
                Ok(Some(packet)) => self.handle_packet(id, packet),
                Ok(None) => return,
                Err(_) => return self.drop_link(id),
            }
        }
    }

    /// A client's link is gone, without DISCONNECT: its will is published `[MQTT-3.1.2-8]`.
    pub fn handle_closed(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.remove(&id) else {
            return;
        };
        if let Some(client_id) = &connection.client_id {
            let ends = self
                .sessions
                .get_mut(client_id)
                .is_some_and(|session| session.detach(id));
            if ends {
                self.sessions.remove(client_id);
            }
        }
        if let Some(will) = connection.will {
            self.publish(from_will(will));
        }
    }

    /// Time has passed: links that said nothing for one and a half times their keep alive are closed `[MQTT-3.1.2-24]`.
    pub fn handle_timeout(&mut self, now: Instant) {
        let is_silent = |connection: &Connection| {
            connection
                .deadline()
                .is_some_and(|deadline| now >= deadline)
        };
        let silent: Vec<_> = self
            .connections
            .iter()
            .filter(|(_, one)| is_silent(one))
            .map(|(id, _)| *id)
            .collect();
        for id in silent {
            self.drop_link(id);
        }
    }

    /// When [`Broker::handle_timeout`] is next due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.connections
            .values()
            .map(Connection::deadline)
            .fold(None, earliest)
    }

    /// Appends what is to be sent to a client; says whether that was anything.
    pub fn poll_transmit(&mut self, id: ConnectionId, out: &mut Vec<u8>) -> bool {
        let Some(connection) = self.connections.get_mut(&id) else {
            return false;
        };
        if let Some(session) = connection
            .client_id
            .as_ref()
            .and_then(|client_id| self.sessions.get_mut(client_id))
        {
            for packet in session.take_packets() {
                connection.send(&packet);
            }
        }
        let any = connection.take_output(out);
        if connection.refused {
            // [MQTT-3.2.2-5]
            self.drop_link(id);
        }
        any
    }

    /// The next link that the broker closed by itself.
    pub fn poll_closed(&mut self) -> Option<ConnectionId> {
        self.closed.pop_front()
    }

    /// Closes a link as if it had broken.
    fn drop_link(&mut self, id: ConnectionId) {
        self.closed.push_back(id);
        self.handle_closed(id);
    }

    fn handle_packet(&mut self, id: ConnectionId, packet: Packet) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        match (connection.client_id.clone(), packet) {
            (None, Packet::Connect(connect)) => self.connect(id, connect),
            (Some(client_id), packet) => self.handle_session_packet(id, &client_id, packet),
            // Anything before CONNECT [MQTT-3.1.0-1].
            (None, _) => self.drop_link(id),
        }
    }

    fn connect(&mut self, id: ConnectionId, connect: Connect) {
        let Connect {
            mut client_id,
            keep_alive,
            clean_session,
            will,
            ..
        } = connect;
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if client_id.is_empty() {
            if !clean_session {
                connection.send(&Packet::ConnAck(ConnAck::Refused(
                    ConnectRefusal::IdentifierRejected,
                )));
                connection.refused = true;
                return;
            }
            client_id = format!("anonymous-{}", id.0);
        }
        connection.accept(client_id.clone(), keep_alive, will);
        // One session has one link: an older one is closed [MQTT-3.1.4-2].
        let older = self.sessions.get(&client_id).and_then(Session::link);
        if let Some(older) = older {
            self.drop_link(older);
        }
        if clean_session {
            self.sessions.remove(&client_id);
        }
        let session_present = self.sessions.contains_key(&client_id);
        self.sessions
            .get_or_insert_with(client_id, Session::default)
            .attach(id, clean_session);
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.send(&Packet::ConnAck(ConnAck::Accepted { session_present }));
        }
    }

    fn handle_session_packet(&mut self, id: ConnectionId, client_id: &str, packet: Packet) {
        let Some(session) = self.sessions.get_mut(client_id) else {
            return self.drop_link(id);
        };
        match packet {
            Packet::Publish(publish) => {
                if let Some(message) = session.receive(publish) {
                    self.publish(message);
                }
            }
            Packet::Subscribe(subscribe) => self.subscribe(client_id, subscribe),
            Packet::Unsubscribe(unsubscribe) => session.unsubscribe(&unsubscribe),
            Packet::PingReq => session.send(Packet::PingResp),
            Packet::PubAck(packet_id) | Packet::PubComp(packet_id) => session.complete(packet_id),
            Packet::PubRec(packet_id) => session.release(packet_id),
            Packet::PubRel(packet_id) => session.forget_received(packet_id),
            Packet::Disconnect => {
                // A client that says goodbye has no will [MQTT-3.14.4-3].
                if let Some(connection) = self.connections.get_mut(&id) {
                    connection.will = None;
                }
                self.drop_link(id);
            }
            Packet::Connect(_)
            | Packet::ConnAck(_)
            | Packet::SubAck(_)
            | Packet::UnsubAck(_)
            | Packet::PingResp => {
                self.drop_link(id);
            }
        }
    }

    fn subscribe(&mut self, client_id: &str, subscribe: Subscribe) {
        let Subscribe { packet_id, filters } = subscribe;
        let Some(session) = self.sessions.get_mut(client_id) else {
            return;
        };
        let return_codes = filters.iter().map(|(_, qos)| Ok(*qos)).collect();
        session.send(Packet::SubAck(SubAck {
            packet_id,
            return_codes,
        }));
        for (filter, qos) in filters {
            for message in self
                .retained
                .values()
                .filter(|message| topic::matches(&filter, &message.topic))
            {
                let mut message = message.clone();
                message.qos = message.qos.min(qos);
                session.deliver(message);
            }
            session.subscribe(filter, qos);
        }
    }

    /// Hands a message to every session that wants it, each once, and keeps it if it is to be retained.
    fn publish(&mut self, message: Message) {
        if message.retain {
            // An empty one takes the kept one away [MQTT-3.3.1-10].
            if message.payload.is_empty() {
                self.retained.remove(&message.topic);
            } else {
                // That its sender sent it twice is nothing to those who get it later [MQTT-3.3.1-3].
                let kept = Message {
                    dup: false,
                    ..message.clone()
                };
                self.retained.insert(message.topic.clone(), kept);
            }
        }
        for session in self.sessions.values_mut() {
            if let Some(qos) = session.wants(&message.topic) {
                // Established subscriptions see no retain flag [MQTT-3.3.1-9].
                let copy = Message {
                    qos: message.qos.min(qos),
                    retain: false,
                    dup: false,
                    ..message.clone()
                };
                session.deliver(copy);
            }
        }
    }
}

fn from_will(will: Will) -> Message {
    Message {
        topic: will.topic,
        payload: will.payload,
        qos: will.qos,
        retain: will.retain,
        dup: false,
    }
}

#[cfg(test)]
mod tests;
