//! The session: any calls at any times, any packets and bytes. It never panics, says nothing twice, holds no more than
//! it was allowed to, sends only what MQTT allows, and its poll loops end.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use mqtt_image_sender::mqtt::codec::{Decoder, encode};
use mqtt_image_sender::mqtt::packet::{ConnAck, Publish, SubAck};
use mqtt_image_sender::mqtt::{
    Credentials, Event, LinkState, Message, Packet, PacketId, PublishToken, QoS, Session,
    SessionOptions, SubscribeRefused, SubscriptionId, Transmit, Will,
};
use mqtt_image_sender::time::Instant;

use super::script::Script;

/// More packets than any input of the fuzzer can call for at a time.
const MOST_PACKETS: usize = 10_000;
/// Deadlines that are due one after the other without time passing: more would be a circle.
const MOST_TIMEOUTS: usize = 4;
const MOST_QUEUED_BYTES: usize = 400;

pub fn run(data: &[u8]) {
    let mut script = Script::new(data);
    let Some(mut play) = Play::new(&mut script) else {
        return;
    };
    while !script.is_over() {
        play.step(&mut script);
        play.drain(&mut script);
    }
    play.end();
}

struct Play {
    session: Session,
    now: Instant,
    broker: Decoder,
    /// What an honest broker would answer next.
    answers: VecDeque<Packet>,
    greeted: bool,
    parted: bool,
    /// Publishes whose end was not told.
    open: BTreeSet<PublishToken>,
    handlers: BTreeSet<SubscriptionId>,
    /// Handlers that were taken away, and whose end was not told.
    leaving: BTreeSet<SubscriptionId>,
}

impl Play {
    fn new(script: &mut Script) -> Option<Self> {
        let will = script.yes().then(|| Will {
            topic: "will".into(),
            payload: script.take(2).to_vec(),
            qos: qos(script),
            retain: script.yes(),
        });
        let options = SessionOptions {
            client_id: script.one_of(&["me", "", "a\0b"]).into(),
            keep_alive: Duration::from_millis(script.one_of(&[0, 1000, 2000, 60_000, 500])),
            clean_session: script.yes(),
            will,
            max_packet_bytes: script.one_of(&[256, 16, 4096, 0]),
            max_queued_messages: script.one_of(&[20, 1, 0]),
            max_queued_bytes: MOST_QUEUED_BYTES,
            max_in_flight: script.one_of(&[3, 1, 20, 0]),
        };
        Some(Self {
            session: Session::new(options).ok()?,
            now: Instant::ZERO,
            broker: Decoder::new(usize::MAX),
            answers: VecDeque::new(),
            greeted: false,
            parted: false,
            open: BTreeSet::new(),
            handlers: BTreeSet::new(),
            leaving: BTreeSet::new(),
        })
    }

    fn step(&mut self, script: &mut Script) {
        match script.byte() % 16 {
            0..3 => self.answer(script.below(8) + 1),
            3 => self.session.handle_input(self.now, script.take(64)),
            4 => self.packet(script),
            5 | 6 => self.publish(script),
            7 => self.subscribe(script),
            8 => self.unsubscribe(script),
            9 => self.now += Duration::from_micros(1 << script.below(45)),
            10 => self.time_out(),
            11 => self.open(script),
            12 => self.session.handle_closed(self.now),
            13 => self.session.check(self.now),
            14 => self.take_back_or_write_past(script),
            _ if script.byte().is_multiple_of(8) => self.session.disconnect(),
            _ => self.session.handle_timeout(self.now),
        }
    }

    fn open(&mut self, script: &mut Script) {
        let credentials = Credentials {
            username: script.one_of(&[None, Some("user")]).map(str::to_owned),
            password: script.yes().then(|| script.take(2).to_vec()),
        };
        self.session.handle_open(self.now, &credentials);
        self.broker.reset();
        self.answers.clear();
        (self.greeted, self.parted) = (false, false);
    }

    /// The next answers of an honest broker, in one piece.
    fn answer(&mut self, most: usize) {
        let mut bytes = Vec::new();
        for packet in self.answers.drain(..most.min(self.answers.len())) {
            encode(&packet, &mut bytes).expect("answers can be sent");
        }
        self.session.handle_input(self.now, &bytes);
    }

    /// A good packet that may be out of place.
    fn packet(&mut self, script: &mut Script) {
        let id = PacketId::MIN.saturating_add(script.byte().into());
        let packet = match script.byte() % 12 {
            0 => Packet::ConnAck(ConnAck::Accepted {
                session_present: script.yes(),
            }),
            1 => Packet::PubAck(id),
            2 => Packet::PubRec(id),
            3 => Packet::PubComp(id),
            4 => Packet::PubRel(id),
            5 => Packet::SubAck(SubAck {
                packet_id: id,
                return_codes: vec![Ok(qos(script)); script.below(9) + 1],
            }),
            6 => Packet::UnsubAck(id),
            7 => Packet::PingResp,
            8 => Packet::PingReq,
            _ => {
                let message = message(script);
                let packet_id = (message.qos != QoS::AtMostOnce).then_some(id);
                Packet::Publish(Publish { message, packet_id })
            }
        };
        let mut bytes = Vec::new();
        // A topic that none can have is not sent.
        if encode(&packet, &mut bytes).is_ok() {
            self.session.handle_input(self.now, &bytes);
        }
    }

    fn publish(&mut self, script: &mut Script) {
        if let Ok(token) = self.session.publish(message(script)) {
            assert!(self.open.insert(token), "two publishes of one name");
        }
    }

    fn subscribe(&mut self, script: &mut Script) {
        let (filter, qos) = (name(script), qos(script));
        if let Ok(id) = self.session.subscribe(&filter, qos) {
            assert!(self.handlers.insert(id), "two handlers of one name");
        }
    }

    fn unsubscribe(&mut self, script: &mut Script) {
        let index = script.below(self.handlers.len());
        if let Some(id) = self.handlers.iter().nth(index).copied() {
            self.handlers.remove(&id);
            if self.session.unsubscribe(id) {
                self.leaving.insert(id);
            }
            assert!(!self.session.unsubscribe(id), "{id:?} was gone");
        }
    }

    fn take_back_or_write_past(&mut self, script: &mut Script) {
        let index = script.below(self.open.len() + 1);
        if let Some(token) = self.open.iter().nth(index) {
            self.session.cancel_publish(*token);
            return;
        }
        let (topic, payload) = (name(script), script.take(8));
        let mut out = Vec::new();
        let session = &mut self.session;
        let written = session.write_publish_head(self.now, &topic, payload.len(), &mut out);
        if written.is_err() {
            assert!(out.is_empty());
            return;
        }
        assert!(self.session.is_online());
        out.extend_from_slice(payload);
        self.hear(&out, Transmit::Publish);
    }

    /// As an owner does it: everything that is due, and then nothing is.
    fn time_out(&mut self) {
        let due = |play: &Self| play.session.poll_timeout().is_some_and(|at| at <= play.now);
        for _ in 0..MOST_TIMEOUTS {
            if !due(self) {
                return;
            }
            self.session.handle_timeout(self.now);
            self.write(true);
        }
        assert!(!due(self), "due for ever");
    }

    fn drain(&mut self, script: &mut Script) {
        let may_publish = !script.byte().is_multiple_of(8);
        self.write(may_publish);
        for turn in 0.. {
            let Some(event) = self.session.poll_event() else {
                break;
            };
            assert!(turn < MOST_PACKETS, "events without end");
            self.note(event);
        }
        assert_eq!(self.session.queued_messages(), self.open.len());
        assert!(self.session.queued_messages() <= self.session.options().max_queued_messages);
        assert!(self.session.queued_bytes() <= MOST_QUEUED_BYTES);
        assert!(!self.open.is_empty() || self.session.queued_bytes() == 0);
    }

    fn write(&mut self, may_publish: bool) {
        for turn in 0.. {
            let mut out = Vec::new();
            let Some(kind) = self.session.poll_transmit(self.now, may_publish, &mut out) else {
                assert!(out.is_empty());
                break;
            };
            assert!(turn < MOST_PACKETS, "packets without end");
            assert!(may_publish || kind == Transmit::Control);
            self.hear(&out, kind);
        }
    }

    /// One packet of the session reaches the broker, which holds it against the standard.
    fn hear(&mut self, mut bytes: &[u8], kind: Transmit) {
        let packet = self.broker.decode(&mut bytes).expect("it speaks MQTT");
        let packet = packet.expect("a packet is whole");
        assert!(bytes.is_empty(), "one packet at a time");
        assert!(!self.parted, "nothing follows DISCONNECT [MQTT-3.14.4-2]");
        let is_connect = matches!(packet, Packet::Connect(_));
        assert_ne!(is_connect, self.greeted, "CONNECT comes first and once");
        self.greeted = true;
        self.parted = packet == Packet::Disconnect;
        let is_publish = matches!(packet, Packet::Publish(_));
        assert_eq!(is_publish, kind == Transmit::Publish);
        assert!(!is_publish || self.session.is_online());
        let answer = self.answer_to(packet);
        self.answers.extend(answer);
    }

    fn answer_to(&self, packet: Packet) -> Option<Packet> {
        let session_present = !self.session.options().clean_session;
        Some(match packet {
            Packet::Connect(_) => Packet::ConnAck(ConnAck::Accepted { session_present }),
            Packet::Publish(publish) => match publish.message.qos {
                QoS::AtMostOnce => return None,
                QoS::AtLeastOnce => Packet::PubAck(publish.packet_id?),
                QoS::ExactlyOnce => Packet::PubRec(publish.packet_id?),
            },
            Packet::PubRel(id) => Packet::PubComp(id),
            Packet::PubRec(id) => Packet::PubRel(id),
            Packet::Subscribe(subscribe) => {
                let code = |(filter, qos): &(String, QoS)| match filter.as_str() {
                    "refused" => Err(SubscribeRefused),
                    _ => Ok(*qos),
                };
                Packet::SubAck(SubAck {
                    packet_id: subscribe.packet_id,
                    return_codes: subscribe.filters.iter().map(code).collect(),
                })
            }
            Packet::Unsubscribe(unsubscribe) => Packet::UnsubAck(unsubscribe.packet_id),
            Packet::PingReq => Packet::PingResp,
            _ => return None,
        })
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Published(token) | Event::PublishFailed { token, .. } => {
                assert!(self.open.remove(&token), "{token:?} was told twice");
            }
            Event::Unsubscribed(id) => {
                assert!(self.leaving.remove(&id), "{id:?} was told twice");
            }
            Event::Message(message) => {
                for id in self.session.matching(&message.topic) {
                    assert!(self.handlers.contains(&id), "{id:?} is gone and called");
                }
            }
            Event::Subscribed { id, .. } => {
                assert!(self.handlers.contains(&id), "{id:?} is gone and told of");
            }
            Event::Refused(_) | Event::Fault(_) => {
                assert_eq!(self.session.state(), LinkState::Down);
            }
            Event::Connected { .. } | Event::Online | Event::Alive => {}
        }
    }

    /// With the link and the handlers gone nothing is owed.
    fn end(mut self) {
        for id in std::mem::take(&mut self.handlers) {
            if self.session.unsubscribe(id) {
                self.leaving.insert(id);
            }
        }
        self.session.handle_closed(self.now);
        self.drain(&mut Script::new(&[]));
        assert!(self.leaving.is_empty(), "{:?} were not told", self.leaving);
        assert_eq!(self.session.matching("a/b").count(), 0);
        assert_eq!(self.session.poll_timeout(), None);
    }
}

fn qos(script: &mut Script) -> QoS {
    script.one_of(&[QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce])
}

/// A topic or a filter, or neither.
fn name(script: &mut Script) -> String {
    let names = ["a/b", "a/+", "#", "a", "refused", "", "a#", "a\0", "$x/#"];
    match script.below(names.len() + 1) {
        own if own == names.len() => String::from_utf8_lossy(script.take(4)).into_owned(),
        index => names[index].to_owned(),
    }
}

fn message(script: &mut Script) -> Message {
    let payload_len = usize::from(script.short() % 512);
    Message {
        topic: name(script),
        qos: qos(script),
        payload: script.take(payload_len).to_vec(),
        retain: script.yes(),
        dup: false,
    }
}
