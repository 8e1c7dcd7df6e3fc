//! Which feedback on messages that were sent earlier may still come.
//!
//! Feedback carries no transfer's name, may be late by 2 s and may come twice. So the next transfer on a feedback topic
//! does not send a message while feedback on the same message of the one before may still come.

use core::time::Duration;
use std::collections::VecDeque;

use super::sender::Payload;
use crate::time::Instant;

/// A feedback is taken to be late by at most this (PROTOCOL.md, Rules for this sender).
pub(super) const LATEST_FEEDBACK: Duration = Duration::from_secs(2);

/// Chunks that were sent within this time are remembered together.
const STRETCH: Duration = Duration::from_millis(300);

/// Until when feedback may come on which message.
#[derive(Clone, Debug, Default)]
pub(super) struct Lingering {
    begin: Option<Instant>,
    finish: Option<Instant>,
    /// Oldest first: some seven at most, however fast the chunks go.
    chunks: VecDeque<Stretch>,
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    since: Instant,
    until: Instant,
    first: u16,
    last: u16,
}

impl Lingering {
    /// A message goes out.
    pub(super) fn handle_sent(&mut self, now: Instant, payload: Payload) {
        let until = now + LATEST_FEEDBACK;
        match payload {
            Payload::Begin => self.begin = Some(until),
            Payload::Finish => self.finish = Some(until),
            Payload::Chunk(chunk) => self.chunk_sent(now, until, chunk),
        }
    }

    fn chunk_sent(&mut self, now: Instant, until: Instant, chunk: u16) {
        if let Some(stretch) = self.chunks.back_mut()
            && now.saturating_since(stretch.since) < STRETCH
        {
            stretch.until = until;
            stretch.first = stretch.first.min(chunk);
            stretch.last = stretch.last.max(chunk);
            return;
        }
        self.forget(now);
        self.chunks.push_back(Stretch {
            since: now,
            until,
            first: chunk,
            last: chunk,
        });
    }

    /// Until when feedback may come that can be taken for one on `payload`. That on a chunk's neighbours can: the next
    /// device on the topic may number in the other way.
    pub(super) fn until(&self, payload: Payload) -> Option<Instant> {
        match payload {
            Payload::Begin => self.begin,
            Payload::Finish => self.finish,
            Payload::Chunk(chunk) => {
                let is_near = |stretch: &&Stretch| {
                    (stretch.first.saturating_sub(1)..=stretch.last.saturating_add(1))
                        .contains(&chunk)
                };
                let near = self.chunks.iter().filter(is_near);
                near.map(|stretch| stretch.until).max()
            }
        }
    }

    /// When none of it can come any longer.
    pub(super) fn end(&self) -> Option<Instant> {
        let chunks = self.chunks.back().map(|stretch| stretch.until);
        self.begin.max(self.finish).max(chunks)
    }

    /// Adds what was sent later.
    pub(super) fn extend(&mut self, later: Self) {
        self.begin = self.begin.max(later.begin);
        self.finish = self.finish.max(later.finish);
        for stretch in later.chunks {
            self.chunks.push_back(stretch);
        }
    }

    /// Drops what cannot come any longer.
    pub(super) fn forget(&mut self, now: Instant) {
        self.begin = self.begin.filter(|until| now < *until);
        self.finish = self.finish.filter(|until| now < *until);
        self.chunks.retain(|stretch| now < stretch.until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn feedback_on_a_message_may_come_for_two_seconds() {
        let mut sent = Lingering::default();
        assert_eq!(sent.end(), None);
        sent.handle_sent(at(1_000), Payload::Begin);
        sent.handle_sent(at(1_050), Payload::Chunk(7));
        sent.handle_sent(at(1_100), Payload::Finish);
        assert_eq!(sent.until(Payload::Begin), Some(at(3_000)));
        assert_eq!(sent.until(Payload::Chunk(7)), Some(at(3_050)));
        assert_eq!(sent.until(Payload::Finish), Some(at(3_100)));
        assert_eq!(sent.end(), Some(at(3_100)));
        sent.forget(at(3_050));
        assert_eq!(sent.until(Payload::Begin), None);
        assert_eq!(sent.until(Payload::Chunk(7)), None);
        assert_eq!(sent.end(), Some(at(3_100)));
    }

    #[test]
    fn a_chunk_stands_for_its_neighbours_and_for_those_that_went_with_it() {
        let mut sent = Lingering::default();
        for (millis, chunk) in [(0, 5), (299, 9), (300, 20)] {
            sent.handle_sent(at(millis), Payload::Chunk(chunk));
        }
        let until = |chunk| sent.until(Payload::Chunk(chunk));
        assert_eq!(
            (until(3), until(4), until(7)),
            (None, Some(at(2_299)), Some(at(2_299)))
        );
        assert_eq!((until(10), until(11)), (Some(at(2_299)), None));
        assert_eq!((until(19), until(22)), (Some(at(2_300)), None));
    }

    #[test]
    fn ever_so_many_chunks_take_little_memory() {
        let mut sent = Lingering::default();
        for chunk in 0..32_767 {
            sent.handle_sent(at(u64::from(chunk)), Payload::Chunk(chunk));
        }
        assert!(sent.chunks.len() <= 8, "{}", sent.chunks.len());
        assert_eq!(sent.until(Payload::Chunk(32_767)), Some(at(34_766)));
    }

    #[test]
    fn what_was_sent_later_is_added() {
        let mut sent = Lingering::default();
        sent.handle_sent(at(0), Payload::Begin);
        let mut later = Lingering::default();
        later.handle_sent(at(10), Payload::Begin);
        later.handle_sent(at(20), Payload::Chunk(0));
        sent.extend(later);
        assert_eq!(sent.until(Payload::Begin), Some(at(2_010)));
        assert_eq!(sent.until(Payload::Chunk(1)), Some(at(2_020)));
    }
}
