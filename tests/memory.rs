//! An hour of traffic leaves the heap as the first minute left it: nothing is kept of what is over.
//!
//! One test alone: it counts what the whole program holds.
#![cfg(feature = "mqtt")]
#![allow(
    unsafe_code,
    clippy::expect_used,
    clippy::panic,
    reason = "an allocator cannot be written without; a broken assumption ends a test"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};
use std::time::Duration;

use mqtt_image_sender::client::{
    Client, ClientOptions, Error, Event, LinkId, ReconnectOptions, SendRequest,
};
use mqtt_image_sender::loopback::{Broker, ConnectionId};
use mqtt_image_sender::mqtt::{Credentials, Message, QoS, SessionOptions, SubscriptionId};
use mqtt_image_sender::time::{Instant, earliest};
use mqtt_image_sender::transfer::{Image, Numbering, Receiver, TransferOptions, Window};

/// The system's allocator, and how many bytes it has lent.
struct Counting;

static LIVE: AtomicIsize = AtomicIsize::new(0);

fn lent(bytes: usize) -> isize {
    isize::try_from(bytes).unwrap_or(isize::MAX)
}

// Sound, since every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(lent(layout.size()), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(lent(layout.size()), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        LIVE.fetch_add(lent(new_size) - lent(layout.size()), Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A client and its socket.
struct Node {
    client: Client,
    socket: Option<(LinkId, ConnectionId)>,
    messages: usize,
    published: usize,
    arrived: usize,
    images: usize,
    receiver: Receiver,
}

impl Node {
    fn new(client_id: &str) -> Self {
        let mut session = SessionOptions::new(client_id);
        session.keep_alive = Duration::from_secs(5);
        session.clean_session = false;
        let mut options = ClientOptions::new(session);
        // So that an image takes its time, and a cut finds it under way.
        options.max_messages_per_second = Some(30.0);
        options.reconnect = Some(ReconnectOptions {
            max_delay: Duration::from_millis(200),
            ..ReconnectOptions::default()
        });
        let mut client = Client::new(options).expect("the options are good");
        client.connect(Instant::ZERO);
        Self {
            client,
            socket: None,
            messages: 0,
            published: 0,
            arrived: 0,
            images: 0,
            receiver: Receiver::new(Numbering::Echo),
        }
    }

    /// Carries bytes both ways and takes events until nothing moves.
    fn settle(&mut self, now: Instant, broker: &mut Broker) -> bool {
        if self.client.poll_timeout(now).is_some_and(|at| at <= now) {
            self.client.handle_timeout(now);
        }
        let mut any = false;
        while let Some((link, connection)) = self.socket {
            let mut up = Vec::new();
            let mut down = Vec::new();
            self.client.poll_transmit(now, 10_000, &mut up);
            broker.handle_input(now, connection, &up);
            broker.poll_transmit(connection, &mut down);
            self.client.handle_input(now, link, &down);
            any |= !up.is_empty() || !down.is_empty();
            if up.is_empty() && down.is_empty() {
                break;
            }
        }
        while let Some(event) = self.client.poll_event() {
            self.note(now, event, broker);
            any = true;
        }
        any
    }

    fn note(&mut self, now: Instant, event: Event, broker: &mut Broker) {
        match event {
            Event::Open { link, .. } => {
                self.socket = Some((link, broker.handle_open(now)));
                self.client.handle_open(now, link, &Credentials::default());
            }
            Event::Close { .. } => {
                let (_, connection) = self.socket.take().expect("it was open");
                broker.handle_closed(connection);
            }
            Event::Message { message, .. } => {
                self.messages += 1;
                self.play(now, &message.payload);
            }
            Event::Published(_) => self.published += 1,
            Event::Done(id, _) => {
                self.arrived += 1;
                self.client.forget(id);
            }
            Event::Failed(_, error) => panic!("{error}"),
            _ => {}
        }
    }

    /// What a device does; the page hears no frames.
    fn play(&mut self, now: Instant, frame: &[u8]) {
        if let Some(feedback) = self.receiver.handle_frame(frame) {
            let message = Message {
                topic: "sign/from".to_owned(),
                payload: feedback.to_vec(),
                ..Message::default()
            };
            self.client.publish(now, message).expect("there is room");
        }
        while self.receiver.poll_image().is_some() {
            self.images += 1;
        }
    }

    fn cut(&mut self, now: Instant) {
        if let Some((link, _)) = self.socket {
            let reason = "cut".to_owned();
            self.client
                .handle_closed(now, link, Error::Network { reason });
        }
    }
}

/// A page that publishes, hears its own words and sends images; a device on another link; the broker between them.
struct World {
    now: Instant,
    broker: Broker,
    page: Node,
    device: Node,
    passing: Option<SubscriptionId>,
    image: Image,
}

impl World {
    fn new() -> Self {
        let mut page = Node::new("page");
        let mut device = Node::new("device");
        let start = Instant::ZERO;
        page.client
            .subscribe(start, "words/#", QoS::ExactlyOnce)
            .expect("a good filter");
        device
            .client
            .subscribe(start, "sign/to", QoS::AtMostOnce)
            .expect("a good filter");
        Self {
            now: start,
            broker: Broker::new(),
            page,
            device,
            passing: None,
            image: (0..20_000)
                .map(|index| (index % 251) as u8)
                .collect::<Vec<_>>()
                .into(),
        }
    }

    /// The next 50 ms.
    fn tick(&mut self, tick: usize) {
        self.pass(Duration::from_millis(50));
        let (now, page) = (self.now, &mut self.page.client);
        let message = Message {
            topic: format!("words/{}", tick % 7),
            payload: vec![0; tick % 300],
            qos: [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce][tick % 3],
            ..Message::default()
        };
        page.publish(now, message).expect("there is room");
        if tick % 400 == 100 {
            self.send();
        }
        // In the middle of the image.
        if tick % 400 == 104 {
            self.page.cut(now);
        }
        if tick % 400 == 108 {
            self.device.cut(now);
        }
        if tick.is_multiple_of(20) {
            self.change_subscription(tick);
        }
        self.settle();
    }

    /// Time passes, and each timer on the way is served when it is due.
    fn pass(&mut self, time: Duration) {
        let then = self.now + time;
        loop {
            let nodes = [&self.page, &self.device].map(|node| node.client.poll_timeout(self.now));
            let due = nodes.into_iter().fold(self.broker.poll_timeout(), earliest);
            self.now = due.map_or(then, |due| due.max(self.now)).min(then);
            self.settle();
            if self.now == then {
                return;
            }
        }
    }

    fn send(&mut self) {
        let request = SendRequest {
            to: "sign/to".into(),
            from: "sign/from".into(),
            qos: QoS::AtMostOnce,
            wake: None,
        };
        let (now, page) = (self.now, &mut self.page.client);
        let id = page.reserve(now, &request).expect("good topics");
        let options = TransferOptions {
            window: Window::Fixed(4),
            max_retries: None,
            ..TransferOptions::named("a.jpg")
        };
        page.supply(now, id, self.image.clone(), options)
            .expect("a good image");
    }

    fn change_subscription(&mut self, tick: usize) {
        let (now, page) = (self.now, &mut self.page.client);
        if let Some(id) = self.passing.take() {
            page.unsubscribe(now, id);
        } else {
            let filter = format!("passing/{}/+", tick % 1000);
            self.passing = page.subscribe(now, &filter, QoS::AtLeastOnce).ok();
        }
        page.check(now).expect("it is open");
    }

    fn settle(&mut self) {
        while self.page.settle(self.now, &mut self.broker)
            | self.device.settle(self.now, &mut self.broker)
        {}
        self.broker.handle_timeout(self.now);
        while self.broker.poll_closed().is_some() {}
    }
}

#[test]
fn an_hour_of_traffic_leaves_the_heap_where_a_thousand_messages_left_it() {
    let ticks = 60 * 60 * 20;
    let mut world = World::new();
    // What the test itself notes is not to grow.
    let mut readings = Vec::with_capacity(ticks / 400 + 1);
    for tick in 0..ticks {
        world.tick(tick);
        // Between two images, when everything is answered.
        if tick.is_multiple_of(400) {
            readings.push(LIVE.load(Ordering::Relaxed));
        }
    }
    world.pass(Duration::from_secs(5));
    // It was no idle hour.
    let (page, device) = (&world.page, &world.device);
    assert_eq!((page.arrived, device.images), (180, 180));
    assert_eq!(page.published, ticks);
    assert!(
        page.messages >= ticks * 2 / 3,
        "{} came back",
        page.messages
    );
    let after_a_thousand = readings[3];
    let most = readings[3..].iter().max();
    assert_eq!(
        most,
        Some(&after_a_thousand),
        "bytes every 20 s: {readings:?}"
    );
}
