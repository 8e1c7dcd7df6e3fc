//! Transfers that share a feedback topic run one after the other.

use std::collections::VecDeque;
use std::sync::Arc;

use super::deadlines::Due;
use super::entry::State;
use super::{Event, Fleet, TransferId};
use crate::time::Instant;
use crate::transfer::error::{AbortReason, Error};
use crate::transfer::lingering::Lingering;

/// One feedback topic and the transfers on it.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) is_subscribed: bool,
    /// It has been subscribed before.
    was_subscribed: bool,
    /// When it was last subscribed again.
    back_at: Option<Instant>,
    /// All that have not ended, in the order in which they were asked for.
    pub(super) queue: VecDeque<TransferId>,
    pub(super) current: Option<TransferId>,
    /// Frames of a transfer that has ended may be on their way until then.
    quiet_until: Option<Instant>,
    /// The feedback that may still come on what its transfers sent.
    lingering: Lingering,
    /// The lane's deadline as the fleet has noted it.
    deadline: Option<Instant>,
}

impl Lane {
    /// A transfer leaves, for now or for ever.
    pub(super) fn handle_left(
        &mut self,
        now: Instant,
        quiet_until: Option<Instant>,
        sent: Lingering,
    ) {
        self.quiet_until = self.quiet_until.max(quiet_until);
        self.lingering.forget(now);
        self.lingering.extend(sent);
    }

    /// When nothing of its transfers is on its way any longer.
    fn busy_until(&self) -> Option<Instant> {
        self.quiet_until.max(self.lingering.end())
    }

    fn is_quiet(&self, now: Instant) -> bool {
        self.quiet_until.is_some_and(|until| now < until)
    }
}

impl Fleet {
    pub(super) fn set_subscribed(&mut self, now: Instant, from: &str, is_subscribed: bool) {
        let Some(lane) = self.lanes.get_mut(from) else {
            return;
        };
        if is_subscribed
            && core::mem::replace(&mut lane.was_subscribed, true)
            && !lane.is_subscribed
        {
            lane.back_at = Some(now);
        }
        lane.is_subscribed = is_subscribed;
        if let Some(id) = lane.current
            && let Some(sender) = self.sender(id)
        {
            if is_subscribed {
                sender.handle_online(now);
            } else {
                sender.handle_offline(now);
            }
            self.touch(now, id);
        }
        self.advance(now, from);
    }

    pub(super) fn advance_lane_of(&mut self, now: Instant, id: TransferId) {
        if let Some(from) = self.transfers.get(&id).map(|entry| Arc::clone(&entry.from)) {
            self.advance(now, &from);
        }
    }

    /// Starts whoever is next on `from`, if it is free.
    pub(super) fn advance(&mut self, now: Instant, from: &str) {
        self.park_for_others(now, from);
        self.note_quiet(now, from);
        let Some(lane) = self.lanes.get(from) else {
            return;
        };
        if lane.queue.is_empty() {
            return self.drop_lane(now, from);
        }
        let is_free = lane.current.is_none() && !self.is_dozing;
        if !is_free || !lane.is_subscribed || lane.is_quiet(now) {
            return;
        }
        let Some(id) = self.choose(lane) else { return };
        let Some(lane) = self.lanes.get_mut(from) else {
            return;
        };
        lane.current = Some(id);
        lane.lingering.forget(now);
        let (earlier, back_at) = (lane.lingering.clone(), lane.back_at);
        if let Some(sender) = self.sender(id) {
            sender.start(now, earlier, back_at);
            self.touch(now, id);
        }
    }

    /// The first that can start. One whose image is not ready holds its place, except before those that wait for a
    /// device: they go when nobody else can.
    fn choose(&self, lane: &Lane) -> Option<TransferId> {
        let mut waiting = None;
        for id in &lane.queue {
            let Some(entry) = self.transfers.get(id) else {
                continue;
            };
            if entry.is_waiting() && entry.can_start() {
                waiting = waiting.or(Some(*id));
            } else if entry.can_start() {
                return Some(*id);
            } else if matches!(entry.state, State::Reserved) {
                return waiting;
            }
        }
        waiting
    }

    /// A transfer that waits for its device lets others on its topic go first.
    fn park_for_others(&mut self, now: Instant, from: &str) {
        let Some(lane) = self.lanes.get(from) else {
            return;
        };
        let Some(current) = lane
            .current
            .filter(|id| self.transfers.get(id).is_some_and(super::Entry::is_waiting))
        else {
            return;
        };
        let is_better = self.choose(lane).is_some_and(|id| {
            id != current
                && self
                    .transfers
                    .get(&id)
                    .is_some_and(|entry| !entry.is_waiting())
        });
        if is_better {
            self.park(now, from, current);
        }
    }

    fn park(&mut self, now: Instant, from: &str, id: TransferId) {
        let mut sent = Lingering::default();
        if let Some(sender) = self.sender(id) {
            sender.park(now);
            sent = sender.take_sent();
        }
        self.touch(now, id);
        if let Some(lane) = self.lanes.get_mut(from) {
            lane.current = None;
            lane.handle_left(now, None, sent);
        }
    }

    /// Several wait for their devices on one topic: each asks in turn.
    pub(super) fn rotate_waiting(&mut self, now: Instant, id: TransferId) {
        let Some(from) = self
            .transfers
            .get(&id)
            .filter(|entry| entry.has_had_turn(now))
            .map(|entry| Arc::clone(&entry.from))
        else {
            return;
        };
        let Some(lane) = self
            .lanes
            .get(&from)
            .filter(|lane| lane.current == Some(id))
        else {
            return;
        };
        let has_others = lane.queue.iter().any(|other| {
            *other != id
                && self
                    .transfers
                    .get(other)
                    .is_some_and(|entry| entry.is_waiting() && entry.can_start())
        });
        if !has_others {
            return;
        }
        self.park(now, &from, id);
        if let Some(lane) = self.lanes.get_mut(&from) {
            lane.queue.retain(|other| *other != id);
            lane.queue.push_back(id);
        }
        self.advance(now, &from);
    }

    /// The device of `id` may be awake: of those that wait on its topic it asks first.
    pub(super) fn prefer_waiting(&mut self, now: Instant, id: TransferId) {
        let Some(entry) = self.transfers.get(&id).filter(|entry| entry.is_waiting()) else {
            return;
        };
        let from = Arc::clone(&entry.from);
        let Some(lane) = self.lanes.get_mut(&from) else {
            return;
        };
        lane.queue.retain(|other| *other != id);
        lane.queue.push_front(id);
        let is_waiting = |other: &TransferId| {
            self.transfers
                .get(other)
                .is_some_and(super::Entry::is_waiting)
        };
        if let Some(current) = lane
            .current
            .filter(|other| *other != id && is_waiting(other))
        {
            self.park(now, &from, current);
        }
        self.advance(now, &from);
    }

    /// A newer image for the same device takes the place of one that still waits for it.
    pub(super) fn replace_waiting(&mut self, now: Instant, id: TransferId) {
        let Some(newer) = self.transfers.get(&id) else {
            return;
        };
        let (to, from) = (Arc::clone(&newer.to), Arc::clone(&newer.from));
        let is_older = |other: &&TransferId| {
            **other < id
                && self
                    .transfers
                    .get(other)
                    .is_some_and(|entry| entry.is_waiting() && entry.to == to)
        };
        let older: Vec<TransferId> = self
            .lanes
            .get(&from)
            .map(|lane| lane.queue.iter().filter(is_older).copied().collect())
            .unwrap_or_default();
        for other in older {
            self.fail(
                now,
                other,
                Error::Aborted {
                    reason: AbortReason::Replaced,
                },
            );
        }
    }

    pub(super) fn leave_lane(&mut self, now: Instant, id: TransferId) {
        let Some(from) = self.transfers.get(&id).map(|entry| Arc::clone(&entry.from)) else {
            return;
        };
        if let Some(lane) = self.lanes.get_mut(&from) {
            lane.queue.retain(|other| *other != id);
            if lane.current == Some(id) {
                lane.current = None;
            }
        }
        self.advance(now, &from);
    }

    /// Has the fleet called when the quiet time of `from` is over, for the next transfer or because there is none.
    fn note_quiet(&mut self, now: Instant, from: &str) {
        let Some((name, _)) = self.lanes.get_key_value(from) else {
            return;
        };
        let due = Due::Lane(Arc::clone(name));
        let Some(lane) = self.lanes.get_mut(from) else {
            return;
        };
        let until = if lane.queue.is_empty() {
            lane.busy_until()
        } else {
            lane.quiet_until
        };
        let deadline = until.filter(|until| now < *until);
        self.deadlines.replace(due, lane.deadline, deadline);
        lane.deadline = deadline;
    }

    /// Nobody is left on `from`. What may still come is waited for, so that a transfer on it until then knows of it.
    fn drop_lane(&mut self, now: Instant, from: &str) {
        let is_over = |lane: &Lane| lane.busy_until().is_none_or(|until| until <= now);
        if self.lanes.get(from).is_some_and(is_over) {
            self.lanes.remove(from);
            self.events.push_back(Event::Idle(from.to_owned()));
        }
    }
}
