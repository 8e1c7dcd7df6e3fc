//! Thousands of publishes both ways over a session that is kept, while links are cut and the broker is restarted: QoS 1
//! loses none, QoS 2 loses and doubles none.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use mqtt_image_sender::client::Event;
use mqtt_image_sender::mqtt::QoS;
use mqtt_image_sender::rng::Rng;

use super::support::mosquitto::Mosquitto;
use super::support::peer::{Peer, message, persistent};
use super::support::programs::full;
use super::support::proxy::{Count, Proxy};
use super::support::tap::Kind;

/// More than it ever takes.
const LONGEST: Duration = Duration::from_secs(120);
const QOS: [QoS; 2] = [QoS::AtLeastOnce, QoS::ExactlyOnce];
/// With a limit Mosquitto 2.0.11, started again, takes for queued what was in flight beyond it, released or not.
const UNLIMITED: &str = "max_inflight_messages 10000\n";

/// How much is done: in `cargo xtask test full` what issue 4 asks for, else a tenth of it.
struct Size {
    /// Publishes of each QoS in each direction.
    publishes: u32,
    cuts: u32,
    restarts: u32,
}

impl Size {
    fn new() -> Self {
        let (publishes, cuts, restarts) = if full() {
            (10_000, 50, 10)
        } else {
            (1_000, 8, 2)
        };
        Self {
            publishes,
            cuts,
            restarts,
        }
    }

    /// Ends the broker by `signal` and starts it again, spread over the storm.
    fn restart(&self, broker: &mut Mosquitto, storm: &Storm, signal: &str) {
        for done in 0..self.restarts {
            storm.reaches(f64::from(done + 1) / f64::from(self.restarts + 1));
            broker.end(signal);
            broker.start_again();
        }
    }
}

/// What one side saw.
#[derive(Default)]
struct Tally {
    /// Publishes whose exchange is complete.
    settled: u32,
    /// How often each number came, for QoS 1 and 2.
    came: [BTreeMap<u32, u32>; 2],
}

impl Tally {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Published(_) => self.settled += 1,
            Event::PublishFailed { error, .. } => panic!("a publish failed: {error}"),
            Event::Message { message, .. } => {
                let number = u32::from_be_bytes(message.payload[..].try_into().unwrap());
                let index = usize::from(message.topic.ends_with('2'));
                *self.came[index].entry(number).or_default() += 1;
            }
            _ => {}
        }
    }

    fn settled(&self, publishes: u32) -> bool {
        self.settled == 2 * publishes
    }

    fn has_all(&self, publishes: u32) -> bool {
        let all = usize::try_from(publishes).unwrap();
        self.settled(publishes) && self.came.iter().all(|came| came.len() == all)
    }

    /// Numbers of this QoS that came more than once.
    fn doubles(&self, qos: QoS) -> usize {
        let came = &self.came[usize::from(u8::from(qos)) - 1];
        came.values().filter(|&&times| times > 1).count()
    }
}

/// Two sides that publish to each other, each in a thread of its own.
struct Storm {
    publishes: u32,
    /// Publishes that have settled, over both sides.
    settled: Arc<AtomicU32>,
    sides: [JoinHandle<Tally>; 2],
}

impl Storm {
    /// Two addresses of one broker: the subject's, and the witness's. A side ends when `enough` says so.
    fn start(addresses: [String; 2], publishes: u32, enough: fn(&Tally, u32) -> bool) -> Self {
        let [subject, witness] = addresses;
        let sides = [
            (subject, "subject", "out", "in/+"),
            (witness, "witness", "in", "out/+"),
        ];
        // Both listen before either publishes.
        let peers = sides.map(|(address, id, out, filter)| {
            let mut peer = Peer::connect(address, persistent(id));
            peer.subscribe(filter, QoS::ExactlyOnce);
            (peer, out)
        });
        let settled = Arc::new(AtomicU32::new(0));
        let sides = peers.map(|(mut peer, out)| {
            let settled = Arc::clone(&settled);
            thread::spawn(move || {
                post(&mut peer, out, publishes);
                receive(&mut peer, &settled, |tally| enough(tally, publishes))
            })
        });
        Self {
            publishes,
            settled,
            sides,
        }
    }

    /// Waits until the storm is this far through, from 0 to 1.
    fn reaches(&self, part: f64) {
        let all = f64::from(4 * self.publishes);
        let end = Instant::now() + LONGEST;
        while f64::from(self.settled.load(Ordering::Relaxed)) < part * all {
            assert!(Instant::now() < end, "it does not get on");
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn end(self) -> [Tally; 2] {
        let tallies = self.sides.map(|side| side.join().unwrap());
        for (tally, name) in tallies.iter().zip(["subject", "witness"]) {
            let came = tally.came.each_ref().map(BTreeMap::len);
            let doubles = QOS.map(|qos| tally.doubles(qos));
            let settled = tally.settled;
            println!("{name}: {settled} settled, {came:?} came, {doubles:?} of them twice");
        }
        tallies
    }
}

/// Publishes all numbers at both QoS. They wait in the client.
fn post(peer: &mut Peer, out: &str, publishes: u32) {
    for number in 0..publishes {
        for qos in QOS {
            let topic = format!("{out}/{}", u8::from(qos));
            peer.post(message(&topic, number.to_be_bytes(), qos));
        }
    }
}

/// Drives a side until `enough` says so, and some time after.
fn receive(peer: &mut Peer, settled: &AtomicU32, enough: impl Fn(&Tally) -> bool) -> Tally {
    let mut tally = Tally::default();
    let mut end = Instant::now() + LONGEST;
    let mut is_over = false;
    while Instant::now() < end {
        let before = tally.settled;
        peer.wait_for(Duration::from_millis(100), |event| {
            tally.take(event);
            Some(())
        });
        settled.fetch_add(tally.settled - before, Ordering::Relaxed);
        if !is_over && enough(&tally) {
            // What comes twice would come now.
            is_over = true;
            end = Instant::now() + Duration::from_secs(1);
        }
    }
    tally
}

fn assert_whole(tallies: &[Tally], publishes: u32) {
    for tally in tallies {
        assert!(tally.has_all(publishes), "something was lost");
        assert_eq!(tally.doubles(QoS::ExactlyOnce), 0);
    }
}

/// As many cuts as are asked for, over what passes at a link for the greater part of the storm.
fn cutting(broker: &Mosquitto, size: &Size, count: Count) -> Proxy {
    // With the acknowledgements of both ways, a number costs 46 bytes in each direction.
    let bytes = match count {
        Count::FromClient => 52,
        Count::Both => 150,
    };
    let share = u64::from(size.publishes) * bytes / u64::from(size.cuts);
    let mut rng = Rng::new(4);
    let cuts: Vec<u64> = (0..size.cuts).map(|_| 1 + rng.below(share)).collect();
    Proxy::cutting(broker.address(), count, cuts)
}

#[test]
fn nothing_is_lost_or_doubled_while_links_are_cut_at_any_byte() {
    let size = Size::new();
    let broker = Mosquitto::start();
    let proxy = cutting(&broker, &size, Count::FromClient);
    let addresses = [proxy.address(), broker.address()];
    let storm = Storm::start(addresses, size.publishes, Tally::has_all);
    assert_whole(&storm.end(), size.publishes);
    assert_eq!(proxy.cuts(), size.cuts);
}

#[test]
fn nothing_is_lost_or_doubled_while_links_are_cut_and_the_broker_is_restarted() {
    let size = Size::new();
    let mut broker = Mosquitto::with(&format!("allow_anonymous true\n{UNLIMITED}"));
    let proxy = cutting(&broker, &size, Count::Both);
    let addresses = [proxy.address(), broker.address()];
    let storm = Storm::start(addresses, size.publishes, Tally::has_all);
    size.restart(&mut broker, &storm, "TERM");
    assert_whole(&storm.end(), size.publishes);
    // A link that ends with its broker may not have come to its cut.
    let cuts = proxy.cuts();
    assert!(
        cuts <= size.cuts && cuts + size.restarts >= size.cuts,
        "{cuts}"
    );
}

#[test]
fn with_mosquittos_own_limits_nothing_is_lost_and_only_what_it_sends_anew_is_doubled() {
    let size = Size::new();
    let mut broker = Mosquitto::start();
    let proxies = [
        cutting(&broker, &size, Count::Both),
        Proxy::to(broker.address()),
    ];
    let addresses = proxies.each_ref().map(Proxy::address);
    let storm = Storm::start(addresses, size.publishes, Tally::has_all);
    size.restart(&mut broker, &storm, "TERM");
    let tallies = storm.end();
    for (tally, proxy) in tallies.iter().zip(&proxies) {
        assert!(tally.has_all(size.publishes), "something was lost");
        let again = proxy.tap().sent_again_after(&Kind::Pubrel);
        let answered = proxy.tap().sent_again_after(&Kind::Pubcomp);
        println!(
            "after PUBREL the broker sent {} anew, {} of them after PUBCOMP",
            again.len(),
            answered.len()
        );
        for (number, times) in &tally.came[1] {
            let anew = again.get(&number.to_be_bytes()[..]).copied().unwrap_or(0);
            assert!(*times <= 1 + anew, "{number} came {times} times");
        }
    }
}

#[test]
fn every_publish_settles_though_the_broker_is_killed() {
    let size = Size::new();
    let mut broker = Mosquitto::start();
    let addresses = [broker.address(), broker.address()];
    let storm = Storm::start(addresses, size.publishes, Tally::settled);
    size.restart(&mut broker, &storm, "KILL");
    for tally in storm.end() {
        // What a broker had acknowledged and forgets, no client can mend (BROKERS.md).
        assert!(tally.settled(size.publishes));
        assert_eq!(tally.doubles(QoS::ExactlyOnce), 0);
    }
}
