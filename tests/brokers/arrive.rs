//! Images arrive byte for byte at the reference device, which saves what it got. The bytes themselves are compared, which
//! says as much as their SHA-256.

use core::time::Duration;
use std::thread;

use mqtt_image_sender::mqtt::QoS;
use mqtt_image_sender::transfer::{Numbering, TransferOptions, Window};

use super::support::device::Device;
use super::support::mosquitto::Mosquitto;
use super::support::peer::{Peer, options, random_bytes};

/// Images of these sizes are no chunk's multiple, a whole one, one byte more, and two whole ones.
const SIZES: [usize; 4] = [1, 1400, 1401, 2800];

#[test]
fn images_around_the_size_of_a_chunk_arrive_in_both_numberings() {
    let broker = Mosquitto::start();
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let kinds = [("echo", Numbering::Echo), ("next", Numbering::Next)];
    let mut devices = kinds.map(|(name, _)| {
        let options = ["--numbering", name, "--images", "4"];
        Device::start(broker.port(), name, &options)
    });
    let images = SIZES.map(|size| random_bytes(size, 1));
    // Those of one device wait for each other, the two devices do not.
    let transfers = kinds.map(|(device, _)| {
        let name = |image: &Vec<u8>| format!("{}.jpg", image.len());
        [0, 1, 2, 3].map(|index| {
            let image: &Vec<u8> = &images[index];
            sender.send(device, image, TransferOptions::named(name(image)))
        })
    });
    for ((device, transfers), (_, numbering)) in devices.iter_mut().zip(transfers).zip(kinds) {
        for (image, transfer) in images.iter().zip(transfers) {
            let outcome = sender.ended(transfer).unwrap();
            assert_eq!(outcome.numbering, numbering);
            assert_eq!(outcome.progress.resends, 0);
            let report = device.image();
            assert!(report.whole && report.bytes == *image, "{}", image.len());
            assert_eq!(report.name, format!("{}.jpg", image.len()));
            let chunks = u32::try_from(image.len().div_ceil(1400)).unwrap();
            assert_eq!(
                (report.begins, report.data, report.finishes),
                (1, chunks, 1)
            );
        }
    }
}

#[test]
fn a_larger_image_arrives_whatever_the_window_and_the_chunk() {
    let broker = Mosquitto::start();
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let image = random_bytes(300_000, 2);
    let ways = [
        ("one", Window::Fixed(1), 1400),
        ("sixteen", Window::Fixed(16), 1400),
        ("auto", Window::Auto, 1400),
        ("small", Window::Fixed(64), 200),
        ("large", Window::Fixed(1), 32_767),
    ];
    let mut devices = ways.map(|(name, ..)| Device::start(broker.port(), name, &[]));
    let transfers = ways.map(|(name, window, chunk_size)| {
        let options = TransferOptions {
            window,
            chunk_size,
            integrity: true,
            ..TransferOptions::named("photo.jpg")
        };
        sender.send(name, &image, options)
    });
    for ((device, transfer), (name, ..)) in devices.iter_mut().zip(transfers).zip(ways) {
        let outcome = sender.ended(transfer).unwrap();
        println!("{name}: {:?}", outcome.progress);
        let report = device.image();
        assert!(report.whole && report.bytes == image, "{name}");
        assert_eq!(report.begins, 1, "{name}");
    }
}

#[test]
fn a_limited_rate_is_kept_at_the_broker_and_costs_no_resend() {
    let broker = Mosquitto::start();
    // Begin and finish are messages too.
    for (rate, chunks) in [(10, 28), (100, 198)] {
        let mut device = Device::start(broker.port(), "d", &[]);
        let mut witness = Peer::connect(broker.address(), options("witness"));
        witness.subscribe("d/to", QoS::AtMostOnce);
        let mut limited = options("sender");
        limited.max_messages_per_second = Some(f64::from(u32::try_from(rate).unwrap()));
        let mut sender = Peer::connect(broker.address(), limited);
        let image = random_bytes(1400 * chunks, 3);
        let options = TransferOptions {
            window: Window::Fixed(16),
            ..TransferOptions::named("slow.jpg")
        };
        let transfer = sender.send("d", &image, options);
        let clock = thread::spawn(move || witness.times_of(chunks + 2));
        assert_eq!(sender.ended(transfer).unwrap().progress.resends, 0);
        assert!(device.image().bytes == image);
        let times = clock.join().unwrap();
        let shortest = times.windows(rate + 1).map(|some| some[rate] - some[0]);
        let shortest = shortest.min().unwrap();
        println!("{rate} messages a second: {} took {shortest:?}", rate + 1);
        // On a busy machine the witness itself is late by some; the simulation is exact.
        assert!(shortest > Duration::from_millis(850), "{shortest:?}");
    }
}
