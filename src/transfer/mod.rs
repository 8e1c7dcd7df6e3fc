//! The device protocol, sans-IO: an image to frames, and feedback to the next frame (PROTOCOL.md).
//!
//! | machine | what it does |
//! |---|---|
//! | [`Fleet`] | many transfers: one after the other on a feedback topic, fair between devices, one bound for all |
//! | `Sender` | one transfer: begin, data, finish; what is outstanding, what is sent again |
//! | [`Receiver`] | the device's side of the same |
//!
//! Drive a [`Fleet`] like every machine here: after each input drain `poll_transmit` and `poll_event` until `None`,
//! then wait until `poll_timeout` or the next input. Nothing here knows MQTT: topics are names.

#[cfg(test)]
pub(crate) mod answers;
mod clock;
mod crc32;
mod error;
mod fleet;
mod frame;
mod image;
mod lingering;
mod log;
mod name;
mod numbering;
mod options;
mod rate;
mod receiver;
mod refill;
mod sender;
mod window;

pub use crc32::crc32;
pub use error::{AbortReason, Error, Stage};
pub use fleet::{Event, Fleet, Frame, Outcome, TransferId};
pub use frame::{Feedback, FrameHead, Function, MAX_CHUNKS, MAX_FRAME_DATA, Malformed, Status};
pub use image::Image;
pub use log::{Log, LogEntry, LogEvent, Reason};
pub use name::{check_name, file_name};
pub use numbering::{Numbering, NumberingOption};
pub use options::{AckTimeout, Phase, Progress, TransferOptions, Window};
pub use receiver::{Received, Receiver};
