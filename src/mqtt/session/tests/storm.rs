//! A session against a small broker over links that are cut at any byte: what QoS 1 and 2 promise, by seeds.
//!
//! `SEED=17 cargo test storm` plays one of them again.

use super::*;
use crate::rng::Rng;
use std::collections::{BTreeMap, BTreeSet};

const MESSAGES: u32 = 60;

/// The broker's side of one session, with its memory of it.
#[derive(Default)]
struct Broker {
    decoder: Option<Decoder>,
    /// Whether CONNECT came on this link.
    connected: bool,
    /// Whether it knows this client from an earlier link.
    knows: bool,
    /// What arrived from the session, in the order of arrival.
    arrived: Vec<Message>,
    /// QoS 2 messages that arrived and have no PUBREL yet.
    unreleased: BTreeSet<PacketId>,
    /// What goes to the session: by its number, which is the identifier; `None` once PUBREC came.
    outgoing: BTreeMap<u16, Option<Message>>,
    filters: BTreeSet<String>,
}

impl Broker {
    fn takes(&mut self, packet: Packet) -> Vec<Packet> {
        match packet {
            Packet::Connect(connect) => self.accepts(connect.clean_session),
            Packet::Publish(publish) => self.takes_publish(publish),
            Packet::PubRel(id) => {
                self.unreleased.remove(&id);
                vec![Packet::PubComp(id)]
            }
            Packet::PubAck(id) | Packet::PubComp(id) => {
                self.outgoing.remove(&id.get());
                Vec::new()
            }
            Packet::PubRec(id) => {
                if let Some(message) = self.outgoing.get_mut(&id.get()) {
                    *message = None;
                }
                vec![Packet::PubRel(id)]
            }
            Packet::Subscribe(subscribe) => {
                let codes = subscribe.filters.iter().map(|(_, qos)| Ok(*qos)).collect();
                let names = subscribe.filters.into_iter().map(|(name, _)| name);
                self.filters.extend(names);
                let packet_id = subscribe.packet_id;
                let return_codes = codes;
                vec![Packet::SubAck(SubAck {
                    packet_id,
                    return_codes,
                })]
            }
            Packet::PingReq => vec![Packet::PingResp],
            other => panic!("{other:?}"),
        }
    }

    /// CONNACK, and all that a kept session has to send again `[MQTT-4.4.0-1]`.
    fn accepts(&mut self, clean_session: bool) -> Vec<Packet> {
        let session_present = self.knows && !clean_session;
        if !session_present {
            self.unreleased.clear();
            self.filters.clear();
        }
        self.connected = true;
        self.knows = !clean_session;
        let mut packets = vec![Packet::ConnAck(ConnAck::Accepted { session_present })];
        for (number, message) in &self.outgoing {
            packets.push(match message {
                Some(message) if session_present => publish_dup(message.clone(), *number),
                Some(message) => publish(message.clone(), *number),
                None => Packet::PubRel(id(*number)),
            });
        }
        packets
    }

    fn takes_publish(&mut self, publish: Publish) -> Vec<Packet> {
        match (publish.message.qos, publish.packet_id) {
            (QoS::AtLeastOnce, Some(id)) => {
                self.arrived.push(publish.message);
                vec![Packet::PubAck(id)]
            }
            (QoS::ExactlyOnce, Some(id)) => {
                if self.unreleased.insert(id) {
                    self.arrived.push(publish.message);
                }
                vec![Packet::PubRec(id)]
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Session and broker with the bytes that are between them.
struct Storm {
    rng: Rng,
    session: Session,
    broker: Broker,
    now: Instant,
    up: Vec<u8>,
    down: Vec<u8>,
    published: Vec<(PublishToken, Message)>,
    offered: Vec<Message>,
    done: Vec<PublishToken>,
    delivered: Vec<Message>,
}

impl Storm {
    fn new(seed: u64, options: SessionOptions) -> Self {
        Self {
            rng: Rng::new(seed),
            session: Session::new(options).unwrap(),
            broker: Broker::default(),
            now: Instant::ZERO,
            up: Vec::new(),
            down: Vec::new(),
            published: Vec::new(),
            offered: Vec::new(),
            done: Vec::new(),
            delivered: Vec::new(),
        }
    }

    fn drain(&mut self) {
        let may_publish = self.rng.chance(0.8);
        while let Some(_kind) = self
            .session
            .poll_transmit(self.now, may_publish, &mut self.up)
        {}
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Published(token) => self.done.push(token),
                Event::Message(message) => self.delivered.push(message),
                Event::Fault(fault) => panic!("{fault}"),
                Event::PublishFailed { error, .. } => panic!("{error}"),
                _ => {}
            }
        }
    }

    fn opens(&mut self) {
        self.session.handle_open(self.now, &Credentials::default());
        self.broker.decoder = Some(Decoder::new(usize::MAX));
    }

    /// What is under way is lost, in both directions.
    fn cuts(&mut self) {
        self.session.handle_closed(self.now);
        self.broker.decoder = None;
        self.broker.connected = false;
        self.up.clear();
        self.down.clear();
    }

    fn some_of(&mut self, len: usize) -> usize {
        let count = self.rng.below(u64::try_from(len).unwrap() + 1);
        usize::try_from(count).unwrap()
    }

    fn carries_up(&mut self) {
        let count = self.some_of(self.up.len());
        let bytes: Vec<u8> = self.up.drain(..count).collect();
        let mut input = bytes.as_slice();
        let Some(mut decoder) = self.broker.decoder.take() else {
            return;
        };
        while let Some(packet) = decoder.decode(&mut input).unwrap() {
            for answer in self.broker.takes(packet) {
                encode(&answer, &mut self.down).unwrap();
            }
        }
        self.broker.decoder = Some(decoder);
    }

    fn carries_down(&mut self) {
        let count = self.some_of(self.down.len());
        let bytes: Vec<u8> = self.down.drain(..count).collect();
        self.session.handle_input(self.now, &bytes);
    }

    fn qos(&mut self) -> QoS {
        if self.rng.chance(0.5) {
            QoS::AtLeastOnce
        } else {
            QoS::ExactlyOnce
        }
    }

    fn publishes(&mut self) {
        let text = self.published.len().to_string();
        let message = message(&text, self.qos());
        let token = self.session.publish(message.clone()).unwrap();
        self.published.push((token, message));
    }

    /// A message for the session comes to the broker.
    fn offers(&mut self) {
        let text = self.offered.len().to_string();
        let message = message(&text, self.qos());
        let number = u16::try_from(self.offered.len() + 1).unwrap();
        self.offered.push(message.clone());
        self.broker.outgoing.insert(number, Some(message.clone()));
        // It goes to a client that has said CONNECT; to another it goes then.
        if self.broker.connected {
            encode(&publish(message, number), &mut self.down).unwrap();
        }
    }

    fn step(&mut self, calm: bool) {
        self.now += Duration::from_millis(self.rng.below(10));
        if matches!(self.session.state(), LinkState::Down) {
            self.opens();
        } else {
            match self.rng.below(20) {
                0 if !calm => self.cuts(),
                1..5 if self.published.len() < MESSAGES as usize => self.publishes(),
                5..8 if self.offered.len() < MESSAGES as usize => self.offers(),
                8..14 => self.carries_up(),
                _ => self.carries_down(),
            }
        }
        self.drain();
    }

    fn is_over(&self) -> bool {
        self.published.len() == MESSAGES as usize
            && self.offered.len() == MESSAGES as usize
            && self.session.queued_messages() == 0
            && self.broker.outgoing.is_empty()
    }

    fn runs(&mut self) {
        for count in 0..20_000 {
            // In the end no link is cut any longer, so that an end can be reached.
            self.step(count > 3_000);
            if self.is_over() {
                return;
            }
        }
        panic!("it does not end");
    }
}

/// The texts of messages of this QoS, repetitions of QoS 1 left out: what its order is judged by.
fn first_texts<'a>(messages: impl IntoIterator<Item = &'a Message>, qos: QoS) -> Vec<Vec<u8>> {
    let mut seen = BTreeSet::new();
    messages
        .into_iter()
        .filter(|message| message.qos == qos)
        .map(|message| message.payload.clone())
        .filter(|text| seen.insert(text.clone()))
        .collect()
}

fn count(messages: &[Message], qos: QoS) -> usize {
    messages.iter().filter(|message| message.qos == qos).count()
}

fn seeds() -> Vec<u64> {
    match std::env::var("SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..300).collect(),
    }
}

fn storm(seed: u64, options: SessionOptions) -> Storm {
    println!("SEED={seed}");
    let mut storm = Storm::new(seed, options);
    storm.runs();
    let mut done = storm.done.clone();
    done.sort_unstable();
    let tokens: Vec<PublishToken> = storm.published.iter().map(|(token, _)| *token).collect();
    assert_eq!(done, tokens, "each publish is told once");
    assert_eq!(storm.session.queued_bytes(), 0);
    for qos in [QoS::AtLeastOnce, QoS::ExactlyOnce] {
        let published = storm.published.iter().map(|(_, message)| message);
        let published = first_texts(published, qos);
        assert_eq!(first_texts(&storm.broker.arrived, qos), published);
    }
    storm
}

#[test]
fn a_kept_session_loses_nothing_and_doubles_no_qos_2() {
    for seed in seeds() {
        let storm = storm(seed, kept());
        for qos in [QoS::AtLeastOnce, QoS::ExactlyOnce] {
            let offered = first_texts(&storm.offered, qos);
            assert_eq!(first_texts(&storm.delivered, qos), offered);
        }
        let exactly = QoS::ExactlyOnce;
        let published: Vec<Message> = storm.published.into_iter().map(|(_, m)| m).collect();
        assert_eq!(
            count(&storm.broker.arrived, exactly),
            count(&published, exactly)
        );
        assert_eq!(
            count(&storm.delivered, exactly),
            count(&storm.offered, exactly)
        );
    }
}

#[test]
fn clean_sessions_lose_no_publish() {
    for seed in seeds() {
        storm(seed, SessionOptions::new("me"));
    }
}
