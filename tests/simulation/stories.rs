//! Scenarios with a purpose: what issue and protocol promise, in simulated time and to the frame.

use core::time::Duration;

use mqtt_image_sender::mqtt::QoS;
use mqtt_image_sender::time::Instant;
use mqtt_image_sender::transfer::{
    AckTimeout, Numbering, NumberingOption, TransferOptions, Window,
};

use super::device::{DeviceSpec, Faults, Sleep};
use super::errand::{Errand, Goal, PageSpec};
use super::link::Quality;
use super::models::Kind;
use super::scenario::{Happening, Scenario, Who};
use super::world::{Report, World};

const RTT: Duration = Duration::from_millis(100);

/// A link of which four, there and back twice, make a round trip of `rtt`.
fn distant(rtt: Duration) -> Quality {
    Quality {
        latency: rtt / 4,
        ..Quality::PERFECT
    }
}

fn device(index: usize, rtt: Duration) -> DeviceSpec {
    DeviceSpec {
        to: format!("to/{index}"),
        from: format!("ack/{index}"),
        kind: Kind::Reference { asks_again: 0 },
        numbering: Numbering::Echo,
        faults: Faults::default(),
        quality: distant(rtt),
        qos: QoS::AtMostOnce,
        sleep: None,
    }
}

/// An image of so many bytes that has to arrive; asked for when its device is there.
fn errand(device: &DeviceSpec, bytes: usize, options: TransferOptions) -> Errand {
    let image: Vec<u8> = (0..bytes).map(|index| (index % 251) as u8).collect();
    Errand {
        to: device.to.clone(),
        from: device.from.clone(),
        wake: None,
        qos: QoS::AtMostOnce,
        image: image.into(),
        options,
        asked_at: Instant::from_millis(5_000),
        preparing: Duration::ZERO,
        pause: None,
        cancelled_at: None,
        goal: Goal::Arrives,
        is_undisturbed: false,
    }
}

fn page(rtt: Duration, errands: Vec<Errand>) -> PageSpec {
    PageSpec {
        quality: distant(rtt),
        keep_alive: Duration::from_secs(60),
        max_outstanding: 500,
        max_messages_per_second: None,
        own_filter: None,
        clean_session: true,
        notes: Vec::new(),
        closed_at: None,
        errands,
    }
}

fn options(change: impl FnOnce(&mut TransferOptions)) -> TransferOptions {
    let mut options = TransferOptions::named("a.jpg");
    change(&mut options);
    options
}

#[track_caller]
fn run(scenario: &Scenario) -> Report {
    match World::new(scenario).run() {
        Ok(report) => {
            assert_eq!(
                (report.arrived, report.failed),
                (scenario.page.errands.len(), 0)
            );
            report
        }
        Err(breaches) => panic!("{}", breaches.join("\n")),
    }
}

/// One image of 1 MB to one device over this round trip; how long it took, and with how many frames.
fn megabyte(
    rtt: Duration,
    faults: Faults,
    change: impl FnOnce(&mut TransferOptions),
) -> (f64, usize) {
    let device = DeviceSpec {
        faults,
        ..device(0, rtt)
    };
    let errand = errand(&device, 1_000_000, options(change));
    let asked_at = errand.asked_at;
    let report = run(&Scenario {
        seed: 7,
        page: page(rtt, vec![errand]),
        devices: vec![device],
        happenings: Vec::new(),
    });
    let took = report.last_end.saturating_since(asked_at);
    (took.as_secs_f64(), report.frames)
}

/// 1 MB in chunks of 1400.
const CHUNKS: f64 = 715.0;

#[test]
fn a_window_carries_its_chunks_in_every_round_trip() {
    for millis in [50, 100] {
        let rtt = Duration::from_millis(millis);
        for size in [1_u16, 8, 32] {
            let (took, frames) = megabyte(rtt, Faults::default(), |options| {
                options.window = Window::Fixed(size);
            });
            let theory = CHUNKS / f64::from(size) * rtt.as_secs_f64();
            // SUBACK, begin, chunk 0 alone and finish come on top.
            let beside = 4.0 * rtt.as_secs_f64();
            assert!(
                theory / (took - beside) >= 0.95,
                "window {size}: {took} s, {theory} s"
            );
            assert_eq!(frames, 717);
        }
    }
}

#[test]
fn a_window_that_grows_loses_two_round_trips_to_one_of_64() {
    let time = |window| megabyte(RTT, Faults::default(), |options| options.window = window).0;
    let (auto, fixed) = (time(Window::Auto), time(Window::Fixed(64)));
    // 5, 10, 20 and 40 instead of the first 75, and the ends of some turns of the event loop.
    let lost = (auto - fixed) / RTT.as_secs_f64();
    assert!(lost <= 2.1, "{auto} s, {fixed} s");
    assert!(fixed / auto >= 0.85, "{auto} s, {fixed} s");
}

#[test]
fn two_percent_of_loss_cost_a_window_little() {
    let two_percent = Faults {
        deaf: 0.02,
        ..Faults::default()
    };
    let time = |faults| megabyte(RTT, faults, |options| options.window = Window::Fixed(32)).0;
    let (lossy, whole) = (time(two_percent), time(Faults::default()));
    assert!(whole / lossy >= 0.7, "{lossy} s, {whole} s");
}

#[test]
fn the_adaptive_clock_makes_loss_bearable_for_stop_and_wait() {
    let two_percent = Faults {
        deaf: 0.02,
        ..Faults::default()
    };
    let rtt = Duration::from_millis(50);
    let time = |timeout| megabyte(rtt, two_percent, |options| options.ack_timeout = timeout).0;
    let fixed = time(AckTimeout::Fixed(Duration::from_secs(5)));
    let auto = time(AckTimeout::Auto);
    assert!(fixed / auto >= 2.5, "{auto} s, {fixed} s");
}

#[test]
fn a_link_that_is_cut_twenty_times_costs_no_more_than_what_was_outstanding() {
    let device = device(0, RTT);
    let window = 8;
    let errand = errand(
        &device,
        1_000_000,
        options(|options| options.window = Window::Fixed(window)),
    );
    let cuts = (0..20).map(|index| {
        let at = Instant::from_millis(5_500 + index * 1_700);
        (at, Happening::Cut(Who::Page, Duration::from_millis(100)))
    });
    let report = run(&Scenario {
        seed: 1,
        page: page(RTT, vec![errand]),
        devices: vec![device],
        happenings: cuts.collect(),
    });
    let most = 717 + 20 * usize::from(window);
    assert!(
        (718..=most).contains(&report.frames),
        "{} frames",
        report.frames
    );
}

#[test]
fn a_network_that_goes_without_a_word_is_noticed_and_nothing_fails() {
    let device = device(0, RTT);
    let errand = errand(&device, 200_000, options(|_| {}));
    let silences = (0..10).map(|index| {
        let at = Instant::from_millis(6_000 + index * 25_000);
        (at, Happening::Silence(Who::Page, Duration::from_secs(5)))
    });
    run(&Scenario {
        seed: 1,
        page: page(RTT, vec![errand]),
        devices: vec![device],
        happenings: silences.collect(),
    });
}

#[test]
fn a_sign_that_wakes_for_five_seconds_a_minute_gets_its_image_at_its_next_waking() {
    let sleep = |wake: Option<String>| Sleep {
        every: Duration::from_secs(60),
        awake: Duration::from_secs(5),
        wake,
    };
    for wake in [None, Some("up".to_owned())] {
        let device = DeviceSpec {
            sleep: Some(sleep(wake.clone())),
            ..device(0, RTT)
        };
        let mut errand = errand(
            &device,
            20_000,
            options(|options| {
                options.wait_for_device = Duration::from_secs(300);
            }),
        );
        // It fell asleep at 5 s, and wakes at 60 s.
        errand.asked_at = Instant::from_millis(10_000);
        errand.wake.clone_from(&wake);
        let report = run(&Scenario {
            seed: 1,
            page: page(RTT, vec![errand]),
            devices: vec![device],
            happenings: Vec::new(),
        });
        let chunks = 15;
        let sends = RTT * (chunks + 3);
        let latest = Instant::from_millis(60_000) + RTT * 2 + sends + Duration::from_secs(2);
        assert!(report.last_end <= latest, "{:?}", report.last_end);
        // With a wake topic begin does not wait for its turn of two seconds.
        let soon = Instant::from_millis(60_000) + RTT * 3 + sends;
        assert!(
            wake.is_none() || report.last_end <= soon,
            "{:?}",
            report.last_end
        );
    }
}

#[test]
fn two_hundred_devices_get_one_picture_over_one_subscription() {
    let devices: Vec<DeviceSpec> = (0..200).map(|index| device(index, RTT)).collect();
    let mut first = errand(&devices[0], 50_000, options(|_| {}));
    let image = first.image.clone();
    let errands = devices.iter().map(|device| {
        first.to.clone_from(&device.to);
        first.from.clone_from(&device.from);
        first.image = image.clone();
        first.clone()
    });
    let errands: Vec<Errand> = errands.collect();
    let report = run(&Scenario {
        seed: 1,
        page: PageSpec {
            own_filter: Some("ack/+".into()),
            ..page(RTT, errands)
        },
        devices,
        happenings: Vec::new(),
    });
    assert_eq!(report.frames, 200 * (36 + 2));
    // All at once: as long as one of them alone.
    let alone = RTT * (36 + 2);
    assert!(report.last_end <= Instant::from_millis(5_000) + alone + RTT);
}

#[test]
fn the_largest_image_arrives_whole_in_both_numberings() {
    for numbering in [Numbering::Echo, Numbering::Next] {
        let device = DeviceSpec {
            numbering,
            ..device(0, Duration::ZERO)
        };
        let errand = errand(
            &device,
            45_875_200,
            options(|options| {
                options.window = Window::Fixed(64);
                options.numbering = NumberingOption::Auto;
            }),
        );
        let report = run(&Scenario {
            seed: 1,
            page: page(Duration::ZERO, vec![errand]),
            devices: vec![device],
            happenings: Vec::new(),
        });
        assert_eq!(report.frames, 32_768 + 2);
    }
}
