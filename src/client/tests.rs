//! The client as a script of packets: what it sends, hears and tells, and at which millisecond.

mod link;
mod notices;
mod pacing;
mod topics;
mod transfers;

use core::time::Duration;
use std::collections::BTreeMap;

use super::{Client, ClientOptions, ConnectionState, Error, Event, LinkId, SendRequest};
use crate::mqtt::codec::{Decoder, encode};
use crate::mqtt::packet::{ConnAck, Publish, SubAck};
use crate::mqtt::{
    Credentials, Message, Packet, PacketId, PublishToken, QoS, SessionOptions, SubscribeRefused,
};
use crate::time::Instant;
use crate::transfer::answers::{begun, got, whole};
use crate::transfer::{
    AckTimeout, FrameHead, Function, NumberingOption, TransferId, TransferOptions, Window,
};

/// A client, its socket and the time. Chunks are of 10 bytes; there is no keep alive.
struct Script {
    client: Client,
    now: Instant,
    link: Option<LinkId>,
    decoder: Decoder,
    /// Identifiers of what was sent, by its words.
    ids: BTreeMap<String, PacketId>,
    told: Vec<String>,
}

fn script() -> Script {
    script_with(|_| {})
}

fn script_with(change: impl FnOnce(&mut ClientOptions)) -> Script {
    let mut session = SessionOptions::new("page");
    session.keep_alive = Duration::ZERO;
    let mut options = ClientOptions::new(session);
    change(&mut options);
    Script {
        client: Client::new(options).unwrap(),
        now: Instant::ZERO,
        link: None,
        decoder: Decoder::new(1 << 20),
        ids: BTreeMap::new(),
        told: Vec::new(),
    }
}

/// A client that is connected.
fn connected() -> Script {
    connected_with(|_| {})
}

fn connected_with(change: impl FnOnce(&mut ClientOptions)) -> Script {
    let mut script = script_with(change);
    script.client.connect(script.now);
    script.tells(&["open url 0"]).opens().sends(&["CONNECT"]);
    script.accepts(false).tells(&["connected"]);
    script
}

impl Script {
    /// Time passes, and each timer on the way is served when it is due.
    #[track_caller]
    fn at(&mut self, millis: u64) -> &mut Self {
        let then = Instant::from_millis(millis);
        for _ in 0..1_000 {
            let due = self
                .client
                .poll_timeout(self.now)
                .filter(|due| *due <= then);
            self.now = due.unwrap_or(then);
            self.client.handle_timeout(self.now);
            if due.is_none() {
                return self;
            }
        }
        panic!("due for ever at {:?}", self.now);
    }

    /// Time passes, and nobody looks.
    fn sleeps_until(&mut self, millis: u64) -> &mut Self {
        self.now = Instant::from_millis(millis);
        self.client.handle_timeout(self.now);
        self
    }

    /// Exactly these packets go out at this moment.
    #[track_caller]
    fn sends(&mut self, expected: &[&str]) -> &mut Self {
        let sent = self.drain(usize::MAX);
        assert_eq!(sent, expected, "at {:?}", self.now);
        let due = self.client.poll_timeout(self.now);
        assert!(
            due.is_none_or(|at| at > self.now),
            "due at {due:?} for ever"
        );
        self
    }

    fn sends_nothing(&mut self) -> &mut Self {
        self.sends(&[])
    }

    fn drain(&mut self, room: usize) -> Vec<String> {
        let mut bytes = Vec::new();
        while self.client.poll_transmit(self.now, room, &mut bytes) && room == usize::MAX {}
        let mut input = &bytes[..];
        let mut sent = Vec::new();
        while let Some(packet) = self.decoder.decode(&mut input).unwrap() {
            let (words, id) = describe(&packet);
            self.ids.extend(id.map(|id| (words.clone(), id)));
            sent.push(words);
        }
        sent
    }

    /// Exactly this is told, progress apart.
    #[track_caller]
    fn tells(&mut self, expected: &[&str]) -> &mut Self {
        while let Some(event) = self.client.poll_event() {
            if let Event::Open { link, .. } = event {
                self.link = Some(link);
            }
            self.told.extend(tell(&event));
        }
        assert_eq!(
            core::mem::take(&mut self.told),
            expected,
            "at {:?}",
            self.now
        );
        self
    }

    fn opens(&mut self) -> &mut Self {
        self.decoder.reset();
        let link = self.link.unwrap();
        self.client
            .handle_open(self.now, link, &Credentials::default());
        self
    }

    /// The socket falls.
    fn falls(&mut self) -> &mut Self {
        let reason = "fell".to_owned();
        let link = self.link.unwrap();
        self.client
            .handle_closed(self.now, link, Error::Network { reason });
        self
    }

    /// The socket falls, and a new one is open at `millis`.
    #[track_caller]
    fn reconnects_at(&mut self, millis: u64) -> &mut Self {
        self.falls().tells(&["close", "reconnecting: fell"]);
        self.sleeps_until(millis)
            .tells(&["open url 0"])
            .opens()
            .sends(&["CONNECT"])
    }

    fn says(&mut self, packet: &Packet) -> &mut Self {
        let mut bytes = Vec::new();
        encode(packet, &mut bytes).unwrap();
        self.client
            .handle_input(self.now, self.link.unwrap(), &bytes);
        self
    }

    fn accepts(&mut self, session_present: bool) -> &mut Self {
        self.says(&Packet::ConnAck(ConnAck::Accepted { session_present }))
    }

    /// SUBACK to "SUBSCRIBE …" with these filters.
    fn grants(&mut self, filters: &str) -> &mut Self {
        self.suback(filters, Ok(QoS::AtMostOnce))
    }

    fn refuses(&mut self, filters: &str) -> &mut Self {
        self.suback(filters, Err(SubscribeRefused))
    }

    fn suback(&mut self, filters: &str, code: Result<QoS, SubscribeRefused>) -> &mut Self {
        let packet_id = self.ids[&format!("SUBSCRIBE {filters}")];
        let return_codes = vec![code; filters.split(' ').count()];
        self.says(&Packet::SubAck(SubAck {
            packet_id,
            return_codes,
        }))
    }

    /// PUBACK to what was sent in these words.
    fn acknowledges(&mut self, words: &str) -> &mut Self {
        self.says(&Packet::PubAck(self.ids[words]))
    }

    fn hears(&mut self, topic: &str, payload: &[u8]) -> &mut Self {
        self.hears_retained(topic, payload, false)
    }

    fn hears_retained(&mut self, topic: &str, payload: &[u8], retain: bool) -> &mut Self {
        let message = Message {
            topic: topic.to_owned(),
            payload: payload.to_vec(),
            retain,
            ..Message::default()
        };
        self.says(&Packet::Publish(Publish {
            message,
            packet_id: None,
        }))
    }

    /// An image of so many bytes, to the topic "to", with its feedback on "ack".
    fn send(&mut self, bytes: u8) -> TransferId {
        self.send_with(bytes, |_| {}, |_| {})
    }

    fn send_with(
        &mut self,
        bytes: u8,
        ask: impl FnOnce(&mut SendRequest),
        change: impl FnOnce(&mut TransferOptions),
    ) -> TransferId {
        let mut request = SendRequest {
            to: "to".into(),
            from: "ack".into(),
            qos: QoS::AtMostOnce,
            wake: None,
        };
        ask(&mut request);
        let mut options = TransferOptions {
            chunk_size: 10,
            numbering: NumberingOption::Echo,
            ..TransferOptions::named("a")
        };
        change(&mut options);
        let id = self.client.reserve(self.now, &request).unwrap();
        let image: Vec<u8> = (0..bytes).collect();
        self.client
            .supply(self.now, id, image.into(), options)
            .unwrap();
        id
    }

    /// An image whose begin was answered.
    #[track_caller]
    fn sends_image(&mut self, bytes: u8) -> TransferId {
        let id = self.send(bytes);
        self.sends(&["SUBSCRIBE ack"])
            .grants("ack")
            .sends(&["PUBLISH to begin"]);
        self.hears("ack", &begun());
        id
    }

    fn note(&mut self, qos: QoS) -> PublishToken {
        let note = Message {
            topic: "notes".into(),
            qos,
            ..Message::default()
        };
        self.client.publish(self.now, note).unwrap()
    }
}

/// A packet in words, with its identifier if it has one.
fn describe(packet: &Packet) -> (String, Option<PacketId>) {
    match packet {
        Packet::Publish(Publish { message, packet_id }) => {
            let dup = if message.dup { " again" } else { "" };
            let what = match FrameHead::parse(&message.payload) {
                Ok((head, _)) if head.function == Function::Begin => " begin".to_owned(),
                Ok((head, _)) if head.function == Function::Finish => " finish".to_owned(),
                Ok((head, _)) => format!(" {}", head.number),
                Err(_) => String::new(),
            };
            (format!("PUBLISH {}{what}{dup}", message.topic), *packet_id)
        }
        Packet::Subscribe(subscribe) => {
            let filters: Vec<&str> = subscribe.filters.iter().map(|(f, _)| f.as_str()).collect();
            let words = format!("SUBSCRIBE {}", filters.join(" "));
            (words, Some(subscribe.packet_id))
        }
        Packet::Unsubscribe(unsubscribe) => {
            let words = format!("UNSUBSCRIBE {}", unsubscribe.filters.join(" "));
            (words, Some(unsubscribe.packet_id))
        }
        other => (other.packet_type().name().to_owned(), None),
    }
}

/// An event in words; `None` for progress.
fn tell(event: &Event) -> Option<String> {
    Some(match event {
        Event::Open { url, .. } => format!("open url {url}"),
        Event::Close { .. } => "close".to_owned(),
        Event::State { state, cause: None } => state.as_str().to_owned(),
        Event::State {
            state,
            cause: Some(cause),
        } => format!("{}: {cause}", state.as_str()),
        Event::Message {
            message,
            subscriptions,
        } => format!("message {} for {}", message.topic, subscriptions.len()),
        Event::Published(_) => "published".to_owned(),
        Event::PublishFailed { error, .. } => format!("publish failed: {}", error.code()),
        Event::Subscribed { granted, .. } => match granted {
            Ok(_) => "subscribed".to_owned(),
            Err(error) => format!("subscription {}", error.code()),
        },
        Event::Unsubscribed(_) => "unsubscribed".to_owned(),
        Event::Checked { alive } => format!("alive: {alive}"),
        Event::Progress(_) => return None,
        Event::Done(..) => "done".to_owned(),
        Event::Failed(_, error) => format!("failed: {}", error.code()),
        Event::Notice(notice) => format!("notice {}: {}", notice.code(), notice.topic()),
    })
}
