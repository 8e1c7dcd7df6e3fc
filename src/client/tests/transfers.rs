//! What the link does to transfers, and to frames of a higher QoS.

use super::*;

#[test]
fn an_image_arrives() {
    let mut client = connected();
    let id = client.sends_image(15);
    client
        .sends(&["PUBLISH to 0"])
        .hears("ack", &got(0))
        .sends(&["PUBLISH to 1"]);
    client
        .hears("ack", &got(1))
        .sends(&["PUBLISH to finish"])
        .hears("ack", &whole());
    client.tells(&["done"]);
    assert_eq!(
        client.client.progress(client.now, id).unwrap().bytes_acked,
        15
    );
    client.client.forget(id);
    assert!(client.client.log(id).is_none());
}

#[test]
fn one_that_arrived_right_before_the_end_of_the_client_is_told_of_too() {
    let mut client = connected_with(|options| options.reconnect = None);
    client.sends_image(5);
    client
        .sends(&["PUBLISH to 0"])
        .hears("ack", &got(0))
        .sends(&["PUBLISH to finish"]);
    let message = Message {
        topic: "ack".into(),
        payload: whole().into(),
        ..Message::default()
    };
    let packet_id = None;
    let feedback = Packet::Publish(Publish { message, packet_id });
    let mut bytes = Vec::new();
    encode(&feedback, &mut bytes).unwrap();
    // What only clients send, as a broker of MQTT 5 parts.
    encode(&Packet::Disconnect, &mut bytes).unwrap();
    let link = client.link.unwrap();
    client.client.handle_input(client.now, link, &bytes);
    client.tells(&[
        "close",
        "done",
        "closed: the broker sent a malformed packet: DISCONNECT: it is for clients to send",
    ]);
}

#[test]
fn while_the_link_is_down_nothing_counts_and_then_it_goes_on_where_it_stood() {
    let mut client = connected();
    let id = client.send_with(25, |_| {}, |options| options.max_retries = Some(0));
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client
        .hears("ack", &begun())
        .sends(&["PUBLISH to 0"])
        .hears("ack", &got(0));
    client.sends(&["PUBLISH to 1"]);
    for minute in 1..10 {
        client.reconnects_at(minute * 60_000);
        assert!(client.client.progress(client.now, id).unwrap().stalled);
        client
            .accepts(false)
            .sends(&["SUBSCRIBE ack"])
            .grants("ack");
        client.tells(&["connected"]).sends(&["PUBLISH to 1"]);
    }
    client
        .hears("ack", &got(1))
        .sends(&["PUBLISH to 2"])
        .tells(&[]);
}

#[test]
fn a_link_that_answers_its_test_leaves_the_blame_with_the_device() {
    let mut client = connected();
    client.sends_image(5);
    client
        .sends(&["PUBLISH to 0"])
        .at(5_000)
        .sends(&["PUBLISH to 0"]);
    client
        .at(10_000)
        .sends(&["PINGREQ"])
        .at(11_000)
        .sends_nothing();
    client
        .says(&Packet::PingResp)
        .sends(&["PUBLISH to 0"])
        .tells(&[]);
}

#[test]
fn a_link_that_does_not_answer_is_replaced_and_no_transfer_fails() {
    let mut client = connected();
    client.sends_image(5);
    client
        .sends(&["PUBLISH to 0"])
        .at(5_000)
        .sends(&["PUBLISH to 0"]);
    client
        .at(10_000)
        .sends(&["PINGREQ"])
        .at(11_999)
        .tells(&[])
        .at(12_000);
    client.tells(&[
        "close",
        "reconnecting: the broker stopped answering: the link is dead",
    ]);
    client
        .at(13_000)
        .tells(&["open url 0"])
        .opens()
        .sends(&["CONNECT"])
        .accepts(false);
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to 0"]);
}

#[test]
fn after_a_sleep_what_lies_in_the_socket_is_read_before_anything_is_sent() {
    let mut client = connected();
    let first = client.send(5);
    client.send(5);
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client.client.cancel(client.now, first);
    // The timer that ends the quiet time is noticed a minute too late, and the old feedback lies unread.
    client.sleeps_until(60_000).sends(&["PINGREQ"]);
    client
        .hears("ack", &begun())
        .sends_nothing()
        .says(&Packet::PingResp);
    client
        .sends(&["PUBLISH to begin"])
        .sends_nothing()
        .hears("ack", &begun());
    client.sends(&["PUBLISH to 0"]).tells(&["failed: aborted"]);
}

#[test]
fn a_timer_that_is_a_little_late_tests_no_link() {
    let mut client = connected();
    client.sends_image(5);
    client
        .sends(&["PUBLISH to 0"])
        .at(4_999)
        .sleeps_until(6_400)
        .sends(&["PUBLISH to 0"]);
}

fn at_least_once(request: &mut SendRequest) {
    request.qos = QoS::AtLeastOnce;
}

/// An image with frames of QoS 1, up to its first chunk.
fn sending_at_least_once(client: &mut Script) -> TransferId {
    let id = client.send_with(15, at_least_once, |_| {});
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client
        .acknowledges("PUBLISH to begin")
        .hears("ack", &begun());
    client.sends(&["PUBLISH to 0"]);
    id
}

#[test]
fn frames_of_qos_1_are_told_to_nobody_when_they_are_acknowledged() {
    let mut client = connected();
    sending_at_least_once(&mut client);
    client
        .acknowledges("PUBLISH to 0")
        .tells(&[])
        .hears("ack", &got(0));
    client.sends(&["PUBLISH to 1"]);
}

#[test]
fn a_frame_of_qos_1_that_the_link_took_along_is_sent_again_by_its_transfer_alone() {
    let mut client = connected();
    sending_at_least_once(&mut client);
    client
        .reconnects_at(500)
        .accepts(false)
        .sends(&["SUBSCRIBE ack"])
        .grants("ack");
    client
        .tells(&["connected"])
        .sends(&["PUBLISH to 0"])
        .at(5_000)
        .sends_nothing();
}

#[test]
fn one_of_a_transfer_that_was_cancelled_meanwhile_is_not_sent_again_at_all() {
    let mut client = connected();
    let id = sending_at_least_once(&mut client);
    client.falls();
    client.client.cancel(client.now, id);
    client.tells(&["close", "reconnecting: fell", "failed: aborted"]);
    client
        .at(10_000)
        .tells(&["open url 0"])
        .opens()
        .sends(&["CONNECT"])
        .accepts(false);
    client.sends_nothing().tells(&["connected"]);
}

#[test]
fn a_session_that_the_broker_kept_repeats_it_as_the_standard_wants() {
    let mut client = connected_with(|options| options.session.clean_session = false);
    sending_at_least_once(&mut client);
    client
        .reconnects_at(500)
        .accepts(true)
        .tells(&["connected"]);
    client.sends(&["PUBLISH to 0 again", "PUBLISH to 0"]);
}

#[test]
fn no_more_frames_are_out_than_the_broker_may_leave_unacknowledged() {
    let mut client = connected_with(|options| options.session.max_in_flight = 2);
    client.send_with(55, at_least_once, |options| {
        options.window = Window::Fixed(4)
    });
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends(&["PUBLISH to begin"]);
    client.hears("ack", &begun()).sends(&["PUBLISH to 0"]);
    // No clock runs for what has not gone out.
    client
        .at(4_000)
        .acknowledges("PUBLISH to begin")
        .sends(&["PUBLISH to 1"]);
    client
        .at(5_000)
        .acknowledges("PUBLISH to 0")
        .sends(&["PUBLISH to 0"]);
    client
        .acknowledges("PUBLISH to 0")
        .acknowledges("PUBLISH to 1");
    client.sends(&["PUBLISH to 2", "PUBLISH to 3"]);
}

#[test]
fn a_frame_that_waits_behind_the_user_s_messages_goes_with_its_transfer() {
    let mut client = connected_with(|options| options.session.max_in_flight = 1);
    client.note(QoS::AtLeastOnce);
    client.sends(&["PUBLISH notes"]);
    let id = client.send_with(5, at_least_once, |_| {});
    client
        .sends(&["SUBSCRIBE ack"])
        .grants("ack")
        .sends_nothing();
    client.client.cancel(client.now, id);
    client.acknowledges("PUBLISH notes").at(10_000);
    client
        .sends(&["UNSUBSCRIBE ack"])
        .tells(&["failed: aborted", "published"]);
}

#[test]
fn close_says_goodbye_and_ends_everything() {
    let mut client = connected();
    client.sends_image(5);
    client.send_with(5, |request| request.from = "other".into(), |_| {});
    client.sends(&["SUBSCRIBE other", "PUBLISH to 0"]);
    let now = client.now;
    client.client.close(now);
    client.client.close(now);
    client.sends(&["DISCONNECT"]);
    client.tells(&["close", "failed: closed", "failed: closed", "closed"]);
    assert_eq!(client.client.state(), ConnectionState::Closed);
    client.at(100_000).falls().sends_nothing().tells(&[]);
    let note = Message {
        topic: "x".into(),
        ..Message::default()
    };
    assert_eq!(client.client.publish(now, note), Err(Error::Closed));
    assert_eq!(
        client.client.subscribe(now, "x", QoS::AtMostOnce),
        Err(Error::Closed)
    );
    assert_eq!(client.client.check(now), Err(Error::Closed));
    assert_eq!(client.client.poll_timeout(client.now), None);
}

#[test]
fn close_in_the_middle_of_connecting_ends_it_too() {
    let mut client = script();
    client.client.connect(client.now);
    client.tells(&["open url 0"]);
    client.client.close(client.now);
    client.sends_nothing().tells(&["close", "closed"]);
    client.opens().sends_nothing();
}

#[test]
fn a_second_image_for_a_transfer_is_an_error_and_changes_nothing() {
    let mut client = connected();
    let wake = |request: &mut SendRequest| request.wake = Some("up".into());
    let id = client.send_with(5, wake, |_| {});
    client
        .sends(&["SUBSCRIBE up ack"])
        .grants("up ack")
        .sends(&["PUBLISH to begin"]);
    let again = client.client.supply(
        client.now,
        id,
        vec![0; 7].into(),
        TransferOptions::named("b"),
    );
    assert_eq!(again.unwrap_err().code(), "invalid");
    // Neither is its wake topic given back, nor is it forgotten.
    client.hears("ack", &begun()).sends(&["PUBLISH to 0"]);
    assert_eq!(
        client.client.progress(client.now, id).unwrap().bytes_total,
        5
    );
    client.client.close(client.now);
    client
        .sends(&["DISCONNECT"])
        .tells(&["close", "failed: closed", "closed"]);
}
