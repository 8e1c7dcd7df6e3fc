//! Getting in, staying, and being thrown out.

use core::time::Duration;
use std::time::Instant;

use mqtt_image_sender::client::{ConnectionState, Error};
use mqtt_image_sender::mqtt::{Credentials, QoS};
use mqtt_image_sender::transfer::TransferOptions;

use super::support::device::Device;
use super::support::mosquitto::Mosquitto;
use super::support::peer::{Peer, message, options, random_bytes};
use super::support::ports::free_port;

fn credentials(username: &str, password: &str) -> Credentials {
    Credentials {
        username: Some(username.to_owned()),
        password: Some(password.as_bytes().to_vec()),
    }
}

#[test]
fn an_answered_ping_shows_that_the_link_lives() {
    let broker = Mosquitto::start();
    for id in ["", "a", &"x".repeat(40)] {
        let mut peer = Peer::connect(broker.address(), options(id));
        assert!(peer.check(), "{id}");
        peer.close();
    }
}

#[test]
fn only_the_right_password_gets_in() {
    let broker = Mosquitto::with_users(&[("ada", "lovelace"), ("åda", "pass:wörd \"'")]);
    for (name, password) in [("ada", "lovelace"), ("åda", "pass:wörd \"'")] {
        let address = [broker.address()];
        let mut peer = Peer::new(&address, options("c"), credentials(name, password)).unwrap();
        peer.becomes(ConnectionState::Connected);
    }
    let wrong = [
        credentials("ada", "byron"),
        credentials("eve", "lovelace"),
        credentials("ada", ""),
        Credentials::default(),
    ];
    for credentials in wrong {
        let mut peer = Peer::new(&[broker.address()], options("c"), credentials).unwrap();
        let error = peer.becomes(ConnectionState::Closed).expect("a reason");
        assert_eq!(error.code(), "refused", "{error}");
        assert!(matches!(error.return_code(), Some(4 | 5)), "{error:?}");
    }
}

#[test]
fn a_broker_that_is_not_there_is_a_network_error() {
    let address = format!("127.0.0.1:{}", free_port());
    let mut peer = Peer::new(&[address], options("c"), Credentials::default()).unwrap();
    let error = peer.becomes(ConnectionState::Closed).expect("a reason");
    assert_eq!(error.code(), "network", "{error}");
}

#[test]
fn the_second_address_is_taken_where_the_first_is_dead() {
    let broker = Mosquitto::start();
    let addresses = [format!("127.0.0.1:{}", free_port()), broker.address()];
    let mut peer = Peer::new(&addresses, options("c"), Credentials::default()).unwrap();
    peer.becomes(ConnectionState::Connected);
}

#[test]
fn an_idle_link_is_kept_alive() {
    // Mosquitto cuts a client that is silent for one and a half times its keep alive.
    let broker = Mosquitto::start();
    let mut options = options("idle");
    options.session.keep_alive = Duration::from_secs(1);
    let mut peer = Peer::connect(broker.address(), options);
    peer.drive(Duration::from_secs(4));
    assert!(peer.check());
    assert!(peer.is_steady(), "the link fell meanwhile");
}

#[test]
fn a_second_client_of_the_same_id_takes_over() {
    let broker = Mosquitto::start();
    let mut once = options("same");
    once.reconnect = None;
    let mut first = Peer::connect(broker.address(), once);
    let mut second = Peer::connect(broker.address(), options("same"));
    let cause = first.becomes(ConnectionState::Closed);
    assert!(matches!(cause, Some(Error::Network { .. })), "{cause:?}");
    assert!(second.check());
}

#[test]
fn a_frozen_broker_is_noticed_in_time_and_all_that_was_unfinished_ends_whole() {
    let broker = Mosquitto::start();
    let mut device = Device::start(broker.port(), "d", &["--delay", "0.02"]);
    let mut options = options("frozen");
    options.session.keep_alive = Duration::from_secs(2);
    let mut peer = Peer::connect(broker.address(), options);
    peer.subscribe("t", QoS::ExactlyOnce);
    let image = random_bytes(100 * 1400, 11);
    let transfer = peer.send("d", &image, TransferOptions::named("frozen.jpg"));
    peer.confirmed(transfer, 10);
    broker.freeze(true);
    let since = Instant::now();
    let token = peer.post(message("t", "late", QoS::ExactlyOnce));
    let cause = peer.becomes(ConnectionState::Reconnecting);
    let noticed = since.elapsed();
    assert_eq!(cause, Some(Error::NoPingResponse));
    // One and a half times the keep alive, and a second.
    assert!(noticed < Duration::from_secs(4), "after {noticed:?}");
    broker.freeze(false);
    peer.becomes(ConnectionState::Connected);
    peer.published(token);
    assert_eq!(peer.message().payload, b"late");
    let progress = peer.ended(transfer).unwrap().progress;
    println!("noticed after {noticed:?}; {progress:?}");
    let report = device.image();
    assert!(report.whole && report.bytes == image);
}
