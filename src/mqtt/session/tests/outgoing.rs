//! Publishing on one link: QoS 0, 1 and 2, order and bounds (sections 3.3, 4.3 and 4.6).

use super::*;

#[test]
fn qos_0_is_done_when_it_is_written() {
    let mut script = Script::online();
    let token = script.publishes(message("m", QoS::AtMostOnce));
    script.sends([publish(message("m", QoS::AtMostOnce), 0)]);
    script.tells([Event::Published(token)]);
    assert_eq!(script.session.queued_messages(), 0);
    assert_eq!(script.session.queued_bytes(), 0);
}

#[test]
fn qos_1_is_done_with_its_puback() {
    let mut script = Script::online();
    let token = script.publishes(message("m", QoS::AtLeastOnce));
    script.sends([publish(message("m", QoS::AtLeastOnce), 1)]);
    script.tells([]);
    assert_eq!(script.session.queued_bytes(), 2);
    script.receives(Packet::PubAck(id(1)));
    script.tells([Event::Published(token)]);
    assert_eq!(script.session.queued_messages(), 0);
    assert_eq!(script.session.queued_bytes(), 0);
}

#[test]
fn qos_2_is_done_with_its_pubcomp() {
    let mut script = Script::online();
    let token = script.publishes(message("m", QoS::ExactlyOnce));
    script.sends([publish(message("m", QoS::ExactlyOnce), 1)]);
    script.receives(Packet::PubRec(id(1)));
    script.sends([Packet::PubRel(id(1))]);
    script.tells([]);
    assert_eq!(
        script.session.queued_bytes(),
        0,
        "the message is the broker's"
    );
    script.receives(Packet::PubComp(id(1)));
    script.tells([Event::Published(token)]);
    assert_eq!(script.session.queued_messages(), 0);
}

#[test]
fn a_repeated_pubrec_is_answered_again() {
    let mut script = Script::online();
    let token = script.publishes(message("m", QoS::ExactlyOnce));
    script.receives(Packet::PubRec(id(1)));
    script.receives(Packet::PubRec(id(1)));
    let pubrel = || Packet::PubRel(id(1));
    let sent = publish(message("m", QoS::ExactlyOnce), 1);
    script.sends([sent, pubrel(), pubrel()]);
    script.receives(Packet::PubComp(id(1)));
    script.receives(Packet::PubComp(id(1)));
    script.tells([Event::Published(token)]);
}

#[test]
fn a_broker_without_qos_2_may_answer_it_with_puback() {
    let mut script = Script::online();
    let token = script.publishes(message("m", QoS::ExactlyOnce));
    script.receives(Packet::PubAck(id(1)));
    script.tells([Event::Published(token)]);
    assert_eq!(script.session.queued_bytes(), 0);
}

#[test]
fn acknowledgements_of_nothing_are_ignored_but_a_pubrec_is_answered() {
    let mut script = Script::online();
    script.receives(Packet::PubAck(id(9)));
    script.receives(Packet::PubComp(id(9)));
    script.sends([]);
    script.receives(Packet::PubRec(id(9)));
    script.sends([Packet::PubRel(id(9))]);
    script.tells([]);
    assert!(script.session.is_online());
}

#[test]
fn a_message_keeps_its_retain_and_never_its_dup() {
    let mut script = Script::online();
    let mut retained = message("m", QoS::AtLeastOnce);
    retained.retain = true;
    let mut given = retained.clone();
    given.dup = true;
    script.publishes(given);
    script.sends([publish(retained, 1)]);
}

#[test]
fn publishes_wait_for_the_link_and_go_out_in_order() {
    let mut script = Script::new(SessionOptions::new("me"));
    script.publishes(message("1", QoS::AtLeastOnce));
    script.publishes(message("2", QoS::AtMostOnce));
    script.publishes(message("3", QoS::ExactlyOnce));
    script.sends([]);
    script.connects(false);
    script.sends([
        publish(message("1", QoS::AtLeastOnce), 1),
        publish(message("2", QoS::AtMostOnce), 0),
        publish(message("3", QoS::ExactlyOnce), 2),
    ]);
}

#[test]
fn no_more_than_the_window_is_in_flight_and_nothing_overtakes() {
    let mut script = Script::new(SessionOptions {
        max_in_flight: 2,
        ..SessionOptions::new("me")
    });
    script.connects(false);
    for text in ["1", "2", "3"] {
        script.publishes(message(text, QoS::AtLeastOnce));
    }
    script.publishes(message("4", QoS::AtMostOnce));
    script.sends([
        publish(message("1", QoS::AtLeastOnce), 1),
        publish(message("2", QoS::AtLeastOnce), 2),
    ]);
    assert!(!script.session.has_unsent_publish(), "none that could go");
    script.receives(Packet::PubAck(id(2)));
    script.sends([
        publish(message("3", QoS::AtLeastOnce), 3),
        publish(message("4", QoS::AtMostOnce), 0),
    ]);
}

#[test]
fn qos_2_stays_in_the_window_until_its_pubcomp() {
    let mut script = Script::new(SessionOptions {
        max_in_flight: 1,
        ..SessionOptions::new("me")
    });
    script.connects(false);
    script.publishes(message("1", QoS::ExactlyOnce));
    script.publishes(message("2", QoS::ExactlyOnce));
    script.receives(Packet::PubRec(id(1)));
    script.sends([
        publish(message("1", QoS::ExactlyOnce), 1),
        Packet::PubRel(id(1)),
    ]);
    script.receives(Packet::PubComp(id(1)));
    script.sends([publish(message("2", QoS::ExactlyOnce), 2)]);
}

#[test]
fn pubrels_follow_the_order_of_their_pubrecs() {
    let mut script = Script::online();
    script.publishes(message("1", QoS::ExactlyOnce));
    script.publishes(message("2", QoS::ExactlyOnce));
    script.drain();
    script.written.clear();
    script.receives(Packet::PubRec(id(2)));
    script.receives(Packet::PubRec(id(1)));
    script.sends([Packet::PubRel(id(2)), Packet::PubRel(id(1))]);
}

#[test]
fn held_back_publishes_let_everything_else_pass() {
    let mut script = Script::online();
    script.may_publish = false;
    script.publishes(message("m", QoS::AtMostOnce));
    script.subscribes("a", QoS::AtMostOnce);
    script.receives(publish(message("in", QoS::AtLeastOnce), 5));
    script.session.check(script.now);
    script.sends([
        subscribe(1, &[("a", QoS::AtMostOnce)]),
        Packet::PubAck(id(5)),
        Packet::PingReq,
    ]);
    assert!(script.session.has_unsent_publish());
    script.may_publish = true;
    script.sends([publish(message("m", QoS::AtMostOnce), 0)]);
    assert!(!script.session.has_unsent_publish());
}

#[test]
fn a_waiting_publish_can_be_cancelled_and_a_sent_one_not() {
    let mut script = Script::online();
    let sent = script.publishes(message("sent", QoS::AtLeastOnce));
    script.may_publish = false;
    let token = script.publishes(message("waits", QoS::AtLeastOnce));
    assert!(script.session.cancel_publish(token));
    assert!(!script.session.cancel_publish(token), "a second time");
    assert!(!script.session.cancel_publish(sent));
    let error = PublishError::Cancelled;
    script.tells([Event::PublishFailed { token, error }]);
    script.may_publish = true;
    script.sends([publish(message("sent", QoS::AtLeastOnce), 1)]);
    assert_eq!(script.session.queued_bytes(), 5);
}

#[test]
fn the_queue_is_bounded_in_messages() {
    let mut script = Script::new(SessionOptions {
        max_queued_messages: 2,
        ..SessionOptions::new("me")
    });
    script.publishes(message("1", QoS::AtLeastOnce));
    script.publishes(message("2", QoS::AtMostOnce));
    let full = script.session.publish(message("3", QoS::AtMostOnce));
    assert_eq!(full, Err(PublishError::QueueFull));
    script.connects(false);
    let token = script.publishes(message("3", QoS::AtLeastOnce));
    let full = script.session.publish(message("4", QoS::AtMostOnce));
    assert_eq!(full, Err(PublishError::QueueFull), "exchanges count");
    script.receives(Packet::PubAck(id(1)));
    assert!(
        script
            .session
            .publish(message("4", QoS::AtMostOnce))
            .unwrap()
            > token
    );
}

#[test]
fn the_queue_is_bounded_in_bytes() {
    let mut script = Script::new(SessionOptions {
        max_queued_bytes: 10,
        ..SessionOptions::new("me")
    });
    let waiting = script.publishes(message("12345", QoS::AtMostOnce));
    let full = script.session.publish(message("1234", QoS::AtMostOnce));
    assert_eq!(full, Err(PublishError::QueueFull));
    script.publishes(message("123", QoS::AtMostOnce));
    assert_eq!(script.session.queued_bytes(), 10);
    assert!(script.session.cancel_publish(waiting));
    script.publishes(message("12345", QoS::AtMostOnce));
    let never = script
        .session
        .publish(message("1234567890", QoS::AtMostOnce));
    let (bytes, limit) = (11, 10);
    assert_eq!(never, Err(PublishError::TooLarge { bytes, limit }));
}

#[test]
fn a_message_that_no_packet_can_carry_is_refused_at_once() {
    let mut script = Script::online();
    for topic in ["", "a/#", "+", "a\0b"] {
        let mut message = message("m", QoS::AtMostOnce);
        message.topic = topic.into();
        let result = script.session.publish(message);
        assert!(matches!(result, Err(PublishError::Invalid(_))), "{topic:?}");
    }
    script.sends([]);
    assert_eq!(script.session.queued_messages(), 0);
}

#[test]
fn a_head_goes_past_the_queue_while_online() {
    let mut script = Script::new(SessionOptions::new("me"));
    let mut out = vec![0xa5];
    let now = script.now;
    let offline = script.session.write_publish_head(now, "to", 2, &mut out);
    assert_eq!(offline, Err(PublishError::Offline));
    assert_eq!(out, [0xa5]);
    script.connects(false);
    let invalid = script.session.write_publish_head(now, "to/+", 2, &mut out);
    assert!(matches!(invalid, Err(PublishError::Invalid(_))));
    script
        .session
        .write_publish_head(now, "to", 2, &mut out)
        .unwrap();
    assert_eq!(out, [0xa5, 0x30, 6, 0, 2, b't', b'o']);
    script.tells([]);
}

#[test]
fn a_hundred_thousand_publishes_leave_nothing_behind() {
    let mut script = Script::online();
    for round in 0..100_000_u32 {
        let qos = QoS::try_from(u8::try_from(round % 3).unwrap()).unwrap();
        script.publishes(message("m", qos));
        let Some(Packet::Publish(sent)) = script.written.pop() else {
            panic!("no PUBLISH");
        };
        match (qos, sent.packet_id) {
            (QoS::AtLeastOnce, Some(id)) => script.receives(Packet::PubAck(id)),
            (QoS::ExactlyOnce, Some(id)) => {
                script.receives(Packet::PubRec(id));
                script.receives(Packet::PubComp(id));
            }
            _ => {}
        }
        script.written.clear();
        assert!(matches!(
            script.session.poll_event(),
            Some(Event::Published(_))
        ));
    }
    assert_eq!(script.session.queued_messages(), 0);
    assert_eq!(script.session.queued_bytes(), 0);
    assert!(script.session.acknowledgements.capacity() < 16);
    assert!(script.session.events.capacity() < 16);
}
