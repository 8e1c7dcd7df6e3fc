//! The machine of outgoing messages by itself.

use super::*;

const LIMITS: Limits = Limits {
    messages: 10,
    bytes: 1_000,
    in_flight: 3,
};

/// The machine with the identifiers and the events that a session would lend it.
struct Bench {
    inflight: Inflight,
    ids: PacketIds,
    events: VecDeque<Event>,
}

impl Bench {
    fn new() -> Self {
        Self {
            inflight: Inflight::new(LIMITS),
            ids: PacketIds::default(),
            events: VecDeque::new(),
        }
    }

    fn publishes(&mut self, qos: QoS) -> PublishToken {
        let topic = "t".into();
        let message = Message {
            topic,
            qos,
            ..Message::default()
        };
        self.inflight.publish(message).unwrap()
    }

    /// How many PUBLISH packets can be written now.
    fn writes(&mut self) -> usize {
        let mut out = Vec::new();
        let mut count = 0;
        while self
            .inflight
            .poll_transmit(&mut self.ids, &mut out, &mut self.events)
        {
            count += 1;
        }
        count
    }

    fn puback(&mut self, value: u16) -> Result<(), Misbehaviour> {
        self.inflight
            .handle_puback(id(value), &mut self.ids, &mut self.events)
    }

    fn pubcomp(&mut self, value: u16) -> Result<(), Misbehaviour> {
        self.inflight
            .handle_pubcomp(id(value), &mut self.ids, &mut self.events)
    }

    fn connects(&mut self, session_present: bool) {
        self.inflight
            .handle_connected(session_present, &mut self.ids, &mut self.events);
    }

    fn published(&mut self) -> Vec<PublishToken> {
        let published = |event| match event {
            Event::Published(token) => token,
            other => panic!("{other:?}"),
        };
        self.events.drain(..).map(published).collect()
    }
}

fn id(value: u16) -> PacketId {
    PacketId::new(value).unwrap()
}

#[test]
fn qos_0_needs_no_exchange() {
    let mut bench = Bench::new();
    let tokens: Vec<_> = (0..10).map(|_| bench.publishes(QoS::AtMostOnce)).collect();
    assert_eq!(bench.writes(), 10);
    assert_eq!(bench.published(), tokens);
    assert_eq!((bench.inflight.len(), bench.inflight.held_bytes()), (0, 0));
}

#[test]
fn the_window_opens_with_each_end_of_an_exchange() {
    let mut bench = Bench::new();
    for _ in 0..5 {
        bench.publishes(QoS::AtLeastOnce);
    }
    assert_eq!(bench.writes(), 3);
    assert!(!bench.inflight.has_transmit());
    bench.puback(2).unwrap();
    assert!(bench.inflight.has_transmit());
    assert_eq!(bench.writes(), 1);
}

#[test]
fn without_an_identifier_a_message_waits_for_one() {
    let mut bench = Bench::new();
    while bench.ids.allocate().is_some() {}
    bench.publishes(QoS::AtLeastOnce);
    assert_eq!(bench.writes(), 0);
    assert_eq!(bench.inflight.len(), 1);
    bench.ids.release(id(500));
    assert_eq!(bench.writes(), 1);
    bench.puback(500).unwrap();
    assert_eq!(bench.published().len(), 1);
}

#[test]
fn the_end_of_an_exchange_gives_its_identifier_back() {
    let mut bench = Bench::new();
    bench.publishes(QoS::AtLeastOnce);
    bench.publishes(QoS::ExactlyOnce);
    bench.writes();
    bench.puback(1).unwrap();
    bench.inflight.handle_pubrec(id(2)).unwrap();
    bench.pubcomp(2).unwrap();
    let all = core::iter::from_fn(|| bench.ids.allocate()).count();
    assert_eq!(all, 65_535);
}

#[test]
fn a_lost_session_gives_all_identifiers_back() {
    let mut bench = Bench::new();
    bench.publishes(QoS::AtLeastOnce);
    bench.publishes(QoS::ExactlyOnce);
    bench.writes();
    bench.inflight.handle_pubrec(id(2)).unwrap();
    bench.connects(false);
    bench.connects(true);
    assert_eq!(bench.inflight.poll_release(), None, "it is done");
    let all = core::iter::from_fn(|| bench.ids.allocate()).count();
    assert_eq!(all, 65_535);
}

#[test]
fn what_begins_again_keeps_its_place_before_what_came_later() {
    let mut bench = Bench::new();
    let first = bench.publishes(QoS::AtLeastOnce);
    assert_eq!(bench.writes(), 1);
    let second = bench.publishes(QoS::AtMostOnce);
    bench.connects(false);
    assert_eq!(bench.writes(), 2);
    assert_eq!(bench.published(), [second]);
    bench.puback(2).unwrap();
    assert_eq!(bench.published(), [first]);
}

#[test]
fn releases_are_repeated_in_the_order_of_their_pubrecs() {
    let mut bench = Bench::new();
    for _ in 0..3 {
        bench.publishes(QoS::ExactlyOnce);
    }
    bench.writes();
    for value in [3, 1, 2] {
        bench.inflight.handle_pubrec(id(value)).unwrap();
    }
    bench.connects(true);
    assert_eq!(bench.inflight.poll_release(), Some(id(3)));
    bench.pubcomp(1).unwrap();
    assert_eq!(bench.inflight.poll_release(), Some(id(2)), "1 is over");
    assert_eq!(bench.inflight.poll_release(), None);
}

#[test]
fn a_resend_that_is_answered_before_it_goes_out_stays_away() {
    let mut bench = Bench::new();
    bench.publishes(QoS::AtLeastOnce);
    bench.publishes(QoS::AtLeastOnce);
    bench.writes();
    bench.connects(true);
    bench.puback(1).unwrap();
    assert_eq!(bench.writes(), 1);
}

#[test]
fn a_message_that_cannot_be_written_fails_and_holds_nothing_up() {
    let mut bench = Bench::new();
    let qos = QoS::AtLeastOnce;
    let topic = "a/#".into();
    let bad = Message {
        topic,
        qos,
        ..Message::default()
    };
    let bad = bench.inflight.publish(bad).unwrap();
    bench.publishes(qos);
    assert_eq!(bench.writes(), 1);
    let event = bench.events.pop_front();
    assert!(matches!(event, Some(Event::PublishFailed { token, .. }) if token == bad));
    bench.puback(2).unwrap();
    assert_eq!((bench.inflight.len(), bench.inflight.held_bytes()), (0, 0));
}
