//! Draws a scenario from a seed: how good the links are, which devices there are, what is sent and what goes wrong.

use core::time::Duration;

use mqtt_image_sender::mqtt::QoS;
use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::time::Instant;
use mqtt_image_sender::transfer::{
    AckTimeout, Image, Numbering, NumberingOption, TransferOptions, Window,
};

use super::device::{DeviceSpec, Faults, Sleep};
use super::errand::{Errand, Goal, PageSpec};
use super::link::Quality;
use super::models::Kind;
use super::scenario::{Happening, Scenario, Who};

/// How much goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    /// Nothing.
    Calm,
    /// Frames and feedback are lost, repeated, late and malformed; but what is sent often enough arrives.
    Rain,
    /// Frames overtake each other too, devices forget, and few resends are allowed.
    Storm,
}

/// Draws a scenario from a seed.
pub struct Draw {
    seed: u64,
    rng: Rng,
    weather: Weather,
}

impl Draw {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x5eed);
        let weather = match rng.below(8) {
            0 => Weather::Calm,
            1..=4 => Weather::Rain,
            _ => Weather::Storm,
        };
        Self { seed, rng, weather }
    }

    pub fn scenario(mut self) -> Scenario {
        let page_quality = self.quality(true);
        let devices = self.devices(page_quality);
        let happenings = self.happenings(devices.len());
        let sleeps = devices.iter().any(|device| device.sleep.is_some());
        let mut page = PageSpec {
            quality: page_quality,
            keep_alive: Duration::from_secs(self.pick(&[0, 20, 60])),
            max_outstanding: self.pick(&[1, 2, 5, 16, 500, 500, 500]),
            max_messages_per_second: None,
            own_filter: self.chance(0.15).then(|| "ack/#".to_owned()),
            clean_session: self.chance(0.8),
            notes: self.notes(),
            closed_at: None,
            errands: Vec::new(),
        };
        if self.chance(0.15) && !sleeps {
            page.max_messages_per_second = Some(self.between(2, 200) as f64);
        }
        if sleeps {
            // Who waits for its place among others is not asked in the five seconds that its device is awake.
            page.max_outstanding = page.max_outstanding.max(devices.len());
        }
        let is_silent = |(_, what): &(Instant, Happening)| matches!(what, Happening::Silence(..));
        if happenings.iter().any(is_silent) {
            page.keep_alive = Duration::from_secs(20);
        }
        if self.chance(0.04) {
            page.closed_at = Some(Instant::from_millis(self.between(0, 5_000)));
        }
        for device in &devices {
            let count = self.pick(&[1, 1, 1, 2, 3, 4]);
            for _ in 0..count {
                let mut errand = self.errand(page.errands.len(), device, &happenings);
                if errand.qos != QoS::AtMostOnce && !page.clean_session && !happenings.is_empty() {
                    // The session repeats a begin behind the transfer's back.
                    errand.goal = Goal::Ends;
                    errand.options.max_retries.get_or_insert(60);
                }
                page.errands.push(errand);
            }
        }
        Scenario {
            seed: self.seed,
            page,
            devices,
            happenings,
        }
    }

    fn notes(&mut self) -> Vec<(Instant, QoS)> {
        let count = if self.chance(0.2) {
            self.between(1, 20)
        } else {
            0
        };
        (0..count)
            .map(|_| {
                let at = Instant::from_millis(self.between(0, 3_000));
                let qos = [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce];
                (at, self.pick(&qos))
            })
            .collect()
    }

    fn quality(&mut self, may_be_slow: bool) -> Quality {
        if self.chance(0.2) {
            return Quality::PERFECT;
        }
        let latency = Duration::from_micros(self.between(0, 80_000));
        let jitter = Duration::from_micros(self.between(0, 40_000));
        let is_slow = may_be_slow && self.chance(0.3);
        Quality {
            latency,
            jitter,
            rate: if is_slow {
                self.between(50_000, 500_000)
            } else {
                0
            },
            buffer: if is_slow {
                self.between(1, 5_000) as usize
            } else {
                usize::MAX
            },
            largest_piece: self.between(1, 1_500) as usize,
        }
    }

    fn devices(&mut self, page: Quality) -> Vec<DeviceSpec> {
        let count = if self.chance(0.02) {
            30
        } else {
            self.pick(&[1, 1, 1, 1, 2, 3, 5])
        };
        let sleeps = self.chance(0.08);
        // Of several that sleep and share a topic not each is asked in the five seconds that it is awake.
        let shares_topic = self.chance(0.2) && !(sleeps && count > 2);
        (0..count)
            .map(|index| {
                let quality = self.quality(false);
                let from = if shares_topic { 0 } else { index };
                let faults = self.faults(page, quality);
                DeviceSpec {
                    to: format!("to/{index}"),
                    from: format!("ack/{from}"),
                    // Only a device that looks at the checksum sees a flipped bit.
                    kind: if faults.flipped > 0.0 {
                        Kind::Own
                    } else {
                        self.kind()
                    },
                    numbering: self.pick(&[Numbering::Echo, Numbering::Next]),
                    faults,
                    quality,
                    qos: self.pick(&[QoS::AtMostOnce, QoS::AtLeastOnce]),
                    sleep: sleeps.then(|| Sleep {
                        every: Duration::from_secs(self.between(20, 90)),
                        awake: Duration::from_secs(5),
                        wake: self.chance(0.5).then(|| format!("wake/{index}")),
                    }),
                }
            })
            .collect()
    }

    fn kind(&mut self) -> Kind {
        match self.rng.below(10) {
            0..=3 => Kind::Own,
            4..=6 => Kind::Reference { asks_again: 0 },
            7 => Kind::Reference {
                asks_again: self.between(1, 5) as u32,
            },
            8 => self.pick(&[Kind::InOrder, Kind::Objecting]),
            _ => Kind::Cumulative,
        }
    }

    fn faults(&mut self, page: Quality, device: Quality) -> Faults {
        if self.weather == Weather::Calm {
            return Faults::default();
        }
        // A feedback is late by at most 2 s, everything counted.
        let on_its_way = (page.longest() + device.longest()) * 2 + Duration::from_millis(200);
        Faults {
            deaf: self.some(0.3),
            broken: self.some(0.1),
            incomplete: self.some(0.2),
            mute: self.some(0.3),
            late: self.some(0.5),
            repeat: self.some(0.5),
            garbage: self.some(0.3),
            mangled: self.some(0.2),
            flipped: if self.chance(0.1) {
                self.some(0.2)
            } else {
                0.0
            },
            held_up: if self.weather == Weather::Storm {
                self.some(0.5)
            } else {
                0.0
            },
            most_delay: Duration::from_secs(2).saturating_sub(on_its_way),
        }
    }

    /// A fault that is there half of the time, and then up to `most`.
    fn some(&mut self, most: f64) -> f64 {
        if self.chance(0.5) {
            self.between(0, 1_000) as f64 / 1_000.0 * most
        } else {
            0.0
        }
    }

    fn happenings(&mut self, devices: usize) -> Vec<(Instant, Happening)> {
        if self.weather == Weather::Calm || self.chance(0.5) {
            return Vec::new();
        }
        let count = self.pick(&[1, 1, 2, 3, 8]);
        (0..count)
            .map(|_| {
                let span = self.pick(&[300, 2_000, 10_000, 60_000]);
                let at = Instant::from_millis(self.between(0, span));
                (at, self.happening(devices))
            })
            .collect()
    }

    fn happening(&mut self, devices: usize) -> Happening {
        let outage = Duration::from_millis(self.pick(&[0, 100, 3_000, 30_000]));
        let device = self.rng.below(devices as u64) as usize;
        match self.rng.below(8) {
            0 | 1 => Happening::Cut(Who::Page, outage),
            2 => Happening::Silence(Who::Page, outage),
            3 => Happening::Cut(Who::Device(device), outage),
            4 => Happening::Silence(Who::Device(device), outage),
            5 => Happening::BrokerRestart(outage),
            6 if self.weather == Weather::Storm => Happening::DeviceRestart(device),
            _ => Happening::Freeze(Duration::from_millis(self.between(10, 100_000))),
        }
    }

    fn errand(
        &mut self,
        index: usize,
        device: &DeviceSpec,
        happenings: &[(Instant, Happening)],
    ) -> Errand {
        let mut options = self.options(index, device);
        let goal = self.goal(&options, device, happenings);
        if goal == Goal::Ends {
            // Without a bound it need not even end.
            options.max_retries.get_or_insert(60);
        }
        let mut asked_at = Instant::from_millis(self.pick(&[0, 0, 0, 500, 4_000]));
        let is_undisturbed = self.is_undisturbed(&options, device);
        if is_undisturbed {
            // Its device has its subscription by then.
            asked_at += Duration::from_secs(2);
        }
        let may_pause = device.sleep.is_none();
        let pause = (may_pause && self.chance(0.08)).then(|| {
            let from = asked_at + Duration::from_millis(self.between(0, 3_000));
            (from, from + Duration::from_millis(self.between(0, 20_000)))
        });
        let cancelled_at = self
            .chance(0.1)
            .then(|| asked_at + Duration::from_millis(self.between(0, 4_000)));
        let size = self.size(options.chunk_size);
        Errand {
            to: device.to.clone(),
            from: device.from.clone(),
            wake: device.sleep.as_ref().and_then(|sleep| sleep.wake.clone()),
            qos: self.pick(&[
                QoS::AtMostOnce,
                QoS::AtMostOnce,
                QoS::AtLeastOnce,
                QoS::ExactlyOnce,
            ]),
            image: self.image(size),
            goal,
            is_undisturbed,
            options,
            asked_at,
            preparing: Duration::from_millis(self.pick(&[0, 0, 1, 300])),
            pause,
            cancelled_at,
        }
    }

    fn options(&mut self, index: usize, device: &DeviceSpec) -> TransferOptions {
        let mut options = TransferOptions::named(format!("image {index}.jpg"));
        let sizes = [1, 3, 16, 200, 1_400];
        let other = self.between(1, 3_000) as usize;
        options.chunk_size = if self.chance(0.8) {
            self.pick(&sizes)
        } else {
            other
        };
        let timeouts = [300, 1_000, 5_000].map(|ms| AckTimeout::Fixed(Duration::from_millis(ms)));
        options.ack_timeout = if self.chance(0.2) {
            AckTimeout::Auto
        } else {
            self.pick(&timeouts)
        };
        options.window = match self.rng.below(8) {
            0..=3 => Window::Fixed(1),
            4 => Window::Fixed(self.between(2, 8) as u16),
            5 => Window::Fixed(self.between(9, 1_024) as u16),
            _ => Window::Auto,
        };
        options.numbering = match (self.chance(0.6), device.numbering) {
            (true, _) => NumberingOption::Auto,
            (false, Numbering::Echo) => NumberingOption::Echo,
            (false, Numbering::Next) => NumberingOption::Next,
        };
        options.integrity = self.chance(0.3) || device.faults.flipped > 0.0;
        options.strict = self.chance(0.05);
        options.restarts = self.pick(&[0, 0, 0, 1, 3]);
        options.max_retries = if self.weather == Weather::Storm {
            Some(self.pick(&[0, 1, 3, 10]))
        } else {
            self.pick(&[None, Some(60)])
        };
        if let Some(sleep) = &device.sleep {
            options.wait_for_device = sleep.every * 2 + Duration::from_secs(30);
            options.max_retries = Some(10);
        }
        options
    }

    /// One byte, or around whole chunks.
    fn size(&mut self, chunk_size: usize) -> usize {
        let chunks = self.pick(&[0, 1, 1, 2, 3, 7, 20, 40]);
        let around = self.pick(&[0, 0, 1, 2, chunk_size / 2]);
        (chunks * chunk_size + around).saturating_sub(1).max(1)
    }

    fn image(&mut self, size: usize) -> Image {
        let mut bytes = Vec::with_capacity(size + 8);
        while bytes.len() < size {
            bytes.extend(self.rng.next_u64().to_le_bytes());
        }
        bytes.truncate(size);
        bytes.into()
    }

    fn goal(
        &mut self,
        options: &TransferOptions,
        device: &DeviceSpec,
        happenings: &[(Instant, Happening)],
    ) -> Goal {
        // A cumulative device never speaks of a chunk that it has again after a later one.
        let Faults {
            late,
            repeat,
            incomplete,
            ..
        } = device.faults;
        let is_answered = device.kind != Kind::Cumulative
            || (options.window == Window::Fixed(1) && late + repeat + incomplete == 0.0);
        let is_awake = device.sleep.is_none() || self.weather == Weather::Calm;
        let is_page = |(_, what): &(Instant, Happening)| {
            matches!(
                what,
                Happening::Cut(Who::Page, _)
                    | Happening::Silence(Who::Page, _)
                    | Happening::Freeze(_)
            )
        };
        // A device whose link is down is silent for longer than some resends last.
        let is_reached = options.max_retries.is_none() || happenings.iter().all(is_page);
        let is_steady = device.faults.flipped == 0.0;
        if self.weather != Weather::Storm && is_answered && is_awake && is_reached && is_steady {
            Goal::Arrives
        } else {
            Goal::Ends
        }
    }

    fn is_undisturbed(&self, options: &TransferOptions, device: &DeviceSpec) -> bool {
        let asks_again = matches!(device.kind, Kind::Reference { asks_again: 1.. });
        let is_patient = matches!(options.ack_timeout, AckTimeout::Fixed(timeout) if timeout >= Duration::from_secs(1));
        self.weather == Weather::Calm && !asks_again && is_patient && device.sleep.is_none()
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.rng.chance(probability)
    }

    /// From `least` to `most`, both included.
    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.rng.below(most - least + 1)
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.rng.below(from.len() as u64) as usize].clone()
    }
}
