//! `practice:`: the loopback broker, in this module, behind what looks like a socket to the shell.
//!
//! Each instance of the module has one, which all its clients and virtual devices share. Nothing leaves the page.

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::rc::Rc;

use super::clock::{Alarm, now};
use super::later::soon;
use super::link::{LinkEvent, Listener, MAX_BUFFERED};
use crate::loopback::{Broker, ConnectionId};

/// The broker's URL.
pub(super) const URL: &str = "practice:";

/// How long the broker works before it lets the page have a turn. It answers at once, so that a transfer alone would
/// keep it busy to its end.
const TURN: Duration = Duration::from_millis(4);

thread_local! {
    static PRACTICE: Rc<Practice> = Rc::default();
}

fn practice() -> Rc<Practice> {
    PRACTICE.with(Rc::clone)
}

/// The broker, and who listens to it.
#[derive(Default)]
struct Practice {
    broker: RefCell<Broker>,
    links: RefCell<Vec<(ConnectionId, Listener)>>,
    /// Bytes that the broker was given since it last answered.
    given: Cell<usize>,
    alarm: Alarm,
}

/// A link to the broker. Dropping it closes it and silences it.
pub(super) struct PracticeLink {
    id: ConnectionId,
}

impl PracticeLink {
    pub(super) fn open(listener: Listener) -> Self {
        let practice = practice();
        let id = practice.broker.borrow_mut().handle_open(now());
        practice.links.borrow_mut().push((id, Rc::clone(&listener)));
        // As a socket does, it opens after this call.
        soon(move || {
            if practice.listener(id).is_some() {
                listener(LinkEvent::Open);
            }
        });
        Self { id }
    }

    /// How many bytes the broker should still take before it had its turn.
    pub(super) fn room(&self) -> usize {
        MAX_BUFFERED.saturating_sub(practice().given.get())
    }

    pub(super) fn send(&self, bytes: &[u8]) {
        let practice = practice();
        practice.given.set(practice.given.get() + bytes.len());
        let mut broker = practice.broker.borrow_mut();
        broker.handle_input(now(), self.id, bytes);
        practice.wake();
    }
}

impl Drop for PracticeLink {
    fn drop(&mut self) {
        let practice = practice();
        practice.forget(self.id);
        practice.broker.borrow_mut().handle_closed(self.id);
        // Its will may be on its way.
        practice.wake();
    }
}

impl Practice {
    fn listener(&self, id: ConnectionId) -> Option<Listener> {
        let links = self.links.borrow();
        let (_, listener) = links.iter().find(|(other, _)| *other == id)?;
        Some(Rc::clone(listener))
    }

    fn forget(&self, id: ConnectionId) {
        self.links.borrow_mut().retain(|(other, _)| *other != id);
    }

    fn wake(&self) {
        self.alarm.set(Some(now()), || practice().turn());
    }

    fn turn(&self) {
        self.alarm.handle_ring();
        let from = now();
        self.broker.borrow_mut().handle_timeout(from);
        while self.answer() {
            if now().saturating_since(from) >= TURN {
                return self.wake();
            }
        }
        let deadline = self.broker.borrow().poll_timeout();
        self.alarm.set(deadline, || practice().turn());
    }

    /// Hands over what the broker has for each link; says whether that was anything. Nothing is borrowed while a
    /// listener runs: it may send, open and close links.
    fn answer(&self) -> bool {
        self.given.set(0);
        let mut any = false;
        let links = self.links.borrow().clone();
        for (id, listener) in links {
            let mut bytes = Vec::new();
            if self.broker.borrow_mut().poll_transmit(id, &mut bytes) {
                listener(LinkEvent::Bytes(&bytes, now()));
                any = true;
            }
        }
        loop {
            let Some(id) = self.broker.borrow_mut().poll_closed() else {
                return any;
            };
            let listener = self.listener(id);
            self.forget(id);
            if let Some(listener) = listener {
                listener(LinkEvent::Closed {
                    code: LinkEvent::ABNORMAL,
                    reason: String::new(),
                });
            }
        }
    }
}
