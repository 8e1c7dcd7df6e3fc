//! Sockets that open, fall and come back.

use super::*;
use crate::client::ReconnectOptions;
use crate::mqtt::ConnectRefusal;

#[test]
fn a_connection_is_up_after_connack_and_every_suback() {
    let mut client = script();
    client.client.connect(client.now);
    client.client.connect(client.now);
    client
        .tells(&["open url 0"])
        .sends_nothing()
        .opens()
        .sends(&["CONNECT"]);
    client.tells(&[]).accepts(false).tells(&["connected"]);
    let link = client.link.unwrap();
    assert!(client.client.wants(link) && client.client.is_up(link));
}

#[test]
fn a_connack_that_stays_out_for_ten_seconds_ends_the_first_try() {
    let mut client = script();
    client.client.connect(client.now);
    client
        .tells(&["open url 0"])
        .opens()
        .sends(&["CONNECT"])
        .at(9_999)
        .tells(&[]);
    client.at(10_000);
    let told = "closed: the broker did not answer in time: check its address, and that the port is its WebSocket listener";
    client.tells(&["close", told]);
}

#[test]
fn a_refusal_ends_it() {
    let mut client = script();
    client.client.connect(client.now);
    client.tells(&["open url 0"]).opens().sends(&["CONNECT"]);
    let refusal = ConnectRefusal::NotAuthorized;
    client.says(&Packet::ConnAck(ConnAck::Refused(refusal)));
    client.tells(&[
        "close",
        "closed: the broker refused the connection: the broker does not let this client in",
    ]);
}

#[test]
fn what_an_abandoned_socket_says_is_ignored() {
    let mut client = connected();
    let old = client.link.unwrap();
    client.reconnects_at(500);
    let mut bytes = Vec::new();
    let ack = Packet::ConnAck(ConnAck::Accepted {
        session_present: false,
    });
    encode(&ack, &mut bytes).unwrap();
    let now = client.now;
    client.client.handle_input(now, old, &bytes);
    let reason = String::new();
    client
        .client
        .handle_closed(now, old, Error::Network { reason });
    client.client.handle_open(now, old, &Credentials::default());
    client.sends_nothing().tells(&[]);
    assert!(!client.client.wants(old));
    client.accepts(false).tells(&["connected"]);
}

#[test]
fn messages_wait_for_the_next_link_in_their_order() {
    let mut client = connected();
    client.falls().tells(&["close", "reconnecting: fell"]);
    client.note(QoS::AtMostOnce);
    client.note(QoS::AtLeastOnce);
    client
        .at(500)
        .tells(&["open url 0"])
        .opens()
        .sends(&["CONNECT"])
        .accepts(false);
    client
        .sends(&["PUBLISH notes", "PUBLISH notes"])
        .tells(&["connected", "published"]);
    client.acknowledges("PUBLISH notes").tells(&["published"]);
}

#[test]
fn a_broker_that_breaks_the_protocol_loses_its_link() {
    let mut client = connected();
    let link = client.link.unwrap();
    client.client.handle_input(client.now, link, &[0xFF, 0xFF]);
    let mut told = Vec::new();
    while let Some(event) = client.client.poll_event() {
        told.extend(tell(&event));
    }
    assert_eq!(told[0], "close");
    assert!(
        told[1].starts_with("reconnecting: the broker sent a malformed packet"),
        "{told:?}"
    );
}

#[test]
fn the_network_that_comes_back_is_not_kept_waiting() {
    let slow = ReconnectOptions {
        min_delay: Duration::from_secs(1_000),
        max_delay: Duration::from_secs(1_000),
        max_attempts: None,
    };
    let mut client = connected_with(|options| options.reconnect = Some(slow));
    client.falls().tells(&["close", "reconnecting: fell"]);
    client.client.handle_network(client.now, false);
    client.tells(&[]);
    client.client.handle_network(client.now, true);
    client.tells(&["open url 0"]);
}

#[test]
fn a_network_that_changes_has_the_link_tested() {
    let mut client = connected();
    client.client.handle_network(client.now, false);
    client
        .sends(&["PINGREQ"])
        .says(&Packet::PingResp)
        .tells(&[]);
    client.client.handle_network(client.now, true);
    client.sends(&["PINGREQ"]).at(2_000);
    client.tells(&[
        "close",
        "reconnecting: the broker stopped answering: the link is dead",
    ]);
}

#[test]
fn a_check_is_answered_once_whatever_becomes_of_the_link() {
    let mut client = connected();
    client.client.check(client.now).unwrap();
    client.client.check(client.now).unwrap();
    client
        .sends(&["PINGREQ"])
        .tells(&[])
        .says(&Packet::PingResp)
        .tells(&["alive: true"]);
    client.client.check(client.now).unwrap();
    client.sends(&["PINGREQ"]).falls();
    client.tells(&["close", "alive: false", "reconnecting: fell"]);
    client.client.check(client.now).unwrap();
    client.tells(&["open url 0", "alive: false"]);
}

#[test]
fn without_reconnect_a_lost_link_ends_the_client_and_its_transfers() {
    let mut client = connected_with(|options| options.reconnect = None);
    client.sends_image(5);
    client
        .falls()
        .tells(&["close", "failed: closed", "closed: fell"]);
    assert_eq!(client.client.poll_timeout(client.now), None);
}

#[test]
fn a_ping_keeps_an_idle_link_alive() {
    let mut client = connected_with(|options| {
        options.session.keep_alive = Duration::from_secs(60);
    });
    client
        .at(59_999)
        .sends_nothing()
        .at(60_000)
        .sends(&["PINGREQ"]);
    client.says(&Packet::PingResp).at(119_999).sends_nothing();
    client.at(120_000).sends(&["PINGREQ"]);
}
