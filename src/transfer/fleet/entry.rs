//! What the fleet keeps of one transfer.

use std::sync::Arc;

use crate::time::Instant;
use crate::transfer::log::Log;
use crate::transfer::options::Progress;
use crate::transfer::sender::Sender;

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) to: Arc<str>,
    pub(super) from: Arc<str>,
    pub(super) qos_tag: u8,
    pub(super) asked_at: Instant,
    pub(super) state: State,
    pub(super) is_paused: bool,
    /// It stands in the line of those that may have something to send.
    pub(super) is_ready: bool,
    /// It stands in the line of those that the bound on chunks outstanding holds back.
    pub(super) is_starved: bool,
    /// Its deadline as the fleet has noted it.
    pub(super) deadline: Option<Instant>,
    /// Its share of the chunks outstanding over all.
    pub(super) counted: usize,
    /// When its progress was last told, and whether it is to be told again.
    pub(super) told_at: Option<Instant>,
    pub(super) is_to_be_told: bool,
}

#[derive(Debug)]
pub(super) enum State {
    /// Its image is being prepared.
    Reserved,
    /// Its image may be ready, but something outside has to end first.
    HeldBack,
    Ready(Box<Sender>),
    Ended {
        progress: Progress,
        log: Log,
    },
}

impl Entry {
    pub(super) fn new(to: Arc<str>, from: Arc<str>, qos_tag: u8, asked_at: Instant) -> Self {
        Self {
            to,
            from,
            qos_tag,
            asked_at,
            state: State::Reserved,
            is_paused: false,
            is_ready: false,
            is_starved: false,
            deadline: None,
            counted: 0,
            told_at: None,
            is_to_be_told: false,
        }
    }

    /// Its image is there and it may take its turn.
    pub(super) fn can_start(&self) -> bool {
        matches!(&self.state, State::Ready(sender) if !sender.is_paused())
    }

    /// It asks for a device that sleeps, and others may ask for theirs.
    pub(super) fn has_had_turn(&self, now: Instant) -> bool {
        matches!(&self.state, State::Ready(sender) if sender.has_had_turn(now))
    }

    /// It asks for a device that sleeps.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(&self.state, State::Ready(sender) if sender.is_waiting())
    }
}
