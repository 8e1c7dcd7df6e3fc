//! The only clock of the house: `performance.now()`, and one timer for the next deadline.

use core::cell::RefCell;
use core::time::Duration;

use gloo_timers::callback::Timeout;
use wasm_bindgen::prelude::*;

use crate::time::Instant;

#[wasm_bindgen]
extern "C" {
    // Pages and workers both have it; web-sys would need to know which of the two this is.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Now, in the time of this page or worker. Monotonic.
pub(super) fn now() -> Instant {
    from_timestamp(performance_now())
}

/// The moment that a `DOMHighResTimeStamp` of this page or worker tells, such as the `timeStamp` of an event.
pub(super) fn from_timestamp(milliseconds: f64) -> Instant {
    // `as` saturates: a clock before its origin reads as zero.
    Instant::from_micros((milliseconds * 1000.0) as u64)
}

/// One timer for whatever is due next.
#[derive(Default)]
pub(super) struct Alarm {
    armed: RefCell<Option<(Instant, Timeout)>>,
}

impl Alarm {
    /// Calls `ring` at `deadline` or earlier. A timer that is armed for an earlier moment stays: one that rings too soon
    /// costs less than a timer that is set and cleared for every chunk.
    pub(super) fn set(&self, deadline: Option<Instant>, ring: impl FnOnce() + 'static) {
        let mut armed = self.armed.borrow_mut();
        let Some(deadline) = deadline else { return };
        if armed.as_ref().is_some_and(|(at, _)| *at <= deadline) {
            return;
        }
        *armed = Some((deadline, Timeout::new(milliseconds_until(deadline), ring)));
    }

    /// The timer rang: the next call of [`Alarm::set`] arms it anew.
    pub(super) fn handle_ring(&self) {
        self.armed.take();
    }

    /// Nothing is due any longer.
    #[cfg(feature = "mqtt")]
    pub(super) fn clear(&self) {
        self.armed.take();
    }
}

/// Rounded up, so that the deadline has passed when the timer rings.
fn milliseconds_until(deadline: Instant) -> u32 {
    let wait: Duration = deadline.saturating_since(now());
    // setTimeout counts in 31 bits and fires at once above them.
    u32::try_from(wait.as_micros().div_ceil(1000))
        .unwrap_or(u32::MAX)
        .min(i32::MAX as u32)
}
