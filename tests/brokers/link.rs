//! Links that are cut in the middle, and a broker that goes away and comes back.

use core::time::Duration;

use mqtt_image_sender::client::ConnectionState;
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::transfer::{AckTimeout, TransferOptions, Window};

use super::support::device::{self, Device};
use super::support::folder::Folder;
use super::support::mosquitto::Mosquitto;
use super::support::peer::{Peer, options, random_bytes};
use super::support::proxy::{Count, Proxy};

#[test]
fn a_transfer_whose_link_is_cut_ends_whole_on_the_same_device() {
    let broker = Mosquitto::start();
    let image = random_bytes(300_000, 6);
    for (name, window) in [("one", 1), ("sixteen", 16)] {
        let mut device = Device::start(broker.port(), name, &[]);
        // Frames of 1,400 bytes and feedback of 8 pass here: these fall into either, and into their heads.
        let mut rng = Rng::new(7);
        let cuts: Vec<u64> = (0..8).map(|_| 100 + rng.below(60_000)).collect();
        let proxy = Proxy::cutting(broker.address(), Count::Both, cuts);
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

#[test]
fn of_three_devices_one_that_the_acl_forbids_fails_and_the_others_are_reached() {
    let allow = |name| {
        let (to, from) = (device::to(name), device::from(name));
        format!("topic readwrite {to}\ntopic readwrite {from}\n")
    };
    let forbid = |name| allow(name).replacen("readwrite", "read", 1);
    let rules = Folder::new();
    let lines = [allow("first"), forbid("second"), allow("third")].concat();
    let file = rules.write("acl", &lines);
    let broker = Mosquitto::with(&format!(
        "allow_anonymous true\nacl_file {}\n",
        file.display()
    ));
    let devices = ["first", "second", "third"];
    let mut running = devices.map(|name| Device::start(broker.port(), name, &[]));
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let image = random_bytes(30_000, 9);
    let transfers = devices.map(|name| {
        let options = TransferOptions {
            // The fewest links, which are eight.
            max_retries: Some(0),
            ..TransferOptions::named("acl.jpg")
        };
        sender.send(name, &image, options)
    });
    let error = sender.ended(transfers[1]).unwrap_err();
    println!("{error}");
    assert_eq!(error.code(), "no-answer");
    assert!(error.to_string().contains("ACL"), "{error}");
    for (place, name) in [(0, "first"), (2, "third")] {
        let elapsed = sender.ended(transfers[place]).unwrap().progress.elapsed;
        println!("{name}: after {elapsed:?}");
        let report = running[place].image();
        assert!(report.whole && report.bytes == image, "{name}");
    }
}
