//! What goes out next, and when it may.

use super::chunks::Next;
use super::{Control, Sender};
use crate::time::Instant;
use crate::transfer::frame::{FrameHead, Function};
use crate::transfer::lingering::LATEST_FEEDBACK;
use crate::transfer::log::{LogEntry, LogEvent, Reason};
use crate::transfer::options::Phase;

/// What a frame carries; [`Sender::data`] has the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::transfer) enum Payload {
    Begin,
    Chunk(u16),
    Finish,
}

/// How often a message has been sent.
enum Sending {
    First,
    /// For this reason, where it is known.
    Again(Option<Reason>),
}

impl Sender {
    /// The next frame, if one may go out now; taking it starts its clock. With `may_grow` false nothing is sent that
    /// would add to what is outstanding.
    pub(in crate::transfer) fn poll_transmit(
        &mut self,
        now: Instant,
        may_grow: bool,
    ) -> Option<([u8; FrameHead::LEN], Payload)> {
        if !self.clock.is_running() || self.is_quiet(now) || self.end.is_some() {
            return None;
        }
        let payload = self.next_payload(may_grow)?;
        if self.earlier.until(payload).is_some_and(|until| now < until) {
            return None;
        }
        let event = match payload {
            Payload::Begin | Payload::Finish => self.control.handle_sent(self.clock.felt(now)),
            Payload::Chunk(_) => self.chunk_sent(now)?,
        };
        self.sent.handle_sent(now, payload);
        self.others.handle_sent(now, payload);
        Some((self.frame(now, payload, event), payload))
    }

    /// The bytes that follow a frame's head.
    pub(in crate::transfer) fn data(&self, payload: Payload) -> &[u8] {
        match payload {
            Payload::Begin => &self.announcement,
            Payload::Finish => &[],
            Payload::Chunk(chunk) => {
                let start = usize::from(chunk) * self.options.chunk_size;
                let end = start
                    .saturating_add(self.options.chunk_size)
                    .min(self.image.len());
                self.image.get(start..end).unwrap_or(&[])
            }
        }
    }

    /// When the message that is next may go out, where feedback on one before it is waited for.
    pub(super) fn held_until(&self) -> Option<Instant> {
        self.earlier.until(self.next_payload(true)?)
    }

    /// What is to be sent next, whether it may go now or not.
    fn next_payload(&self, may_grow: bool) -> Option<Payload> {
        let chunk = || {
            let next = self.chunks.next(self.window_size());
            let may_go = |next: &Next| next.again.is_some() || self.refill.is_filling();
            let next = next.filter(may_go).filter(|_| may_grow);
            next.map(|next| Payload::Chunk(next.chunk))
        };
        let is_wanted = self.control.is_wanted;
        match self.phase {
            Phase::Begin | Phase::Waiting => is_wanted.then_some(Payload::Begin),
            Phase::Data => chunk(),
            Phase::Finish => {
                chunk().or_else(|| (is_wanted && self.chunks.is_quiet()).then_some(Payload::Finish))
            }
            Phase::Queued | Phase::Preparing | Phase::Done => None,
        }
    }

    /// Chunk 0 goes alone until its feedback has told the numbering.
    fn window_size(&self) -> u16 {
        if self.numbering.is_some() {
            self.window.size()
        } else {
            1
        }
    }

    /// Chunks that the window still takes.
    fn free_window(&self) -> usize {
        usize::from(self.window_size()).saturating_sub(self.chunks.outstanding())
    }

    /// An answer has made room in the window.
    pub(super) fn note_room(&mut self, now: Instant) {
        let (free, window) = (self.free_window(), usize::from(self.window_size()));
        self.refill
            .handle_room(now, free, window, self.chunks.unsent());
    }

    /// The next chunk is on its way; says what that is for the journal.
    fn chunk_sent(&mut self, now: Instant) -> Option<Sending> {
        let next = self.chunks.next(self.window_size())?;
        self.chunks.handle_sent(next, self.clock.felt(now));
        if next.again.is_none() {
            self.window.handle_sent();
            self.refill.handle_sent(self.free_window());
        }
        Some(match next.again {
            None => Sending::First,
            again => Sending::Again(again),
        })
    }

    /// The head of a frame, which is on its way from here on.
    fn frame(&mut self, now: Instant, payload: Payload, sending: Sending) -> [u8; FrameHead::LEN] {
        let (function, number) = match payload {
            Payload::Begin => (Function::Begin, 0),
            Payload::Chunk(chunk) => (Function::Data, chunk),
            Payload::Finish => (Function::Finish, 0),
        };
        let (event, reason) = match sending {
            Sending::First => (LogEvent::Sent, None),
            Sending::Again(reason) => (LogEvent::Resent, reason),
        };
        if event == LogEvent::Resent {
            self.resends = self.resends.saturating_add(1);
            self.stray_until = Some(now + LATEST_FEEDBACK);
        }
        let number_on_wire = number.cast_signed();
        let entry = LogEntry::message(now, event, function, number_on_wire);
        self.log.push(entry.with_reason(reason));
        let length = u16::try_from(self.data(payload).len()).unwrap_or(0);
        FrameHead {
            function,
            number,
            length,
        }
        .encode()
    }
}

impl Control {
    /// It is on its way, at this felt time.
    fn handle_sent(&mut self, felt: Instant) -> Sending {
        self.is_wanted = false;
        self.sent_at = Some(felt);
        self.sendings += 1;
        let again = self.again.take();
        if self.sendings == 1 {
            Sending::First
        } else {
            Sending::Again(again)
        }
    }
}
