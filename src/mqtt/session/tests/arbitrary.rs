//! A session under calls, packets and bytes that make no sense: nothing panics, nothing is told twice, nothing leaks.
//!
//! `SEED=17 cargo test arbitrary` plays one of them again.

use super::*;
use crate::rng::Rng;
use std::collections::BTreeSet;

struct Chaos {
    rng: Rng,
    session: Session,
    now: Instant,
    broker: Decoder,
    /// What an honest broker would answer next.
    answers: VecDeque<Packet>,
    /// Publishes whose end was not told.
    open: BTreeSet<PublishToken>,
    handlers: Vec<SubscriptionId>,
    unsubscribed: usize,
    online_steps: u32,
}

impl Chaos {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let options = SessionOptions {
            clean_session: rng.chance(0.5),
            keep_alive: Duration::from_secs(rng.below(4)),
            max_packet_bytes: 200,
            max_queued_messages: 20,
            max_queued_bytes: 300,
            max_in_flight: 3,
            ..SessionOptions::new("me")
        };
        Self {
            rng,
            session: Session::new(options).unwrap(),
            now: Instant::ZERO,
            broker: Decoder::new(usize::MAX),
            answers: VecDeque::new(),
            open: BTreeSet::new(),
            handlers: Vec::new(),
            unsubscribed: 0,
            online_steps: 0,
        }
    }

    fn qos(&mut self) -> QoS {
        QoS::try_from(self.rng.below(3).to_le_bytes()[0]).unwrap()
    }

    fn small_id(&mut self) -> PacketId {
        id(u16::try_from(self.rng.below(6) + 1).unwrap())
    }

    fn name(&mut self) -> &'static str {
        ["t", "a/b", "a/+", "#", "", "a#"][usize::try_from(self.rng.below(6)).unwrap()]
    }

    /// What a broker should send, and now and then anything else.
    fn packet(&mut self) -> Packet {
        if self.rng.chance(0.97)
            && let Some(answer) = self.answers.pop_front()
        {
            return answer;
        }
        let (id, qos) = (self.small_id(), self.qos());
        let session_present = self.rng.chance(0.5);
        match self.rng.below(100) {
            0 => Packet::ConnAck(ConnAck::Accepted { session_present }),
            1 => Packet::ConnAck(ConnAck::Refused(ConnectRefusal::NotAuthorized)),
            2 => Packet::PubAck(id),
            3 => Packet::PubRec(id),
            4 => Packet::PubComp(id),
            5 => suback(id.get(), &[Ok(qos)]),
            6 => Packet::UnsubAck(id),
            7 => Packet::PingReq,
            8..20 => Packet::PingResp,
            20..50 => Packet::PubRel(id),
            _ => publish(message("in", qos), u16::from(qos > QoS::AtMostOnce)),
        }
    }

    fn answer(&mut self, packet: Packet) -> Option<Packet> {
        let session_present = !self.session.options().clean_session && self.rng.chance(0.7);
        Some(match packet {
            Packet::Connect(_) => Packet::ConnAck(ConnAck::Accepted { session_present }),
            Packet::Publish(publish) => match publish.message.qos {
                QoS::AtMostOnce => return None,
                QoS::AtLeastOnce => Packet::PubAck(publish.packet_id?),
                QoS::ExactlyOnce => Packet::PubRec(publish.packet_id?),
            },
            Packet::PubRel(id) => Packet::PubComp(id),
            Packet::Subscribe(subscribe) => {
                let code = self.rng.chance(0.8).then_some(QoS::AtLeastOnce);
                let code = code.ok_or(SubscribeRefused);
                suback(
                    subscribe.packet_id.get(),
                    &vec![code; subscribe.filters.len()],
                )
            }
            Packet::Unsubscribe(unsubscribe) => Packet::UnsubAck(unsubscribe.packet_id),
            Packet::PingReq => Packet::PingResp,
            _ => return None,
        })
    }

    fn input(&mut self) {
        let mut bytes = Vec::new();
        for _ in 0..self.rng.below(3) {
            encode(&self.packet(), &mut bytes).unwrap();
        }
        if self.rng.chance(0.01) && !bytes.is_empty() {
            let index = self.rng.below(u64::try_from(bytes.len()).unwrap());
            bytes[usize::try_from(index).unwrap()] = self.rng.next_u64().to_le_bytes()[0];
        }
        self.session.handle_input(self.now, &bytes);
    }

    fn publish(&mut self) {
        let mut message = message("some text", self.qos());
        message.topic = self.name().into();
        if let Ok(token) = self.session.publish(message) {
            assert!(self.open.insert(token));
        }
    }

    fn subscribe(&mut self) {
        let (name, qos) = (self.name(), self.qos());
        if let Ok(id) = self.session.subscribe(name, qos) {
            self.handlers.push(id);
        }
    }

    fn unsubscribe(&mut self) {
        if !self.handlers.is_empty() {
            let index = self.rng.below(u64::try_from(self.handlers.len()).unwrap());
            let id = self.handlers.remove(usize::try_from(index).unwrap());
            self.unsubscribed += usize::from(self.session.unsubscribe(id));
        }
    }

    fn step(&mut self) {
        self.now += Duration::from_millis(self.rng.below(500));
        match self.rng.below(24) {
            0..3 if self.session.state() == LinkState::Down || self.rng.chance(0.05) => {
                self.answers.clear();
                self.session.handle_open(self.now, &Credentials::default());
                self.broker.reset();
            }
            3 if self.rng.chance(0.3) => self.session.handle_closed(self.now),
            4 if self.rng.chance(0.1) => self.session.disconnect(),
            5 => self.session.check(self.now),
            6..8 => self.session.handle_timeout(self.now),
            8..11 => self.publish(),
            11..13 => self.subscribe(),
            13..15 => self.unsubscribe(),
            15 => {
                let token = self.open.first().copied();
                token.map(|token| self.session.cancel_publish(token));
            }
            _ => self.input(),
        }
        self.drain();
        assert_eq!(self.session.queued_messages(), self.open.len());
        assert!(self.session.queued_bytes() <= 300);
        self.online_steps += u32::from(self.session.is_online());
    }

    fn drain(&mut self) {
        let mut out = Vec::new();
        let may_publish = self.rng.chance(0.7);
        while let Some(_kind) = self.session.poll_transmit(self.now, may_publish, &mut out) {}
        let mut input = out.as_slice();
        while let Some(packet) = self.broker.decode(&mut input).unwrap() {
            let answer = self.answer(packet);
            self.answers.extend(answer);
        }
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Published(token) | Event::PublishFailed { token, .. } => {
                    assert!(self.open.remove(&token), "told twice");
                }
                Event::Unsubscribed(_) => self.unsubscribed -= 1,
                _ => {}
            }
        }
    }

    /// Everything that was begun comes to an end at an honest broker.
    fn ends(&mut self) {
        for id in core::mem::take(&mut self.handlers) {
            self.unsubscribed += usize::from(self.session.unsubscribe(id));
        }
        self.session.handle_closed(self.now);
        self.drain();
        assert_eq!(self.unsubscribed, 0, "each end was told");
        for filter in ["t", "a/b", "a/c"] {
            assert_eq!(self.session.matching(filter).count(), 0);
        }
    }
}

#[test]
fn no_input_makes_a_session_panic_leak_or_repeat_itself() {
    let seeds = match std::env::var("SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..2_000).collect(),
    };
    let mut online_steps = Vec::new();
    for seed in seeds {
        println!("SEED={seed}");
        let mut chaos = Chaos::new(seed);
        for _ in 0..200 {
            chaos.step();
        }
        chaos.ends();
        online_steps.push(chaos.online_steps);
    }
    let mean = online_steps.iter().sum::<u32>() as usize / online_steps.len();
    assert!(
        mean > 100 || online_steps.len() == 1,
        "chaos has to get far to show something: {mean}"
    );
}
