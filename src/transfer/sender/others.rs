//! Whether another sender uses the device, by what it answers.
//!
//! A device answers whoever speaks to it on the same topic. Most of what it answers to others looks like feedback that
//! came late or twice; some of it nothing explains that was sent here.

use core::time::Duration;

use super::{Payload, Sender};
use crate::time::Instant;
use crate::transfer::frame::{Feedback, Function};
use crate::transfer::lingering::LATEST_FEEDBACK;

/// A page that was busy may read feedback later than it came; one that slept is told of it.
const LATEST_READ: Duration = LATEST_FEEDBACK.saturating_mul(2);

/// What was noticed of other senders.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// How many answers to begin may come: one for each, and another after a reconnect or a sleep.
    begins: u32,
    /// When begin was last sent, or answered.
    begun_at: Instant,
    /// From when on what comes is no longer explained by what was sent before a reconnect or a sleep.
    settled_at: Instant,
    /// The first chunk that was never sent, in this round or an earlier one.
    unsent: u32,
    is_heard: bool,
    is_told: bool,
}

impl Others {
    pub(super) fn handle_sent(&mut self, now: Instant, payload: Payload) {
        match payload {
            Payload::Begin => {
                self.begins = self.begins.saturating_add(1);
                self.begun_at = now;
            }
            Payload::Chunk(chunk) => self.unsent = self.unsent.max(u32::from(chunk) + 1),
            Payload::Finish => {}
        }
    }

    /// Begin was answered. The same answer may come again, and be read as late after this one as it came.
    pub(super) fn handle_begun(&mut self, now: Instant) {
        self.begun_at = now;
    }

    /// The link came back at `at`, before this transfer's turn: what earlier ones left on its way may have gone out again.
    pub(super) fn handle_earlier_gap(&mut self, at: Instant) {
        self.settled_at = at + LATEST_READ;
    }

    /// What was sent before a reconnect or a sleep may be answered once more, or later than it seems.
    pub(super) fn handle_gap(&mut self, now: Instant) {
        if self.begins > 0 {
            self.begins = self.begins.saturating_add(1);
        }
        self.settled_at = now + LATEST_READ;
    }

    /// `unnoticed`: how long the page may have slept without knowing it, since no clock of its own ran out.
    fn is_begin_unasked(&self, now: Instant, unnoticed: Duration) -> bool {
        self.begins == 1 && now.saturating_since(self.begun_at) >= LATEST_READ + unnoticed
    }

    /// A device of the other numbering than was asked for speaks of the chunk before.
    fn is_chunk_unasked(&self, now: Instant, number: u16) -> bool {
        u32::from(number) > self.unsent && self.begins > 0 && self.settled_at <= now
    }
}

impl Sender {
    /// A feedback was of no use. Was it an answer to somebody else?
    pub(super) fn suspect(&mut self, now: Instant, feedback: Feedback) {
        self.others.is_heard |= self.is_unasked(now, feedback);
    }

    /// It heard feedback on what it did not send; says so once.
    pub(in crate::transfer) fn poll_other_sender(&mut self) -> bool {
        let is_news = self.others.is_heard && !self.others.is_told;
        self.others.is_told |= is_news;
        is_news
    }

    /// Neither this transfer nor one before it on the topic sent what the feedback speaks of. Finish is not looked at: a
    /// device that was asked several times may take its time for each answer, long into the next transfer.
    fn is_unasked(&self, now: Instant, feedback: Feedback) -> bool {
        let may_come = |payload| self.earlier.until(payload).is_some_and(|until| now < until);
        match (feedback.function, u16::try_from(feedback.number)) {
            (Function::Begin, _) => {
                let unnoticed = self.patience.for_control();
                self.others.is_begin_unasked(now, unnoticed) && !may_come(Payload::Begin)
            }
            // A device that lacks a chunk may answer an earlier finish with it.
            (Function::Data, Ok(number)) => {
                self.others.is_chunk_unasked(now, number)
                    && !may_come(Payload::Chunk(number))
                    && !may_come(Payload::Finish)
            }
            (Function::Data, Err(_)) | (Function::Finish, _) => false,
        }
    }
}
