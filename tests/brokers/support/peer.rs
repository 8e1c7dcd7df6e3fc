//! A client of this crate in a test: commands that wait for what follows from them.

use core::time::Duration;

use mqtt_image_sender::client::{ClientOptions, ConnectionState, Error, Event, SendRequest};
use mqtt_image_sender::mqtt::{
    Credentials, Message, PublishToken, QoS, SessionOptions, SubscriptionId,
};
use mqtt_image_sender::native::NativeClient;
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::transfer::{self, Image, Outcome, TransferId, TransferOptions};

use super::device;

/// How long a busy machine may take for what should be at once.
const LONG: Duration = Duration::from_secs(60);

/// A client with a socket. What nobody has asked for yet is kept.
pub struct Peer {
    native: NativeClient,
    kept: Vec<Event>,
}

/// Options for a client with this id, which looks at its link every 20 s and comes back within half a second.
pub fn options(id: &str) -> ClientOptions {
    let session = SessionOptions {
        keep_alive: Duration::from_secs(20),
        ..SessionOptions::new(id)
    };
    let mut options = ClientOptions::new(session);
    if let Some(reconnect) = &mut options.reconnect {
        reconnect.max_delay = Duration::from_millis(500);
    }
    options
}

/// The options of one whose session outlives its links.
pub fn persistent(id: &str) -> ClientOptions {
    let mut options = options(id);
    options.session.clean_session = false;
    options
}

/// A message that is not retained.
pub fn message(topic: &str, payload: impl Into<Vec<u8>>, qos: QoS) -> Message {
    Message {
        topic: topic.to_owned(),
        payload: payload.into(),
        qos,
        retain: false,
        dup: false,
    }
}

/// Bytes without a pattern.
pub fn random_bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let words = core::iter::repeat_with(|| rng.next_u64().to_le_bytes());
    words.flatten().take(length).collect()
}

impl Peer {
    /// One that has not been driven yet: subscriptions made now are in place before the first message.
    pub fn new(
        addresses: &[String],
        options: ClientOptions,
        credentials: Credentials,
    ) -> Result<Self, Error> {
        let native = NativeClient::new(addresses.to_vec(), credentials, options)?;
        Ok(Self {
            native,
            kept: Vec::new(),
        })
    }

    /// One that is connected to this broker.
    pub fn connect(address: String, options: ClientOptions) -> Self {
        let mut peer = Self::new(&[address], options, Credentials::default()).unwrap();
        peer.becomes(ConnectionState::Connected);
        peer
    }

    /// Drives it until `found` gives something for an event, an earlier one first. Other events are kept.
    pub fn wait<T>(&mut self, what: &str, mut found: impl FnMut(&Event) -> Option<T>) -> T {
        self.wait_for(LONG, &mut found)
            .unwrap_or_else(|| panic!("{what} did not come; instead:\n{:#?}", self.kept))
    }

    /// The same for at most `longest`.
    pub fn wait_for<T>(
        &mut self,
        longest: Duration,
        mut found: impl FnMut(&Event) -> Option<T>,
    ) -> Option<T> {
        for index in 0..self.kept.len() {
            if let Some(value) = found(&self.kept[index]) {
                self.kept.remove(index);
                return Some(value);
            }
        }
        let end = self.native.now() + longest;
        loop {
            let left = end.saturating_since(self.native.now());
            if let Some(event) = self.native.turn(left) {
                if let Some(value) = found(&event) {
                    return Some(value);
                }
                self.kept.push(event);
            }
            if left.is_zero() {
                return None;
            }
        }
    }

    /// Drives it for a while.
    pub fn drive(&mut self, time: Duration) {
        self.wait_for(time, |_| None::<()>);
    }

    /// Waits for this state, and gives its cause.
    pub fn becomes(&mut self, wanted: ConnectionState) -> Option<Error> {
        self.wait(wanted.as_str(), |event| match event {
            Event::State { state, cause } if *state == wanted => Some(cause.clone()),
            _ => None,
        })
    }

    /// Asks for messages, without waiting.
    pub fn ask(&mut self, filter: &str, qos: QoS) -> SubscriptionId {
        let now = self.native.now();
        self.native.client().subscribe(now, filter, qos).unwrap()
    }

    /// The answer to [`Peer::ask`].
    pub fn granted(&mut self, wanted: SubscriptionId) -> Result<QoS, Error> {
        self.wait("SUBACK", |event| match event {
            Event::Subscribed { id, granted } if *id == wanted => Some(granted.clone()),
            _ => None,
        })
    }

    /// Asks for messages, and waits until the broker has granted them.
    pub fn subscribe(&mut self, filter: &str, qos: QoS) -> SubscriptionId {
        let id = self.ask(filter, qos);
        assert_eq!(self.granted(id), Ok(qos), "{filter}");
        id
    }

    /// Ends a subscription, and waits until it has ended.
    pub fn unsubscribe(&mut self, id: SubscriptionId) {
        let now = self.native.now();
        assert!(self.native.client().unsubscribe(now, id));
        self.wait("UNSUBACK", |event| {
            matches!(event, Event::Unsubscribed(gone) if *gone == id).then_some(())
        });
    }

    /// Publishes without waiting.
    pub fn post(&mut self, message: Message) -> PublishToken {
        let now = self.native.now();
        self.native.client().publish(now, message).unwrap()
    }

    /// Publishes, and waits until the exchange is complete.
    pub fn publish(&mut self, message: Message) {
        let token = self.post(message);
        self.published(token);
    }

    /// Waits until this publish is complete.
    pub fn published(&mut self, token: PublishToken) {
        self.wait("the end of a publish", |event| match event {
            Event::Published(done) if *done == token => Some(()),
            Event::PublishFailed {
                token: failed,
                error,
            } if *failed == token => {
                panic!("a publish failed: {error}")
            }
            _ => None,
        });
    }

    /// The next message.
    pub fn message(&mut self) -> Message {
        self.delivery().0
    }

    /// The next message, and whom it is for.
    pub fn delivery(&mut self) -> (Message, Vec<SubscriptionId>) {
        self.wait("a message", delivery)
    }

    /// The messages that have come and those that come within `time`.
    pub fn messages_within(&mut self, time: Duration) -> Vec<Message> {
        self.drive(time);
        let mut messages = Vec::new();
        self.kept.retain(|event| match delivery(event) {
            Some((message, _)) => {
                messages.push(message);
                false
            }
            None => true,
        });
        messages
    }

    /// When each of the next `count` messages came, since this client was made.
    pub fn times_of(&mut self, count: usize) -> Vec<Duration> {
        let next = |_| {
            self.message();
            Duration::from_micros(self.native.now().as_micros())
        };
        (0..count).map(next).collect()
    }

    /// Drops the messages that have come.
    pub fn forget_messages(&mut self) {
        self.kept.retain(|event| delivery(event).is_none());
    }

    /// Whether its state has stayed what it was when last asked for.
    pub fn is_steady(&self) -> bool {
        let is_state = |event: &Event| matches!(event, Event::State { .. });
        !self.kept.iter().any(is_state)
    }

    /// Sends an image to the device of this name.
    pub fn send(&mut self, device: &str, image: &[u8], options: TransferOptions) -> TransferId {
        let now = self.native.now();
        let request = SendRequest {
            to: device::to(device),
            from: device::from(device),
            qos: QoS::AtMostOnce,
            wake: None,
        };
        let client = self.native.client();
        let id = client.reserve(now, &request).unwrap();
        let image = Image::from(image);
        client.supply(now, id, image, options).unwrap();
        id
    }

    /// Waits for the end of a transfer.
    pub fn ended(&mut self, wanted: TransferId) -> Result<Outcome, transfer::Error> {
        self.wait("the end of a transfer", |event| match event {
            Event::Done(id, outcome) if *id == wanted => Some(Ok((**outcome).clone())),
            Event::Failed(id, error) if *id == wanted => Some(Err(error.clone())),
            _ => None,
        })
    }

    /// Waits until a transfer has confirmed this many chunks.
    pub fn confirmed(&mut self, id: TransferId, chunks: u32) {
        let end = self.native.now() + LONG;
        while self.native.now() < end {
            let now = self.native.now();
            let progress = self.native.client().progress(now, id);
            if progress.is_some_and(|progress| progress.chunks_acked >= chunks) {
                return;
            }
            self.drive(Duration::from_millis(2));
        }
        panic!("chunk {chunks} was not confirmed: {:?}", self.kept);
    }

    /// Tests the link.
    pub fn check(&mut self) -> bool {
        let now = self.native.now();
        self.native.client().check(now).unwrap();
        self.wait("the answer to a ping", |event| match event {
            Event::Checked { alive } => Some(*alive),
            _ => None,
        })
    }

    /// Parts from the broker.
    pub fn close(mut self) {
        let now = self.native.now();
        self.native.client().close(now);
        self.becomes(ConnectionState::Closed);
    }
}

fn delivery(event: &Event) -> Option<(Message, Vec<SubscriptionId>)> {
    match event {
        Event::Message {
            message,
            subscriptions,
        } => Some((message.clone(), subscriptions.clone())),
        _ => None,
    }
}
