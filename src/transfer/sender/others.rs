//! Whether another sender uses the device, by what it answers.
//!
//! A device answers whoever speaks to it on the same topic. Most of what it answers to others looks like feedback that
//! came late or twice; some of it nothing explains that was sent here.

use super::{Payload, Sender};
use crate::time::Instant;
use crate::transfer::frame::{Feedback, Function};

/// What was noticed of other senders.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// How many answers to begin may come: one for each, and again after a reconnect.
    begins: u32,
    is_heard: bool,
    is_told: bool,
}

impl Others {
    pub(super) fn handle_sent(&mut self, payload: Payload) {
        self.begins = self
            .begins
            .saturating_add(u32::from(payload == Payload::Begin));
    }

    pub(super) fn handle_reconnect(&mut self) {
        self.begins = self.begins.saturating_add(1);
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
        match (feedback.function, u16::try_from(feedback.number)) {
            // The only begin was answered before, and not lately.
            (Function::Begin, _) => self.others.begins == 1 && !self.may_come(now, Payload::Begin),
            (Function::Data, Ok(number)) => {
                // A device of the other numbering than was asked for speaks of the chunk before.
                let was_sent = self.chunks.was_sent(number)
                    || number
                        .checked_sub(1)
                        .is_some_and(|chunk| self.chunks.was_sent(chunk));
                !was_sent && !self.may_come(now, Payload::Chunk(number))
            }
            (Function::Data, Err(_)) | (Function::Finish, _) => false,
        }
    }

    /// Feedback on this may still come, by what was sent on the topic lately.
    fn may_come(&self, now: Instant, payload: Payload) -> bool {
        let until = self.sent.until(payload).max(self.earlier.until(payload));
        until.is_some_and(|until| now < until)
    }
}
