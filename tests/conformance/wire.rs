//! A client at the end of a wire whose other end is the test, in bytes.

use core::time::Duration;

use mqtt_image_sender::client::{Client, ClientOptions, ConnectionState, Error, Event, LinkId};
use mqtt_image_sender::mqtt::{
    Credentials, Message, PublishToken, QoS, SessionOptions, SubscriptionId,
};
use mqtt_image_sender::time::Instant;

/// CONNACK 0 without and with a session.
pub const CONNACK: [u8; 4] = [0x20, 2, 0, 0];
pub const CONNACK_PRESENT: [u8; 4] = [0x20, 2, 1, 0];

/// A client, the link that it asked for, and what it wrote and told.
pub struct Wire {
    pub client: Client,
    pub credentials: Credentials,
    now: Instant,
    link: Option<LinkId>,
    stream: Vec<u8>,
    events: Vec<Event>,
}

impl Wire {
    /// A client with these options whose first link is open: CONNECT is written.
    pub fn open(options: SessionOptions) -> Self {
        Self::open_with(options, Credentials::default())
    }

    /// The same with credentials.
    pub fn open_with(session: SessionOptions, credentials: Credentials) -> Self {
        let mut client = Client::new(ClientOptions::new(session)).unwrap();
        client.connect(Instant::ZERO);
        let mut wire = Self {
            client,
            credentials,
            now: Instant::ZERO,
            link: None,
            stream: Vec::new(),
            events: Vec::new(),
        };
        wire.reopens();
        wire
    }

    /// One with the default options that is online; nothing that was written so far is looked at.
    pub fn online() -> Self {
        Self::online_with(SessionOptions::new("me"))
    }

    /// One whose session outlives its links.
    pub fn online_with_kept_session() -> Self {
        Self::online_with(kept())
    }

    /// One with these options that is online.
    pub fn online_with(options: SessionOptions) -> Self {
        let mut wire = Self::open(options);
        wire.receives(&CONNACK);
        wire.sent();
        wire
    }

    /// Lets time pass until the client asks for a link, and opens it.
    pub fn reopens(&mut self) {
        self.drain();
        while self.link.is_none() {
            let due = self.client.poll_timeout(self.now).expect("it tries again");
            self.passes(due.saturating_since(self.now));
        }
        let link = self.link.unwrap();
        self.client.handle_open(self.now, link, &self.credentials);
        self.drain();
    }

    /// The link falls, and another one is opened and accepted. Gives what was written on it, CONNECT first.
    pub fn reconnects(&mut self, connack: &[u8]) -> Vec<Vec<u8>> {
        self.falls();
        self.reopens();
        self.receives(connack);
        self.sent()
    }

    /// The link falls. What was not looked at is gone.
    pub fn falls(&mut self) {
        let reason = "the cable".to_owned();
        let link = self.link.take().expect("a link");
        self.client
            .handle_closed(self.now, link, Error::Network { reason });
        self.stream.clear();
        self.drain();
    }

    /// These bytes come from the broker.
    pub fn receives(&mut self, bytes: &[u8]) {
        let link = self.link.expect("a link");
        self.client.handle_input(self.now, link, bytes);
        self.drain();
    }

    /// Time passes, with every timeout on its way.
    pub fn passes(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.client.poll_timeout(self.now)
            && due <= end
        {
            self.now = self.now.max(due);
            self.client.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// The packets that were written since the last look.
    pub fn sent(&mut self) -> Vec<Vec<u8>> {
        self.drain();
        split(&core::mem::take(&mut self.stream))
    }

    /// Whether the client has given its link up.
    pub fn is_closed(&self) -> bool {
        self.link.is_none()
    }

    /// The messages that were handed out since the last look.
    pub fn messages(&mut self) -> Vec<Message> {
        self.drain();
        let mut messages = Vec::new();
        self.events.retain(|event| match event {
            Event::Message { message, .. } => {
                messages.push(message.clone());
                false
            }
            _ => true,
        });
        messages
    }

    /// Whether the exchange of this publish is complete.
    pub fn is_published(&mut self, token: PublishToken) -> bool {
        self.drain();
        let is_it = |event: &Event| matches!(event, Event::Published(done) if *done == token);
        self.events.iter().any(is_it)
    }

    /// Drops the events that nobody has looked at.
    pub fn forget(&mut self) {
        self.drain();
        self.events.clear();
    }

    /// The answers to subscriptions, in the order in which they came.
    pub fn granted(&mut self) -> Vec<(SubscriptionId, Result<QoS, Error>)> {
        self.drain();
        let answers = self.events.iter().filter_map(|event| match event {
            Event::Subscribed { id, granted } => Some((*id, granted.clone())),
            _ => None,
        });
        answers.collect()
    }

    /// Why the client is no longer connected.
    pub fn cause(&self) -> Option<Error> {
        self.events.iter().rev().find_map(|event| match event {
            Event::State { cause, .. } => cause.clone(),
            _ => None,
        })
    }

    /// Whether it has reached this state.
    pub fn has_been(&self, wanted: ConnectionState) -> bool {
        let is_it = |event: &Event| matches!(event, Event::State { state, .. } if *state == wanted);
        self.events.iter().any(is_it)
    }

    /// Publishes to a topic.
    pub fn publishes(&mut self, topic: &str, payload: &str, qos: QoS) -> PublishToken {
        let message = Message {
            topic: topic.to_owned(),
            payload: payload.into(),
            qos,
            ..Message::default()
        };
        let token = self.client.publish(self.now, message).unwrap();
        self.drain();
        token
    }

    /// Asks for messages.
    pub fn subscribes(&mut self, filter: &str, qos: QoS) -> SubscriptionId {
        let id = self.client.subscribe(self.now, filter, qos).unwrap();
        self.drain();
        id
    }

    /// Asks for messages, and has it granted.
    pub fn is_subscribed(&mut self, filter: &str) -> SubscriptionId {
        let id = self.subscribes(filter, QoS::ExactlyOnce);
        let subscribe = self.sent().pop().unwrap();
        self.receives(&[0x90, 3, subscribe[2], subscribe[3], 2]);
        id
    }

    /// Ends a subscription.
    pub fn unsubscribes(&mut self, id: SubscriptionId) {
        assert!(self.client.unsubscribe(self.now, id));
        self.drain();
    }

    /// Parts from the broker.
    pub fn closes(&mut self) {
        self.client.close(self.now);
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            while self
                .client
                .poll_transmit(self.now, usize::MAX, &mut self.stream)
            {}
            match self.client.poll_event() {
                Some(Event::Open { link, .. }) => self.link = Some(link),
                Some(Event::Close { link }) => {
                    if self.link == Some(link) {
                        self.link = None;
                    }
                }
                Some(event) => self.events.push(event),
                None => return,
            }
        }
    }
}

/// The options of a session that outlives its links.
pub fn kept() -> SessionOptions {
    SessionOptions {
        clean_session: false,
        ..SessionOptions::new("me")
    }
}

/// A packet of these parts, up to 127 bytes of them.
pub fn packet(first: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = u8::try_from(body.len()).unwrap();
    assert!(length < 128);
    [vec![first, length], body].concat()
}

/// A text as a field: its length in two bytes, and itself.
pub fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

/// A PUBLISH with its QoS bits (0, 2 or 4) and further flags.
pub fn publish(flags: u8, topic: &str, id: u16, payload: &str) -> Vec<u8> {
    let id = id.to_be_bytes();
    let id: &[u8] = if flags & 6 == 0 { &[] } else { &id };
    packet(0x30 | flags, &[&text(topic), id, payload.as_bytes()])
}

/// A packet of an identifier alone.
pub fn ack(first: u8, id: u16) -> Vec<u8> {
    packet(first, &[&id.to_be_bytes()])
}

/// The identifier of a PUBLISH with QoS 1 or 2.
pub fn publish_id(packet: &[u8]) -> u16 {
    assert_eq!(packet[0] >> 4, 3);
    let topic = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
    u16::from_be_bytes([packet[4 + topic], packet[5 + topic]])
}

/// The packets of a stream. A half packet at its end is a fault of the client.
fn split(mut stream: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while !stream.is_empty() {
        let (mut length, mut end) = (0, 1);
        loop {
            let byte = stream[end];
            length |= usize::from(byte & 0x7f) << (7 * (end - 1));
            end += 1;
            if byte & 0x80 == 0 {
                break;
            }
            assert!(end < 5, "a remaining length of over four bytes");
        }
        let (packet, rest) = stream.split_at(end + length);
        packets.push(packet.to_vec());
        stream = rest;
    }
    packets
}
