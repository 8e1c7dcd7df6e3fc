//! Runs a scenario: moves time from one thing that is due to the next, and sees that every rule is kept.

use core::time::Duration;

use mqtt_image_sender::loopback::Broker;
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::time::{Instant, earliest};

use super::device::Device;
use super::page::Page;
use super::scenario::{Happening, Scenario, Who};

/// Every scenario is over by then, or it hangs.
const BOUND: Duration = Duration::from_secs(24 * 3_600);
/// A feedback may be late by 2 s. Some time after that nothing is left of the last transfer.
const CLEAN_AFTER: Duration = Duration::from_secs(10);
/// Rounds at one moment, after which somebody is turning in a circle.
const MOST_ROUNDS: u32 = 5_000;

/// What a run amounted to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub arrived: usize,
    pub failed: usize,
    pub frames: usize,
    /// Of all that the page sent, and when.
    pub digest: u64,
    /// When the last errand ended.
    pub last_end: Instant,
}

pub struct World {
    now: Instant,
    broker: Broker,
    page: Page,
    devices: Vec<Device>,
    happenings: Vec<(Instant, Happening)>,
    ended_at: Option<Instant>,
    last_end: Instant,
    most_frames: usize,
    checked: Vec<usize>,
}

impl World {
    pub fn new(scenario: &Scenario) -> Self {
        let mut seeds = Rng::new(scenario.seed);
        let mut happenings = scenario.happenings.clone();
        happenings.sort_by_key(|(at, _)| core::cmp::Reverse(*at));
        Self {
            now: Instant::ZERO,
            broker: Broker::new(),
            page: Page::new(scenario.page.clone(), scenario.courses(), seeds.next_u64()),
            devices: scenario
                .devices
                .iter()
                .map(|spec| Device::new(spec.clone(), seeds.next_u64()))
                .collect(),
            happenings,
            ended_at: None,
            last_end: Instant::ZERO,
            most_frames: scenario.most_frames(),
            checked: vec![0; scenario.devices.len()],
        }
    }

    /// Prints what passes the page's socket.
    pub fn aloud(mut self) -> Self {
        self.page.station.tap.is_loud = true;
        self
    }

    /// # Errors
    /// The rules that were broken.
    pub fn run(mut self) -> Result<Report, Vec<String>> {
        let mut rounds = 0;
        loop {
            while self
                .happenings
                .last()
                .is_some_and(|(at, _)| *at <= self.now)
                && let Some((_, happening)) = self.happenings.pop()
            {
                self.happen(happening);
            }
            self.settle()?;
            if self.is_over() {
                self.page.check_cleanliness(self.now);
                self.verdict()?;
                return Ok(self.report());
            }
            let next = self.next_moment()?;
            rounds = if next > self.now { 0 } else { rounds + 1 };
            if rounds > MOST_ROUNDS {
                return Err(self.describe_circle());
            }
            self.now = next;
        }
    }

    /// Somebody is due for ever, whatever is done.
    fn describe_circle(&self) -> Vec<String> {
        let devices = self
            .devices
            .iter()
            .map(|device| device.poll_timeout(self.now));
        vec![format!(
            "turns in a circle at {:?}: page {:?}, broker {:?}, devices {:?}",
            self.now,
            self.page.poll_timeout(self.now),
            self.broker.poll_timeout(),
            devices.collect::<Vec<_>>()
        )]
    }

    /// Lets everything happen that happens at this moment.
    fn settle(&mut self) -> Result<(), Vec<String>> {
        let mut rounds = 0;
        while self.step() {
            self.verdict()?;
            rounds += 1;
            if rounds > MOST_ROUNDS {
                return Err(self.describe_circle());
            }
        }
        self.verdict()
    }

    fn step(&mut self) -> bool {
        let mut ended = Vec::new();
        let mut any = self.page.step(self.now, &mut self.broker, &mut ended);
        for device in &mut self.devices {
            any |= device.step(self.now, &mut self.broker);
        }
        for index in ended {
            self.last_end = self.now;
            self.check_arrival(index);
        }
        self.check_shown();
        if self.broker.poll_timeout().is_some_and(|at| at <= self.now) {
            self.broker.handle_timeout(self.now);
        }
        while let Some(connection) = self.broker.poll_closed() {
            if self.page.station.connection() == Some(connection) {
                self.page.station.handle_closed_by_broker(self.now);
            }
            for station in self.devices.iter_mut().filter_map(Device::station) {
                if station.connection() == Some(connection) {
                    station.handle_closed_by_broker(self.now);
                }
            }
            any = true;
        }
        any
    }

    fn is_over(&mut self) -> bool {
        if !self.page.can_tidy_up(self.now) {
            self.ended_at = None;
        } else if self.ended_at.is_none() && self.page.have_all_ended() {
            self.ended_at = Some(self.now);
        }
        self.ended_at.is_some_and(|at| self.now >= at + CLEAN_AFTER)
    }

    fn next_moment(&self) -> Result<Instant, Vec<String>> {
        let over = self.ended_at.map(|at| at + CLEAN_AFTER);
        let happening = self.happenings.last().map(|(at, _)| *at);
        let mut next = earliest(over, happening);
        next = earliest(next, self.page.poll_timeout(self.now));
        next = earliest(next, self.broker.poll_timeout());
        for device in &self.devices {
            next = earliest(next, device.poll_timeout(self.now));
        }
        match next {
            Some(at) if at <= Instant::ZERO + BOUND => Ok(at.max(self.now)),
            _ => Err(vec![format!(
                "hangs: {} at {:?}",
                self.page.unfinished(self.now),
                self.now
            )]),
        }
    }

    fn happen(&mut self, happening: Happening) {
        if self.page.station.tap.is_loud {
            println!("{:12.6} {happening:?}", self.now.as_micros() as f64 / 1e6);
        }
        let (now, broker) = (self.now, &mut self.broker);
        match happening {
            Happening::Cut(Who::Page, outage) => self.page.station.cut(now, broker, outage),
            Happening::Silence(Who::Page, outage) => self.page.station.go_silent(now, outage),
            Happening::Cut(Who::Device(index), outage) => {
                if let Some(station) = self.devices[index].station() {
                    station.cut(now, broker, outage);
                }
            }
            Happening::Silence(Who::Device(index), outage) => {
                if let Some(station) = self.devices[index].station() {
                    station.go_silent(now, outage);
                }
            }
            Happening::DeviceRestart(index) => self.devices[index].restart(now, broker),
            Happening::BrokerRestart(outage) => {
                let stations = self.devices.iter_mut().filter_map(Device::station);
                for station in stations {
                    station.cut(now, broker, outage);
                }
                self.page.station.cut(now, broker, outage);
                self.broker = Broker::new();
            }
            Happening::Freeze(how_long) => self.page.freeze(now + how_long),
        }
    }

    /// Done means that the newest image that the device shows is this one.
    fn check_arrival(&mut self, index: usize) {
        let errand = &self.page.spec.errands[index];
        if !matches!(self.page.states[index].end, Some(Ok(_))) {
            return;
        }
        let is_its = |device: &&Device| device.spec.to == errand.to;
        let shown = self
            .devices
            .iter()
            .find(is_its)
            .and_then(|device| device.shown.last());
        let is_right = shown
            .is_some_and(|shown| shown.name == errand.options.name && shown.bytes == *errand.image);
        if !is_right {
            let newest = shown.map(|shown| shown.name.as_str());
            self.page.breaches.push(format!(
                "errand {index} is done, but its device shows {newest:?}"
            ));
        }
    }

    /// What a device calls whole is what somebody sent to it.
    fn check_shown(&mut self) {
        for (device, checked) in self.devices.iter().zip(&mut self.checked) {
            for shown in &device.shown[*checked..] {
                let is_sent = self.page.spec.errands.iter().any(|errand| {
                    errand.to == device.spec.to
                        && errand.options.name == shown.name
                        && *errand.image == *shown.bytes
                });
                if !is_sent {
                    self.page.breaches.push(format!(
                        "{} shows a wrong image as {}",
                        device.spec.to, shown.name
                    ));
                }
            }
            *checked = device.shown.len();
        }
    }

    fn verdict(&mut self) -> Result<(), Vec<String>> {
        let frames = self.page.station.tap.frames;
        if frames > self.most_frames {
            let unfinished = self.page.unfinished(self.now);
            return Err(vec![format!("floods: {frames} frames, and {unfinished}")]);
        }
        let mut breaches = core::mem::take(&mut self.page.breaches);
        breaches.append(&mut self.page.station.tap.breaches);
        if breaches.is_empty() {
            return Ok(());
        }
        let at = self.now.as_micros() as f64 / 1e6;
        Err(breaches
            .iter()
            .map(|breach| format!("at {at:.6} s: {breach}"))
            .collect())
    }

    fn report(&self) -> Report {
        let ends = self
            .page
            .states
            .iter()
            .filter_map(|state| state.end.as_ref());
        let (arrived, failed): (Vec<_>, Vec<_>) = ends.partition(|end| end.is_ok());
        Report {
            arrived: arrived.len(),
            failed: failed.len(),
            frames: self.page.station.tap.frames,
            digest: self.page.station.tap.digest,
            last_end: self.last_end,
        }
    }
}
