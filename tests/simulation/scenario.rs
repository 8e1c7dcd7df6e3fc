//! What is simulated: one page with its errands, the devices, their links and what befalls them. All of it follows from
//! one seed.

use core::time::Duration;

use mqtt_image_sender::time::Instant;
use mqtt_image_sender::transfer::Window;

use super::device::DeviceSpec;
use super::draw::Draw;
use super::errand::{Errand, PageSpec};
use super::referee::Course;

/// Whose link something befalls.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    Page,
    Device(usize),
}

/// What befalls the network or its nodes.
#[derive(Clone, Copy, Debug)]
pub enum Happening {
    /// Both ends see the link break; the next one is to be had only after this time.
    Cut(Who, Duration),
    /// Neither end sees it.
    Silence(Who, Duration),
    /// The device forgets the image that it was receiving.
    DeviceRestart(usize),
    /// Every link breaks and every subscription is forgotten.
    BrokerRestart(Duration),
    /// The page's clock jumps, and what came meanwhile comes at once.
    Freeze(Duration),
}

#[derive(Clone, Debug)]
pub struct Scenario {
    pub seed: u64,
    pub page: PageSpec,
    pub devices: Vec<DeviceSpec>,
    pub happenings: Vec<(Instant, Happening)>,
}

impl Scenario {
    /// What each errand has promised, for the referee.
    pub fn courses(&self) -> Vec<Course> {
        self.page
            .errands
            .iter()
            .map(|errand| self.course(errand))
            .collect()
    }

    /// More frames than are ever needed.
    pub fn most_frames(&self) -> usize {
        let errands = self.page.errands.iter();
        let chunks = errands.map(|errand| errand.image.len().div_ceil(errand.options.chunk_size));
        30_000 + 10 * chunks.sum::<usize>()
    }

    fn course(&self, errand: &Errand) -> Course {
        let device = self
            .devices
            .iter()
            .find(|device| device.to == errand.to)
            .expect("every errand has its device");
        Course {
            to: errand.to.clone(),
            from: errand.from.clone(),
            name: errand.options.name.clone(),
            image: errand.image.clone(),
            chunk_size: errand.options.chunk_size,
            window: match errand.options.window {
                Window::Fixed(size) => usize::from(size),
                Window::Auto => 64,
            },
            max_retries: errand.options.max_retries,
            numbering: device.numbering,
            is_paused: false,
            seen: Default::default(),
        }
    }

    /// The scenario of this seed.
    pub fn random(seed: u64) -> Self {
        Draw::new(seed).scenario()
    }
}
