//! A hundred clients lose their broker together: they must not come back together.

use core::time::Duration;

use mqtt_image_sender::client::{Client, ClientOptions, Error, Event, ReconnectOptions};
use mqtt_image_sender::loopback::Broker;
use mqtt_image_sender::mqtt::{Credentials, SessionOptions};
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::time::Instant;

const CLIENTS: usize = 100;
/// Long enough for each link to have proved itself: what follows is the first back-off.
const LOST_AT: Instant = Instant::from_millis(20_000);
/// The clients' own window for the first try.
const WINDOW: u64 = 500;

/// A client whose link is up until the broker goes, with the jitter of this seed.
fn connected(seed: u64) -> Client {
    let mut session = SessionOptions::new(format!("client-{seed}"));
    session.keep_alive = Duration::ZERO;
    let options = ClientOptions {
        seed,
        ..ClientOptions::new(session)
    };
    let mut client = Client::new(options).expect("the options are good");
    let mut broker = Broker::new();
    client.connect(Instant::ZERO);
    let Some(Event::Open { link, .. }) = client.poll_event() else {
        panic!("it does not ask for a socket");
    };
    let connection = broker.handle_open(Instant::ZERO);
    client.handle_open(Instant::ZERO, link, &Credentials::default());
    let mut bytes = Vec::new();
    client.poll_transmit(Instant::ZERO, usize::MAX, &mut bytes);
    broker.handle_input(Instant::ZERO, connection, &bytes);
    bytes.clear();
    broker.poll_transmit(connection, &mut bytes);
    client.handle_input(Instant::ZERO, link, &bytes);
    assert!(client.is_up(link));
    while client.poll_event().is_some() {}
    client.handle_closed(LOST_AT, link, gone());
    client
}

fn gone() -> Error {
    Error::Network {
        reason: "the broker is gone".to_owned(),
    }
}

/// When a client tries again: `tries` times, each in vain. Microseconds after the loss.
fn tries_of(mut client: Client, tries: usize) -> Vec<u64> {
    let mut times = Vec::new();
    let mut now = LOST_AT;
    while times.len() < tries {
        while let Some(event) = client.poll_event() {
            if let Event::Open { link, .. } = event {
                times.push(now.as_micros() - LOST_AT.as_micros());
                client.handle_closed(now, link, gone());
            }
        }
        now = client.poll_timeout(now).expect("it tries again");
        client.handle_timeout(now);
    }
    times.truncate(tries);
    times
}

/// The most that any 10 ms hold, wherever they begin.
fn most_in_ten_millis(times: &[u64]) -> usize {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let within = |from: &u64| {
        let end = sorted.partition_point(|time| *time < from + 10_000);
        end - sorted.partition_point(|time| time < from)
    };
    sorted.iter().map(within).max().unwrap_or(0)
}

/// Counts in tenths of the window.
fn histogram(times: &[u64], window_millis: u64) -> [usize; 10] {
    let mut tenths = [0; 10];
    for time in times {
        let tenth = time / (window_millis * 100);
        tenths[usize::try_from(tenth).unwrap_or(10).min(9)] += 1;
    }
    tenths
}

fn drawn(tenths: &[usize; 10], window_millis: u64) -> String {
    let bars = tenths.iter().enumerate().map(|(index, count)| {
        let from = window_millis * index as u64 / 10;
        format!("{from:>6} ms {count:>3} {}", "#".repeat(*count))
    });
    bars.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_hundred_clients_that_lost_their_broker_together_come_back_spread_over_the_window() {
    let minimum = ReconnectOptions::default().min_delay;
    assert_eq!(minimum, Duration::from_millis(WINDOW));
    // Browsers draw the seeds at random: ten crowds.
    let mut seeds = Rng::new(1);
    for crowd in 0..10 {
        let clients = (0..CLIENTS).map(|_| connected(seeds.next_u64()));
        let tries: Vec<Vec<u64>> = clients.map(|client| tries_of(client, 4)).collect();
        let first: Vec<u64> = tries.iter().map(|times| times[0]).collect();
        let tenths = histogram(&first, WINDOW);
        let picture = format!("crowd {crowd}, first tries:\n{}", drawn(&tenths, WINDOW));
        println!("{picture}");
        assert!(first.iter().all(|time| *time <= WINDOW * 1000), "{picture}");
        // 10 are to be expected in each; further off than this is one chance in ten thousand for a tenth.
        assert!(
            tenths.iter().all(|count| (1..=23).contains(count)),
            "{picture}"
        );
        let most = most_in_ten_millis(&first);
        assert!(most <= 10, "{most} in 10 ms; {picture}");
        // Their later tries fall between those of others, and are further apart.
        let all: Vec<u64> = tries.concat();
        let most = most_in_ten_millis(&all);
        assert!(most <= 10, "{most} of all tries in 10 ms; {picture}");
    }
}
