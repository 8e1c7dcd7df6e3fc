//! Transfers as scripts: what a sender sends and hears, and at which millisecond.

mod course;
mod link;
mod numbering;
mod others;
mod rules;
mod waiting;
mod window;

use core::time::Duration;

use super::Payload::{Begin, Chunk, Finish};
use super::{Payload, Sender};
use crate::time::Instant;
use crate::transfer::answers::{begun, feedback, got, lacks, unfinished, whole};
use crate::transfer::error::{Error, Stage};
use crate::transfer::frame::{Function, Status};
use crate::transfer::lingering::Lingering;
use crate::transfer::log::{LogEvent, Reason};
use crate::transfer::numbering::{Numbering, NumberingOption};
use crate::transfer::options::{AckTimeout, Phase, TransferOptions, Window};

/// One transfer and the time. Chunks are of 10 bytes; the link is up at 0.
struct Script {
    sender: Sender,
    now: Instant,
}

/// A transfer of so many bytes with the default options.
fn script(bytes: u8) -> Script {
    script_with(bytes, |_| {})
}

fn script_with(bytes: u8, change: impl FnOnce(&mut TransferOptions)) -> Script {
    let image: Vec<u8> = (0..bytes).collect();
    let mut options = TransferOptions {
        chunk_size: 10,
        ..TransferOptions::named("a.jpg")
    };
    change(&mut options);
    let mut sender = Sender::new(Instant::ZERO, "ack", image.into(), options).unwrap();
    sender.start(Instant::ZERO, Lingering::default(), None);
    Script {
        sender,
        now: Instant::ZERO,
    }
}

impl Script {
    /// Time has passed, up to this millisecond.
    fn at(&mut self, millis: u64) -> &mut Self {
        self.now = Instant::from_millis(millis);
        self.sender.handle_timeout(self.now);
        self
    }

    /// Exactly these messages go out at this moment.
    #[track_caller]
    fn sends(&mut self, expected: &[Payload]) -> &mut Self {
        let next = || self.sender.poll_transmit(self.now, true);
        let sent: Vec<Payload> = core::iter::from_fn(next).map(|(_, what)| what).collect();
        assert_eq!(sent, expected, "at {:?}", self.now);
        let due = self.sender.poll_timeout();
        assert!(
            due.is_none_or(|at| at > self.now),
            "due at {due:?} for ever"
        );
        self
    }

    fn sends_nothing(&mut self) -> &mut Self {
        self.sends(&[])
    }

    fn hears(&mut self, message: &[u8]) -> &mut Self {
        self.sender.handle_feedback(self.now, message, false);
        self
    }

    /// The link is tested now, and answers.
    #[track_caller]
    fn tests_link(&mut self) -> &mut Self {
        assert!(self.sender.poll_link_test(), "no test at {:?}", self.now);
        self.sender.handle_alive(self.now);
        self
    }

    fn loses_link(&mut self) -> &mut Self {
        self.sender.handle_offline(self.now);
        self
    }

    fn finds_link(&mut self) -> &mut Self {
        self.sender.handle_online(self.now);
        self
    }

    #[track_caller]
    fn ends(&mut self, expected: Result<Numbering, Error>) {
        self.sends_nothing();
        assert_eq!(self.sender.poll_timeout(), None);
        assert_eq!(self.sender.poll_end(), Some(expected), "at {:?}", self.now);
    }

    #[track_caller]
    fn goes_on(&mut self) -> &mut Self {
        assert_eq!(self.sender.poll_end(), None, "at {:?}", self.now);
        self
    }

    /// Begin goes out and is answered.
    fn begins(&mut self) -> &mut Self {
        self.sends(&[Begin]).hears(&begun())
    }

    fn ignored(&self) -> u32 {
        self.sender.progress(self.now).ignored
    }

    fn resends(&self) -> u32 {
        self.sender.progress(self.now).resends
    }
}

fn no_answer(stage: Stage, sendings: u32) -> Error {
    let from = "ack".to_owned();
    Error::NoAnswer {
        stage,
        from,
        sendings,
    }
}
