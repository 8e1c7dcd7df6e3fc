//! Devices with faults: what they receive in the end is whole, or the sender says that it is not.

use core::time::Duration;

use mqtt_image_sender::transfer::{AckTimeout, Error, Stage, TransferOptions, Window};

use super::support::device::Device;
use super::support::mosquitto::Mosquitto;
use super::support::peer::{Peer, options, random_bytes};

/// A device that answers within milliseconds is not waited for through 5 s.
fn impatient() -> TransferOptions {
    TransferOptions {
        ack_timeout: AckTimeout::Fixed(Duration::from_millis(300)),
        ..TransferOptions::named("faulty.jpg")
    }
}

#[test]
fn images_arrive_at_devices_with_every_fault() {
    let broker = Mosquitto::start();
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let image = random_bytes(40 * 1400 + 7, 4);
    let everything = "--silent 0.1 --incomplete 0.1 --repeat 0.1 --garbage 0.1";
    let faults = [
        ("silent", "--silent 0.2", 1),
        ("deaf", "--deaf 0.2", 1),
        ("incomplete", "--incomplete 0.2", 1),
        // Slow enough that what it repeats, 0.2 s later, meets a transfer that still runs.
        ("repeat", "--repeat 0.2 --delay 0.03", 1),
        ("garbage", "--garbage 0.2", 1),
        ("all", everything, 1),
        ("all-next", &format!("{everything} --numbering next"), 1),
        ("all-window", everything, 16),
    ];
    let mut devices = faults.map(|(name, options, _)| {
        let options: Vec<&str> = options.split(' ').collect();
        Device::start(broker.port(), name, &options)
    });
    let transfers = faults.map(|(name, _, window)| {
        let options = TransferOptions {
            window: Window::Fixed(window),
            ..impatient()
        };
        sender.send(name, &image, options)
    });
    for ((device, transfer), (name, ..)) in devices.iter_mut().zip(transfers).zip(faults) {
        let progress = sender.ended(transfer).unwrap().progress;
        println!(
            "{name}: {} resends, {} ignored",
            progress.resends, progress.ignored
        );
        let report = device.image();
        assert!(report.whole && report.bytes == image, "{name}");
        // A test in which no fault occurred would show nothing.
        let faults = match name {
            "repeat" | "garbage" => progress.ignored,
            _ => progress.resends,
        };
        assert!(faults > 0, "{name}: {progress:?}");
    }
}

#[test]
fn chunks_that_are_asked_for_again_wait_for_no_clock() {
    let broker = Mosquitto::start();
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let image = random_bytes(10 * 1400, 5);
    let kinds = [("echo", 1), ("next", 1), ("window", 8)];
    let mut devices = kinds.map(|(name, _)| {
        let numbering = if name == "next" { "next" } else { "echo" };
        let options = ["--ask-again", "3", "--numbering", numbering];
        Device::start(broker.port(), name, &options)
    });
    let transfers = kinds.map(|(name, window)| {
        let options = TransferOptions {
            window: Window::Fixed(window),
            ..TransferOptions::named("again.jpg")
        };
        sender.send(name, &image, options)
    });
    for ((device, transfer), (name, _)) in devices.iter_mut().zip(transfers).zip(kinds) {
        let progress = sender.ended(transfer).unwrap().progress;
        assert!(progress.elapsed < Duration::from_secs(4), "{progress:?}");
        let report = device.image();
        assert!(report.whole && report.bytes == image, "{name}");
        assert_eq!((report.data, report.finishes), (13, 4), "{name}");
    }
}

#[test]
fn a_device_that_says_nothing_is_named_with_what_may_be_wrong() {
    let broker = Mosquitto::start();
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let _device = Device::start(broker.port(), "mute", &["--silent", "1"]);
    let options = TransferOptions {
        max_retries: Some(2),
        ..impatient()
    };
    for name in ["mute", "nobody"] {
        let transfer = sender.send(name, b"image", options.clone());
        let error = sender.ended(transfer).unwrap_err();
        assert_eq!(error.code(), "no-answer");
        let Error::NoAnswer {
            stage, sendings, ..
        } = error
        else {
            panic!("{error:?}")
        };
        assert_eq!((stage, sendings), (Stage::Begin, 3));
    }
}

#[test]
fn a_device_that_never_gets_it_right_ends_as_incomplete() {
    let broker = Mosquitto::start();
    let mut sender = Peer::connect(broker.address(), options("sender"));
    let _device = Device::start(broker.port(), "broken", &["--incomplete", "1"]);
    let options = TransferOptions {
        max_retries: Some(4),
        ..impatient()
    };
    let transfer = sender.send("broken", b"image", options);
    let error = sender.ended(transfer).unwrap_err();
    assert_eq!(error.code(), "incomplete", "{error}");
}
