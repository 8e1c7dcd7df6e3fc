//! What each of the core's events does: promises are settled, callbacks called, links opened and dropped.
//!
//! JavaScript runs from here, so nothing is borrowed meanwhile: what a callback may call again is cloned out first.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::client::{MqttClient, Subscription};
use super::clock::now;
use super::error::mqtt_error;
use super::shell::{Shell, report};
use super::transfer::TransferHandle;
use crate::client::{ConnectionState, Error, Event, LinkId, Notice};
use crate::mqtt::{Message, PublishToken, QoS, SubscriptionId};
use crate::transfer::TransferId;

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
    #[wasm_bindgen(js_name = makeNotice)]
    fn make_notice(code: &str, message: &str, topic: &str) -> JsValue;
}

impl Shell {
    pub(super) fn handle(self: &Rc<Self>, event: Event) {
        match event {
            Event::Open { link, url } => self.open_link(link, url),
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
                    device.handle_attached(self, id, result);
                }
            }
            Event::Notice(notice) => self.notify(&notice),
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
            ConnectionState::Connected => {
                if !self.connected.is_settled() {
                    self.connected
                        .resolve(&MqttClient::new(Rc::clone(self)).into());
                }
            }
            ConnectionState::Closed => self.fail_everything(cause.as_ref()),
            ConnectionState::Connecting | ConnectionState::Reconnecting => {}
        }
        let callback = self.on_state_change.borrow().clone();
        if let Some(callback) = callback {
            let cause = cause.unwrap_or(JsValue::UNDEFINED);
            report(callback.call2(&JsValue::UNDEFINED, &state.as_str().into(), &cause));
        }
    }

    /// Tells the user what is no failure.
    fn notify(&self, notice: &Notice) {
        let callback = self.on_notice.borrow().clone();
        if let Some(callback) = callback {
            let object = make_notice(notice.code(), &notice.to_string(), notice.topic());
            report(callback.call1(&JsValue::UNDEFINED, &object));
        }
    }

    /// The client has ended: every promise that still waits is settled, so that nobody waits for ever.
    fn fail_everything(&self, cause: Option<&JsValue>) {
        self.alarm.clear();
        self.link.take();
        self.abort.take();
        self.network.take();
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

    fn handle_granted(self: &Rc<Self>, id: SubscriptionId, granted: Result<QoS, Error>) {
        match granted {
            Ok(qos) => {
                let deferred = self
                    .handlers
                    .borrow()
                    .get(&id)
                    .map(|handler| Rc::clone(&handler.granted));
                // A broker that is found again grants it again.
                if let Some(deferred) = deferred.filter(|deferred| !deferred.is_settled()) {
                    deferred.resolve(&Subscription::new(Rc::clone(self), id, qos).into());
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
            (core.progress(now(), id), core.forget(id))
        };
        if let Some(handle) = handle {
            handle.keep_last(progress, log);
            act(&handle);
        }
    }
}
