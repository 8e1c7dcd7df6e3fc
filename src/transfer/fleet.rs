//! Many transfers at once.
//!
//! Feedback carries no transfer's name, so transfers that share a feedback topic run one after the other, in a
//! [`Lane`]. Lanes run at once: frames are taken from them in turn, and one bound holds for the chunks outstanding
//! over all of them.

mod deadlines;
mod entry;
mod lane;
mod pace;
mod turns;

use std::collections::VecDeque;
use std::sync::Arc;

use super::error::{AbortReason, Error};
use super::frame::FrameHead;
use super::image::Image;
use super::lingering::Lingering;
use super::log::Log;
use super::numbering::Numbering;
use super::options::{Phase, Progress, TransferOptions};
use super::sender::{SOON, Sender};
use crate::sorted::{SortedMap, SortedSet};
use crate::time::{Instant, earliest};
use deadlines::{Deadlines, Due};
use entry::{Entry, State};
use lane::Lane;
use pace::ProgressPace;

/// Names one transfer of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferId(u64);

/// What a transfer that arrived whole leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The last state.
    pub progress: Progress,
    /// The name in begin.
    pub name: String,
    /// Bytes of the image.
    pub bytes: usize,
    /// IEEE, over the image.
    pub crc32: u32,
    /// What the device turned out to be.
    pub numbering: Numbering,
}

/// Something that a fleet tells its owner.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Silence may be the link's fault: test it, and call [`Fleet::handle_alive`] when it answers.
    TestLink,
    /// Progress that is worth a look: at most 20 a second for a transfer, 200 over all.
    Progress(TransferId),
    /// Arrived whole.
    Done(TransferId, Outcome),
    /// Failed, cancelled or replaced.
    Failed(TransferId, Error),
    /// A transfer hears feedback on what it did not send. Once for each.
    OtherSender {
        /// Topic to its device.
        to: String,
        /// Topic of its feedback.
        from: String,
    },
    /// No transfer needs this feedback topic any longer.
    Idle(String),
}

/// A frame on its way to a device: `head`, then `data`.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Whose it is.
    pub transfer: TransferId,
    /// Topic to the device.
    pub to: &'a str,
    /// As it was given to [`Fleet::reserve`].
    pub qos_tag: u8,
    /// The frame's first bytes.
    pub head: [u8; FrameHead::LEN],
    /// The bytes that follow it.
    pub data: &'a [u8],
}

impl Frame<'_> {
    /// Bytes on the wire.
    #[expect(
        clippy::len_without_is_empty,
        reason = "a frame has a head and is never empty"
    )]
    pub fn len(&self) -> usize {
        self.head.len() + self.data.len()
    }
}

/// All transfers of one client. See the module for what it decides.
#[derive(Debug)]
pub struct Fleet {
    max_outstanding: usize,
    outstanding: usize,
    transfers: SortedMap<TransferId, Entry>,
    lanes: SortedMap<Arc<str>, Lane>,
    /// Transfers that may have something to send, in turn.
    ready: VecDeque<TransferId>,
    /// Those of them whose frames could not go out at once when their turn came.
    held: VecDeque<TransferId>,
    /// Transfers that would send, were it not for the bound.
    starved: VecDeque<TransferId>,
    deadlines: Deadlines,
    pace: ProgressPace,
    /// The machine slept, and the link has not been heard since.
    is_dozing: bool,
    /// Until then it shows whether the link bears what a suspect sent last; the next one waits for that.
    trial_until: Option<Instant>,
    events: VecDeque<Event>,
    next_id: u64,
}

impl Fleet {
    /// `max_outstanding` bounds the chunks outstanding over all transfers; at least 1.
    pub fn new(max_outstanding: usize) -> Self {
        Self {
            max_outstanding: max_outstanding.max(1),
            outstanding: 0,
            transfers: SortedMap::new(),
            lanes: SortedMap::new(),
            ready: VecDeque::new(),
            held: VecDeque::new(),
            starved: VecDeque::new(),
            deadlines: Deadlines::default(),
            pace: ProgressPace::default(),
            is_dozing: false,
            trial_until: None,
            events: VecDeque::new(),
            next_id: 0,
        }
    }

    /// Takes a place in the line of the feedback topic `from`, before the image is ready. `qos_tag` means nothing here: it
    /// comes back with each [`Frame`].
    pub fn reserve(&mut self, now: Instant, to: &str, from: &str, qos_tag: u8) -> TransferId {
        let id = TransferId(self.next_id);
        self.next_id += 1;
        let from: Arc<str> = from.into();
        self.lanes
            .get_or_insert_with(Arc::clone(&from), Lane::default)
            .queue
            .push_back(id);
        self.transfers
            .insert(id, Entry::new(to.into(), from, qos_tag, now));
        id
    }

    /// Gives a reserved transfer its image.
    ///
    /// # Errors
    /// What makes the image or an option impossible. The transfer is forgotten then. [`Error::Invalid`] for one that has
    /// its image: it goes on with that. [`Error::Aborted`] for one that has ended, or is not known.
    pub fn supply(
        &mut self,
        now: Instant,
        id: TransferId,
        image: Image,
        options: TransferOptions,
    ) -> Result<(), Error> {
        let cancelled = Error::Aborted {
            reason: AbortReason::Cancelled,
        };
        let entry = self.transfers.get_mut(&id).ok_or(cancelled.clone())?;
        match entry.state {
            State::Reserved | State::HeldBack => {}
            State::Ready(_) => {
                return Err(Error::Invalid {
                    option: "image",
                    reason: "was supplied before",
                });
            }
            State::Ended { .. } => return Err(cancelled),
        }
        match Sender::new(entry.asked_at, &entry.from, image, options) {
            Ok(mut sender) => {
                sender.set_paused(now, entry.is_paused);
                entry.state = State::Ready(Box::new(sender));
                self.replace_waiting(now, id);
                self.touch(now, id);
                self.advance_lane_of(now, id);
                Ok(())
            }
            Err(error) => {
                self.leave_lane(now, id);
                self.transfers.remove(&id);
                Err(error)
            }
        }
    }

    /// Something outside has to end before a reserved transfer may have its image: its place in the line is kept, and
    /// others on its feedback topic need not wait for it. Gives the topic to its device, the first time.
    pub fn hold_back(&mut self, now: Instant, id: TransferId) -> Option<String> {
        let entry = self.transfers.get_mut(&id)?;
        if !matches!(entry.state, State::Reserved) {
            return None;
        }
        entry.state = State::HeldBack;
        let to = entry.to.to_string();
        self.events.push_back(Event::Progress(id));
        self.advance_lane_of(now, id);
        Some(to)
    }

    /// Ends a transfer from outside. [`Event::Failed`] follows.
    pub fn fail(&mut self, now: Instant, id: TransferId, error: Error) {
        self.end(now, id, Err(error));
    }

    /// Cancels a transfer at any stage. [`Event::Failed`] follows; a second call does nothing.
    pub fn cancel(&mut self, now: Instant, id: TransferId) {
        self.fail(
            now,
            id,
            Error::Aborted {
                reason: AbortReason::Cancelled,
            },
        );
    }

    /// Holds a transfer back: it sends nothing and its clocks stand still.
    pub fn pause(&mut self, now: Instant, id: TransferId) {
        self.set_paused(now, id, true);
    }

    /// Lets a paused transfer go on.
    pub fn resume(&mut self, now: Instant, id: TransferId) {
        self.set_paused(now, id, false);
    }

    /// Drops what is left of a transfer that has ended, and gives its journal away.
    pub fn forget(&mut self, id: TransferId) -> Option<Log> {
        let ended = |entry: &Entry| matches!(entry.state, State::Ended { .. });
        if !self.transfers.get(&id).is_some_and(ended) {
            return None;
        }
        match self.transfers.remove(&id)?.state {
            State::Ended { log, .. } => Some(log),
            State::HeldBack | State::Reserved | State::Ready(_) => None,
        }
    }

    /// Feedback can arrive on `from`: its transfers may start or go on.
    pub fn handle_subscribed(&mut self, now: Instant, from: &str) {
        self.set_subscribed(now, from, true);
    }

    /// Feedback cannot arrive on `from` for now.
    pub fn handle_unsubscribed(&mut self, now: Instant, from: &str) {
        self.set_subscribed(now, from, false);
    }

    /// The link is down, and with it every feedback topic.
    pub fn handle_offline(&mut self, now: Instant) {
        self.is_dozing = false;
        self.trial_until = None;
        for from in self.topics() {
            self.set_subscribed(now, &from, false);
        }
    }

    /// The broker refused the subscription to `from`: every transfer on it fails.
    pub fn handle_refused(&mut self, now: Instant, from: &str) {
        let queue: Vec<TransferId> = self
            .lanes
            .get(from)
            .map(|lane| lane.queue.iter().copied().collect())
            .unwrap_or_default();
        for id in queue {
            self.fail(
                now,
                id,
                Error::Refused {
                    from: from.to_owned(),
                },
            );
        }
    }

    /// A message came on the topic `from`. `retain`: it is an old one that the broker had kept.
    pub fn handle_feedback(&mut self, now: Instant, from: &str, message: &[u8], retain: bool) {
        let Some(id) = self.lanes.get(from).and_then(|lane| lane.current) else {
            return;
        };
        if let Some(sender) = self.sender(id) {
            sender.handle_feedback(now, message, retain);
            self.touch(now, id);
        }
    }

    /// A sleeping device may have woken.
    pub fn handle_wake(&mut self, now: Instant, id: TransferId) {
        if let Some(sender) = self.sender(id) {
            sender.handle_wake();
            self.touch(now, id);
            self.prefer_waiting(now, id);
        }
    }

    /// The machine slept. What came meanwhile has not been read, and is older than it seems: nothing is sent and no time
    /// is felt until the link, which [`Event::TestLink`] has tested, has answered.
    pub fn handle_sleep(&mut self, now: Instant) {
        if !core::mem::replace(&mut self.is_dozing, true) {
            self.events.push_back(Event::TestLink);
        }
        for &id in self.current_transfers().iter() {
            if let Some(sender) = self.sender(id) {
                sender.handle_sleep(now);
                self.touch(now, id);
            }
        }
    }

    /// The link test that [`Event::TestLink`] asked for was answered.
    pub fn handle_alive(&mut self, now: Instant) {
        for &id in self.current_transfers().iter() {
            if let Some(sender) = self.sender(id) {
                sender.handle_alive(now);
                self.touch(now, id);
            }
        }
        if core::mem::take(&mut self.is_dozing) {
            for from in self.topics() {
                self.advance(now, &from);
            }
        }
    }

    /// Time has passed. Early, late and doubled calls are harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(due) = self.deadlines.pop(now) {
            match due {
                Due::Transfer(id) => {
                    if let Some(entry) = self.transfers.get_mut(&id) {
                        entry.deadline = None;
                    }
                    if let Some(sender) = self.sender(id) {
                        sender.handle_timeout(now);
                    }
                    self.touch(now, id);
                    self.rotate_waiting(now, id);
                }
                Due::Lane(from) => self.advance(now, &from),
            }
        }
        self.emit_progress(now);
    }

    /// When [`Fleet::handle_timeout`] is next due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        earliest(self.deadlines.next(), self.pace.next())
    }

    /// The next frame that may go out; taking it starts its clock. Transfers take turns. `takes` says of a `qos_tag`
    /// whether a frame with it could go out at once; the others wait, and hold nobody up.
    pub fn poll_transmit(&mut self, now: Instant, takes: impl Fn(u8) -> bool) -> Option<Frame<'_>> {
        self.release_held(&takes);
        let (id, head, payload) = loop {
            let id = self.next_ready()?;
            let may_grow = self.outstanding < self.max_outstanding;
            let Some(entry) = self.transfers.get_mut(&id) else {
                continue;
            };
            if !takes(entry.qos_tag) {
                self.held.push_back(id);
                continue;
            }
            entry.is_ready = false;
            let State::Ready(sender) = &mut entry.state else {
                continue;
            };
            let is_suspect = sender.is_suspect();
            let trial = self.trial_until.filter(|until| is_suspect && now < *until);
            if trial.is_some_and(|until| sender.hold_until(until)) {
                self.touch(now, id);
                continue;
            }
            if let Some((head, payload)) = sender.poll_transmit(now, may_grow) {
                if is_suspect {
                    self.trial_until = Some(now + SOON);
                }
                self.touch(now, id);
                break (id, head, payload);
            }
            if let Some(entry) = self.transfers.get_mut(&id).filter(|_| !may_grow)
                && !core::mem::replace(&mut entry.is_starved, true)
            {
                self.starved.push_back(id);
            }
        };
        let entry = self.transfers.get(&id)?;
        let State::Ready(sender) = &entry.state else {
            return None;
        };
        Some(Frame {
            transfer: id,
            to: &entry.to,
            qos_tag: entry.qos_tag,
            head,
            data: sender.data(payload),
        })
    }

    /// The next thing to pass on.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// How far a transfer is.
    pub fn progress(&self, now: Instant, id: TransferId) -> Option<Progress> {
        let entry = self.transfers.get(&id)?;
        let elapsed = now.saturating_since(entry.asked_at);
        Some(match &entry.state {
            State::HeldBack => Progress::queued(elapsed),
            State::Reserved => Progress {
                phase: Phase::Preparing,
                ..Progress::queued(elapsed)
            },
            State::Ready(sender) => {
                let progress = sender.progress(now);
                let is_running = self
                    .lanes
                    .get(&entry.from)
                    .is_some_and(|lane| lane.current == Some(id));
                let phase = if is_running || sender.is_waiting() {
                    progress.phase
                } else {
                    Phase::Queued
                };
                Progress { phase, ..progress }
            }
            State::Ended { progress, .. } => progress.clone(),
        })
    }

    /// The journal of a transfer, until it is forgotten.
    pub fn log(&self, id: TransferId) -> Option<&Log> {
        match &self.transfers.get(&id)?.state {
            State::Reserved | State::HeldBack => None,
            State::Ready(sender) => Some(sender.log()),
            State::Ended { log, .. } => Some(log),
        }
    }

    /// Chunks outstanding over all transfers.
    pub fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// The feedback topics in use.
    fn topics(&self) -> Vec<Arc<str>> {
        self.lanes.keys().cloned().collect()
    }

    /// The transfers that have their turn on their topics, in their order.
    fn current_transfers(&self) -> SortedSet<TransferId> {
        self.lanes
            .values()
            .filter_map(|lane| lane.current)
            .collect()
    }

    fn sender(&mut self, id: TransferId) -> Option<&mut Sender> {
        match &mut self.transfers.get_mut(&id)?.state {
            State::Ready(sender) => Some(sender),
            State::Reserved | State::HeldBack | State::Ended { .. } => None,
        }
    }

    fn set_paused(&mut self, now: Instant, id: TransferId, is_paused: bool) {
        let Some(entry) = self.transfers.get_mut(&id) else {
            return;
        };
        entry.is_paused = is_paused;
        if let State::Ready(sender) = &mut entry.state {
            sender.set_paused(now, is_paused);
            self.touch(now, id);
            self.advance_lane_of(now, id);
        }
    }

    fn end(&mut self, now: Instant, id: TransferId, end: Result<Numbering, Error>) {
        let Some(entry) = self.transfers.get_mut(&id) else {
            return;
        };
        if matches!(entry.state, State::Ended { .. }) {
            return;
        }
        let progress = self
            .progress(now, id)
            .unwrap_or(Progress::queued(core::time::Duration::ZERO));
        let Some(entry) = self.transfers.get_mut(&id) else {
            return;
        };
        self.deadlines
            .replace(Due::Transfer(id), entry.deadline.take(), None);
        let mut log = Log::default();
        let mut quiet_until = None;
        let mut sent = Lingering::default();
        let mut outcome = None;
        if let State::Ready(sender) = &mut entry.state {
            log = sender.take_log();
            quiet_until = sender.strays_until(now);
            sent = sender.take_sent();
            outcome = end.as_ref().ok().map(|numbering| Outcome {
                progress: progress.clone(),
                name: sender.name().to_owned(),
                bytes: sender.bytes(),
                crc32: sender.crc32(),
                numbering: *numbering,
            });
        }
        entry.state = State::Ended { progress, log };
        self.recount(id);
        if let Some(lane) = self
            .transfers
            .get(&id)
            .and_then(|entry| self.lanes.get_mut(&entry.from))
        {
            lane.handle_left(now, quiet_until, sent);
        }
        // The end comes with the last state.
        self.events.retain(|event| *event != Event::Progress(id));
        self.events.push_back(match (outcome, end) {
            (Some(outcome), _) => Event::Done(id, outcome),
            (None, Err(error)) => Event::Failed(id, error),
            // Only a sender ends well, and it has an outcome.
            (None, Ok(_)) => Event::Failed(id, Error::Closed),
        });
        self.leave_lane(now, id);
    }
}

#[cfg(test)]
mod tests;
