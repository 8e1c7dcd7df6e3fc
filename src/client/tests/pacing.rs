//! How fast messages go: the rate limit and the room in the socket.

use super::*;

fn slow() -> Script {
    // A gap of 1.02 s.
    connected_with(|options| options.max_messages_per_second = Some(1.0))
}

#[test]
fn messages_are_spaced_and_nothing_else_is() {
    let mut client = slow();
    for _ in 0..3 {
        client.note(QoS::AtMostOnce);
    }
    client.sends(&["PUBLISH notes"]).at(1_019).sends_nothing();
    client
        .client
        .subscribe(client.now, "x", QoS::AtMostOnce)
        .unwrap();
    client
        .sends(&["SUBSCRIBE x"])
        .at(1_020)
        .sends(&["PUBLISH notes"]);
    client
        .at(2_039)
        .sends_nothing()
        .at(2_040)
        .sends(&["PUBLISH notes"]);
    client.at(60_000);
    client.note(QoS::AtMostOnce);
    client.sends(&["PUBLISH notes"]);
    client.note(QoS::AtMostOnce);
    client.sends_nothing().at(61_020).sends(&["PUBLISH notes"]);
}

#[test]
fn the_client_asks_to_be_called_when_the_next_may_go() {
    let mut client = slow();
    client.note(QoS::AtMostOnce);
    client.note(QoS::AtMostOnce);
    client.sends(&["PUBLISH notes"]);
    let due = client.client.poll_timeout(client.now);
    assert_eq!(due, Some(Instant::from_millis(1_020)));
}

#[test]
fn frames_and_the_user_s_messages_take_turns() {
    let mut client = slow();
    client.send_with(95, |_| {}, |options| options.window = Window::Fixed(8));
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client.hears("ack", &begun());
    for _ in 0..3 {
        client.note(QoS::AtMostOnce);
    }
    let mut sent = Vec::new();
    for turn in 1..7 {
        sent.extend(client.at(turn * 1_020).drain(usize::MAX));
    }
    let notes = sent.iter().filter(|what| *what == "PUBLISH notes").count();
    assert_eq!((sent.len(), notes), (6, 3), "{sent:?}");
    let is_turn = |pair: &[String]| (pair[0] == "PUBLISH notes") != (pair[1] == "PUBLISH notes");
    assert!(sent.windows(2).all(is_turn), "{sent:?}");
}

#[test]
fn a_frame_s_clock_starts_when_it_goes_out_and_not_when_it_waits_for_the_rate() {
    let mut client = connected_with(|options| options.max_messages_per_second = Some(0.1));
    let quick = AckTimeout::Fixed(Duration::from_secs(1));
    client.send_with(5, |_| {}, |options| options.ack_timeout = quick);
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client.at(500).hears("ack", &begun()).sends_nothing();
    client
        .at(10_199)
        .sends_nothing()
        .at(10_200)
        .sends(&["PUBLISH to 0"]);
    client
        .at(10_700)
        .hears("ack", &got(0))
        .at(20_400)
        .sends(&["PUBLISH to finish"]);
    client.at(20_900).hears("ack", &whole()).tells(&["done"]);
}

#[test]
fn a_frame_that_waits_for_the_rate_goes_with_its_transfer() {
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce] {
        let mut client = slow();
        client.note(QoS::AtMostOnce);
        let id = client.send_with(5, |request| request.qos = qos, |_| {});
        client
            .sends(&["SUBSCRIBE ack", "PUBLISH notes"])
            .grants("ack")
            .sends_nothing();
        client.client.cancel(client.now, id);
        client.at(10_000);
        let sent = client.drain(usize::MAX);
        assert!(!sent.iter().any(|what| what.contains("begin")), "{sent:?}");
    }
}

#[test]
fn what_goes_out_is_bounded_by_the_room_and_one_message() {
    let mut client = connected();
    client.send_with(105, |_| {}, |options| options.window = Window::Fixed(11));
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client.hears("ack", &begun());
    // A chunk of 10 takes 2 + 4 + 9 + 10 = 25 bytes.
    assert_eq!(client.drain(1), ["PUBLISH to 0"]);
    assert_eq!(client.drain(25), ["PUBLISH to 1"]);
    assert_eq!(client.drain(26), ["PUBLISH to 2", "PUBLISH to 3"]);
    assert_eq!(client.drain(0), [""; 0]);
    client
        .client
        .subscribe(client.now, "x", QoS::AtMostOnce)
        .unwrap();
    assert_eq!(client.drain(0), ["SUBSCRIBE x"], "no PUBLISH, so it passes");
    assert_eq!(client.client.outstanding(), 4);
}

#[test]
fn a_frame_s_clock_does_not_run_while_the_socket_is_full() {
    let mut client = connected();
    client.sends_image(5);
    client.at(60_000);
    assert_eq!(client.drain(0), [""; 0]);
    client
        .sends(&["PUBLISH to 0"])
        .at(64_999)
        .sends_nothing()
        .at(65_000);
    client.sends(&["PUBLISH to 0"]);
}

#[test]
fn a_cancelled_message_is_not_sent_and_says_nothing() {
    let mut client = slow();
    client.note(QoS::AtMostOnce);
    let token = client.note(QoS::AtLeastOnce);
    client.sends(&["PUBLISH notes"]).tells(&["published"]);
    assert!(client.client.cancel_publish(token));
    assert!(!client.client.cancel_publish(token));
    client.at(10_000).sends_nothing().tells(&[]);
}

#[test]
fn a_frame_of_qos_1_does_not_queue_behind_the_user_s_messages() {
    let mut client = slow();
    for _ in 0..3 {
        client.note(QoS::AtMostOnce);
    }
    let quick = AckTimeout::Fixed(Duration::from_millis(100));
    let qos_1 = |request: &mut SendRequest| request.qos = QoS::AtLeastOnce;
    client.send_with(5, qos_1, |options| options.ack_timeout = quick);
    client.sends(&["SUBSCRIBE ack", "PUBLISH notes"]);
    client.grants("ack").at(1_020).sends(&["PUBLISH notes"]);
    client.at(2_040).sends(&["PUBLISH notes"]);
    // Its clock has not run yet, so it goes out once.
    client.at(3_060).sends(&["PUBLISH to begin"]);
    client
        .at(3_100)
        .hears("ack", &begun())
        .at(4_080)
        .sends(&["PUBLISH to 0"]);
}

#[test]
fn a_frame_that_has_to_wait_for_the_broker_holds_no_other_up() {
    let mut client = connected_with(|options| options.session.max_in_flight = 1);
    client.note(QoS::AtLeastOnce);
    let qos_1 = |request: &mut SendRequest| {
        request.qos = QoS::AtLeastOnce;
        request.to = "slow".into();
        request.from = "other".into();
    };
    client.send_with(5, qos_1, |_| {});
    client.send(5);
    client
        .sends(&["SUBSCRIBE other ack", "PUBLISH notes"])
        .grants("other ack");
    client
        .sends(&["PUBLISH to begin"])
        .acknowledges("PUBLISH notes");
    client.sends(&["PUBLISH slow begin"]);
}

#[test]
fn stop_and_wait_gathers_nothing_and_a_window_does_from_its_first_chunk_on() {
    for (window, gathers) in [(1, false), (8, true)] {
        let mut client = connected();
        client.send_with(25, |_| {}, |options| options.window = Window::Fixed(window));
        assert!(!client.client.gathers(), "a subscription waits for nothing");
        client.sends(&["SUBSCRIBE ack"]).grants("ack");
        assert!(!client.client.gathers(), "nor does begin");
        client.sends(&["PUBLISH to begin"]).hears("ack", &begun());
        assert!(!client.client.gathers(), "nor the first chunks");
        client.drain(usize::MAX);
        client.hears("ack", &got(0));
        client.drain(usize::MAX);
        assert_eq!(client.client.gathers(), gathers, "window {window}");
    }
}

#[test]
fn a_client_that_closes_gathers_nothing() {
    let mut client = connected();
    client.send_with(25, |_| {}, |options| options.window = Window::Fixed(8));
    client.sends(&["SUBSCRIBE ack"]).grants("ack");
    client.sends(&["PUBLISH to begin"]).hears("ack", &begun());
    client.drain(usize::MAX);
    client.hears("ack", &got(0));
    client.drain(usize::MAX);
    assert!(client.client.gathers());
    client.client.close(client.now);
    assert!(!client.client.gathers());
    client.sends(&["DISCONNECT"]);
}
