//! What a feedback does to a transfer.

use super::{Control, Sender};
use crate::time::Instant;
use crate::transfer::error::{Error, Stage};
use crate::transfer::frame::{Feedback, Function, Status};
use crate::transfer::lingering::LATEST_FEEDBACK;
use crate::transfer::log::{LogEntry, LogEvent, Reason};
use crate::transfer::numbering::{Numbering, decide};
use crate::transfer::options::Phase;

impl Sender {
    /// A message came on the feedback topic. `retain`: the broker had kept it, so it is an old one.
    pub(in crate::transfer) fn handle_feedback(
        &mut self,
        now: Instant,
        message: &[u8],
        retain: bool,
    ) {
        if self.end.is_some() {
            return;
        }
        if retain {
            return self.ignore(now, None, Reason::Retained);
        }
        self.handle_wake();
        let feedback = match Feedback::parse(message) {
            Ok(feedback) => feedback,
            Err(malformed) => {
                self.ignore(now, None, Reason::Malformed(malformed));
                if self.options.strict {
                    self.stop(Err(Error::Protocol {
                        reason: malformed.as_str(),
                    }));
                }
                return;
            }
        };
        if self.is_quiet(now) {
            return self.ignore(now, Some(feedback), Reason::Late);
        }
        match feedback.function {
            Function::Begin => self.begin_answered(now, feedback),
            Function::Data => self.chunk_answered(now, feedback),
            Function::Finish => self.finish_answered(now, feedback),
        }
    }

    fn begin_answered(&mut self, now: Instant, feedback: Feedback) {
        let is_awaited =
            matches!(self.phase, Phase::Begin | Phase::Waiting) && self.control.sendings > 0;
        if !is_awaited {
            return self.ignore(now, Some(feedback), Reason::BeginAnswered);
        }
        self.note(now, feedback);
        match feedback.status {
            Status::Whole => {
                self.others.handle_begun(now);
                self.phase = Phase::Data;
                self.control = Control::default();
                self.give_up_at = None;
                self.rate.handle_bytes(now, 0);
            }
            Status::Incomplete => self.control_again(now, Stage::Begin, Reason::Incomplete),
        }
    }

    fn finish_answered(&mut self, now: Instant, feedback: Feedback) {
        if self.phase != Phase::Finish || self.control.sendings == 0 {
            return self.ignore(now, Some(feedback), Reason::FinishNotSent);
        }
        self.note(now, feedback);
        match feedback.status {
            Status::Whole => self.stop(Ok(self.numbering.unwrap_or(Numbering::Echo))),
            Status::Incomplete => self.control_again(now, Stage::Finish, Reason::Incomplete),
        }
    }

    fn chunk_answered(&mut self, now: Instant, feedback: Feedback) {
        let chunk = self.chunk_of(feedback).filter(|chunk| {
            matches!(self.phase, Phase::Data | Phase::Finish) && self.chunks.was_sent(*chunk)
        });
        let Some(chunk) = chunk else {
            return self.ignore(now, Some(feedback), Reason::NotOutstanding);
        };
        match feedback.status {
            Status::Whole => self.chunk_confirmed(now, chunk, feedback),
            Status::Incomplete => {
                self.note(now, feedback);
                self.asked_again(now, chunk);
            }
        }
    }

    /// Which chunk a feedback speaks of. Before the numbering is known that can only be chunk 0, and status 0 decides
    /// nothing.
    fn chunk_of(&self, feedback: Feedback) -> Option<u16> {
        match self.numbering {
            Some(numbering) => numbering.decode(feedback.number),
            None => decide(feedback.number).map(|_| 0),
        }
    }

    fn chunk_confirmed(&mut self, now: Instant, chunk: u16, feedback: Feedback) {
        let Some(sent_at) = self.chunks.confirm(chunk) else {
            return self.ignore(now, Some(feedback), Reason::ChunkAnswered);
        };
        self.note(now, feedback);
        if self.numbering.is_none() {
            self.numbering = decide(feedback.number);
        }
        if let Some(sent_at) = sent_at {
            let round_trip = self.clock.felt(now).saturating_since(sent_at);
            self.patience.handle_sample(round_trip);
            self.refill.handle_sample(round_trip);
        }
        self.window.handle_acked();
        // Who answers a chunk holds the image: no new begin is owed for this reconnect.
        self.link.grants_restart = false;
        self.bytes_acked = self.bytes_acked.max(self.confirmed_bytes());
        self.rate.handle_bytes(now, self.bytes_acked);
        while let Some(overtaken) = self.chunks.overtaken() {
            self.chunk_again(now, overtaken, Reason::Overtaken);
            if !self.is_under_way() {
                return;
            }
        }
        self.note_room(now);
        if self.chunks.are_all_confirmed() {
            self.ask_whether_whole();
        }
    }

    /// Neither has it ended nor does it start over.
    fn is_under_way(&self) -> bool {
        self.end.is_none() && matches!(self.phase, Phase::Data | Phase::Finish)
    }

    fn confirmed_bytes(&self) -> usize {
        let chunk_size = self.options.chunk_size;
        let confirmed = usize::try_from(self.chunks.confirmed_count()).unwrap_or(0);
        let last = u16::try_from(self.chunks.total().saturating_sub(1)).unwrap_or(u16::MAX);
        // Only the last chunk may be shorter.
        let missing = if self.chunks.is_confirmed(last) {
            self.image.len().div_ceil(chunk_size) * chunk_size
        } else {
            0
        };
        (confirmed * chunk_size).saturating_sub(missing.saturating_sub(self.image.len()))
    }

    /// Every chunk is confirmed: finish goes out, for the first time or because chunks were asked for after it.
    fn ask_whether_whole(&mut self) {
        if self.phase == Phase::Data {
            self.phase = Phase::Finish;
            self.control = Control::wanted();
        } else {
            // The device said what it lacked and now has it: that was an answer, and finish starts a new row.
            self.control.is_wanted = true;
            self.control.sent_at = None;
            self.control.tries = super::Tries::default();
        }
    }

    /// The device asks for a chunk, confirmed before or not.
    fn asked_again(&mut self, now: Instant, chunk: u16) {
        self.chunks.unconfirm(chunk);
        if self.phase == Phase::Finish {
            // Its clock does not run while a chunk is on its way.
            self.control.sent_at = None;
            self.control.is_wanted = false;
        }
        self.chunk_again(now, chunk, Reason::Incomplete);
    }

    /// Sends a chunk again, unless it has had its resends.
    pub(super) fn chunk_again(&mut self, now: Instant, chunk: u16, cause: Reason) {
        let resends = self.chunks.resends(chunk);
        if self.is_last_try(resends) {
            let error = self.exhausted(Stage::Chunk(chunk), cause != Reason::Incomplete, resends);
            return self.restart_or_fail(now, error);
        }
        if self.chunks.send_again(chunk, cause) {
            self.chunks.tries(chunk).resends += 1;
            self.window.handle_lost();
        }
    }

    /// Sends begin or finish again, unless it has had its resends.
    pub(super) fn control_again(&mut self, now: Instant, stage: Stage, cause: Reason) {
        let resends = self.control.tries.resends;
        if self.is_last_try(resends) {
            let error = self.exhausted(stage, cause != Reason::Incomplete, resends);
            return self.restart_or_fail(now, error);
        }
        if !self.control.is_wanted {
            self.control.is_wanted = true;
            self.control.again = Some(cause);
            self.control.sent_at = None;
            self.control.tries.resends += 1;
        }
    }

    /// A device that restarted knows nothing of the image: where that is allowed, begin is sent anew.
    pub(super) fn restart_or_fail(&mut self, now: Instant, error: Error) {
        let in_the_middle = matches!(self.phase, Phase::Data | Phase::Finish);
        if in_the_middle && core::mem::take(&mut self.link.grants_restart) {
            self.restart(now);
        } else if in_the_middle && self.restarts_left > 0 {
            self.restarts_left -= 1;
            self.restart(now);
        } else {
            self.stop(Err(error));
        }
    }

    pub(super) fn restart(&mut self, now: Instant) {
        self.phase = Phase::Begin;
        self.control = Control::wanted();
        self.chunks = super::Chunks::new(self.chunks.total());
        self.refill = super::Refill::default();
        self.quiet_until = Some(now + LATEST_FEEDBACK);
        self.bytes_acked = 0;
        self.rate.clear();
    }

    fn note(&mut self, now: Instant, feedback: Feedback) {
        self.log.push(entry(now, LogEvent::Answered, feedback));
    }

    fn ignore(&mut self, now: Instant, feedback: Option<Feedback>, reason: Reason) {
        self.ignored = self.ignored.saturating_add(1);
        if let Some(feedback) = feedback {
            self.suspect(now, feedback);
        }
        let bare = || LogEntry::bare(now, LogEvent::Ignored);
        let entry = feedback.map_or_else(bare, |it| entry(now, LogEvent::Ignored, it));
        self.log.push(entry.with_reason(Some(reason)));
    }
}

fn entry(now: Instant, event: LogEvent, feedback: Feedback) -> LogEntry {
    LogEntry::message(now, event, feedback.function, feedback.number).with_status(feedback.status)
}
