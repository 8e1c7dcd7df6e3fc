//! How one image is to be sent, and how far it is.

use core::time::Duration;

use super::numbering::NumberingOption;

/// When a message without feedback is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckTimeout {
    /// After this time.
    Fixed(Duration),
    /// From the measured round trips (RFC 6298, Karn), between 200 ms and 5 s; begin and finish keep 5 s.
    Auto,
}

/// How many chunks may be outstanding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// This many, 1 to 1,024. 1 is the protocol's stop and wait.
    Fixed(u16),
    /// From 4, as far as the link and the device bear, at most 64.
    Auto,
}

/// The options of one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferOptions {
    /// The name in begin: see [`check_name`](super::check_name).
    pub name: String,
    /// Bytes of image in a chunk, 1 to 32,767. Default 1400.
    pub chunk_size: usize,
    /// Default 5 s.
    pub ack_timeout: AckTimeout,
    /// Sendings of one message after the first, save those after a reconnect. `None`: no bound. Default 10.
    pub max_retries: Option<u32>,
    /// New begins for a device that forgot the image; one more is allowed after each reconnect. Default 0.
    pub restarts: u32,
    /// Default 1.
    pub window: Window,
    /// Default auto.
    pub numbering: NumberingOption,
    /// A malformed feedback ends the transfer. Default false.
    pub strict: bool,
    /// Begin's data ends in the image's CRC-32. Default false.
    pub integrity: bool,
    /// How long begin alone is repeated for a device that sleeps. Default 0: not at all.
    pub wait_for_device: Duration,
}

impl TransferOptions {
    /// The defaults, with a name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            chunk_size: 1400,
            ack_timeout: AckTimeout::Fixed(Duration::from_secs(5)),
            max_retries: Some(10),
            restarts: 0,
            window: Window::Fixed(1),
            numbering: NumberingOption::Auto,
            strict: false,
            integrity: false,
            wait_for_device: Duration::ZERO,
        }
    }
}

/// Where a transfer stands, with the words of `api.d.ts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its turn on its feedback topic has not come.
    Queued,
    /// Its image is being prepared.
    Preparing,
    /// Begin is repeated for a device that sleeps.
    Waiting,
    /// Begin is on its way.
    Begin,
    /// Chunks are on their way.
    Data,
    /// Finish is on its way.
    Finish,
    /// Arrived whole.
    Done,
}

impl Phase {
    /// The name of the phase in `api.d.ts`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Preparing => "preparing",
            Self::Waiting => "waiting",
            Self::Begin => "begin",
            Self::Data => "data",
            Self::Finish => "finish",
            Self::Done => "done",
        }
    }
}

/// How far a transfer is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Where it stands.
    pub phase: Phase,
    /// Bytes of image that the device has confirmed.
    pub bytes_acked: usize,
    /// Bytes of image.
    pub bytes_total: usize,
    /// Chunks that the device has confirmed.
    pub chunks_acked: u32,
    /// Chunks of the image.
    pub chunks_total: u32,
    /// Messages that were sent after their first time.
    pub resends: u32,
    /// Feedback that was malformed or spoke of nothing outstanding.
    pub ignored: u32,
    /// The connection is down.
    pub stalled: bool,
    /// Since the transfer was asked for.
    pub elapsed: Duration,
    /// Confirmed bytes a second over the last few seconds.
    pub bytes_per_second: f64,
}

impl Progress {
    /// Of a transfer that has nothing to show yet.
    pub const fn queued(elapsed: Duration) -> Self {
        Self {
            phase: Phase::Queued,
            bytes_acked: 0,
            bytes_total: 0,
            chunks_acked: 0,
            chunks_total: 0,
            resends: 0,
            ignored: 0,
            stalled: false,
            elapsed,
            bytes_per_second: 0.0,
        }
    }
}
