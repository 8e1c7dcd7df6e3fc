//! Gives `client::Client` a socket, a clock and JavaScript's promises.
//!
//! JavaScript runs only in [`Shell::handle`] and below, where nothing is borrowed: the core's events are taken out one by
//! one, and whatever a callback calls in its turn finds the core free. [`Shell::drive`] is not entered twice; the running
//! one sees what a callback has changed.

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::rc::{Rc, Weak};

use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::clock::{Alarm, now};
use super::device::DeviceHandle;
use super::error::{mqtt_error, report_uncaught};
use super::link::Link;
use super::lock::Lock;
use super::promise::Deferred;
use super::signal::AbortGuard;
use super::transfer::TransferHandle;
use crate::client::{Client, ConnectionState, DeviceId, Error, Event, LinkId};
use crate::mqtt::{Credentials, Message, PublishToken, SubscriptionId};
use crate::sorted::SortedMap;
use crate::time::earliest;
use crate::transfer::TransferId;

/// How often a full link is looked at again: there is no event for it.
const FULL_LINK_POLL: Duration = Duration::from_millis(10);

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeMessage)]
    fn make_message(
        topic: &str,
        payload: js_sys::Uint8Array,
        qos: u8,
        retain: bool,
        dup: bool,
    ) -> JsValue;
}

/// Where user name and password come from, and at which URLs the broker is.
pub(super) struct Broker {
    pub(super) urls: Vec<String>,
    pub(super) fixed: Credentials,
    /// The application's own `credentials()`, asked before every try.
    pub(super) fresh: Option<Function>,
}

/// A subscription of the user's.
pub(super) struct Handler {
    pub(super) on_message: Function,
    pub(super) granted: Rc<Deferred>,
    /// Set once the user asked for its end: nothing is delivered any more.
    pub(super) ended: Option<Rc<Deferred>>,
}

/// A publish whose exchange is not complete.
pub(super) struct PendingPublish {
    pub(super) settled: Rc<Deferred>,
    pub(super) _abort: Option<AbortGuard>,
}

/// One client and everything of JavaScript's that waits for it.
pub(super) struct Shell {
    pub(super) core: RefCell<Client>,
    pub(super) client_id: String,
    pub(super) broker: Broker,
    pub(super) link: RefCell<Option<(LinkId, Link)>>,
    /// Packets on their way to the link: reused for ever.
    outbox: RefCell<Vec<u8>>,
    alarm: Alarm,
    driving: Cell<bool>,
    scheduled: Cell<bool>,
    link_full: Cell<bool>,
    pub(super) connected: Deferred,
    pub(super) on_state_change: RefCell<Option<Function>>,
    pub(super) publishes: RefCell<SortedMap<PublishToken, PendingPublish>>,
    pub(super) handlers: RefCell<SortedMap<SubscriptionId, Handler>>,
    pub(super) checks: RefCell<Vec<Rc<Deferred>>>,
    pub(super) closes: RefCell<Vec<Rc<Deferred>>>,
    pub(super) transfers: RefCell<SortedMap<TransferId, Rc<TransferHandle>>>,
    pub(super) devices: RefCell<SortedMap<DeviceId, Rc<DeviceHandle>>>,
    pub(super) abort: RefCell<Option<AbortGuard>>,
    /// Held while the client lives, where its id was given.
    pub(super) client_lock: RefCell<Option<Rc<Lock>>>,
    /// The devices that are being sent to: one lock for all the transfers to one, which take their turns by themselves.
    device_locks: RefCell<Vec<(String, Weak<Lock>)>>,
    /// What a platform's function threw, for the `cause` of the error that follows from it.
    pub(super) platform_cause: RefCell<Option<JsValue>>,
}

impl Shell {
    pub(super) fn new(core: Client, client_id: String, broker: Broker) -> Rc<Self> {
        Rc::new(Self {
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
            on_state_change: RefCell::default(),
            publishes: RefCell::default(),
            handlers: RefCell::default(),
            checks: RefCell::default(),
            closes: RefCell::default(),
            transfers: RefCell::default(),
            devices: RefCell::default(),
            abort: RefCell::default(),
            client_lock: RefCell::default(),
            device_locks: RefCell::default(),
            platform_cause: RefCell::default(),
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
            spawn_local(async move {
                shell.scheduled.set(false);
                shell.drive();
            });
        }
    }

    /// Sends what may go out, does what the core asks for, and waits for what comes next.
    pub(super) fn drive(self: &Rc<Self>) {
        if self.driving.replace(true) {
            return;
        }
        loop {
            self.transmit();
            let event = self.core.borrow_mut().poll_event();
            match event {
                Some(event) => self.handle(event),
                None => break,
            }
        }
        self.driving.set(false);
        self.arm();
    }

    fn transmit(&self) {
        let link = self.link.borrow();
        let room = link.as_ref().map_or(0, |(_, link)| link.room());
        let mut outbox = self.outbox.borrow_mut();
        outbox.clear();
        let sent = self
            .core
            .borrow_mut()
            .poll_transmit(now(), room, &mut outbox);
        self.link_full.set(link.is_some() && outbox.len() >= room);
        if sent && let Some((_, link)) = link.as_ref() {
            link.send(&outbox);
        }
    }

    fn arm(self: &Rc<Self>) {
        let now = now();
        let mut deadline = self.core.borrow().poll_timeout(now);
        if self.link_full.get() {
            deadline = earliest(deadline, Some(now + FULL_LINK_POLL));
        }
        let shell = Rc::clone(self);
        self.alarm.set(deadline, move || {
            shell.alarm.handle_ring();
            shell.core.borrow_mut().handle_timeout(super::clock::now());
            shell.drive();
        });
    }

    fn handle(self: &Rc<Self>, event: Event) {
        match event {
            Event::Open { link, url } => spawn_local(Rc::clone(self).open_link(link, url)),
            Event::Close { link } => self.close_link(link),
            Event::State { state, cause } => self.handle_state(state, cause),
            Event::Message {
                message,
                subscriptions,
            } => self.deliver(&message, &subscriptions),
            Event::Published(token) => self.settle_publish(token, Ok(())),
            Event::PublishFailed { token, error } => self.settle_publish(token, Err(error)),
            Event::Subscribed { id, granted } => self.handle_granted(id, granted),
            Event::Unsubscribed(id) => {
                let handler = self.handlers.borrow_mut().remove(&id);
                if let Some(ended) = handler.and_then(|handler| handler.ended) {
                    ended.resolve(&JsValue::UNDEFINED);
                }
            }
            Event::Checked { alive } => {
                for check in self.checks.take() {
                    check.resolve(&alive.into());
                }
            }
            Event::Progress(id) => self.with_transfer(id, |handle| handle.handle_progress()),
            Event::Done(id, outcome) => {
                self.end_transfer(id, |handle| handle.handle_done(&outcome))
            }
            Event::Failed(id, error) => {
                self.end_transfer(id, |handle| handle.handle_failed(&error))
            }
            Event::Attached(id, result) => {
                let device = self.devices.borrow().get(&id).cloned();
                if let Some(device) = device {
                    device.handle_attached(result);
                }
            }
            Event::Image(id, image) => {
                let device = self.devices.borrow().get(&id).cloned();
                if let Some(device) = device {
                    device.handle_image(&image);
                }
            }
        }
    }

    fn close_link(&self, link: LinkId) {
        let mut slot = self.link.borrow_mut();
        if slot.as_ref().is_some_and(|(current, _)| *current == link) {
            slot.take();
        }
    }

    fn handle_state(self: &Rc<Self>, state: ConnectionState, cause: Option<Error>) {
        let platform_cause = self.platform_cause.take();
        let cause = cause.map(|error| mqtt_error(&error, platform_cause));
        match state {
            ConnectionState::Connected => self.connected.resolve(&JsValue::UNDEFINED),
            ConnectionState::Closed => self.fail_everything(cause.as_ref()),
            ConnectionState::Connecting | ConnectionState::Reconnecting => {}
        }
        let callback = self.on_state_change.borrow().clone();
        if let Some(callback) = callback {
            let cause = cause.unwrap_or(JsValue::UNDEFINED);
            report(callback.call2(&JsValue::UNDEFINED, &state.as_str().into(), &cause));
        }
    }

    /// The client has ended: every promise that still waits is settled, so that nobody waits for ever.
    fn fail_everything(&self, cause: Option<&JsValue>) {
        self.alarm.clear();
        self.link.take();
        self.abort.take();
        self.client_lock.take();
        let closed = mqtt_error(&Error::Closed, cause.cloned());
        self.connected.reject(cause.unwrap_or(&closed));
        for (_, publish) in self.publishes.take().drain() {
            publish.settled.reject(&closed);
        }
        for (_, handler) in self.handlers.take().drain() {
            handler.granted.reject(&closed);
            if let Some(ended) = handler.ended {
                ended.resolve(&JsValue::UNDEFINED);
            }
        }
        for check in self.checks.take() {
            check.resolve(&JsValue::FALSE);
        }
        for (_, device) in self.devices.take().drain() {
            device.handle_closed(&closed);
        }
        for close in self.closes.take() {
            close.resolve(&JsValue::UNDEFINED);
        }
    }

    fn deliver(&self, message: &Message, subscriptions: &[SubscriptionId]) {
        for id in subscriptions {
            let handler = self.handlers.borrow().get(id).and_then(|handler| {
                // None is called after its end, not even for a message that came before it.
                handler.ended.is_none().then(|| handler.on_message.clone())
            });
            if let Some(on_message) = handler {
                // Each handler gets bytes of its own, so that one may keep or transfer them.
                let payload = js_sys::Uint8Array::from(message.payload.as_slice());
                let object = make_message(
                    &message.topic,
                    payload,
                    message.qos.into(),
                    message.retain,
                    message.dup,
                );
                report(on_message.call1(&JsValue::UNDEFINED, &object));
            }
        }
    }

    fn settle_publish(&self, token: PublishToken, result: Result<(), Error>) {
        let pending = self.publishes.borrow_mut().remove(&token);
        if let Some(pending) = pending {
            match result {
                Ok(()) => pending.settled.resolve(&JsValue::UNDEFINED),
                Err(error) => pending.settled.reject(&mqtt_error(&error, None)),
            }
        }
    }

    fn handle_granted(&self, id: SubscriptionId, granted: Result<crate::mqtt::QoS, Error>) {
        match granted {
            Ok(qos) => {
                let deferred = self
                    .handlers
                    .borrow()
                    .get(&id)
                    .map(|handler| Rc::clone(&handler.granted));
                if let Some(deferred) = deferred {
                    deferred.resolve(&u8::from(qos).into());
                }
            }
            Err(error) => {
                let handler = self.handlers.borrow_mut().remove(&id);
                if let Some(handler) = handler {
                    handler.granted.reject(&mqtt_error(&error, None));
                }
            }
        }
    }

    fn with_transfer(&self, id: TransferId, act: impl FnOnce(&Rc<TransferHandle>)) {
        let handle = self.transfers.borrow().get(&id).cloned();
        if let Some(handle) = handle {
            act(&handle);
        }
    }

    /// A transfer has ended: its last state moves from the core to its handle, and the core forgets it.
    fn end_transfer(&self, id: TransferId, act: impl FnOnce(&Rc<TransferHandle>)) {
        let handle = self.transfers.borrow_mut().remove(&id);
        let (progress, log) = {
            let mut core = self.core.borrow_mut();
            let last = (core.progress(now(), id), core.log(id).cloned());
            core.forget(id);
            last
        };
        if let Some(handle) = handle {
            handle.keep_last(progress, log);
            act(&handle);
        }
    }
}

/// Shows what a callback of the user's threw. The client goes on.
pub(super) fn report(result: Result<JsValue, JsValue>) {
    if let Err(thrown) = result {
        report_uncaught(&thrown);
    }
}

/// A thrown value as text.
pub(super) fn describe(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => thrown
            .as_string()
            .unwrap_or_else(|| "something that is not an Error was thrown".to_owned()),
    }
}
