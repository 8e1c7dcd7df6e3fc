//! Gives `client::Client` a socket, a clock and JavaScript's promises.
//!
//! JavaScript runs only in [`Shell::handle`] (`events`) and below, where nothing is borrowed: the core's events are taken out one by
//! one, and whatever a callback calls in its turn finds the core free. [`Shell::drive`] is not entered twice; the running
//! one sees what a callback has changed.

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::rc::{Rc, Weak};

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::clock::{Alarm, now};
use super::desk::Desk;
use super::later::soon;
use super::listening::Listening;
use super::lock::Lock;
use super::promise::Deferred;
use super::socket::Socket;
use super::trace::PacketTrace;
use super::transfer::TransferHandle;
use crate::client::{Client, LinkId};
use crate::mqtt::Credentials;
use crate::sorted::SortedMap;
use crate::time::{Instant, earliest};
use crate::transfer::TransferId;

/// How often a full link is looked at again: there is no event for it.
const FULL_LINK_POLL: Duration = Duration::from_millis(10);

/// Where user name and password come from, and at which URLs the broker is.
pub(super) struct Broker {
    pub(super) urls: Vec<String>,
    pub(super) fixed: Credentials,
    /// The application's own `credentials()`, asked before every try.
    pub(super) fresh: Option<Function>,
}

/// One client and everything of JavaScript's that waits for it.
pub(super) struct Shell {
    pub(super) core: RefCell<Client>,
    pub(super) client_id: String,
    pub(super) broker: Broker,
    pub(super) link: RefCell<Option<(LinkId, Socket)>>,
    /// Packets on their way to the link: reused for ever.
    outbox: RefCell<Vec<u8>>,
    pub(super) alarm: Alarm,
    driving: Cell<bool>,
    scheduled: Cell<bool>,
    link_full: Cell<bool>,
    pub(super) connected: Deferred,
    pub(super) desk: Desk,
    /// What the desk calls, which lives as long as it may.
    _abort_publish: Closure<dyn FnMut(f64)>,
    pub(super) transfers: RefCell<SortedMap<TransferId, Rc<TransferHandle>>>,
    pub(super) abort: RefCell<Option<Listening>>,
    /// `online` and `offline` of the page or worker.
    pub(super) network: RefCell<Vec<Listening>>,
    /// Held while the client lives, where its id was given.
    pub(super) client_lock: RefCell<Option<Rc<Lock>>>,
    /// The devices that are being sent to: one lock for all the transfers to one, which take their turns by themselves.
    device_locks: RefCell<Vec<(String, Weak<Lock>)>>,
    pub(super) trace: Option<PacketTrace>,
    /// What a platform's function threw, for the `cause` of the error that follows from it.
    pub(super) platform_cause: RefCell<Option<JsValue>>,
}

impl Shell {
    pub(super) fn new(
        core: Client,
        client_id: String,
        broker: Broker,
        on_packet: Option<&Function>,
    ) -> Rc<Self> {
        Rc::new_cyclic(|shell: &Weak<Self>| {
            let shell = Weak::clone(shell);
            let abort_publish = Closure::new(move |token| {
                if let Some(shell) = shell.upgrade() {
                    shell.abort_publish(token);
                }
            });
            Self {
                core: RefCell::new(core),
                client_id,
                broker,
                link: RefCell::default(),
                outbox: RefCell::default(),
                alarm: Alarm::default(),
                driving: Cell::new(false),
                scheduled: Cell::new(false),
                link_full: Cell::new(false),
                connected: Deferred::new(),
                desk: Desk::new(&abort_publish),
                _abort_publish: abort_publish,
                transfers: RefCell::default(),
                abort: RefCell::default(),
                network: RefCell::default(),
                client_lock: RefCell::default(),
                device_locks: RefCell::default(),
                trace: on_packet.map(PacketTrace::new),
                platform_cause: RefCell::default(),
            }
        })
    }

    /// The lock of the device that listens on `to`, as long as somebody keeps it.
    pub(super) fn device_lock(&self, to: &str) -> Rc<Lock> {
        let mut locks = self.device_locks.borrow_mut();
        locks.retain(|(_, lock)| lock.strong_count() > 0);
        let known = locks.iter().find(|(name, _)| name == to);
        known
            .and_then(|(_, lock)| lock.upgrade())
            .unwrap_or_else(|| {
                let lock = Rc::new(Lock::device(&self.broker.urls, to));
                locks.push((to.to_owned(), Rc::downgrade(&lock)));
                lock
            })
    }

    /// Drives the core soon, but not before the exported function that called this has returned.
    pub(super) fn schedule(self: &Rc<Self>) {
        if !self.scheduled.replace(true) {
            let shell = Rc::clone(self);
            soon(move || {
                shell.scheduled.set(false);
                shell.drive();
            });
        }
    }

    /// Sends what may go out, does what the core asks for, and waits for what comes next.
    pub(super) fn drive(self: &Rc<Self>) {
        let now = now();
        self.read_gathered(now);
        self.drive_from(now);
    }

    /// Input of the link's.
    pub(super) fn read(&self, now: Instant, link: LinkId, bytes: &[u8]) {
        if let Some(trace) = &self.trace {
            trace.received(bytes);
        }
        self.core.borrow_mut().handle_input(now, link, bytes);
    }

    /// Reads what the link keeps for the end of this turn, so that nothing is done that ignores it.
    fn read_gathered(&self, now: Instant) {
        let slot = self.link.borrow();
        let gathered = slot
            .as_ref()
            .and_then(|(id, link)| Some((*id, link.take_gathered()?)));
        drop(slot);
        if let Some((link, bytes)) = gathered {
            self.read(now, link, &bytes);
        }
    }

    /// [`Shell::drive`] by whoever has just looked at the clock and at all input: that is dear beside what a message costs
    /// here.
    pub(super) fn drive_from(self: &Rc<Self>, mut now: Instant) {
        if self.driving.replace(true) {
            return;
        }
        loop {
            self.transmit(now);
            let event = self.core.borrow_mut().poll_event();
            let Some(event) = event else { break };
            self.handle(event);
            // JavaScript may have taken its time.
            now = super::clock::now();
        }
        self.driving.set(false);
        if let Some((_, link)) = self.link.borrow().as_ref() {
            link.set_gathers(self.core.borrow().gathers());
        }
        self.arm(now);
    }

    fn transmit(&self, now: Instant) {
        let slot = self.link.borrow();
        let room = slot.as_ref().map_or(0, |(_, link)| link.room());
        let mut outbox = self.outbox.borrow_mut();
        outbox.clear();
        let sent = self.core.borrow_mut().poll_transmit(now, room, &mut outbox);
        self.link_full.set(slot.is_some() && outbox.len() >= room);
        if sent && let Some((_, link)) = slot.as_ref() {
            link.send(&outbox);
            if let Some(trace) = &self.trace {
                // The user's function runs here: nothing may be borrowed.
                let packets = outbox.clone();
                drop((slot, outbox));
                trace.sent(&packets);
            }
        }
    }

    fn arm(self: &Rc<Self>, now: Instant) {
        let mut deadline = self.core.borrow().poll_timeout(now);
        if self.link_full.get() {
            deadline = earliest(deadline, Some(now + FULL_LINK_POLL));
        }
        let shell = Rc::clone(self);
        self.alarm.set(deadline, move || {
            shell.alarm.handle_ring();
            let now = super::clock::now();
            shell.read_gathered(now);
            shell.core.borrow_mut().handle_timeout(now);
            shell.drive_from(now);
        });
    }
}
