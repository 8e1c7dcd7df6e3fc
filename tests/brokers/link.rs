//! Links that are cut in the middle, and a broker that goes away and comes back.

use core::time::Duration;

use mqtt_image_sender::client::ConnectionState;
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::transfer::{AckTimeout, TransferOptions, Window};

use super::support::device::Device;
use super::support::mosquitto::Mosquitto;
use super::support::peer::{Peer, options, random_bytes};
use super::support::proxy::Proxy;

#[test]
fn a_transfer_whose_link_is_cut_ends_whole_on_the_same_device() {
    let broker = Mosquitto::start();
    let image = random_bytes(300_000, 6);
    for (name, window) in [("one", 1), ("sixteen", 16)] {
        let mut device = Device::start(broker.port(), name, &[]);
        // Frames of 1,400 bytes and feedback of 8 pass here: these fall into either, and into their heads.
        let mut rng = Rng::new(7);
        let cuts: Vec<u64> = (0..8).map(|_| 100 + rng.below(60_000)).collect();
        let proxy = Proxy::cutting(broker.address(), cuts);
        let mut sender = Peer::connect(proxy.address(), options("sender"));
        let options = TransferOptions {
            window: Window::Fixed(window),
            ..TransferOptions::named("cut.jpg")
        };
        let transfer = sender.send(name, &image, options);
        let progress = sender.ended(transfer).unwrap().progress;
        println!("{name}: {} cuts, {progress:?}", proxy.cuts());
        assert!(proxy.cuts() >= 4, "only {}", proxy.cuts());
        let report = device.image();
        assert!(report.whole && report.bytes == image, "{name}");
        // It went on where it stood.
        let (begins, data) = (report.begins, report.data);
        assert!(begins <= 2 && data < 215 + 8 * 17, "{begins}, {data}");
    }
}

#[test]
fn a_transfer_outlives_the_restart_of_its_broker() {
    let mut broker = Mosquitto::start();
    let mut device = Device::start(broker.port(), "d", &[]);
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let image = random_bytes(300_000, 8);
    let options = TransferOptions {
        ack_timeout: AckTimeout::Fixed(Duration::from_millis(500)),
        ..TransferOptions::named("restart.jpg")
    };
    let transfer = sender.send("d", &image, options);
    for (signal, chunks) in [("TERM", 20), ("KILL", 60)] {
        sender.confirmed(transfer, chunks);
        broker.end(signal);
        sender.becomes(ConnectionState::Reconnecting);
        broker.start_again();
        sender.becomes(ConnectionState::Connected);
    }
    let progress = sender.ended(transfer).unwrap().progress;
    println!("{progress:?}");
    let report = device.image();
    assert!(report.whole && report.bytes == image);
}
