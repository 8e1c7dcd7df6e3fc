//! Messages from the broker: QoS 0, 1 and 2 (sections 4.3 and 4.6).

use super::*;

#[test]
fn qos_0_is_delivered_as_it_comes() {
    let mut script = Script::online();
    let mut retained = message("m", QoS::AtMostOnce);
    retained.retain = true;
    script.receives(publish(retained.clone(), 0));
    script.tells([Event::Message(retained)]);
    script.sends([]);
}

#[test]
fn qos_1_is_acknowledged_and_delivered_each_time() {
    let mut script = Script::online();
    script.receives(publish(message("m", QoS::AtLeastOnce), 5));
    script.receives(publish_dup(message("m", QoS::AtLeastOnce), 5));
    script.sends([Packet::PubAck(id(5)), Packet::PubAck(id(5))]);
    let mut again = message("m", QoS::AtLeastOnce);
    again.dup = true;
    script.tells([
        Event::Message(message("m", QoS::AtLeastOnce)),
        Event::Message(again),
    ]);
}

#[test]
fn qos_2_is_delivered_once_until_its_pubrel() {
    let mut script = Script::online();
    script.receives(publish(message("m", QoS::ExactlyOnce), 5));
    script.receives(publish_dup(message("m", QoS::ExactlyOnce), 5));
    script.sends([Packet::PubRec(id(5)), Packet::PubRec(id(5))]);
    script.tells([Event::Message(message("m", QoS::ExactlyOnce))]);
    script.receives(Packet::PubRel(id(5)));
    script.sends([Packet::PubComp(id(5))]);
    script.receives(publish(message("next", QoS::ExactlyOnce), 5));
    script.sends([Packet::PubRec(id(5))]);
    script.tells([Event::Message(message("next", QoS::ExactlyOnce))]);
}

#[test]
fn qos_2_that_comes_again_on_the_next_link_of_a_kept_session_is_not_new() {
    let mut script = Script::online_with_kept_session();
    script.receives(publish(message("m", QoS::ExactlyOnce), 5));
    script.tells([Event::Message(message("m", QoS::ExactlyOnce))]);
    script.closes();
    script.connects(true);
    script.receives(publish_dup(message("m", QoS::ExactlyOnce), 5));
    script.tells([]);
    script.receives(Packet::PubRel(id(5)));
    script.sends([Packet::PubRec(id(5)), Packet::PubComp(id(5))]);
}

#[test]
fn a_lost_session_forgets_which_qos_2_messages_came() {
    for mut script in [Script::online(), Script::online_with_kept_session()] {
        script.receives(publish(message("old", QoS::ExactlyOnce), 5));
        script.tells([Event::Message(message("old", QoS::ExactlyOnce))]);
        script.closes();
        script.connects(false);
        script.receives(publish(message("new", QoS::ExactlyOnce), 5));
        script.tells([Event::Message(message("new", QoS::ExactlyOnce))]);
    }
}

#[test]
fn an_unknown_pubrel_is_answered_too() {
    let mut script = Script::online();
    script.receives(Packet::PubRel(id(5)));
    script.sends([Packet::PubComp(id(5))]);
    script.tells([]);
}

#[test]
fn acknowledgements_keep_the_order_of_arrival() {
    let mut script = Script::online();
    let mut bytes = Vec::new();
    for (qos, packet_id) in [
        (QoS::ExactlyOnce, 3),
        (QoS::AtLeastOnce, 2),
        (QoS::ExactlyOnce, 1),
    ] {
        encode(&publish(message("m", qos), packet_id), &mut bytes).unwrap();
    }
    script.receives_bytes(&bytes);
    script.sends([
        Packet::PubRec(id(3)),
        Packet::PubAck(id(2)),
        Packet::PubRec(id(1)),
    ]);
}

#[test]
fn incoming_and_outgoing_identifiers_are_worlds_apart() {
    let mut script = Script::online();
    let token = script.publishes(message("out", QoS::ExactlyOnce));
    script.receives(publish(message("in", QoS::ExactlyOnce), 1));
    script.receives(Packet::PubRel(id(1)));
    script.sends([
        publish(message("out", QoS::ExactlyOnce), 1),
        Packet::PubRec(id(1)),
        Packet::PubComp(id(1)),
    ]);
    script.receives(Packet::PubRec(id(1)));
    script.receives(Packet::PubComp(id(1)));
    script.tells([
        Event::Message(message("in", QoS::ExactlyOnce)),
        Event::Published(token),
    ]);
}

#[test]
fn messages_may_come_before_the_subscriptions_are_made_again() {
    let mut script = Script::online();
    script.subscribes("t", QoS::AtMostOnce);
    script.receives(suback(1, &[Ok(QoS::AtMostOnce)]));
    script.closes();
    script.connects(false);
    script.written.clear();
    assert_eq!(script.session.state(), LinkState::Resubscribing);
    script.receives(publish(message("m", QoS::AtLeastOnce), 1));
    script.sends([Packet::PubAck(id(1))]);
}
