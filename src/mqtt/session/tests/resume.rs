//! What goes on, begins again or is done when a link falls and the next one comes (section 4.4).

use super::*;

/// Publishes "1" to "4": QoS 1 unacknowledged, QoS 2 without PUBREC, QoS 2 with PUBREC, and one that waits.
fn cut_in_the_middle(options: SessionOptions) -> (Script, [PublishToken; 4]) {
    let mut script = Script::new(SessionOptions {
        max_in_flight: 3,
        ..options
    });
    script.connects(false);
    let tokens = [
        script.publishes(message("1", QoS::AtLeastOnce)),
        script.publishes(message("2", QoS::ExactlyOnce)),
        script.publishes(message("3", QoS::ExactlyOnce)),
        script.publishes(message("4", QoS::AtLeastOnce)),
    ];
    script.receives(Packet::PubRec(id(3)));
    script.closes();
    script.written.clear();
    script.tells([]);
    (script, tokens)
}

#[test]
fn a_kept_session_goes_on_where_it_stood() {
    let (mut script, tokens) = cut_in_the_middle(kept());
    script.connects(true);
    script.sends([
        Packet::PubRel(id(3)),
        publish_dup(message("1", QoS::AtLeastOnce), 1),
        publish_dup(message("2", QoS::ExactlyOnce), 2),
    ]);
    script.receives(Packet::PubComp(id(3)));
    script.sends([publish(message("4", QoS::AtLeastOnce), 4)]);
    script.receives(Packet::PubAck(id(1)));
    script.receives(Packet::PubRec(id(2)));
    script.receives(Packet::PubComp(id(2)));
    script.receives(Packet::PubAck(id(4)));
    let [one, two, three, four] = tokens;
    script.tells([three, one, two, four].map(Event::Published));
    assert_eq!(script.session.queued_messages(), 0);
    assert_eq!(script.session.queued_bytes(), 0);
}

#[test]
fn a_lost_session_begins_again_what_the_broker_may_not_have() {
    for options in [kept(), SessionOptions::new("me")] {
        let (mut script, [_, _, three, _]) = cut_in_the_middle(options);
        script.connects(false);
        // PUBREC had come: the broker owns the message since.
        script.tells([Event::Published(three)]);
        script.sends([
            publish(message("1", QoS::AtLeastOnce), 4),
            publish(message("2", QoS::ExactlyOnce), 5),
            publish(message("4", QoS::AtLeastOnce), 6),
        ]);
        assert_eq!(script.session.queued_bytes(), 6);
    }
}

#[test]
fn publishes_made_while_the_link_is_down_come_after_those_before() {
    for session_present in [true, false] {
        let mut script = Script::online_with_kept_session();
        script.publishes(message("1", QoS::AtLeastOnce));
        script.closes();
        script.written.clear();
        script.publishes(message("2", QoS::AtMostOnce));
        script.connects(session_present);
        let payloads: Vec<_> = script
            .written
            .iter()
            .map(|packet| match packet {
                Packet::Publish(publish) => (publish.message.payload[0], publish.message.dup),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(payloads, [(b'1', session_present), (b'2', false)]);
    }
}

#[test]
fn a_resend_is_a_resend_on_every_further_link() {
    let mut script = Script::online_with_kept_session();
    script.publishes(message("1", QoS::AtLeastOnce));
    script.sends([publish(message("1", QoS::AtLeastOnce), 1)]);
    for _ in 0..3 {
        script.closes();
        script.connects(true);
        script.sends([publish_dup(message("1", QoS::AtLeastOnce), 1)]);
    }
    script.closes();
    script.connects(false);
    script.sends([publish(message("1", QoS::AtLeastOnce), 2)]);
}

#[test]
fn a_link_that_falls_again_in_the_middle_of_the_resends_loses_none() {
    let mut script = Script::online_with_kept_session();
    let texts = ["1", "2", "3"];
    for text in texts {
        script.publishes(message(text, QoS::AtLeastOnce));
    }
    script.closes();
    script.may_publish = false;
    script.connects(true);
    let mut out = Vec::new();
    script
        .session
        .poll_transmit(script.now, true, &mut out)
        .unwrap();
    script.closes();
    script.may_publish = true;
    script.connects(true);
    let resent = [1, 2, 3].map(|packet_id: u16| {
        let text = packet_id.to_string();
        publish_dup(message(&text, QoS::AtLeastOnce), packet_id)
    });
    script.sends(resent);
}

#[test]
fn resends_are_publishes_and_wait_for_the_rate() {
    let (mut script, _) = cut_in_the_middle(kept());
    script.may_publish = false;
    script.connects(true);
    script.sends([Packet::PubRel(id(3))]);
    assert!(script.session.has_unsent_publish());
}

#[test]
fn an_acknowledgement_that_comes_before_the_resend_saves_it() {
    let mut script = Script::online_with_kept_session();
    let token = script.publishes(message("1", QoS::AtLeastOnce));
    script.closes();
    script.may_publish = false;
    script.connects(true);
    script.receives(Packet::PubAck(id(1)));
    script.tells([Event::Published(token)]);
    script.may_publish = true;
    script.sends([]);
}

#[test]
fn resends_wait_until_the_subscriptions_are_made_again() {
    let mut script = Script::online_with_kept_session();
    script.subscribes("a", QoS::AtMostOnce);
    script.publishes(message("1", QoS::AtLeastOnce));
    script.publishes(message("2", QoS::ExactlyOnce));
    script.receives(Packet::PubRec(id(3)));
    script.closes();
    script.written.clear();
    // The SUBACK had not come, so that the broker may or may not know it.
    script.connects(true);
    script.sends([subscribe(4, &[("a", QoS::AtMostOnce)])]);
    assert_eq!(script.session.state(), LinkState::Resubscribing);
    script.receives(suback(4, &[Ok(QoS::AtMostOnce)]));
    script.sends([
        Packet::PubRel(id(3)),
        publish_dup(message("1", QoS::AtLeastOnce), 2),
    ]);
}

#[test]
fn acknowledgements_that_were_not_written_are_not_carried_to_the_next_link() {
    let mut script = Script::online_with_kept_session();
    let mut bytes = Vec::new();
    encode(&publish(message("m", QoS::AtLeastOnce), 5), &mut bytes).unwrap();
    script.session.handle_input(script.now, &bytes);
    script.session.handle_closed(script.now);
    script.connects(true);
    script.sends([]);
}

#[test]
fn none_fails_because_the_link_fell() {
    let (mut script, _) = cut_in_the_middle(kept());
    for _ in 0..100 {
        script.opens();
        script.closes();
    }
    script.tells([]);
    assert_eq!(script.session.queued_messages(), 4);
}
