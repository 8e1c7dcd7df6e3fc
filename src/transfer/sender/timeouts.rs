//! What the passing of time does to a transfer.

use core::time::Duration;

use super::Sender;
use crate::time::{Instant, earliest};
use crate::transfer::error::Stage;
use crate::transfer::log::Reason;
use crate::transfer::options::Phase;

/// A sleeping device is asked at least this often.
const MOST_WAIT: Duration = Duration::from_secs(2);

/// At this timeout of one message the link is tested before the device is blamed.
const SUSPICIOUS: u32 = 2;

impl Sender {
    /// Time has passed. Early, late and doubled calls are harmless.
    pub(in crate::transfer) fn handle_timeout(&mut self, now: Instant) {
        if self.end.is_some() {
            return;
        }
        if self.gives_up_at().is_some_and(|at| now >= at) {
            // While another transfer has its turn this one knows nothing of the link.
            if self.link.is_online && self.suspects_link(now, 0, true) {
                return;
            }
            let error = self.exhausted(Stage::Begin, true, self.control.sendings.saturating_sub(1));
            return self.stop(Err(error));
        }
        if !self.clock.is_running() {
            return;
        }
        if !self.is_quiet(now) {
            self.quiet_until = None;
        }
        self.earlier.forget(now);
        self.refill.handle_timeout(now);
        if self
            .control_deadline()
            .is_some_and(|deadline| self.clock.felt(now) >= deadline)
        {
            self.control_timed_out(now);
        }
        self.chunks_timed_out(now);
        if !self.link.is_testing {
            self.link.is_vouched = false;
        }
    }

    /// When [`Sender::handle_timeout`] or a new [`Sender::poll_transmit`] is due.
    pub(in crate::transfer) fn poll_timeout(&self) -> Option<Instant> {
        if self.end.is_some() {
            return None;
        }
        let oldest = self
            .chunks
            .oldest()
            .map(|(_, sent_at)| sent_at + self.patience.for_data());
        let felt = earliest(self.control_deadline(), oldest);
        let clocks = felt.and_then(|felt| self.clock.deadline(felt));
        let held = self.quiet_until.max(self.held_until());
        let held = earliest(held, self.refill.deadline());
        let held = held.filter(|_| self.clock.is_running());
        earliest(earliest(clocks, held), self.gives_up_at())
    }

    /// When waiting for the device is over. Not while the link is down or in doubt: the device may be awake.
    fn gives_up_at(&self) -> Option<Instant> {
        let is_cut_off = self.link.has_been_online && !self.link.is_online;
        let may_say_so = self.phase == Phase::Waiting && !is_cut_off && !self.link.is_testing;
        self.give_up_at.filter(|_| may_say_so)
    }

    /// In felt time.
    fn control_deadline(&self) -> Option<Instant> {
        let patience = match self.phase {
            Phase::Waiting => self.patience.for_control().min(MOST_WAIT),
            _ => self.patience.for_control(),
        };
        self.control.sent_at.map(|sent_at| sent_at + patience)
    }

    fn control_timed_out(&mut self, now: Instant) {
        // The link bore it.
        self.control.cuts = 0;
        if self.phase == Phase::Waiting {
            self.control.sent_at = None;
            self.control.is_wanted = true;
            self.control.again = Some(Reason::Silence);
            return;
        }
        let tries = self.control.tries;
        if self.suspects_link(now, tries.timeouts, self.is_last_try(tries.resends)) {
            return;
        }
        self.control.tries.timeouts += 1;
        self.control.tries.timeouts_since_reconnect += 1;
        if self.phase == Phase::Finish
            && self.owes_restart(self.control.tries.timeouts_since_reconnect)
        {
            return self.restart(now);
        }
        let stage = if self.phase == Phase::Finish {
            Stage::Finish
        } else {
            Stage::Begin
        };
        self.control_again(now, stage, Reason::Silence);
    }

    fn chunks_timed_out(&mut self, now: Instant) {
        let patience = self.patience.for_data();
        let felt = self.clock.felt(now);
        let Some((_, oldest)) = self
            .chunks
            .oldest()
            .filter(|(_, sent_at)| felt >= *sent_at + patience)
        else {
            return;
        };
        // Everything that was sent as long ago as the patience lasts.
        let latest = oldest + felt.saturating_since(oldest + patience);
        let due = self.chunks.sent_until(latest);
        let tries: Vec<_> = due.iter().map(|chunk| *self.chunks.tries(*chunk)).collect();
        let before = tries.iter().map(|tries| tries.timeouts).max().unwrap_or(0);
        let is_last = tries.iter().any(|tries| self.is_last_try(tries.resends));
        if self.suspects_link(now, before, is_last) {
            return;
        }
        self.patience.handle_timeout();
        for chunk in due {
            let tries = self.chunks.tries(chunk);
            tries.timeouts += 1;
            tries.timeouts_since_reconnect += 1;
            let since_reconnect = tries.timeouts_since_reconnect;
            if self.owes_restart(since_reconnect) {
                return self.restart(now);
            }
            self.chunk_again(now, chunk, Reason::Silence);
            if self.end.is_some() || self.phase == Phase::Begin {
                return;
            }
        }
    }

    /// The device is blamed if nothing answers a message that was sent again so often.
    pub(super) fn is_last_try(&self, resends: u32) -> bool {
        self.options.max_retries.is_some_and(|most| resends >= most)
    }

    /// A message that timed out `before` times does so again. The second time, and before the device is blamed, the link
    /// is asked first, and until it answers no time is felt; so nothing is decided here.
    fn suspects_link(&mut self, now: Instant, before: u32, is_last: bool) -> bool {
        if (before + 1 < SUSPICIOUS && !is_last) || self.link.is_vouched {
            return false;
        }
        self.link.is_testing = true;
        self.link.wants_test = true;
        self.sync_clock(now);
        true
    }

    /// After a reconnect two unanswered sendings are enough for the one new begin that it allows.
    fn owes_restart(&mut self, timeouts_since_reconnect: u32) -> bool {
        if timeouts_since_reconnect >= 2 && self.link.grants_restart {
            self.link.grants_restart = false;
            return true;
        }
        false
    }
}
