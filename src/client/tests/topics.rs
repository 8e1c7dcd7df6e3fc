//! The topics that transfers listen on.

use super::*;

#[test]
fn begin_waits_for_the_suback() {
    let mut client = connected();
    client.send(5);
    client.sends(&["SUBSCRIBE ack"]).at(60_000).sends_nothing();
    client.grants("ack").sends(&["PUBLISH to begin"]);
}

#[test]
fn the_first_subscription_of_all_goes_out_before_the_link_is_up() {
    let mut client = script();
    client.client.connect(client.now);
    client.send(5);
    client
        .tells(&["open url 0"])
        .opens()
        .sends(&["CONNECT"])
        .accepts(false);
    client.sends(&["SUBSCRIBE ack"]).tells(&[]).grants("ack");
    client.tells(&["connected"]).sends(&["PUBLISH to begin"]);
}

#[test]
fn transfers_on_one_topic_share_a_subscription_and_the_last_one_ends_it() {
    let mut client = connected();
    client.send(5);
    client.send(5);
    client.sends(&["SUBSCRIBE ack"]).grants("ack");
    for start in [0, 2_000] {
        client
            .at(start)
            .sends(&["PUBLISH to begin"])
            .hears("ack", &begun());
        client.sends(&["PUBLISH to 0"]).hears("ack", &got(0));
        client
            .sends(&["PUBLISH to finish"])
            .hears("ack", &whole())
            .tells(&["done"]);
    }
    client
        .at(3_999)
        .sends_nothing()
        .at(4_000)
        .sends(&["UNSUBSCRIBE ack"]);
    let id = client.ids["UNSUBSCRIBE ack"];
    client
        .says(&Packet::UnsubAck(id))
        .tells(&[])
        .sends_nothing();
    assert_eq!(client.client.poll_timeout(client.now), None);
}

#[test]
fn a_subscription_of_the_user_s_that_covers_the_topic_is_enough() {
    let mut client = connected();
    let now = client.now;
    client
        .client
        .subscribe(now, "ack/+", QoS::AtMostOnce)
        .unwrap();
    client.send_with(5, |request| request.from = "ack/7".into(), |_| {});
    client.sends(&["SUBSCRIBE ack/+"]).at(1_000).sends_nothing();
    client
        .grants("ack/+")
        .tells(&["subscribed"])
        .sends(&["PUBLISH to begin"]);
    client
        .hears("ack/7", &begun())
        .tells(&["message ack/7 for 1"])
        .sends(&["PUBLISH to 0"]);
}

#[test]
fn when_the_covering_subscription_ends_the_transfer_gets_its_own_and_goes_on_after_its_suback() {
    let mut client = connected();
    let now = client.now;
    let covering = client
        .client
        .subscribe(now, "ack/+", QoS::AtMostOnce)
        .unwrap();
    client.send_with(5, |request| request.from = "ack/7".into(), |_| {});
    client
        .sends(&["SUBSCRIBE ack/+"])
        .grants("ack/+")
        .sends(&["PUBLISH to begin"]);
    client.hears("ack/7", &begun()).sends(&["PUBLISH to 0"]);
    client.client.unsubscribe(now, covering);
    client
        .sends(&["UNSUBSCRIBE ack/+", "SUBSCRIBE ack/7"])
        .at(60_000)
        .sends_nothing();
    client.grants("ack/7").sends(&["PUBLISH to 0"]);
}

#[test]
fn a_covering_subscription_that_is_refused_is_replaced_by_one_of_its_own() {
    let mut client = connected();
    client
        .client
        .subscribe(client.now, "ack/+", QoS::AtMostOnce)
        .unwrap();
    client.send_with(5, |request| request.from = "ack/7".into(), |_| {});
    client
        .sends(&["SUBSCRIBE ack/+"])
        .refuses("ack/+")
        .tells(&["subscription refused"]);
    client
        .sends(&["SUBSCRIBE ack/7"])
        .grants("ack/7")
        .sends(&["PUBLISH to begin"]);
}

#[test]
fn a_refused_subscription_fails_the_transfer_and_the_next_one_asks_anew() {
    let mut client = connected();
    client.send(5);
    client
        .sends(&["SUBSCRIBE ack"])
        .refuses("ack")
        .tells(&["failed: refused"]);
    client.at(10_000).sends_nothing();
    client.send(5);
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
}

#[test]
fn one_that_is_refused_on_a_later_link_fails_it_too_and_the_next_one_asks_anew() {
    let mut client = connected();
    client.sends_image(5);
    client
        .sends(&["PUBLISH to 0"])
        .reconnects_at(500)
        .accepts(false);
    client
        .sends(&["SUBSCRIBE ack"])
        .refuses("ack")
        .tells(&["connected", "failed: refused"]);
    client.at(10_000).sends_nothing();
    client.send(5);
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
}

#[test]
fn a_covering_one_that_a_later_link_refuses_no_longer_counts() {
    let mut client = connected();
    client
        .client
        .subscribe(client.now, "ack/+", QoS::AtMostOnce)
        .unwrap();
    client
        .sends(&["SUBSCRIBE ack/+"])
        .grants("ack/+")
        .tells(&["subscribed"]);
    client
        .reconnects_at(500)
        .accepts(false)
        .sends(&["SUBSCRIBE ack/+"])
        .refuses("ack/+");
    client.tells(&["notice subscription-refused: ack/+", "connected"]);
    client.send_with(5, |request| request.from = "ack/7".into(), |_| {});
    client
        .sends(&["SUBSCRIBE ack/7"])
        .grants("ack/7")
        .sends(&["PUBLISH to begin"]);
}

#[test]
fn a_retained_feedback_answers_nothing() {
    let mut client = connected();
    client.send(5);
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client.hears_retained("ack", &begun(), true).sends_nothing();
    client.hears("ack", &begun()).sends(&["PUBLISH to 0"]);
}

fn patient(options: &mut TransferOptions) {
    options.wait_for_device = Duration::from_secs(600);
}

#[test]
fn a_message_on_the_wake_topic_has_begin_sent_at_once_and_a_retained_one_does_not() {
    let mut client = connected();
    client.send_with(5, |request| request.wake = Some("up".into()), patient);
    client
        .sends(&["SUBSCRIBE up ack"])
        .grants("up ack")
        .sends(&["PUBLISH to begin"]);
    client
        .at(500)
        .hears_retained("up", b"", true)
        .sends_nothing();
    client
        .hears("up", b"")
        .sends(&["PUBLISH to begin"])
        .tells(&[]);
}

#[test]
fn the_wake_topic_is_let_go_of_with_its_last_transfer() {
    let mut client = connected();
    let wake = |request: &mut SendRequest| request.wake = Some("up".into());
    let first = client.send_with(5, wake, patient);
    let other = |request: &mut SendRequest| {
        request.wake = Some("up".into());
        request.to = "other".into();
    };
    let second = client.send_with(5, other, patient);
    client
        .sends(&["SUBSCRIBE up ack"])
        .grants("up ack")
        .sends(&["PUBLISH to begin"]);
    let now = client.now;
    client.client.cancel(now, first);
    client.sends_nothing();
    client.client.cancel(now, second);
    client
        .sends(&["UNSUBSCRIBE up"])
        .tells(&["failed: aborted", "failed: aborted"]);
}

#[test]
fn a_wake_topic_that_is_the_feedback_topic_does_not_take_it_along() {
    let mut client = connected();
    let wake = |request: &mut SendRequest| request.wake = Some("ack".into());
    let first = client.send_with(5, wake, patient);
    client.send(5);
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client.hears("ack", &begun()).sends(&["PUBLISH to 0"]);
    // The second one runs; the first gives up meanwhile, and its wake topic with it.
    client.client.cancel(client.now, first);
    let sent = client.drain(usize::MAX);
    assert!(!sent.contains(&"UNSUBSCRIBE ack".to_owned()), "{sent:?}");
    client.hears("ack", &got(0)).sends(&["PUBLISH to finish"]);
}

#[test]
fn the_user_hears_of_its_own_subscriptions_only() {
    let mut client = connected();
    let now = client.now;
    let own = client.client.subscribe(now, "x", QoS::AtMostOnce).unwrap();
    let id = client.send(5);
    client
        .sends(&["SUBSCRIBE x ack"])
        .grants("x ack")
        .tells(&["subscribed"]);
    client
        .hears("ack", b"?")
        .hears("x", b"!")
        .tells(&["message x for 1"]);
    client.client.cancel(now, id);
    client.client.unsubscribe(now, own);
    client.sends(&["UNSUBSCRIBE ack x"]);
    let packet_id = client.ids["UNSUBSCRIBE ack x"];
    client.says(&Packet::UnsubAck(packet_id));
    client.tells(&["failed: aborted", "unsubscribed"]);
}

#[test]
fn a_topic_that_cannot_be_one_is_refused_by_the_name_of_its_option() {
    let mut client = connected();
    let now = client.now;
    let mut option = |to: &str, from: &str, wake: &str| {
        let request = SendRequest {
            to: to.into(),
            from: from.into(),
            qos: QoS::AtMostOnce,
            wake: Some(wake.into()),
        };
        match client.client.reserve(now, &request) {
            Err(Error::Invalid { option, .. }) => option,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(option("", "a", "a"), "to");
    assert_eq!(option("a", "b/#", "a"), "from");
    assert_eq!(option("a", "b", "+"), "wake");
    client.sends_nothing();
}
