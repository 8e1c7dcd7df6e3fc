//! What each of the core's events does: promises are settled, callbacks called, links opened and dropped.
//!
//! JavaScript runs from here, so nothing is borrowed meanwhile: what a callback may call again is cloned out first.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::client::{MqttClient, Subscription};
use super::clock::now;
use super::error::mqtt_error;
use super::shell::Shell;
use super::transfer::TransferHandle;
use crate::client::{ConnectionState, Error, Event, LinkId};
use crate::mqtt::{Message, PublishToken, QoS, SubscriptionId};
use crate::transfer::TransferId;

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
            Event::Published(token) => self.settle_publish(token, &JsValue::UNDEFINED),
            Event::PublishFailed { token, error } => {
                self.settle_publish(token, &mqtt_error(&error, None));
            }
            Event::Subscribed { id, granted } => self.handle_granted(id, granted),
            Event::Unsubscribed(id) => self.desk.unsubscribed(id.number() as f64),
            Event::Checked { alive } => self.desk.checked(alive),
            Event::Progress(id) => self.with_transfer(id, |handle| handle.handle_progress()),
            Event::Done(id, outcome) => {
                self.end_transfer(id, |handle| handle.handle_done(&outcome))
            }
            Event::Failed(id, error) => {
                self.end_transfer(id, |handle| handle.handle_failed(&error))
            }
            Event::Notice(notice) => {
                self.desk
                    .notice(notice.code(), &notice.to_string(), notice.topic());
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
        let cause = cause.unwrap_or(JsValue::UNDEFINED);
        self.desk.state(state.as_str(), &cause);
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
        self.desk.end(&closed);
    }

    fn deliver(&self, message: &Message, subscriptions: &[SubscriptionId]) {
        for id in subscriptions {
            self.desk.deliver(
                id.number() as f64,
                &message.topic,
                &message.payload,
                message.qos.into(),
                message.retain,
                message.dup,
            );
        }
    }

    /// `undefined` is no error.
    fn settle_publish(&self, token: PublishToken, error: &JsValue) {
        self.desk.published(token.number() as f64, error);
    }

    /// The signal of the publish with this number fired.
    pub(super) fn abort_publish(&self, token: f64) {
        let token = PublishToken::from_number(token as u64);
        self.core.borrow_mut().cancel_publish(token);
        self.settle_publish(token, &mqtt_error(&Error::Aborted, None));
    }

    fn handle_granted(self: &Rc<Self>, id: SubscriptionId, granted: Result<QoS, Error>) {
        let number = id.number() as f64;
        match granted {
            Ok(qos) => {
                // A broker that is found again grants it again.
                if self.desk.awaits_subscription(number) {
                    let subscription = Subscription::new(Rc::clone(self), id, qos);
                    self.desk.granted(number, subscription.into());
                }
            }
            Err(error) => self.desk.refused(number, &mqtt_error(&error, None)),
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
