//! `MqttClient`, as `api.d.ts` has it.

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::broker_options::BrokerOptions;
use super::clock::now;
use super::error::{mqtt_error, mqtt_invalid};
use super::listening::Listening;
use super::lock::Lock;
use super::options::Options;
use super::promise::Deferred;
use super::send_options::qos;
use super::shell::{Broker, Handler, PendingPublish, Shell};
use super::transfer::{Transfer, start_transfer};
use crate::client::{Client, Error};
use crate::mqtt::{Message, PublishToken, QoS, SubscriptionId};

/// One MQTT 3.1.1 connection.
#[wasm_bindgen(skip_typescript)]
pub struct MqttClient {
    shell: Rc<Shell>,
}

#[wasm_bindgen]
impl MqttClient {
    /// Connects; resolves after CONNACK 0.
    pub fn connect(options: JsValue) -> Promise {
        begin(&options).map_or_else(
            |error| Promise::reject(&error),
            |shell| shell.connected.promise(),
        )
    }

    /// `connecting`, `connected`, `reconnecting` or `closed`.
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> String {
        self.shell.core.borrow().state().as_str().to_owned()
    }

    /// The client identifier in use.
    #[wasm_bindgen(getter, js_name = clientId)]
    pub fn client_id(&self) -> String {
        self.shell.client_id.clone()
    }

    /// The callback for changes of state, or null.
    #[wasm_bindgen(getter, js_name = onstatechange)]
    pub fn on_state_change(&self) -> Option<Function> {
        self.shell.on_state_change.borrow().clone()
    }

    /// Sets it; whatever is no function takes it away, as with event handlers of the platform.
    #[wasm_bindgen(setter, js_name = onstatechange)]
    pub fn set_on_state_change(&self, callback: JsValue) {
        self.shell.on_state_change.replace(callback.dyn_into().ok());
    }

    /// The callback for what one should know although nothing failed, or null.
    #[wasm_bindgen(getter, js_name = onnotice)]
    pub fn on_notice(&self) -> Option<Function> {
        self.shell.on_notice.borrow().clone()
    }

    /// Sets it; whatever is no function takes it away.
    #[wasm_bindgen(setter, js_name = onnotice)]
    pub fn set_on_notice(&self, callback: JsValue) {
        self.shell.on_notice.replace(callback.dyn_into().ok());
    }

    /// Publishes a message; resolves when the exchange of its QoS is complete.
    pub fn publish(&self, topic: JsValue, payload: JsValue, options: JsValue) -> Promise {
        publish(&self.shell, &topic, &payload, &options)
            .map_or_else(|error| Promise::reject(&error), |settled| settled.promise())
    }

    /// Subscribes; resolves after SUBACK.
    pub fn subscribe(&self, filter: JsValue, on_message: JsValue, options: JsValue) -> Promise {
        subscribe(&self.shell, &filter, &on_message, &options)
            .map_or_else(|error| Promise::reject(&error), |granted| granted.promise())
    }

    /// Starts a transfer; never throws.
    #[wasm_bindgen(js_name = sendImage)]
    pub fn send_image(&self, image: JsValue, options: JsValue) -> Transfer {
        start_transfer(&self.shell, &image, &options)
    }

    /// Tests the link now.
    pub fn check(&self) -> Promise {
        let deferred = Rc::new(Deferred::new());
        self.shell.checks.borrow_mut().push(Rc::clone(&deferred));
        let asked = self.shell.core.borrow_mut().check(now());
        if asked.is_err() {
            self.shell.checks.take();
            deferred.resolve(&JsValue::FALSE);
        }
        self.shell.schedule();
        deferred.promise()
    }

    /// Sends DISCONNECT and closes.
    pub fn close(&self) -> Promise {
        close(&self.shell)
    }

    /// `await using client = …`: closed at the end of its block.
    #[wasm_bindgen(js_name = "[Symbol.asyncDispose]")]
    pub fn dispose(&self) -> Promise {
        close(&self.shell)
    }

    pub(super) const fn new(shell: Rc<Shell>) -> Self {
        Self { shell }
    }

    pub(super) fn shell(&self) -> &Rc<Shell> {
        &self.shell
    }
}

/// What `subscribe` resolves with.
#[wasm_bindgen(skip_typescript)]
pub struct Subscription {
    shell: Rc<Shell>,
    id: SubscriptionId,
    qos: QoS,
}

#[wasm_bindgen]
impl Subscription {
    /// The QoS that the broker granted.
    #[wasm_bindgen(getter)]
    pub fn qos(&self) -> u8 {
        self.qos.into()
    }

    /// Ends it; no message is delivered after this call. Resolves after UNSUBACK, at once where nothing is to be done.
    pub fn unsubscribe(&self) -> Promise {
        let mut handlers = self.shell.handlers.borrow_mut();
        let Some(handler) = handlers.get_mut(&self.id) else {
            return Promise::resolve(&JsValue::UNDEFINED);
        };
        if let Some(ended) = &handler.ended {
            return ended.promise();
        }
        let ended = Rc::new(Deferred::new());
        handler.ended = Some(Rc::clone(&ended));
        drop(handlers);
        self.shell.core.borrow_mut().unsubscribe(now(), self.id);
        self.shell.schedule();
        ended.promise()
    }

    pub(super) const fn new(shell: Rc<Shell>, id: SubscriptionId, qos: QoS) -> Self {
        Self { shell, id, qos }
    }
}

/// Reads the options and sets a client going.
fn begin(options: &JsValue) -> Result<Rc<Shell>, JsValue> {
    let options = BrokerOptions::read(options).map_err(|invalid| mqtt_invalid(&invalid))?;
    if options.signal.as_ref().is_some_and(AbortSignal::aborted) {
        return Err(mqtt_error(&Error::Aborted, None));
    }
    let client_id = options.client.session.client_id.clone();
    let lock = options
        .is_id_given
        .then(|| Rc::new(Lock::client_id(&options.urls, &client_id)));
    let core = Client::new(options.client).map_err(|error| mqtt_error(&error, None))?;
    let broker = Broker {
        urls: options.urls,
        fixed: options.credentials,
        fresh: options.fresh_credentials,
    };
    let shell = Shell::new(core, client_id, broker, options.on_packet.as_ref());
    shell.client_lock.replace(lock);
    if let Some(signal) = options.signal {
        let aborted = Rc::downgrade(&shell);
        shell
            .abort
            .replace(Some(Listening::to_abort(signal, move || {
                if let Some(shell) = aborted.upgrade() {
                    shell.connected.reject(&mqtt_error(&Error::Aborted, None));
                    let _ = close(&shell);
                }
            })));
    }
    shell.watch_network();
    shell.core.borrow_mut().connect(now());
    shell.schedule();
    Ok(shell)
}

fn close(shell: &Rc<Shell>) -> Promise {
    let deferred = Rc::new(Deferred::new());
    let promise = deferred.promise();
    if shell.core.borrow().state() == crate::client::ConnectionState::Closed {
        deferred.resolve(&JsValue::UNDEFINED);
    } else {
        shell.closes.borrow_mut().push(deferred);
        shell.core.borrow_mut().close(now());
    }
    shell.schedule();
    promise
}

fn publish(
    shell: &Rc<Shell>,
    topic: &JsValue,
    payload: &JsValue,
    options: &JsValue,
) -> Result<Rc<Deferred>, JsValue> {
    let options = Options::read(options, "options");
    let message = Message {
        topic: options.text(topic, "topic"),
        payload: options.bytes(payload, "payload"),
        qos: qos(&options),
        retain: options.boolean("retain", false),
        dup: false,
    };
    let signal = options.signal();
    options.finish().map_err(|invalid| mqtt_invalid(&invalid))?;
    if signal.as_ref().is_some_and(AbortSignal::aborted) {
        return Err(mqtt_error(&Error::Aborted, None));
    }
    let token = shell
        .core
        .borrow_mut()
        .publish(now(), message)
        .map_err(|error| mqtt_error(&error, None))?;
    let settled = Rc::new(Deferred::new());
    let abort = signal.map(|signal| {
        let shell = Rc::downgrade(shell);
        Listening::to_abort(signal, move || {
            if let Some(shell) = shell.upgrade() {
                abort_publish(&shell, token);
            }
        })
    });
    let pending = PendingPublish {
        settled: Rc::clone(&settled),
        _abort: abort,
    };
    shell.publishes.borrow_mut().insert(token, pending);
    shell.schedule();
    Ok(settled)
}

fn abort_publish(shell: &Shell, token: PublishToken) {
    shell.core.borrow_mut().cancel_publish(token);
    let pending = shell.publishes.borrow_mut().remove(&token);
    if let Some(pending) = pending {
        pending.settled.reject(&mqtt_error(&Error::Aborted, None));
    }
}

fn subscribe(
    shell: &Rc<Shell>,
    filter: &JsValue,
    on_message: &JsValue,
    options: &JsValue,
) -> Result<Rc<Deferred>, JsValue> {
    let options = Options::read(options, "options");
    let filter = options.text(filter, "filter");
    if !on_message.is_function() {
        options.refuse("onMessage", "must be a function");
    }
    let qos = qos(&options);
    options.finish().map_err(|invalid| mqtt_invalid(&invalid))?;
    let id = shell
        .core
        .borrow_mut()
        .subscribe(now(), &filter, qos)
        .map_err(|error| mqtt_error(&error, None))?;
    let granted = Rc::new(Deferred::new());
    let handler = Handler {
        on_message: on_message.clone().unchecked_into(),
        granted: Rc::clone(&granted),
        ended: None,
    };
    shell.handlers.borrow_mut().insert(id, handler);
    shell.schedule();
    Ok(granted)
}
