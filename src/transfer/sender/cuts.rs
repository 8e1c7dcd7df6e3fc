//! A broker that closes the connection whenever begin has gone out, as Mosquitto does where its ACL forbids the topic. Resends
//! after a lost link count for nothing, so such a transfer would connect and send for ever, and hold up all others with it.

use core::time::Duration;

use super::{Control, Sender};
use crate::time::Instant;
use crate::transfer::error::Error;
use crate::transfer::options::Phase;

/// A link that falls so soon after begin may have fallen because of it.
pub(in crate::transfer) const SOON: Duration = Duration::from_secs(1);
/// From so many times in a row on begin goes out alone, so that what falls is known to fall because of it.
const SUSPICIOUS: u32 = 2;
/// So many times in a row are no accident. More where more resends are asked for.
const LEAST: u32 = 8;

impl Sender {
    /// Begin is to go out, and the last links fell when it did.
    pub(in crate::transfer) fn is_suspect(&self) -> bool {
        self.control.is_wanted && self.is_beginning() && self.control.cuts >= SUSPICIOUS
    }

    /// Begin waits until then, where it would go out sooner; false where it waits already.
    pub(in crate::transfer) fn hold_until(&mut self, until: Instant) -> bool {
        let is_new = self.quiet_until < Some(until);
        self.quiet_until = self.quiet_until.max(Some(until));
        is_new
    }

    /// The link fell.
    pub(super) fn note_cut(&mut self, now: Instant) {
        if !self.is_beginning() || !self.control.was_sent_since(self.clock.felt(now), SOON) {
            return;
        }
        self.control.cuts += 1;
        let is_known = |most: u32| self.control.cuts >= most.max(LEAST);
        if self.options.max_retries.is_some_and(is_known) {
            let sendings = self.control.sendings;
            self.stop(Err(Error::Cut { sendings }));
        }
    }

    fn is_beginning(&self) -> bool {
        matches!(self.phase, Phase::Begin | Phase::Waiting)
    }
}

impl Control {
    /// Its answer is awaited, and it was sent no longer ago than that.
    fn was_sent_since(&self, felt: Instant, ago: Duration) -> bool {
        let is_soon = |sent_at: Instant| felt.saturating_since(sent_at) <= ago;
        self.sent_at.is_some_and(is_soon)
    }
}
