//! A session's life as scripts: packets with times go in, packets and events come out.

use super::*;
use crate::mqtt::codec::encode;
use crate::mqtt::error::Misbehaviour;
use crate::mqtt::packet::*;
use core::time::Duration;

mod arbitrary;
mod connect;
mod faults;
mod incoming;
mod keep_alive;
mod outgoing;
mod resume;
mod storm;
mod subscribe;

/// A session at the end of a link whose other end is the script.
struct Script {
    session: Session,
    now: Instant,
    may_publish: bool,
    /// Packets that the session wrote and no `sends` has looked at.
    written: Vec<Packet>,
    broker: Decoder,
}

impl Script {
    fn new(options: SessionOptions) -> Self {
        Self {
            session: Session::new(options).unwrap(),
            now: Instant::ZERO,
            may_publish: true,
            written: Vec::new(),
            broker: Decoder::new(usize::MAX),
        }
    }

    /// A session with the default options that is online.
    fn online() -> Self {
        let mut script = Self::new(SessionOptions::new("me"));
        script.connects(false);
        script
    }

    /// One whose session is kept, and that is online for the first time.
    fn online_with_kept_session() -> Self {
        let mut script = Self::new(kept());
        script.connects(false);
        script
    }

    /// Opens a link and accepts it. Looks neither at what was before nor at `Connected` and `Online`, for which there
    /// are tests enough; the packets after CONNECT and all other events stay for the script to look at.
    fn connects(&mut self, session_present: bool) {
        self.written.clear();
        self.session.events.clear();
        self.opens();
        assert_eq!(self.written.remove(0).packet_type(), PacketType::Connect);
        self.receives(Packet::ConnAck(ConnAck::Accepted { session_present }));
        let is_usual = |event: &Event| matches!(event, Event::Connected { .. } | Event::Online);
        self.session.events.retain(|event| !is_usual(event));
    }

    fn opens(&mut self) {
        self.broker.reset();
        self.session.handle_open(self.now, &Credentials::default());
        self.drain();
    }

    fn closes(&mut self) {
        self.session.handle_closed(self.now);
        self.drain();
    }

    /// Lets time run to so many milliseconds, with every timeout on its way.
    fn at(&mut self, millis: u64) {
        let end = Instant::from_millis(millis);
        while let Some(due) = self.session.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.session.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// The machine sleeps: the clock jumps, and only then timeouts come.
    fn sleeps_until(&mut self, millis: u64) {
        self.now = Instant::from_millis(millis);
        self.session.handle_timeout(self.now);
        self.drain();
    }

    fn receives(&mut self, packet: Packet) {
        let mut bytes = Vec::new();
        encode(&packet, &mut bytes).unwrap();
        self.receives_bytes(&bytes);
    }

    fn receives_bytes(&mut self, bytes: &[u8]) {
        self.session.handle_input(self.now, bytes);
        self.drain();
    }

    fn drain(&mut self) {
        let mut out = Vec::new();
        while let Some(kind) = self
            .session
            .poll_transmit(self.now, self.may_publish, &mut out)
        {
            let mut bytes = out.as_slice();
            let packet = self.broker.decode(&mut bytes).unwrap().unwrap();
            assert!(bytes.is_empty(), "one packet a call");
            let is_publish = packet.packet_type() == PacketType::Publish;
            assert_eq!(kind == Transmit::Publish, is_publish);
            self.written.push(packet);
            out.clear();
        }
        assert!(out.is_empty());
    }

    /// Exactly these packets were written since the last look.
    #[track_caller]
    fn sends(&mut self, expected: impl IntoIterator<Item = Packet>) {
        self.drain();
        let expected: Vec<Packet> = expected.into_iter().collect();
        assert_eq!(core::mem::take(&mut self.written), expected);
    }

    /// Exactly these events came since the last look.
    #[track_caller]
    fn tells(&mut self, expected: impl IntoIterator<Item = Event>) {
        self.drain();
        let told: Vec<Event> = core::iter::from_fn(|| self.session.poll_event()).collect();
        assert_eq!(told, expected.into_iter().collect::<Vec<_>>());
    }

    #[track_caller]
    fn tells_first(&mut self, expected: Event) {
        assert_eq!(self.session.poll_event(), Some(expected));
    }

    fn publishes(&mut self, message: Message) -> PublishToken {
        let token = self.session.publish(message).unwrap();
        self.drain();
        token
    }

    fn subscribes(&mut self, filter: &str, qos: QoS) -> SubscriptionId {
        let id = self.session.subscribe(filter, qos).unwrap();
        self.drain();
        id
    }
}

fn kept() -> SessionOptions {
    SessionOptions {
        clean_session: false,
        ..SessionOptions::new("me")
    }
}

fn id(value: u16) -> PacketId {
    PacketId::new(value).unwrap()
}

/// A message to the topic "t" with this text.
fn message(text: &str, qos: QoS) -> Message {
    Message {
        topic: "t".into(),
        payload: text.into(),
        qos,
        ..Message::default()
    }
}

fn publish(message: Message, packet_id: u16) -> Packet {
    let packet_id = PacketId::new(packet_id);
    Packet::Publish(Publish { message, packet_id })
}

/// The same, sent again.
fn publish_dup(mut message: Message, packet_id: u16) -> Packet {
    message.dup = true;
    publish(message, packet_id)
}

fn subscribe(packet_id: u16, filters: &[(&str, QoS)]) -> Packet {
    let packet_id = id(packet_id);
    let owned = |(filter, qos): &(&str, QoS)| ((*filter).to_owned(), *qos);
    let filters = filters.iter().map(owned).collect();
    Packet::Subscribe(Subscribe { packet_id, filters })
}

fn suback(packet_id: u16, codes: &[Result<QoS, SubscribeRefused>]) -> Packet {
    let packet_id = id(packet_id);
    let return_codes = codes.to_vec();
    Packet::SubAck(SubAck {
        packet_id,
        return_codes,
    })
}

fn unsubscribe(packet_id: u16, filters: &[&str]) -> Packet {
    let packet_id = id(packet_id);
    let filters = filters.iter().map(|filter| (*filter).to_owned()).collect();
    Packet::Unsubscribe(Unsubscribe { packet_id, filters })
}

fn subscribed(id: SubscriptionId, qos: QoS) -> Event {
    let granted = Ok(qos);
    Event::Subscribed { id, granted }
}

fn refused(id: SubscriptionId) -> Event {
    let granted = Err(SubscribeRefused);
    Event::Subscribed { id, granted }
}
