//! A cluster that loses a node: the client, which knows all three, goes on at another.

use core::time::Duration;
use std::thread;
use std::time::Instant;

use mqtt_image_sender::client::{ConnectionState, Event};
use mqtt_image_sender::mqtt::{Credentials, QoS, Will};
use mqtt_image_sender::transfer::{AckTimeout, TransferOptions, Window};

use super::support::device::Device;
use super::support::nats::Nats;
use super::support::peer::{Peer, message, options, random_bytes};

/// A client that knows all nodes and is connected to the first.
fn connect(cluster: &Nats, id: &str) -> Peer {
    let mut options = options(id);
    options.connect_timeout = Duration::from_secs(30);
    // Until the nodes have elected one among them, each turns clients away.
    let end = Instant::now() + Duration::from_secs(60);
    let first = &cluster.addresses()[..1];
    while !gets_in(Peer::new(first, options.clone(), Credentials::default()).unwrap()) {
        assert!(Instant::now() < end, "the cluster does not come together");
        thread::sleep(Duration::from_millis(100));
    }
    let mut peer = Peer::new(&cluster.addresses(), options, Credentials::default()).unwrap();
    peer.becomes(ConnectionState::Connected);
    peer
}

fn gets_in(mut peer: Peer) -> bool {
    peer.wait("an end of connecting", |event| match event {
        Event::State { state, .. } => Some(*state == ConnectionState::Connected),
        _ => None,
    })
}

#[test]
fn a_transfer_outlives_the_node_that_carried_it() {
    let mut cluster = Nats::start();
    let mut sender = connect(&cluster, "sender");
    let image = random_bytes(300_000, 9);
    let kinds = [("one", 1), ("sixteen", 16)];
    // The devices sit at nodes that stay.
    let mut devices = kinds.map(|(name, _)| Device::start(cluster.port(2), name, &[]));
    let transfers = kinds.map(|(name, window)| {
        let options = TransferOptions {
            window: Window::Fixed(window),
            ack_timeout: AckTimeout::Fixed(Duration::from_secs(1)),
            ..TransferOptions::named("cluster.jpg")
        };
        sender.send(name, &image, options)
    });
    sender.confirmed(transfers[0], 30);
    cluster.kill(0);
    sender.becomes(ConnectionState::Reconnecting);
    sender.becomes(ConnectionState::Connected);
    for ((device, transfer), (name, _)) in devices.iter_mut().zip(transfers).zip(kinds) {
        let progress = sender.ended(transfer).unwrap().progress;
        println!("{name}: {progress:?}");
        let report = device.image();
        assert!(report.whole && report.bytes == image, "{name}");
    }
}

#[test]
fn messages_cross_a_cluster_with_retain_and_will_and_a_refused_filter_is_told() {
    let cluster = Nats::start();
    let mut sender = connect(&cluster, "sender");
    let mut peer = Peer::connect(cluster.addresses()[1].clone(), options("receiver"));
    peer.subscribe("t", QoS::AtLeastOnce);
    let payload = random_bytes(60_000, 10);
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce] {
        sender.publish(message("t", payload.clone(), qos));
        let got = peer.message();
        assert!(got.payload == payload);
        assert_eq!(got.qos, qos);
    }
    let mut retained = message("kept", "kept", QoS::AtLeastOnce);
    retained.retain = true;
    sender.publish(retained);
    // PUBACK does not mean that the other nodes know of it.
    let kept = (0..20).find_map(|_| {
        let mut late = Peer::connect(cluster.addresses()[2].clone(), options("late"));
        late.subscribe("kept", QoS::AtLeastOnce);
        late.messages_within(Duration::from_millis(300)).pop()
    });
    assert_eq!(kept.expect("a retained message").payload, b"kept");

    let mut mortal = options("mortal");
    mortal.session.will = Some(Will {
        topic: "t".to_owned(),
        payload: b"gone".to_vec(),
        qos: QoS::AtLeastOnce,
        retain: false,
    });
    drop(Peer::connect(cluster.addresses()[2].clone(), mortal));
    assert_eq!(peer.message().payload, b"gone");

    // NATS cannot translate a dot.
    let refused = peer.ask("a.b", QoS::AtMostOnce);
    assert_eq!(peer.granted(refused).unwrap_err().code(), "refused");
    assert!(peer.check());
}
