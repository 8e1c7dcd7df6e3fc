//! Messages both ways, at every QoS, retained and as a will.

use core::time::Duration;

use mqtt_image_sender::mqtt::{QoS, Will};

use super::support::mosquitto::Mosquitto;
use super::support::peer::{Peer, message, options, random_bytes};

const ALL: [QoS; 3] = [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce];
/// Long enough for what would be wrong to come.
const A_WHILE: Duration = Duration::from_millis(300);

#[test]
fn each_qos_delivers_once_and_the_lower_one_counts() {
    let broker = Mosquitto::start();
    let mut sender = Peer::connect(broker.address(), options("sender"));
    for granted in ALL {
        let mut receiver = Peer::connect(broker.address(), options("receiver"));
        receiver.subscribe("t/#", granted);
        for qos in ALL {
            let topic = format!("t/{}", u8::from(qos));
            sender.publish(message(&topic, "hello", qos));
            let got = receiver.message();
            assert_eq!(
                (got.topic.as_str(), &got.payload[..]),
                (&topic[..], &b"hello"[..])
            );
            assert_eq!(got.qos, qos.min(granted));
            assert!(!got.retain && !got.dup);
        }
        assert_eq!(receiver.messages_within(A_WHILE), []);
    }
}

#[test]
fn a_thousand_of_each_qos_arrive_in_order() {
    let broker = Mosquitto::start();
    let mut receiver = Peer::connect(broker.address(), options("receiver"));
    receiver.subscribe("t/+", QoS::ExactlyOnce);
    let mut sender = Peer::connect(broker.address(), options("sender"));
    for qos in ALL {
        let topic = format!("t/{}", u8::from(qos));
        let last = (0_u32..1_000)
            .map(|number| sender.post(message(&topic, number.to_be_bytes(), qos)))
            .last();
        sender.published(last.unwrap());
        for number in 0_u32..1_000 {
            let got = receiver.message();
            assert_eq!(got.payload, number.to_be_bytes(), "{got:?}");
        }
    }
    assert_eq!(receiver.messages_within(A_WHILE), []);
}

#[test]
fn large_messages_pass_both_ways() {
    let broker = Mosquitto::start();
    let mut peer = Peer::connect(broker.address(), options("large"));
    peer.subscribe("t", QoS::ExactlyOnce);
    for (length, qos) in [0, 1, 127, 128, 60_000, 900_000]
        .into_iter()
        .zip(ALL.iter().cycle())
    {
        let payload = random_bytes(length, 1);
        peer.publish(message("t", payload.clone(), *qos));
        // Not assert_eq!: it would print them.
        assert!(peer.message().payload == payload, "{length} bytes");
    }
}

#[test]
fn a_retained_message_meets_those_who_come_later() {
    let broker = Mosquitto::start();
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let mut early = Peer::connect(broker.address(), options("early"));
    early.subscribe("t", QoS::AtLeastOnce);
    for payload in ["first", "second"] {
        let mut retained = message("t", payload, QoS::AtLeastOnce);
        retained.retain = true;
        sender.publish(retained);
        let got = early.message();
        assert!(!got.retain, "it is new to one who is there");
        assert_eq!(got.payload, payload.as_bytes());
    }
    let mut late = Peer::connect(broker.address(), options("late"));
    late.subscribe("t", QoS::AtLeastOnce);
    let got = late.message();
    assert!(got.retain);
    assert_eq!(got.payload, b"second");

    let mut nothing = message("t", "", QoS::AtLeastOnce);
    nothing.retain = true;
    sender.publish(nothing);
    assert_eq!(late.message().payload, b"");
    let mut later = Peer::connect(broker.address(), options("later"));
    later.subscribe("t", QoS::AtLeastOnce);
    assert_eq!(later.messages_within(A_WHILE), []);
}

#[test]
fn a_will_is_for_those_who_leave_without_a_word() {
    let broker = Mosquitto::start();
    let mut witness = Peer::connect(broker.address(), options("witness"));
    witness.subscribe("will/#", QoS::ExactlyOnce);
    for (qos, retain) in [(QoS::AtMostOnce, false), (QoS::ExactlyOnce, true)] {
        let mut with_will = options("mortal");
        with_will.session.will = Some(Will {
            topic: "will/é".to_owned(),
            payload: vec![0, 255, 7],
            qos,
            retain,
        });
        Peer::connect(broker.address(), with_will.clone()).close();
        assert_eq!(witness.messages_within(A_WHILE), []);

        // The socket closes with its owner.
        drop(Peer::connect(broker.address(), with_will));
        let will = witness.message();
        assert_eq!(
            (will.topic.as_str(), &will.payload[..]),
            ("will/é", &[0, 255, 7][..])
        );
        assert_eq!(will.qos, qos);
        let mut late = Peer::connect(broker.address(), options("late"));
        late.subscribe("will/#", QoS::ExactlyOnce);
        let kept = late.messages_within(A_WHILE);
        assert_eq!(!kept.is_empty(), retain);
    }
}

#[test]
fn each_overlapping_subscription_sees_each_publish_once() {
    let broker = Mosquitto::start();
    let mut peer = Peer::connect(broker.address(), options("c"));
    let ids = ["a/#", "a/+", "a/b", "a/b"].map(|filter| peer.subscribe(filter, QoS::AtLeastOnce));
    peer.publish(message("a/b", "x", QoS::AtLeastOnce));
    assert_eq!(peer.delivery().1, ids);
    peer.drive(A_WHILE);
    // A broker may send a copy for each filter; this one sends as many to any client.
    peer.messages_within(A_WHILE);

    peer.unsubscribe(ids[3]);
    peer.publish(message("a/b", "y", QoS::AtLeastOnce));
    assert_eq!(peer.delivery().1, ids[..3]);
    peer.messages_within(A_WHILE);
    peer.unsubscribe(ids[2]);
    peer.unsubscribe(ids[1]);
    peer.publish(message("a/b", "z", QoS::AtLeastOnce));
    assert_eq!(peer.delivery().1, ids[..1]);
    peer.unsubscribe(ids[0]);
    peer.publish(message("a/b", "nobody", QoS::AtLeastOnce));
    assert_eq!(peer.messages_within(A_WHILE), []);
}

#[test]
fn after_an_unsubscribe_nothing_is_handed_out_though_messages_come_in() {
    let broker = Mosquitto::start();
    let mut peer = Peer::connect(broker.address(), options("c"));
    let id = peer.subscribe("t", QoS::AtLeastOnce);
    let tokens: Vec<_> = (0..200_u8)
        .map(|number| peer.post(message("t", [number], QoS::AtLeastOnce)))
        .collect();
    assert_eq!(peer.message().payload, [0]);
    peer.unsubscribe(id);
    // What came before it was asked for has been handed out; from here on nothing is.
    peer.forget_messages();
    for token in tokens {
        peer.published(token);
    }
    assert_eq!(peer.messages_within(A_WHILE), []);
}
