//! The broker as a script of packets between it and its clients.

use core::time::Duration;

use super::{Broker, ConnectionId};
use crate::mqtt::codec::{Decoder, encode};
use crate::mqtt::packet::{ConnAck, Connect, Publish, SubAck, Subscribe, Unsubscribe};
use crate::mqtt::{ConnectRefusal, Message, Packet, PacketId, QoS, Will};
use crate::time::Instant;

#[derive(Default)]
struct Script {
    broker: Broker,
    now: Instant,
}

impl Script {
    fn at(&mut self, millis: u64) -> &mut Self {
        self.now = Instant::from_millis(millis);
        self.broker.handle_timeout(self.now);
        self
    }

    /// A client with a clean session, up to its CONNACK.
    #[track_caller]
    fn connect(&mut self, client_id: &str) -> ConnectionId {
        let (link, present) = self.connect_with(client_id, |_| {});
        assert!(!present);
        link
    }

    /// Its link, and whether its session was there.
    #[track_caller]
    fn connect_with(
        &mut self,
        client_id: &str,
        change: impl FnOnce(&mut Connect),
    ) -> (ConnectionId, bool) {
        let link = self.broker.handle_open(self.now);
        let mut connect = Connect {
            client_id: client_id.into(),
            clean_session: true,
            ..Connect::default()
        };
        change(&mut connect);
        self.says(link, &Packet::Connect(connect));
        match self.hears(link).first() {
            Some(Packet::ConnAck(ConnAck::Accepted { session_present })) => {
                (link, *session_present)
            }
            other => panic!("{other:?}"),
        }
    }

    /// One that keeps its session.
    #[track_caller]
    fn connect_kept(&mut self, client_id: &str) -> (ConnectionId, bool) {
        self.connect_with(client_id, |connect| connect.clean_session = false)
    }

    fn says(&mut self, link: ConnectionId, packet: &Packet) -> &mut Self {
        let mut bytes = Vec::new();
        encode(packet, &mut bytes).unwrap();
        self.broker.handle_input(self.now, link, &bytes);
        self
    }

    /// What a client gets now.
    fn hears(&mut self, link: ConnectionId) -> Vec<Packet> {
        let mut bytes = Vec::new();
        self.broker.poll_transmit(link, &mut bytes);
        let mut input = &bytes[..];
        let mut decoder = Decoder::new(1 << 20);
        core::iter::from_fn(|| decoder.decode(&mut input).unwrap()).collect()
    }

    #[track_caller]
    fn subscribe(&mut self, link: ConnectionId, filter: &str, qos: QoS) {
        let filters = vec![(filter.to_owned(), qos)];
        let packet_id = id(1);
        self.says(link, &Packet::Subscribe(Subscribe { packet_id, filters }));
        let ack = SubAck {
            packet_id,
            return_codes: vec![Ok(qos)],
        };
        assert_eq!(self.hears(link).first(), Some(&Packet::SubAck(ack)));
    }

    fn closed(&mut self) -> Vec<ConnectionId> {
        core::iter::from_fn(|| self.broker.poll_closed()).collect()
    }
}

fn id(number: u16) -> PacketId {
    PacketId::new(number).unwrap()
}

fn publish(topic: &str, qos: QoS, packet_id: Option<u16>) -> Packet {
    let message = Message {
        topic: topic.into(),
        payload: b"hi".to_vec(),
        qos,
        ..Message::default()
    };
    let packet_id = packet_id.map(id);
    Packet::Publish(Publish { message, packet_id })
}

/// The same with a flag, as the broker delivers it.
fn flagged(packet: Packet, change: impl FnOnce(&mut Message)) -> Packet {
    match packet {
        Packet::Publish(mut publish) => {
            change(&mut publish.message);
            Packet::Publish(publish)
        }
        other => other,
    }
}

#[test]
fn a_message_goes_to_whoever_asked_for_it_and_to_nobody_else() {
    let mut script = Script::default();
    let [one, two, three] = ["one", "two", "three"].map(|name| script.connect(name));
    script.subscribe(one, "a/+", QoS::AtMostOnce);
    script.subscribe(two, "b", QoS::AtMostOnce);
    let message = publish("a/b", QoS::AtMostOnce, None);
    script.says(three, &message);
    assert_eq!(script.hears(one), [message]);
    assert_eq!((script.hears(two), script.hears(three)), (vec![], vec![]));
}

#[test]
fn a_client_that_asked_twice_gets_a_message_once_at_the_higher_qos() {
    let mut script = Script::default();
    let link = script.connect("one");
    script.subscribe(link, "a", QoS::AtMostOnce);
    script.subscribe(link, "#", QoS::AtLeastOnce);
    script.says(link, &publish("a", QoS::ExactlyOnce, Some(9)));
    let expected = [
        Packet::PubRec(id(9)),
        publish("a", QoS::AtLeastOnce, Some(1)),
    ];
    assert_eq!(script.hears(link), expected);
}

#[test]
fn a_subscription_that_was_given_back_is_over() {
    let mut script = Script::default();
    let link = script.connect("one");
    script.subscribe(link, "a", QoS::AtMostOnce);
    let unsubscribe = Unsubscribe {
        packet_id: id(2),
        filters: vec!["a".into()],
    };
    script.says(link, &Packet::Unsubscribe(unsubscribe));
    assert_eq!(script.hears(link), [Packet::UnsubAck(id(2))]);
    script.says(link, &publish("a", QoS::AtMostOnce, None));
    assert_eq!(script.hears(link), []);
}

#[test]
fn qos_1_is_acknowledged_and_delivered_until_it_is_acknowledged() {
    let mut script = Script::default();
    let sender = script.connect("sender");
    let (mut receiver, _) = script.connect_kept("receiver");
    script.subscribe(receiver, "a", QoS::AtLeastOnce);
    script.says(sender, &publish("a", QoS::AtLeastOnce, Some(7)));
    assert_eq!(script.hears(sender), [Packet::PubAck(id(7))]);
    let delivered = publish("a", QoS::AtLeastOnce, Some(1));
    assert_eq!(script.hears(receiver), core::slice::from_ref(&delivered));

    script.broker.handle_closed(receiver);
    receiver = script.broker.handle_open(script.now);
    let again = flagged(delivered, |message| message.dup = true);
    let connack = ConnAck::Accepted {
        session_present: true,
    };
    let connect = Connect {
        client_id: "receiver".into(),
        ..Connect::default()
    };
    script.says(receiver, &Packet::Connect(connect));
    // The queue of the session may not overtake the CONNACK [MQTT-3.2.0-1].
    assert_eq!(script.hears(receiver), [Packet::ConnAck(connack), again]);
    script.says(receiver, &Packet::PubAck(id(1)));
    script.broker.handle_closed(receiver);
    let (receiver, present) = script.connect_kept("receiver");
    assert_eq!((script.hears(receiver), present), (vec![], true));
}

#[test]
fn qos_2_is_delivered_once_however_often_it_comes() {
    let mut script = Script::default();
    let sender = script.connect("sender");
    let receiver = script.connect("receiver");
    script.subscribe(receiver, "a", QoS::ExactlyOnce);
    let message = publish("a", QoS::ExactlyOnce, Some(7));
    for _ in 0..2 {
        script.says(sender, &message);
        assert_eq!(script.hears(sender), [Packet::PubRec(id(7))]);
    }
    script.says(sender, &Packet::PubRel(id(7)));
    assert_eq!(script.hears(sender), [Packet::PubComp(id(7))]);
    assert_eq!(
        script.hears(receiver),
        [publish("a", QoS::ExactlyOnce, Some(1))]
    );
    script.says(receiver, &Packet::PubRec(id(1)));
    assert_eq!(script.hears(receiver), [Packet::PubRel(id(1))]);
    script.says(receiver, &Packet::PubComp(id(1)));
    // The identifier is free again.
    script.says(sender, &message);
    script.hears(sender);
    assert_eq!(
        script.hears(receiver),
        [publish("a", QoS::ExactlyOnce, Some(2))]
    );
}

#[test]
fn a_released_exchange_goes_on_with_pubrel_after_a_reconnect() {
    let mut script = Script::default();
    let (link, _) = script.connect_kept("one");
    script.subscribe(link, "a", QoS::ExactlyOnce);
    script.says(link, &publish("a", QoS::ExactlyOnce, Some(7)));
    script.says(link, &Packet::PubRec(id(1)));
    script.hears(link);
    script.broker.handle_closed(link);
    let link = script.broker.handle_open(script.now);
    let connect = Connect {
        client_id: "one".into(),
        ..Connect::default()
    };
    script.says(link, &Packet::Connect(connect));
    assert_eq!(script.hears(link)[1..], [Packet::PubRel(id(1))]);
}

#[test]
fn a_retained_message_is_kept_for_those_who_come_later_and_marked_for_them_alone() {
    let mut script = Script::default();
    let early = script.connect("early");
    script.subscribe(early, "a", QoS::AtMostOnce);
    let plain = publish("a", QoS::AtMostOnce, None);
    let kept = flagged(plain.clone(), |message| message.retain = true);
    script.says(early, &kept);
    assert_eq!(script.hears(early), [plain]);

    let late = script.connect("late");
    let filters = vec![("a".to_owned(), QoS::AtMostOnce)];
    let packet_id = id(1);
    script.says(late, &Packet::Subscribe(Subscribe { packet_id, filters }));
    let heard = script.hears(late);
    assert!(
        matches!(heard[0], Packet::SubAck(_)),
        "SUBACK comes first: {heard:?}"
    );
    assert_eq!(heard[1..], *core::slice::from_ref(&kept));

    // An empty one takes it away.
    script.says(early, &flagged(kept, |message| message.payload.clear()));
    let last = script.connect("last");
    script.subscribe(last, "a", QoS::AtMostOnce);
    assert_eq!(script.hears(last), []);
}

#[test]
fn a_retained_message_that_its_sender_sent_twice_reaches_those_who_come_later_as_a_first_one() {
    let mut script = Script::default();
    let sender = script.connect("sender");
    let again = flagged(publish("a", QoS::AtLeastOnce, Some(7)), |message| {
        message.retain = true;
        message.dup = true;
    });
    script.says(sender, &again);
    let qos_0 = flagged(publish("a", QoS::AtMostOnce, None), |message| {
        message.retain = true;
    });
    let qos_1 = flagged(publish("a", QoS::AtLeastOnce, Some(1)), |message| {
        message.retain = true;
    });
    for (qos, expected) in [(QoS::AtMostOnce, qos_0), (QoS::AtLeastOnce, qos_1)] {
        let late = script.connect("late");
        let filters = vec![("a".to_owned(), qos)];
        let packet_id = id(1);
        script.says(late, &Packet::Subscribe(Subscribe { packet_id, filters }));
        assert_eq!(script.hears(late)[1..], [expected]);
    }
}

#[test]
fn a_newer_retained_message_replaces_the_older() {
    let mut script = Script::default();
    let link = script.connect("one");
    for payload in [b"old", b"new"] {
        let kept = flagged(publish("a", QoS::AtMostOnce, None), |message| {
            message.retain = true;
            message.payload = payload.to_vec();
        });
        script.says(link, &kept);
    }
    let filters = vec![("#".to_owned(), QoS::AtMostOnce)];
    let packet_id = id(1);
    script.says(link, &Packet::Subscribe(Subscribe { packet_id, filters }));
    let heard = script.hears(link);
    assert!(matches!(&heard[1..], [Packet::Publish(one)] if one.message.payload == b"new"));
}

fn with_will(connect: &mut Connect) {
    connect.keep_alive = 10;
    connect.will = Some(Will {
        topic: "gone".into(),
        payload: b"hi".to_vec(),
        ..Will::default()
    });
}

#[test]
fn a_will_is_published_when_the_link_breaks_and_not_after_a_goodbye() {
    let mut script = Script::default();
    let witness = script.connect("witness");
    script.subscribe(witness, "gone", QoS::AtMostOnce);
    let (link, _) = script.connect_with("one", with_will);
    script.broker.handle_closed(link);
    assert_eq!(
        script.hears(witness),
        [publish("gone", QoS::AtMostOnce, None)]
    );

    let (link, _) = script.connect_with("one", with_will);
    script.says(link, &Packet::Disconnect);
    assert_eq!(
        (script.hears(witness), script.closed()),
        (vec![], vec![link])
    );
}

#[test]
fn a_client_that_says_nothing_for_one_and_a_half_keep_alives_is_given_up() {
    let mut script = Script::default();
    let witness = script.connect("witness");
    script.subscribe(witness, "gone", QoS::AtMostOnce);
    let (link, _) = script.connect_with("one", with_will);
    assert_eq!(
        script.broker.poll_timeout(),
        Some(Instant::from_millis(15_000))
    );
    script.at(14_999).says(link, &Packet::PingReq);
    assert_eq!(script.hears(link), [Packet::PingResp]);
    script.at(29_998);
    assert_eq!(script.closed(), []);
    script.at(29_999);
    assert_eq!(script.closed(), [link]);
    assert_eq!(
        script.hears(witness),
        [publish("gone", QoS::AtMostOnce, None)]
    );
    assert_eq!(
        script.broker.poll_timeout(),
        None,
        "the witness has no keep alive"
    );
    script.now += Duration::from_secs(100_000);
    script.broker.handle_timeout(script.now);
    assert_eq!(script.closed(), []);
}

#[test]
fn a_kept_session_has_its_subscriptions_and_what_came_meanwhile() {
    let mut script = Script::default();
    let sender = script.connect("sender");
    let (link, present) = script.connect_kept("one");
    assert!(!present);
    script.subscribe(link, "a", QoS::AtLeastOnce);
    script.broker.handle_closed(link);
    script.says(sender, &publish("a", QoS::AtMostOnce, None));
    script.says(sender, &publish("a", QoS::AtLeastOnce, Some(1)));
    let link = script.broker.handle_open(script.now);
    let connect = Connect {
        client_id: "one".into(),
        ..Connect::default()
    };
    script.says(link, &Packet::Connect(connect));
    // QoS 0 is not kept, and what was never sent is no repetition [MQTT-3.3.1-1].
    assert_eq!(
        script.hears(link)[1..],
        [publish("a", QoS::AtLeastOnce, Some(1))]
    );
    script.says(sender, &publish("a", QoS::AtMostOnce, None));
    assert_eq!(script.hears(link), [publish("a", QoS::AtMostOnce, None)]);
}

#[test]
fn a_clean_session_ends_with_its_link_and_ends_a_kept_one() {
    let mut script = Script::default();
    let (link, _) = script.connect_kept("one");
    script.subscribe(link, "a", QoS::AtMostOnce);
    script.broker.handle_closed(link);
    let link = script.connect("one");
    script.says(link, &publish("a", QoS::AtMostOnce, None));
    assert_eq!(script.hears(link), []);
    script.broker.handle_closed(link);
    let (_, present) = script.connect_kept("one");
    assert!(!present);
}

#[test]
fn a_second_link_with_the_same_name_takes_over() {
    let mut script = Script::default();
    let (first, _) = script.connect_kept("one");
    script.subscribe(first, "a", QoS::AtMostOnce);
    let (second, present) = script.connect_kept("one");
    assert_eq!((script.closed(), present), (vec![first], true));
    script.broker.handle_closed(first);
    script.says(second, &publish("a", QoS::AtMostOnce, None));
    assert_eq!(script.hears(second), [publish("a", QoS::AtMostOnce, None)]);
}

#[test]
fn clients_without_a_name_do_not_take_each_other_s_place() {
    let mut script = Script::default();
    let [one, two] = [script.connect(""), script.connect("")];
    script.subscribe(one, "a", QoS::AtMostOnce);
    script.says(two, &publish("a", QoS::AtMostOnce, None));
    assert_eq!(script.hears(one).len(), 1);
    assert_eq!(script.closed(), []);
}

#[test]
fn a_session_without_a_name_is_refused_and_its_link_closed() {
    let mut script = Script::default();
    let link = script.broker.handle_open(script.now);
    script.says(link, &Packet::Connect(Connect::default()));
    let refusal = ConnAck::Refused(ConnectRefusal::IdentifierRejected);
    assert_eq!(script.hears(link), [Packet::ConnAck(refusal)]);
    assert_eq!(script.closed(), [link]);
}

#[test]
fn who_breaks_the_protocol_loses_its_link_and_nobody_else_does() {
    let mut script = Script::default();
    let good = script.connect("good");
    let early = script.broker.handle_open(script.now);
    script.says(early, &Packet::PingReq);
    let twice = script.connect("twice");
    script.says(twice, &Packet::Connect(Connect::default()));
    let reversed = script.connect("reversed");
    script.says(reversed, &Packet::PingResp);
    let garbled = script.connect("garbled");
    script.broker.handle_input(script.now, garbled, &[0xFF; 8]);
    assert_eq!(script.closed(), [early, twice, reversed, garbled]);
    script.says(good, &Packet::PingReq);
    assert_eq!(script.hears(good), [Packet::PingResp]);
}

#[test]
fn bytes_may_come_in_any_split() {
    let mut script = Script::default();
    let link = script.connect("one");
    script.subscribe(link, "a", QoS::AtMostOnce);
    let mut bytes = Vec::new();
    for _ in 0..3 {
        encode(&publish("a", QoS::AtMostOnce, None), &mut bytes).unwrap();
    }
    for byte in &bytes {
        script.broker.handle_input(script.now, link, &[*byte]);
    }
    assert_eq!(script.hears(link).len(), 3);
    script.broker.handle_input(script.now, link, &bytes);
    assert_eq!(script.hears(link).len(), 3);
}

#[test]
fn what_belongs_to_no_link_is_ignored() {
    let mut script = Script::default();
    let link = script.connect("one");
    script.broker.handle_closed(link);
    script.broker.handle_closed(link);
    script.says(link, &Packet::PingReq);
    assert_eq!((script.hears(link), script.closed()), (vec![], vec![]));
}
