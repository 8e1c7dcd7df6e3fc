//! What the broker's packets do to a session.

use super::{Event, Link, Session};
use crate::mqtt::error::Misbehaviour;
use crate::mqtt::packet::{ConnAck, Packet, PacketId, PacketType, Publish, QoS};
use crate::time::Instant;

impl Session {
    /// Takes one packet in.
    ///
    /// # Errors
    /// The broker may not send it, or not now.
    pub(super) fn receive(&mut self, now: Instant, packet: Packet) -> Result<(), Misbehaviour> {
        let packet_type = packet.packet_type();
        // [MQTT-3.2.0-1]
        let before_connack = matches!(self.link, Link::Connecting(_));
        if before_connack && packet_type != PacketType::ConnAck {
            return Err(Misbehaviour::BeforeConnAck(packet_type));
        }
        let (ids, events) = (&mut self.ids, &mut self.events);
        match packet {
            Packet::ConnAck(ack) => self.receive_connack(now, ack)?,
            Packet::Publish(publish) => self.receive_publish(publish),
            Packet::PubAck(id) => self.inflight.handle_puback(id, ids, events)?,
            Packet::PubRec(id) => {
                self.inflight.handle_pubrec(id)?;
                self.acknowledge(Packet::PubRel(id));
            }
            Packet::PubRel(id) => self.receive_pubrel(id),
            Packet::PubComp(id) => self.inflight.handle_pubcomp(id, ids, events)?,
            Packet::SubAck(ack) => self.subscriptions.handle_suback(&ack, ids, events)?,
            Packet::UnsubAck(id) => self.subscriptions.handle_unsuback(id, ids, events)?,
            Packet::PingResp => self.receive_pingresp(),
            // The decoder has refused these.
            Packet::Connect(_)
            | Packet::Subscribe(_)
            | Packet::Unsubscribe(_)
            | Packet::PingReq
            | Packet::Disconnect => {}
        }
        self.note_online();
        Ok(())
    }

    fn receive_connack(&mut self, now: Instant, ack: ConnAck) -> Result<(), Misbehaviour> {
        match &self.link {
            Link::Connecting(None) => {}
            // It answers a CONNECT that was not even written.
            Link::Connecting(Some(_)) => {
                return Err(Misbehaviour::BeforeConnect);
            }
            _ => return Err(Misbehaviour::SecondConnAck),
        }
        match ack {
            ConnAck::Refused(refusal) => {
                self.drop_link();
                self.events.push_back(Event::Refused(refusal));
            }
            // [MQTT-3.2.2-1]
            ConnAck::Accepted {
                session_present: true,
            } if self.options.clean_session => return Err(Misbehaviour::SessionPresent),
            ConnAck::Accepted { session_present } => self.begin(now, session_present),
        }
        Ok(())
    }

    /// The session goes on where both sides know it, and else begins anew (section 3.1.2.4).
    fn begin(&mut self, now: Instant, session_present: bool) {
        self.link = Link::Resubscribing;
        self.events.push_back(Event::Connected { session_present });
        self.keep_alive.handle_connected(now);
        if !session_present {
            self.received.clear();
        }
        let events = &mut self.events;
        self.inflight
            .handle_connected(session_present, &mut self.ids, events);
        self.subscriptions.handle_connected(session_present, events);
    }

    /// Delivers, and acknowledges in the order of arrival `[MQTT-4.6.0-2]` `[MQTT-4.6.0-3]`.
    fn receive_publish(&mut self, publish: Publish) {
        let Publish { message, packet_id } = publish;
        let mut is_new = true;
        match (message.qos, packet_id) {
            (QoS::AtLeastOnce, Some(id)) => self.acknowledge(Packet::PubAck(id)),
            (QoS::ExactlyOnce, Some(id)) => {
                // [MQTT-4.3.3-2]: delivered at once, and its identifier remembered until the PUBREL.
                is_new = self.received.insert(id);
                self.acknowledge(Packet::PubRec(id));
            }
            (QoS::AtMostOnce, _) | (_, None) => {}
        }
        if is_new {
            self.events.push_back(Event::Message(message));
        }
    }

    /// PUBCOMP is sent for an unknown identifier too: it may be the answer to it that was lost `[MQTT-4.3.3-2]`.
    fn receive_pubrel(&mut self, id: PacketId) {
        self.received.remove(id);
        self.acknowledge(Packet::PubComp(id));
    }

    fn receive_pingresp(&mut self) {
        if self.keep_alive.handle_ping_response() {
            self.events.push_back(Event::Alive);
        }
    }

    fn acknowledge(&mut self, packet: Packet) {
        self.acknowledgements.push_back(packet);
    }
}
