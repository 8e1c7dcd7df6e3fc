//! What is due when, over all transfers and lanes.

use std::sync::Arc;

use super::TransferId;
use crate::sorted::SortedSet;
use crate::time::Instant;

/// Whose deadline it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// A clock of this transfer runs out.
    Transfer(TransferId),
    /// The quiet time of this feedback topic is over.
    Lane(Arc<str>),
}

/// Deadlines in order; one for each transfer and lane at most.
#[derive(Debug, Default)]
pub(super) struct Deadlines(SortedSet<(Instant, Due)>);

impl Deadlines {
    /// Moves a deadline from `old` to `new`.
    pub(super) fn replace(&mut self, due: Due, old: Option<Instant>, new: Option<Instant>) {
        if old == new {
            return;
        }
        let mut due = due;
        if let Some(old) = old {
            let entry = (old, due);
            self.0.remove(&entry);
            due = entry.1;
        }
        if let Some(new) = new {
            self.0.insert((new, due));
        }
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.0.first().map(|(at, _)| *at)
    }

    /// The first deadline that has passed at `now`.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Due> {
        self.0.first().filter(|(at, _)| *at <= now)?;
        self.0.pop_first().map(|(_, due)| due)
    }
}
