//! Whose frame is next: transfers take turns, and one bound holds for the chunks outstanding over all of them.

use super::deadlines::Due;
use super::entry::State;
use super::{Event, Fleet, TransferId};
use crate::time::Instant;

impl Fleet {
    /// Looks at a transfer after something has happened to it: has it ended, does it want the link tested, may it send,
    /// when is it due?
    pub(super) fn touch(&mut self, now: Instant, id: TransferId) {
        let Some(sender) = self.sender(id) else {
            return;
        };
        if let Some(end) = sender.poll_end() {
            return self.end(now, id, end);
        }
        let hears_another = sender.poll_other_sender();
        if sender.poll_link_test() {
            self.events.push_back(Event::TestLink);
        }
        self.recount(id);
        if let Some(entry) = self.transfers.get_mut(&id) {
            if hears_another {
                self.events.push_back(Event::OtherSender {
                    to: entry.to.to_string(),
                    from: entry.from.to_string(),
                });
            }
            let State::Ready(sender) = &entry.state else {
                return;
            };
            let deadline = sender.poll_timeout();
            self.deadlines
                .replace(Due::Transfer(id), entry.deadline, deadline);
            entry.deadline = deadline;
            if !core::mem::replace(&mut entry.is_ready, true) {
                self.ready.push_back(id);
            }
        }
        self.note_progress(now, id);
    }

    /// Keeps the count of all outstanding chunks; what became free goes to those that wait for it.
    pub(super) fn recount(&mut self, id: TransferId) {
        let Some(entry) = self.transfers.get_mut(&id) else {
            return;
        };
        let outstanding = match &entry.state {
            State::Ready(sender) => sender.outstanding(),
            State::Reserved | State::HeldBack | State::Ended { .. } => 0,
        };
        let before = core::mem::replace(&mut entry.counted, outstanding);
        self.outstanding = self.outstanding + outstanding - before;
        let free = self.max_outstanding.saturating_sub(self.outstanding);
        for _ in 0..free {
            if !self.feed_starved() {
                return;
            }
        }
    }

    /// Those whose frames could not go out at once stand in line again, if the first of them can now.
    pub(super) fn release_held(&mut self, takes: impl Fn(u8) -> bool) {
        let first = self.held.front().and_then(|id| self.transfers.get(id));
        if first.is_none_or(|entry| takes(entry.qos_tag)) {
            while let Some(id) = self.held.pop_front() {
                self.ready.push_back(id);
            }
        }
    }

    /// Whose turn it is. One that was starved may have ended or been paused since: then the next of them may go.
    pub(super) fn next_ready(&mut self) -> Option<TransferId> {
        while self.ready.is_empty() && self.outstanding < self.max_outstanding {
            if !self.feed_starved() {
                return None;
            }
        }
        self.ready.pop_front()
    }

    /// Lets the one that has starved longest try again; false if there is none.
    fn feed_starved(&mut self) -> bool {
        let Some(id) = self.starved.pop_front() else {
            return false;
        };
        if let Some(entry) = self.transfers.get_mut(&id) {
            entry.is_starved = false;
            if !core::mem::replace(&mut entry.is_ready, true) {
                self.ready.push_back(id);
            }
        }
        true
    }
}
