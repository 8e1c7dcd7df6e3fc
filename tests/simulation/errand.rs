//! What a page has to do: its errands, and how it goes about them.

use core::fmt;
use core::time::Duration;

use mqtt_image_sender::mqtt::QoS;
use mqtt_image_sender::time::Instant;
use mqtt_image_sender::transfer::{Image, TransferOptions};

use super::link::Quality;

/// What is asked of an errand's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// It has to arrive, whatever happens to it.
    Arrives,
    /// It arrives, or it fails with a code that fits; in the end.
    Ends,
}

/// One image to one device.
#[derive(Clone)]
pub struct Errand {
    pub to: String,
    pub from: String,
    pub wake: Option<String>,
    pub qos: QoS,
    pub image: Image,
    pub options: TransferOptions,
    pub asked_at: Instant,
    /// How long its image takes to prepare.
    pub preparing: Duration,
    /// Held back from when to when.
    pub pause: Option<(Instant, Instant)>,
    pub cancelled_at: Option<Instant>,
    pub goal: Goal,
    /// Nothing goes wrong on its way, so that nothing has to be sent again.
    pub is_undisturbed: bool,
}

/// Without the bytes of the image, which nobody wants to read.
impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { to, from, wake, .. } = self;
        write!(f, "{:?}: {to}, {from}, wake {wake:?}, ", self.goal)?;
        write!(f, "{} bytes, {:?}, ", self.image.len(), self.qos)?;
        let (asked, preparing) = (self.asked_at, self.preparing);
        write!(f, "asked {asked:?}, preparing {preparing:?}, ")?;
        let (pause, cancelled) = (self.pause, self.cancelled_at);
        write!(f, "paused {pause:?}, cancelled {cancelled:?}, ")?;
        write!(f, "{:?}", self.options)
    }
}

/// A sender as a scenario lists it.
#[derive(Clone, Debug)]
pub struct PageSpec {
    pub quality: Quality,
    pub keep_alive: Duration,
    pub max_outstanding: usize,
    pub max_messages_per_second: Option<f64>,
    /// A subscription of the page's own, which may cover feedback topics.
    pub own_filter: Option<String>,
    pub clean_session: bool,
    /// Messages of the page's own, which go the same way as the frames.
    pub notes: Vec<(Instant, QoS)>,
    pub closed_at: Option<Instant>,
    pub errands: Vec<Errand>,
}
