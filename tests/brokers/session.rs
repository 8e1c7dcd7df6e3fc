//! Sessions that outlive their links.

use core::time::Duration;

use mqtt_image_sender::client::ConnectionState;
use mqtt_image_sender::mqtt::{Credentials, Message, QoS};

use super::support::mosquitto::Mosquitto;
use super::support::peer::{Peer, message, options, persistent};
use super::support::proxy::Proxy;

const A_WHILE: Duration = Duration::from_millis(300);

fn numbers(messages: &[Message]) -> Vec<u8> {
    messages.iter().map(|message| message.payload[0]).collect()
}

/// Publishes the numbers 0 to 99, at QoS 1 and 2 in turn.
fn publish_hundred(broker: &Mosquitto) {
    let mut sender = Peer::connect(broker.address(), options("sender"));
    for number in 0..100 {
        let qos = [QoS::AtLeastOnce, QoS::ExactlyOnce][usize::from(number % 2)];
        sender.publish(message("t", [number], qos));
    }
}

#[test]
fn what_was_queued_while_a_client_was_away_arrives_once() {
    let broker = Mosquitto::start();
    let proxy = Proxy::to(broker.address());
    let mut receiver = Peer::connect(proxy.address(), persistent("receiver"));
    receiver.subscribe("t", QoS::ExactlyOnce);
    proxy.close(true);
    proxy.cut();
    receiver.becomes(ConnectionState::Reconnecting);
    publish_hundred(&broker);
    proxy.close(false);
    receiver.becomes(ConnectionState::Connected);
    let got: Vec<u8> = (0..100).map(|_| receiver.message().payload[0]).collect();
    assert_eq!(got, (0..100).collect::<Vec<_>>());
    assert_eq!(numbers(&receiver.messages_within(A_WHILE)), [0; 0]);
}

#[test]
fn a_page_that_is_opened_again_gets_what_its_session_kept() {
    let broker = Mosquitto::start();
    let mut first = Peer::connect(broker.address(), persistent("page"));
    first.subscribe("t", QoS::ExactlyOnce);
    first.close();
    publish_hundred(&broker);
    let address = [broker.address()];
    let mut second = Peer::new(&address, persistent("page"), Credentials::default()).unwrap();
    second.ask("t", QoS::ExactlyOnce);
    let got: Vec<u8> = (0..100).map(|_| second.message().payload[0]).collect();
    assert_eq!(got, (0..100).collect::<Vec<_>>());
    assert_eq!(numbers(&second.messages_within(A_WHILE)), [0; 0]);
}

#[test]
fn a_clean_session_forgets_and_subscribes_again() {
    let broker = Mosquitto::start();
    let proxy = Proxy::to(broker.address());
    let mut receiver = Peer::connect(proxy.address(), options("receiver"));
    receiver.subscribe("t", QoS::ExactlyOnce);
    proxy.close(true);
    proxy.cut();
    receiver.becomes(ConnectionState::Reconnecting);
    publish_hundred(&broker);
    proxy.close(false);
    receiver.becomes(ConnectionState::Connected);
    publish_hundred(&broker);
    let got: Vec<u8> = (0..100).map(|_| receiver.message().payload[0]).collect();
    assert_eq!(got, (0..100).collect::<Vec<_>>());
    assert_eq!(numbers(&receiver.messages_within(A_WHILE)), [0; 0]);
}

#[test]
fn a_broker_that_forgot_the_session_is_told_everything_again() {
    let mut broker = Mosquitto::with("allow_anonymous true\nautosave_interval 0\n");
    let mut peer = Peer::connect(broker.address(), persistent("c"));
    for index in 0..20 {
        peer.subscribe(&format!("t/{index}"), QoS::ExactlyOnce);
    }
    // Killed, it has written nothing down.
    broker.end("KILL");
    peer.becomes(ConnectionState::Reconnecting);
    let tokens: Vec<_> = (0..20)
        .map(|index| peer.post(message(&format!("t/{index}"), [index], QoS::ExactlyOnce)))
        .collect();
    broker.start_again();
    peer.becomes(ConnectionState::Connected);
    for token in tokens {
        peer.published(token);
    }
    let mut got: Vec<u8> = (0..20).map(|_| peer.message().payload[0]).collect();
    got.sort_unstable();
    assert_eq!(got, (0..20).collect::<Vec<_>>());
    assert_eq!(numbers(&peer.messages_within(A_WHILE)), [0; 0]);
}
