//! A TCP socket and a clock for [`Client`], outside the browser: what the virtual device of `cargo xtask demo` and the
//! tests against real brokers are driven by.
//!
//! It blocks its thread, and one thread serves one client. It is no product: the browser is.

mod clock;

use core::time::Duration;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};

use crate::client::{Client, ClientOptions, ConnectionState, Error, Event, LinkId};
use crate::mqtt::Credentials;
use crate::time::{Instant, earliest};
use clock::Clock;

/// How long the socket may take what it is given.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes that one turn hands to the socket at most, save a last packet.
const ROOM: usize = 256 * 1024;

/// A [`Client`] with a TCP socket under it. Call [`NativeClient::turn`] again and again.
pub struct NativeClient {
    client: Client,
    addresses: Vec<String>,
    credentials: Credentials,
    clock: Clock,
    socket: Option<(LinkId, TcpStream)>,
    outbox: Vec<u8>,
    events: VecDeque<Event>,
}

impl NativeClient {
    /// A client for the MQTT listeners at `addresses` (`host:port`), which are tried in turn.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an option that cannot be taken.
    pub fn new(
        addresses: Vec<String>,
        credentials: Credentials,
        options: ClientOptions,
    ) -> Result<Self, Error> {
        let options = ClientOptions {
            urls: addresses.len(),
            ..options
        };
        let clock = Clock::start();
        let mut client = Client::new(options)?;
        client.connect(clock.now());
        let (outbox, events) = (Vec::new(), VecDeque::new());
        Ok(Self {
            client,
            addresses,
            credentials,
            clock,
            socket: None,
            outbox,
            events,
        })
    }

    /// The client itself, for commands; the next [`NativeClient::turn`] carries them out.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Now, on the clock that the client's methods take.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// One turn of the loop: sends what may go out, waits for bytes or a deadline, at most for `longest`, and gives the
    /// next event that is not the socket's own affair.
    pub fn turn(&mut self, longest: Duration) -> Option<Event> {
        self.drain();
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        self.wait(longest);
        self.client.handle_timeout(self.clock.now());
        self.drain();
        self.events.pop_front()
    }

    /// Turns until `found` gives something, the client has closed, or `longest` has passed.
    pub fn until<T>(
        &mut self,
        longest: Duration,
        mut found: impl FnMut(&mut Self, Event) -> Option<T>,
    ) -> Option<T> {
        let end = self.clock.now() + longest;
        loop {
            let left = end.saturating_since(self.clock.now());
            if left.is_zero() {
                return None;
            }
            let Some(event) = self.turn(left) else {
                continue;
            };
            let is_over = matches!(
                event,
                Event::State {
                    state: ConnectionState::Closed,
                    ..
                }
            );
            if let Some(value) = found(self, event) {
                return Some(value);
            }
            if is_over {
                return None;
            }
        }
    }

    fn drain(&mut self) {
        loop {
            self.transmit();
            match self.client.poll_event() {
                Some(Event::Open { link, url }) => self.open(link, url),
                Some(Event::Close { link }) => {
                    if self
                        .socket
                        .as_ref()
                        .is_some_and(|(current, _)| *current == link)
                    {
                        self.socket = None;
                    }
                }
                Some(event) => self.events.push_back(event),
                None => return,
            }
        }
    }

    fn transmit(&mut self) {
        self.outbox.clear();
        let room = if self.socket.is_some() { ROOM } else { 0 };
        self.client
            .poll_transmit(self.clock.now(), room, &mut self.outbox);
        if let Some((link, socket)) = &mut self.socket
            && !self.outbox.is_empty()
            && let Err(error) = socket.write_all(&self.outbox)
        {
            let link = *link;
            self.lose(link, &error);
        }
    }

    fn open(&mut self, link: LinkId, url: usize) {
        let address = self.addresses.get(url).cloned().unwrap_or_default();
        match connect(&address) {
            Ok(socket) => {
                self.socket = Some((link, socket));
                self.client
                    .handle_open(self.clock.now(), link, &self.credentials);
            }
            Err(error) => {
                let reason = format!("{address}: {error}");
                self.client
                    .handle_closed(self.clock.now(), link, Error::Network { reason });
            }
        }
    }

    /// Waits for bytes until the client's deadline.
    fn wait(&mut self, longest: Duration) {
        let now = self.clock.now();
        let deadline = earliest(self.client.poll_timeout(now), Some(now + longest));
        let wait = deadline
            .map_or(longest, |at| at.saturating_since(now))
            .max(Duration::from_millis(1));
        let Some((link, socket)) = &mut self.socket else {
            return std::thread::sleep(wait.min(longest));
        };
        let link = *link;
        let mut inbox = [0; 16 * 1024];
        let read = socket
            .set_read_timeout(Some(wait))
            .and_then(|()| socket.read(&mut inbox));
        match read {
            Ok(0) => self.lose(link, &ErrorKind::ConnectionReset.into()),
            Ok(length) => {
                let bytes = inbox.get(..length).unwrap_or(&[]);
                self.client.handle_input(self.clock.now(), link, bytes);
            }
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) => {}
            Err(error) => self.lose(link, &error),
        }
    }

    fn lose(&mut self, link: LinkId, error: &std::io::Error) {
        self.socket = None;
        let reason = format!("the connection was lost: {error}");
        self.client
            .handle_closed(self.clock.now(), link, Error::Network { reason });
    }
}

fn connect(address: &str) -> std::io::Result<TcpStream> {
    let mut last = std::io::Error::from(ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, WRITE_TIMEOUT) {
            Ok(socket) => {
                // A feedback of 8 bytes must not wait for another one.
                socket.set_nodelay(true)?;
                socket.set_write_timeout(Some(WRITE_TIMEOUT))?;
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
