//! The journal of a transfer: what was sent, answered, resent and ignored, with times.

use std::collections::VecDeque;

use super::frame::{Function, Malformed, Status};
use crate::time::Instant;

/// The newest entries that are kept.
const MOST_ENTRIES: usize = 1_000;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogEvent {
    /// A message went out for the first time.
    Sent,
    /// The device's feedback on an outstanding message.
    Answered,
    /// A message went out again.
    Resent,
    /// A feedback that was malformed or spoke of nothing outstanding.
    Ignored,
    /// The connection fell.
    Offline,
    /// It is back, and the subscription with it.
    Online,
    /// The caller held the transfer back.
    Paused,
    /// The caller let it go on.
    Resumed,
}

impl LogEvent {
    /// The name in `api.d.ts`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Answered => "answered",
            Self::Resent => "resent",
            Self::Ignored => "ignored",
            Self::Offline => "offline",
            Self::Online => "online",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
        }
    }
}

/// One line of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEntry {
    at: Moment,
    /// What.
    pub event: LogEvent,
    /// The function of the frame or feedback; 0 where it speaks of none.
    pub function: u8,
    /// Its number: the chunk's own for frames, as it came for feedback.
    pub number: i16,
    /// The feedback's status.
    pub status: Option<Status>,
    /// What made a message be sent again, or a feedback be ignored.
    pub reason: Option<Reason>,
}

/// A thousand transfers keep their journals at once.
const _: () = assert!(size_of::<LogEntry>() == 12);

/// An [`Instant`] in six bytes, which are enough for nine years of microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment([u16; 3]);

impl Moment {
    fn of(instant: Instant) -> Self {
        let micros = instant.as_micros();
        Self([0, 16, 32].map(|shift| (micros >> shift) as u16))
    }

    fn instant(self) -> Instant {
        let Self([low, middle, high]) = self;
        Instant::from_micros(u64::from(high) << 32 | u64::from(middle) << 16 | u64::from(low))
    }
}

/// Why a message was sent again, or a feedback ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its clock ran out.
    Silence,
    /// Three frames that were sent after it were answered before it.
    Overtaken,
    /// The device called it incomplete, or asked for it.
    Incomplete,
    /// It was outstanding when the link fell.
    LinkLost,
    /// It is no feedback.
    Malformed(Malformed),
    /// The broker had kept it, so it is an old one.
    Retained,
    /// It came while a transfer keeps quiet after another.
    Late,
    /// Begin needs no second answer.
    BeginAnswered,
    /// Finish has not been sent in this round.
    FinishNotSent,
    /// It speaks of a chunk that was not sent.
    NotOutstanding,
    /// Its chunk needs no second answer.
    ChunkAnswered,
}

impl Reason {
    /// As the journal has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silence => "no answer in time",
            Self::Overtaken => "three later ones were answered",
            Self::Incomplete => "the device asked for it",
            Self::LinkLost => "the link was lost",
            Self::Malformed(malformed) => malformed.as_str(),
            Self::Retained => "retained",
            Self::Late => "late",
            Self::BeginAnswered => "begin was answered",
            Self::FinishNotSent => "finish was not sent",
            Self::NotOutstanding => "no such chunk is outstanding",
            Self::ChunkAnswered => "that chunk was answered",
        }
    }
}

impl LogEntry {
    /// When.
    pub fn at(&self) -> Instant {
        self.at.instant()
    }

    /// An entry that speaks of no message.
    pub(super) fn bare(at: Instant, event: LogEvent) -> Self {
        Self {
            at: Moment::of(at),
            event,
            function: 0,
            number: 0,
            status: None,
            reason: None,
        }
    }

    /// An entry on a message.
    pub(super) fn message(at: Instant, event: LogEvent, function: Function, number: i16) -> Self {
        Self {
            at: Moment::of(at),
            event,
            function: function.into(),
            number,
            status: None,
            reason: None,
        }
    }

    pub(super) fn with_status(self, status: Status) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    pub(super) fn with_reason(self, reason: Option<Reason>) -> Self {
        Self { reason, ..self }
    }
}

/// The newest 1,000 entries.
#[derive(Clone, Debug, Default)]
pub struct Log(VecDeque<LogEntry>);

impl Log {
    /// From the oldest to the newest.
    pub fn entries(&self) -> impl Iterator<Item = &LogEntry> {
        self.0.iter()
    }

    /// With room for `entries`. A journal that grows in steps leaves holes behind in linear memory, a thousand do so together.
    pub(super) fn with_room(entries: usize) -> Self {
        Self(VecDeque::with_capacity(entries.min(MOST_ENTRIES)))
    }

    pub(super) fn push(&mut self, entry: LogEntry) {
        if self.0.len() == MOST_ENTRIES {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_kept_to_the_microsecond() {
        for micros in [0, 0xffff, 0x1_0000, 0x1234_5678_9abc, 0xffff_ffff_ffff] {
            let at = Instant::from_micros(micros);
            assert_eq!(LogEntry::bare(at, LogEvent::Online).at(), at);
        }
    }

    #[test]
    fn keeps_the_newest_thousand() {
        let mut log = Log::default();
        for ms in 0..1_500 {
            log.push(LogEntry::bare(Instant::from_millis(ms), LogEvent::Offline));
        }
        let times: Vec<u64> = log.entries().map(|entry| entry.at().as_millis()).collect();
        assert_eq!(times, (500..1_500).collect::<Vec<_>>());
    }
}
