//! Subscriptions of a whole session, with its links (sections 3.8 to 3.11).

use super::*;

#[test]
fn a_subscription_is_granted_by_its_suback() {
    let mut script = Script::online();
    let id = script.subscribes("a/+", QoS::ExactlyOnce);
    script.sends([subscribe(1, &[("a/+", QoS::ExactlyOnce)])]);
    script.tells([]);
    script.receives(suback(1, &[Ok(QoS::AtLeastOnce)]));
    script.tells([subscribed(id, QoS::AtLeastOnce)]);
}

#[test]
fn subscriptions_made_before_the_link_go_out_before_publishes() {
    let mut script = Script::new(SessionOptions::new("me"));
    let id = script.subscribes("a", QoS::AtMostOnce);
    script.publishes(message("m", QoS::AtMostOnce));
    script.connects(false);
    script.sends([subscribe(1, &[("a", QoS::AtMostOnce)])]);
    assert!(!script.session.has_unsent_publish());
    script.receives(suback(1, &[Ok(QoS::AtMostOnce)]));
    script.sends([publish(message("m", QoS::AtMostOnce), 0)]);
    let events: Vec<Event> = core::iter::from_fn(|| script.session.poll_event()).collect();
    assert_eq!(
        events[..2],
        [subscribed(id, QoS::AtMostOnce), Event::Online]
    );
}

#[test]
fn subscriptions_are_made_again_eight_at_a_time() {
    let mut script = Script::online();
    let names: Vec<String> = (10..27).map(|number| format!("device/{number}")).collect();
    let ids: Vec<_> = names
        .iter()
        .map(|name| script.subscribes(name, QoS::AtMostOnce))
        .collect();
    for number in 1..=17 {
        script.receives(suback(number, &[Ok(QoS::AtMostOnce)]));
    }
    script.tells(ids.iter().map(|id| subscribed(*id, QoS::AtMostOnce)));
    script.closes();
    script.connects(false);
    let filters: Vec<(&str, QoS)> = names
        .iter()
        .map(|name| (name.as_str(), QoS::AtMostOnce))
        .collect();
    script.sends([
        subscribe(18, &filters[..8]),
        subscribe(19, &filters[8..16]),
        subscribe(20, &filters[16..]),
    ]);
    script.receives(suback(18, &[Ok(QoS::AtMostOnce); 8]));
    script.receives(suback(20, &[Ok(QoS::AtMostOnce)]));
    script.tells([]);
    script.receives(suback(19, &[Ok(QoS::AtMostOnce); 8]));
    script.tells([Event::Online]);
}

#[test]
fn a_kept_session_makes_again_only_what_is_new() {
    let mut script = Script::online_with_kept_session();
    script.subscribes("old", QoS::AtMostOnce);
    script.receives(suback(1, &[Ok(QoS::AtMostOnce)]));
    script.closes();
    script.written.clear();
    let new = script.subscribes("new", QoS::AtMostOnce);
    script.connects(true);
    script.sends([subscribe(2, &[("new", QoS::AtMostOnce)])]);
    script.receives(suback(2, &[Ok(QoS::AtMostOnce)]));
    script.tells([subscribed(new, QoS::AtMostOnce), Event::Online]);
    script.closes();
    script.connects(true);
    script.sends([]);
    assert!(script.session.is_online());
}

#[test]
fn a_kept_session_that_the_broker_lost_makes_all_again() {
    let mut script = Script::online_with_kept_session();
    script.subscribes("a", QoS::AtMostOnce);
    script.receives(suback(1, &[Ok(QoS::AtMostOnce)]));
    script.closes();
    script.connects(false);
    script.sends([subscribe(2, &[("a", QoS::AtMostOnce)])]);
}

#[test]
fn after_a_connect_that_was_not_answered_a_kept_session_makes_all_again() {
    let mut script = Script::online_with_kept_session();
    script.subscribes("a", QoS::AtMostOnce);
    script.receives(suback(1, &[Ok(QoS::AtMostOnce)]));
    script.session.events.clear();
    script.closes();
    // The broker has restarted and begins a new session; the CONNACK that says so is lost with the link.
    script.opens();
    script.closes();
    script.connects(true);
    script.sends([subscribe(2, &[("a", QoS::AtMostOnce)])]);
    script.receives(suback(2, &[Ok(QoS::AtMostOnce)]));
    script.tells([Event::Online]);
    script.closes();
    script.connects(true);
    script.sends([]);
}

#[test]
fn a_broker_that_cuts_on_subscribe_never_sees_online() {
    let mut script = Script::online();
    script.subscribes("a", QoS::AtMostOnce);
    for _ in 0..3 {
        script.closes();
        script.connects(false);
        assert_eq!(script.session.state(), LinkState::Resubscribing);
    }
    script.tells([]);
}

#[test]
fn a_refusal_also_lets_the_session_be_online() {
    let mut script = Script::online();
    let id = script.subscribes("a", QoS::AtMostOnce);
    script.receives(suback(1, &[Ok(QoS::AtMostOnce)]));
    script.closes();
    script.connects(false);
    script.receives(suback(2, &[Err(SubscribeRefused)]));
    script.tells([refused(id), Event::Online]);
}

#[test]
fn an_unsubscribe_while_the_subscriptions_are_made_again_lets_it_be_online() {
    let mut script = Script::new(SessionOptions::new("me"));
    let id = script.subscribes("a", QoS::AtMostOnce);
    script
        .session
        .handle_open(script.now, &Credentials::default());
    let mut out = Vec::new();
    script.session.poll_transmit(script.now, true, &mut out);
    script.session.handle_input(script.now, &[0x20, 2, 0, 0]);
    assert!(script.session.unsubscribe(id), "before SUBSCRIBE went out");
    let session_present = false;
    script.sends([]);
    script.tells([
        Event::Connected { session_present },
        Event::Unsubscribed(id),
        Event::Online,
    ]);
}

#[test]
fn after_unsubscribe_no_handler_matches_though_messages_still_come() {
    let mut script = Script::online();
    let id = script.subscribes("t", QoS::AtMostOnce);
    script.receives(suback(1, &[Ok(QoS::AtMostOnce)]));
    assert_eq!(script.session.matching("t").collect::<Vec<_>>(), [id]);
    script.session.events.clear();
    assert!(script.session.unsubscribe(id));
    assert!(!script.session.unsubscribe(id));
    script.written.clear();
    script.receives(publish(message("m", QoS::AtMostOnce), 0));
    assert_eq!(script.session.matching("t").count(), 0);
    script.receives(Packet::UnsubAck(super::id(2)));
    script.tells([
        Event::Message(message("m", QoS::AtMostOnce)),
        Event::Unsubscribed(id),
    ]);
}

#[test]
fn an_invalid_filter_is_named() {
    let mut script = Script::online();
    for filter in ["", "a#", "+b", "a/#/b"] {
        let invalid = script
            .session
            .subscribe(filter, QoS::AtMostOnce)
            .unwrap_err();
        assert_eq!(invalid.option, "filter");
    }
    script.sends([]);
}
