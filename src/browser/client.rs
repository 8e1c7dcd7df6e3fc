//! `MqttClient`, as `api.d.ts` has it.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::broker_options::BrokerOptions;
use super::clock::now;
use super::error::{mqtt_error, mqtt_invalid};
use super::listening::Listening;
use super::lock::Lock;
use super::options::Options;
use super::practice::receiver;
use super::send_options::qos;
use super::shell::{Broker, Shell};
use super::transfer::{Transfer, start_transfer};
use crate::client::{Client, ConnectionState, Error};
use crate::mqtt::{Message, QoS, SubscriptionId};

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
    pub fn on_state_change(&self) -> JsValue {
        self.shell.desk.on_state_change()
    }

    /// Sets it; whatever is no function takes it away, as with event handlers of the platform.
    #[wasm_bindgen(setter, js_name = onstatechange)]
    pub fn set_on_state_change(&self, callback: JsValue) {
        self.shell.desk.set_on_state_change(&callback);
    }

    /// The callback for what one should know although nothing failed, or null.
    #[wasm_bindgen(getter, js_name = onnotice)]
    pub fn on_notice(&self) -> JsValue {
        self.shell.desk.on_notice()
    }

    /// Sets it; whatever is no function takes it away.
    #[wasm_bindgen(setter, js_name = onnotice)]
    pub fn set_on_notice(&self, callback: JsValue) {
        self.shell.desk.set_on_notice(&callback);
    }

    /// Publishes a message; resolves when the exchange of its QoS is complete.
    pub fn publish(&self, topic: JsValue, payload: JsValue, options: JsValue) -> Promise {
        publish(&self.shell, &topic, &payload, &options)
            .unwrap_or_else(|error| Promise::reject(&error))
    }

    /// Subscribes; resolves after SUBACK.
    pub fn subscribe(&self, filter: JsValue, on_message: JsValue, options: JsValue) -> Promise {
        subscribe(&self.shell, &filter, &on_message, &options)
            .unwrap_or_else(|error| Promise::reject(&error))
    }

    /// Starts a transfer; never throws.
    #[wasm_bindgen(js_name = sendImage)]
    pub fn send_image(&self, image: JsValue, options: JsValue) -> Transfer {
        start_transfer(&self.shell, &image, &options)
    }

    /// Tests the link now.
    pub fn check(&self) -> Promise {
        let alive = self.shell.desk.check();
        if self.shell.core.borrow_mut().check(now()).is_err() {
            self.shell.desk.checked(false);
        }
        self.shell.schedule();
        alive
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

    /// For `VirtualDevice` (`device.js`): a promise of what decides on its answers.
    #[wasm_bindgen(js_name = _receiver)]
    pub fn receiver(&self, next: bool) -> Promise {
        receiver(next)
    }

    pub(super) const fn new(shell: Rc<Shell>) -> Self {
        Self { shell }
    }
}

#[wasm_bindgen(module = "/src/browser/device.js")]
extern "C" {
    // It is not called from here: it passes through to the package's exports.
    #[wasm_bindgen(reexport = "VirtualDevice", skip_typescript, js_name = VirtualDevice)]
    fn virtual_device_class();
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
        let id = self.id.number() as f64;
        if self.shell.desk.leave(id) {
            self.shell.core.borrow_mut().unsubscribe(now(), self.id);
            self.shell.schedule();
        }
        self.shell.desk.left(id)
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
    let is_closed = shell.core.borrow().state() == ConnectionState::Closed;
    let closed = if is_closed {
        Promise::resolve(&JsValue::UNDEFINED)
    } else {
        shell.core.borrow_mut().close(now());
        shell.desk.close()
    };
    shell.schedule();
    closed
}

fn publish(
    shell: &Rc<Shell>,
    topic: &JsValue,
    payload: &JsValue,
    options: &JsValue,
) -> Result<Promise, JsValue> {
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
    shell.schedule();
    Ok(shell.desk.publish(token.number() as f64, signal.as_ref()))
}

fn subscribe(
    shell: &Rc<Shell>,
    filter: &JsValue,
    on_message: &JsValue,
    options: &JsValue,
) -> Result<Promise, JsValue> {
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
    shell.schedule();
    Ok(shell.desk.subscribe(id.number() as f64, on_message))
}
