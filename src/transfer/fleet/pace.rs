//! How often progress is told: 20 times a second for a transfer, 200 times over all.

use core::time::Duration;

use super::{Event, Fleet, State, TransferId};
use crate::sorted::SortedSet;
use crate::time::Instant;

const PER_TRANSFER: Duration = Duration::from_millis(50);
const OVER_ALL: Duration = Duration::from_millis(5);

/// Transfers whose progress is to be told, by the moment from which it may.
#[derive(Debug, Default)]
pub(super) struct ProgressPace {
    due: SortedSet<(Instant, TransferId)>,
    free_at: Instant,
}

impl ProgressPace {
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| (*at).max(self.free_at))
    }
}

impl Fleet {
    /// The progress of `id` has changed.
    pub(super) fn note_progress(&mut self, now: Instant, id: TransferId) {
        if let Some(entry) = self.transfers.get_mut(&id)
            && !core::mem::replace(&mut entry.is_to_be_told, true)
        {
            let due = entry
                .told_at
                .map_or(now, |told| (told + PER_TRANSFER).max(now));
            self.pace.due.insert((due, id));
        }
        self.emit_progress(now);
    }

    pub(super) fn emit_progress(&mut self, now: Instant) {
        while self.pace.next().is_some_and(|at| at <= now)
            && let Some((_, id)) = self.pace.due.pop_first()
        {
            let Some(entry) = self.transfers.get_mut(&id) else {
                continue;
            };
            entry.is_to_be_told = false;
            // The last state of all comes with the end.
            if matches!(entry.state, State::Ready(_)) {
                entry.told_at = Some(now);
                self.pace.free_at = now + OVER_ALL;
                self.events.push_back(Event::Progress(id));
            }
        }
    }
}
