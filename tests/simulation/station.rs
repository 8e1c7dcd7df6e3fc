//! A [`Client`] with its socket to the broker: what a shell does, with pipes in place of a network.

use core::time::Duration;

use mqtt_image_sender::client::{Client, ClientOptions, Error, Event, LinkId};
use mqtt_image_sender::loopback::{Broker, ConnectionId};
use mqtt_image_sender::mqtt::Credentials;
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::time::{Instant, earliest};

use super::link::{Pipe, Quality};

/// Sees every byte that passes between a client and its socket.
pub trait Tap {
    fn handle_sent(&mut self, now: Instant, bytes: &[u8]);
    fn handle_received(&mut self, now: Instant, bytes: &[u8]);
    fn handle_closed(&mut self, now: Instant);
}

/// Looks away.
impl Tap for () {
    fn handle_sent(&mut self, _: Instant, _: &[u8]) {}
    fn handle_received(&mut self, _: Instant, _: &[u8]) {}
    fn handle_closed(&mut self, _: Instant) {}
}

#[derive(Debug)]
enum Socket {
    None,
    /// It is open from then on.
    Opening(LinkId, Instant),
    Open(Box<Open>),
}

#[derive(Debug)]
struct Open {
    link: LinkId,
    connection: ConnectionId,
    up: Pipe,
    down: Pipe,
    is_dead: bool,
}

#[derive(Debug)]
pub struct Station<T> {
    pub client: Client,
    pub tap: T,
    socket: Socket,
    quality: Quality,
    rng: Rng,
    /// Until then no socket can be opened.
    unreachable_until: Instant,
    /// When the present turn of the event loop ends: what is worth gathering is read then.
    turn_ends_at: Instant,
    /// What came in this turn and has not been read.
    gathered: Option<(LinkId, Vec<u8>)>,
    buffer: Vec<u8>,
}

impl<T: Tap> Station<T> {
    pub fn new(options: ClientOptions, quality: Quality, tap: T, seed: u64) -> Self {
        Self {
            client: Client::new(options).expect("the options of a scenario are good"),
            tap,
            socket: Socket::None,
            quality,
            rng: Rng::new(seed),
            unreachable_until: Instant::ZERO,
            turn_ends_at: Instant::ZERO,
            gathered: None,
            buffer: Vec::new(),
        }
    }

    /// Moves what can be moved at this moment; says whether that was anything.
    pub fn step(&mut self, now: Instant, broker: &mut Broker) -> bool {
        let due = self.client.poll_timeout(now).is_some_and(|at| at <= now);
        // One call too many is harmless.
        if due || self.rng.chance(0.01) {
            self.read_gathered(now);
            self.client.handle_timeout(now);
        }
        let opened = self.open(now, broker);
        let received = self.receive(now);
        let sent = self.transmit(now) | self.carry_up(now, broker);
        self.carry_down(now, broker);
        opened || received || sent
    }

    /// The next thing that the client tells its page or device. The socket is kept here.
    pub fn poll_event(&mut self, now: Instant, broker: &mut Broker) -> Option<Event> {
        loop {
            // The client is drained in the order that it asks for: first what it sends.
            while self.transmit(now) {}
            match self.client.poll_event()? {
                Event::Open { link, .. } => {
                    let takes = self.quality.latency * 2 + self.quality.jitter;
                    let at = (now + takes).max(self.unreachable_until);
                    self.socket = Socket::Opening(link, at);
                }
                Event::Close { link } => self.close(now, link, broker),
                event => return Some(event),
            }
        }
    }

    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        let socket = match &self.socket {
            Socket::None => None,
            Socket::Opening(_, at) => Some(*at),
            Socket::Open(open) => {
                let room = open.up.next_room().filter(|_| self.gathered.is_none());
                let up = earliest(open.up.next_arrival(), room);
                earliest(up, open.down.next_arrival())
            }
        };
        let turn = self.gathered.as_ref().map(|_| self.turn_ends_at);
        earliest(earliest(socket, turn), self.client.poll_timeout(now))
    }

    pub fn connection(&self) -> Option<ConnectionId> {
        match &self.socket {
            Socket::Open(open) => Some(open.connection),
            _ => None,
        }
    }

    /// The link breaks, and both ends see it. No new one is to be had for `outage`.
    pub fn cut(&mut self, now: Instant, broker: &mut Broker, outage: Duration) {
        self.unreachable_until = now + outage;
        if let Some(open) = self.take_open() {
            if !open.is_dead {
                broker.handle_closed(open.connection);
            }
            self.report_closed(now, open.link);
        }
    }

    /// The network goes without a word: neither end sees it.
    pub fn go_silent(&mut self, now: Instant, outage: Duration) {
        self.unreachable_until = now + outage;
        if let Socket::Open(open) = &mut self.socket {
            open.is_dead = true;
            open.up.die();
            open.down.die();
        }
    }

    /// Whether the network is gone without a word.
    pub fn is_silenced(&self) -> bool {
        matches!(&self.socket, Socket::Open(open) if open.is_dead)
    }

    /// The broker closed its end.
    pub fn handle_closed_by_broker(&mut self, now: Instant) {
        if let Some(open) = self.take_open() {
            self.report_closed(now, open.link);
        }
    }

    fn report_closed(&mut self, now: Instant, link: LinkId) {
        self.read_gathered(now);
        self.tap.handle_closed(now);
        let reason = "the link was cut".to_owned();
        self.client
            .handle_closed(now, link, Error::Network { reason });
    }

    fn take_open(&mut self) -> Option<Box<Open>> {
        match core::mem::replace(&mut self.socket, Socket::None) {
            Socket::Open(open) => Some(open),
            other => {
                self.socket = other;
                None
            }
        }
    }

    fn open(&mut self, now: Instant, broker: &mut Broker) -> bool {
        let Socket::Opening(link, at) = self.socket else {
            return false;
        };
        if !self.client.wants(link) {
            self.socket = Socket::None;
            return false;
        }
        if now < at {
            return false;
        }
        self.socket = Socket::Open(Box::new(Open {
            link,
            connection: broker.handle_open(now),
            up: Pipe::new(self.quality, self.rng.next_u64()),
            down: Pipe::new(self.quality, self.rng.next_u64()),
            is_dead: false,
        }));
        self.client.handle_open(now, link, &Credentials::default());
        true
    }

    /// The client lets go of a socket: what it wrote still arrives, as with a socket that is closed in order.
    fn close(&mut self, now: Instant, link: LinkId, broker: &mut Broker) {
        self.gathered.take_if(|(of, _)| *of == link);
        match &mut self.socket {
            Socket::Open(open) if open.link == link => {
                let far_future = Instant::from_micros(u64::MAX);
                while let Some(bytes) = open.up.read(far_future) {
                    broker.handle_input(now, open.connection, &bytes);
                }
                if !open.is_dead {
                    broker.handle_closed(open.connection);
                }
                self.tap.handle_closed(now);
                self.socket = Socket::None;
            }
            Socket::Opening(opening, _) if *opening == link => self.socket = Socket::None,
            _ => {}
        }
    }

    fn receive(&mut self, now: Instant) -> bool {
        let mut any = now >= self.turn_ends_at && self.read_gathered(now);
        while let Socket::Open(open) = &mut self.socket
            && let Some(bytes) = open.down.read(now)
        {
            self.tap.handle_received(now, &bytes);
            any = true;
            if now >= self.turn_ends_at && self.rng.chance(0.5) {
                self.turn_ends_at = now + Duration::from_micros(self.rng.below(2_000));
            }
            if let Some((_, before)) = &mut self.gathered {
                before.extend_from_slice(&bytes);
            } else if now < self.turn_ends_at && self.client.gathers() {
                self.gathered = Some((open.link, bytes));
            } else {
                self.client.handle_input(now, open.link, &bytes);
            }
        }
        any
    }

    /// False if nothing was gathered.
    fn read_gathered(&mut self, now: Instant) -> bool {
        let gathered = self.gathered.take();
        if let Some((link, bytes)) = &gathered {
            self.client.handle_input(now, *link, bytes);
        }
        gathered.is_some()
    }

    /// Nothing is sent that ignores what has come: what was gathered is read first, at its time.
    fn transmit(&mut self, now: Instant) -> bool {
        if self.gathered.is_some() {
            return false;
        }
        let Socket::Open(open) = &mut self.socket else {
            return false;
        };
        self.buffer.clear();
        let room = open.up.room(now);
        if !self.client.poll_transmit(now, room, &mut self.buffer) {
            return false;
        }
        self.tap.handle_sent(now, &self.buffer);
        open.up.write(now, &self.buffer);
        true
    }

    fn carry_up(&mut self, now: Instant, broker: &mut Broker) -> bool {
        let mut any = false;
        if let Socket::Open(open) = &mut self.socket {
            while let Some(bytes) = open.up.read(now) {
                broker.handle_input(now, open.connection, &bytes);
                any = true;
            }
        }
        any
    }

    /// What the broker says goes on its way.
    fn carry_down(&mut self, now: Instant, broker: &mut Broker) {
        if let Socket::Open(open) = &mut self.socket {
            self.buffer.clear();
            if broker.poll_transmit(open.connection, &mut self.buffer) {
                open.down.write(now, &self.buffer);
            }
        }
    }
}
