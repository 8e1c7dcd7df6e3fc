//! Many transfers as scripts: whose frame goes out when, and what the fleet tells.

mod bounds;
mod cuts;
mod lanes;
mod waiting;

use core::time::Duration;

use super::{Event, Fleet, TransferId};
use crate::time::Instant;
use crate::transfer::answers::{begun, got, whole};
use crate::transfer::error::{AbortReason, Error, Stage};
use crate::transfer::frame::{FrameHead, Function};
use crate::transfer::numbering::NumberingOption;
use crate::transfer::options::{AckTimeout, Phase, TransferOptions, Window};

/// A fleet and the time. Chunks are of 10 bytes.
struct Script {
    fleet: Fleet,
    now: Instant,
    events: Vec<Event>,
}

fn script() -> Script {
    script_with_outstanding(500)
}

fn script_with_outstanding(most: usize) -> Script {
    Script {
        fleet: Fleet::new(most),
        now: Instant::ZERO,
        events: Vec::new(),
    }
}

impl Script {
    fn at(&mut self, millis: u64) -> &mut Self {
        self.now = Instant::from_millis(millis);
        self.fleet.handle_timeout(self.now);
        self
    }

    /// Reserves and supplies a transfer of so many bytes; its name is the topic to its device.
    fn add(&mut self, to: &str, from: &str, bytes: u8) -> TransferId {
        self.add_with(to, from, bytes, |_| {})
    }

    fn add_with(
        &mut self,
        to: &str,
        from: &str,
        bytes: u8,
        change: impl FnOnce(&mut TransferOptions),
    ) -> TransferId {
        let id = self.fleet.reserve(self.now, to, from, 0);
        self.supply(id, bytes, change).unwrap();
        id
    }

    fn supply(
        &mut self,
        id: TransferId,
        bytes: u8,
        change: impl FnOnce(&mut TransferOptions),
    ) -> Result<(), Error> {
        let mut options = TransferOptions {
            chunk_size: 10,
            numbering: NumberingOption::Echo,
            ..TransferOptions::named("a")
        };
        change(&mut options);
        let image: Vec<u8> = (0..bytes).collect();
        self.fleet.supply(self.now, id, image.into(), options)
    }

    fn subscribed(&mut self, from: &str) -> &mut Self {
        self.fleet.handle_subscribed(self.now, from);
        self
    }

    /// Exactly these frames go out, as "topic begin", "topic 0", "topic finish".
    #[track_caller]
    fn sends(&mut self, expected: &[&str]) -> &mut Self {
        let mut sent = Vec::new();
        while let Some(frame) = self.fleet.poll_transmit(self.now, |_| true) {
            assert_eq!(frame.len(), 9 + frame.data.len());
            let (head, _) = FrameHead::parse(&[&frame.head, frame.data].concat()).unwrap();
            let what = match head.function {
                Function::Begin => "begin".to_owned(),
                Function::Data => head.number.to_string(),
                Function::Finish => "finish".to_owned(),
            };
            sent.push(format!("{} {what}", frame.to));
        }
        assert_eq!(sent, expected, "at {:?}", self.now);
        let due = self.fleet.poll_timeout();
        assert!(
            due.is_none_or(|at| at > self.now),
            "due at {due:?} for ever"
        );
        self
    }

    fn sends_nothing(&mut self) -> &mut Self {
        self.sends(&[])
    }

    fn hears(&mut self, from: &str, message: [u8; 8]) -> &mut Self {
        self.fleet.handle_feedback(self.now, from, &message, false);
        self
    }

    /// Begin goes out and is answered.
    #[track_caller]
    fn begins(&mut self, to: &str, from: &str) -> &mut Self {
        self.sends(&[&format!("{to} begin")]).hears(from, begun())
    }

    /// An image of one chunk goes to its device from begin to end.
    #[track_caller]
    fn delivers(&mut self, to: &str, from: &str) -> &mut Self {
        self.begins(to, from)
            .sends(&[&format!("{to} 0")])
            .hears(from, got(0));
        self.sends(&[&format!("{to} finish")]).hears(from, whole())
    }

    /// What the fleet tells, progress apart.
    fn tells(&mut self) -> Vec<Event> {
        while let Some(event) = self.fleet.poll_event() {
            if !matches!(event, Event::Progress(_)) {
                self.events.push(event);
            }
        }
        core::mem::take(&mut self.events)
    }

    #[track_caller]
    fn is_done(&mut self, id: TransferId) -> &mut Self {
        let told = self.tells();
        assert!(
            matches!(&told[..], [Event::Done(done, _)] if *done == id),
            "{told:?}"
        );
        self
    }

    fn phase(&self, id: TransferId) -> Phase {
        self.fleet.progress(self.now, id).unwrap().phase
    }
}

const CANCELLED: Error = Error::Aborted {
    reason: AbortReason::Cancelled,
};
const REPLACED: Error = Error::Aborted {
    reason: AbortReason::Replaced,
};
