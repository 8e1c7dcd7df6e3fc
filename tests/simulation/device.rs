//! A device behind a link of its own, with everything that can be wrong with it.

use core::time::Duration;
use std::collections::BTreeMap;

use mqtt_image_sender::client::{ClientOptions, ConnectionState, Event};
use mqtt_image_sender::loopback::Broker;
use mqtt_image_sender::mqtt::{Message, QoS, SessionOptions};
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::time::{Instant, earliest};
use mqtt_image_sender::transfer::{Numbering, Received};

use super::link::Quality;
use super::models::{DATA, Kind, Model, feedback, parse_frame};
use super::station::Station;

/// What may happen to a frame or its feedback; each is a probability.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// The frame is lost.
    pub deaf: f64,
    /// The frame comes in another form, so that it is none.
    pub broken: f64,
    /// A bit of a chunk is another.
    pub flipped: f64,
    /// The frame is held up, and others overtake it.
    pub held_up: f64,
    /// The frame is lost, and the device says so with status 0.
    pub incomplete: f64,
    /// The feedback is lost.
    pub mute: f64,
    /// The feedback is held up, and others overtake it.
    pub late: f64,
    /// The feedback is sent twice, the second time later.
    pub repeat: f64,
    /// Something malformed is sent before the feedback.
    pub garbage: f64,
    /// The feedback itself is malformed.
    pub mangled: f64,
    /// The longest that a frame and its feedback are held up together.
    pub most_delay: Duration,
}

/// A device as a scenario lists it.
#[derive(Clone, Debug)]
pub struct DeviceSpec {
    pub to: String,
    pub from: String,
    pub kind: Kind,
    pub numbering: Numbering,
    pub faults: Faults,
    pub quality: Quality,
    /// QoS of its subscription.
    pub qos: QoS,
    pub sleep: Option<Sleep>,
}

/// A device that sleeps most of the time.
#[derive(Clone, Debug)]
pub struct Sleep {
    /// From waking to waking.
    pub every: Duration,
    /// How long it listens when nothing comes.
    pub awake: Duration,
    /// The topic on which it says that it woke.
    pub wake: Option<String>,
}

#[derive(Debug)]
enum Action {
    Take(Vec<u8>, Duration),
    Say(Vec<u8>),
}

#[derive(Debug)]
pub struct Device {
    pub spec: DeviceSpec,
    /// Every image that it called whole, oldest first.
    pub shown: Vec<Received>,
    /// `None` while it sleeps.
    station: Option<Station<()>>,
    model: Box<dyn Model>,
    rng: Rng,
    agenda: BTreeMap<(Instant, u64), Action>,
    next_action: u64,
    /// When it wakes, or may fall asleep.
    alarm: Option<Instant>,
    wakings: u64,
}

impl Device {
    pub fn new(spec: DeviceSpec, seed: u64) -> Self {
        Self {
            model: spec.kind.build(spec.numbering),
            shown: Vec::new(),
            station: None,
            rng: Rng::new(seed),
            agenda: BTreeMap::new(),
            next_action: 0,
            alarm: Some(Instant::ZERO),
            wakings: 0,
            spec,
        }
    }

    pub fn step(&mut self, now: Instant, broker: &mut Broker) -> bool {
        let mut any = self.wake_or_sleep(now, broker);
        any |= self.act(now);
        any |= self
            .station
            .as_mut()
            .is_some_and(|station| station.step(now, broker));
        while let Some(event) = self
            .station
            .as_mut()
            .and_then(|station| station.poll_event(now, broker))
        {
            self.handle_event(now, event);
            any = true;
        }
        any
    }

    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        let action = self.agenda.keys().next().map(|(at, _)| *at);
        let station = self
            .station
            .as_ref()
            .and_then(|station| station.poll_timeout(now));
        earliest(earliest(action, station), self.alarm)
    }

    pub fn station(&mut self) -> Option<&mut Station<()>> {
        self.station.as_mut()
    }

    /// It restarts: the image that it was receiving is gone, and what it was about to say.
    pub fn restart(&mut self, now: Instant, broker: &mut Broker) {
        self.model.forget();
        self.agenda.clear();
        if let Some(mut station) = self.station.take() {
            station.cut(now, broker, Duration::ZERO);
            self.alarm = Some(now + Duration::from_millis(700));
        }
    }

    fn is_connected(&self) -> bool {
        self.station
            .as_ref()
            .is_some_and(|station| station.client.state() == ConnectionState::Connected)
    }

    fn wake_or_sleep(&mut self, now: Instant, broker: &mut Broker) -> bool {
        if self.alarm.is_none_or(|at| at > now) {
            return false;
        }
        self.alarm = self.spec.sleep.as_ref().map(|sleep| now + sleep.awake);
        match &mut self.station {
            None => self.wake(now),
            Some(station) => {
                station.client.close(now);
                while station.poll_event(now, broker).is_some() {}
                self.station = None;
                self.agenda.clear();
                self.alarm = self
                    .spec
                    .sleep
                    .as_ref()
                    .map(|sleep| now + sleep.every.saturating_sub(sleep.awake));
            }
        }
        true
    }

    fn wake(&mut self, now: Instant) {
        self.wakings += 1;
        let mut session = SessionOptions::new(format!("device {}", self.spec.to));
        session.keep_alive = Duration::from_secs(30);
        let mut options = ClientOptions::new(session);
        options.seed = self.rng.next_u64();
        // A device tries until it has a link, at first as well.
        options.urls = 1_000_000;
        let seed = self.rng.next_u64();
        let mut station = Station::new(options, self.spec.quality, (), seed);
        station
            .client
            .subscribe(now, &self.spec.to, self.spec.qos)
            .expect("the topic is a filter");
        station.client.connect(now);
        self.station = Some(station);
    }

    fn handle_event(&mut self, now: Instant, event: Event) {
        match event {
            Event::Message { message, .. } => self.handle_frame(now, message.payload),
            Event::State {
                state: ConnectionState::Connected,
                ..
            } => {
                if let Some(wake) = self.spec.sleep.as_ref().and_then(|s| s.wake.clone()) {
                    self.publish(now, wake, b"awake".to_vec());
                }
            }
            _ => {}
        }
    }

    /// A frame arrives, and may be held up before the device looks at it.
    fn handle_frame(&mut self, now: Instant, frame: Vec<u8>) {
        if let (Some(alarm), Some(sleep)) = (&mut self.alarm, &self.spec.sleep) {
            *alarm = now + sleep.awake;
        }
        let delay = self.delay(self.spec.faults.held_up, self.spec.faults.most_delay / 2);
        let left = self.spec.faults.most_delay.saturating_sub(delay);
        self.plan(now + delay, Action::Take(frame, left));
    }

    fn act(&mut self, now: Instant) -> bool {
        let mut any = false;
        while let Some(entry) = self.agenda.first_entry()
            && entry.key().0 <= now
        {
            any = true;
            match entry.remove() {
                Action::Take(frame, left) => self.take(now, frame, left),
                // What cannot go out now is lost: a feedback that waits for a link would be later than any may be.
                Action::Say(bytes) if self.is_connected() => {
                    self.publish(now, self.spec.from.clone(), bytes);
                }
                Action::Say(_) => {}
            }
        }
        any
    }

    fn take(&mut self, now: Instant, mut frame: Vec<u8>, left: Duration) {
        let faults = self.spec.faults;
        if self.rng.chance(faults.deaf) {
            return;
        }
        if self.rng.chance(faults.broken) {
            break_frame(&mut self.rng, &mut frame);
        }
        if self.rng.chance(faults.flipped) && frame.len() > 9 && frame[4] == DATA {
            let bit = self.rng.below((frame.len() as u64 - 9) * 8) as usize;
            frame[9 + bit / 8] ^= 1 << (bit % 8);
        }
        let answer = if self.rng.chance(faults.incomplete) {
            parse_frame(&frame)
                .map(|(function, number, _)| feedback(self.spec.numbering, function, number, 0))
        } else {
            self.model.handle_frame(&frame)
        };
        self.shown
            .extend(core::iter::from_fn(|| self.model.poll_image()).filter(|image| image.whole));
        if let Some(answer) = answer {
            self.answer(now, answer, left);
        }
    }

    fn answer(&mut self, now: Instant, answer: Vec<u8>, left: Duration) {
        let faults = self.spec.faults;
        if self.rng.chance(faults.garbage) {
            let garbage = malformed(&mut self.rng, &answer);
            self.plan(now, Action::Say(garbage));
        }
        if self.rng.chance(faults.repeat) {
            let delay = self.delay(1.0, left);
            self.plan(now + delay, Action::Say(answer.clone()));
        }
        if self.rng.chance(faults.mute) {
            return;
        }
        let said = if self.rng.chance(faults.mangled) {
            malformed(&mut self.rng, &answer)
        } else {
            answer
        };
        let delay = self.delay(faults.late, left);
        self.plan(now + delay, Action::Say(said));
    }

    /// Nothing mostly; with this probability something up to `most`.
    fn delay(&mut self, probability: f64, most: Duration) -> Duration {
        if self.rng.chance(probability) {
            Duration::from_micros(self.rng.below(most.as_micros() as u64 + 1))
        } else {
            Duration::ZERO
        }
    }

    fn plan(&mut self, at: Instant, action: Action) {
        self.agenda.insert((at, self.next_action), action);
        self.next_action += 1;
    }

    fn publish(&mut self, now: Instant, topic: String, payload: Vec<u8>) {
        let message = Message {
            topic,
            payload,
            ..Message::default()
        };
        if let Some(station) = &mut self.station {
            station
                .client
                .publish(now, message)
                .expect("a device's topics are good");
        }
    }
}

/// Makes a feedback into none: cut short, drawn out, or with an illegal header, function or status.
fn malformed(rng: &mut Rng, feedback: &[u8]) -> Vec<u8> {
    let mut bytes = feedback.to_vec();
    match rng.below(6) {
        0 => bytes.truncate(rng.below(8) as usize),
        1 => bytes.extend((0..=rng.below(9)).map(|_| 1)),
        2 => bytes[rng.below(4) as usize] ^= 1 << rng.below(8),
        3 => bytes[4] = [0, 4, 9, 0x81, 0xFF][rng.below(5) as usize],
        4 => bytes[7] = [2, 7, 0x80, 0xFF][rng.below(4) as usize],
        _ => bytes = b"hello".to_vec(),
    }
    bytes
}

/// Makes a frame into none.
fn break_frame(rng: &mut Rng, frame: &mut Vec<u8>) {
    match rng.below(4) {
        0 => frame.truncate(rng.below(frame.len() as u64) as usize),
        1 => frame.push(0),
        2 => frame[rng.below(4) as usize] ^= 1 << rng.below(8),
        _ => frame[4] = [0, 4, 9, 0xFF][rng.below(4) as usize],
    }
}
