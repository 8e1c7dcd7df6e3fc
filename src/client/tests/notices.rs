//! What a person is told although nothing failed.

use super::*;

#[test]
fn feedback_that_nobody_asked_for_is_another_sender_s() {
    let mut client = connected();
    client.sends_image(50);
    client.sends(&["PUBLISH to 0"]).hears("ack", &got(3));
    client.hears("ack", &got(4)).hears("ack", &got(0));
    client
        .sends(&["PUBLISH to 1"])
        .tells(&["notice another-sender: to"]);
}

#[test]
fn a_feedback_topic_whose_dots_arrive_as_slashes_is_told_once() {
    let mut client = connected();
    client.send_with(5, |request| request.from = "signs/a.1/ack".into(), |_| {});
    client
        .sends(&["SUBSCRIBE signs/a.1/ack"])
        .grants("signs/a.1/ack")
        .sends(&["PUBLISH to begin"]);
    client.hears("signs/a/1/ack", &begun()).sends_nothing();
    client.hears("signs/a/1/ack", &begun());
    client.tells(&["notice topic-rewritten: signs/a.1/ack"]);
}

#[test]
fn it_is_told_even_where_the_user_hears_every_topic() {
    let mut client = connected();
    let now = client.now;
    assert!(client.client.subscribe(now, "#", QoS::AtMostOnce).is_ok());
    client.send_with(5, |request| request.from = "a.1".into(), |_| {});
    client
        .sends(&["SUBSCRIBE #"])
        .grants("#")
        .sends(&["PUBLISH to begin"]);
    client.hears("a/1", &begun());
    client.tells(&[
        "subscribed",
        "notice topic-rewritten: a.1",
        "message a/1 for 1",
    ]);
}

#[test]
fn so_is_a_filter_of_the_user_s_and_a_wake_topic() {
    let mut client = connected();
    let now = client.now;
    let subscribed = client.client.subscribe(now, "a.b/#", QoS::AtMostOnce);
    assert!(subscribed.is_ok());
    client.send_with(5, |request| request.wake = Some("up.7".into()), |_| {});
    client.hears("a/b/c", b"").hears("up/7", b"");
    client.tells(&[
        "notice topic-rewritten: a.b/#",
        "notice topic-rewritten: up.7",
    ]);
}

#[test]
fn a_message_that_no_rewriting_explains_is_no_news() {
    let mut client = connected();
    let now = client.now;
    let own = client.client.subscribe(now, "x", QoS::AtMostOnce).unwrap();
    client
        .sends(&["SUBSCRIBE x"])
        .grants("x")
        .tells(&["subscribed"]);
    client.client.unsubscribe(now, own);
    client.hears("x", b"late").hears("a/1/ack", b"").tells(&[]);
}

#[test]
fn a_subscription_that_a_later_link_refuses_is_told_and_may_be_granted_again() {
    let mut client = connected();
    let now = client.now;
    assert!(client.client.subscribe(now, "x", QoS::AtMostOnce).is_ok());
    client
        .sends(&["SUBSCRIBE x"])
        .grants("x")
        .tells(&["subscribed"]);
    client.reconnects_at(500).accepts(false);
    client.sends(&["SUBSCRIBE x"]).refuses("x");
    client.tells(&["notice subscription-refused: x", "connected"]);
    client.reconnects_at(20_000).accepts(false);
    client
        .sends(&["SUBSCRIBE x"])
        .refuses("x")
        .tells(&["connected"]);
    client.reconnects_at(60_000).accepts(false);
    client.sends(&["SUBSCRIBE x"]).grants("x");
    client.tells(&["subscribed", "connected"]);
    client.hears("x", b"").tells(&["message x for 1"]);
}

#[test]
fn a_lower_qos_on_a_later_link_is_told_and_a_higher_one_is_not() {
    let mut client = connected();
    let now = client.now;
    assert!(client.client.subscribe(now, "x", QoS::ExactlyOnce).is_ok());
    client
        .sends(&["SUBSCRIBE x"])
        .suback("x", Ok(QoS::AtLeastOnce));
    client.tells(&["subscribed"]);
    client.reconnects_at(500).accepts(false);
    client
        .sends(&["SUBSCRIBE x"])
        .suback("x", Ok(QoS::AtMostOnce));
    client.tells(&["notice subscription-lowered: x", "subscribed", "connected"]);
    client.reconnects_at(20_000).accepts(false);
    client
        .sends(&["SUBSCRIBE x"])
        .suback("x", Ok(QoS::ExactlyOnce));
    client.tells(&["connected"]);
}

#[test]
fn a_wake_topic_that_is_refused_is_told_and_the_transfer_goes_on() {
    let mut client = connected();
    client.send_with(5, |request| request.wake = Some("up".into()), |_| {});
    client.sends(&["SUBSCRIBE up ack"]);
    let answers = Packet::SubAck(SubAck {
        packet_id: client.ids["SUBSCRIBE up ack"],
        return_codes: vec![Err(SubscribeRefused), Ok(QoS::AtMostOnce)],
    });
    client.says(&answers).sends(&["PUBLISH to begin"]);
    client.tells(&["notice subscription-refused: up"]);
}

#[test]
fn a_device_that_another_client_of_the_browser_uses_is_told_once() {
    let mut client = connected();
    let request = SendRequest {
        to: "to".into(),
        from: "ack".into(),
        qos: QoS::AtMostOnce,
        wake: None,
    };
    let id = client.client.reserve(client.now, &request).unwrap();
    for _ in 0..2 {
        client.client.hold_back(client.now, id);
    }
    client.tells(&["notice device-in-use: to"]);
}
