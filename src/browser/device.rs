//! `VirtualDevice`, as `api.d.ts` has it: plays the device on a connection of this page.

use core::cell::Cell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::client::MqttClient;
use super::clock::now;
use super::error::{mqtt_error, mqtt_invalid};
use super::later::soon;
use super::options::Options;
use super::promise::Deferred;
use super::send_options::topics;
use super::shell::Shell;
use crate::client::DeviceId;
use crate::transfer::Numbering;

/// Plays the device: answers by the protocol and hands over each image it received.
#[wasm_bindgen(skip_typescript)]
pub struct VirtualDevice {
    shell: Rc<Shell>,
    id: DeviceId,
    detached: Cell<bool>,
}

#[wasm_bindgen]
impl VirtualDevice {
    /// Subscribes to `to`; resolves when it can receive.
    pub fn attach(client: &MqttClient, options: JsValue) -> Promise {
        attach(client.shell(), &options).unwrap_or_else(|error| Promise::reject(&error))
    }

    /// The callback for images, or null.
    #[wasm_bindgen(getter, js_name = onimage)]
    pub fn on_image(&self) -> JsValue {
        self.shell.desk.on_image(self.id.number() as f64)
    }

    /// Sets it; whatever is no function takes it away.
    #[wasm_bindgen(setter, js_name = onimage)]
    pub fn set_on_image(&self, callback: JsValue) {
        self.shell
            .desk
            .set_on_image(self.id.number() as f64, &callback);
    }

    /// Ends the device. What it had of an unfinished image is handed over, not whole.
    pub fn detach(&self) -> Promise {
        if !self.detached.replace(true) {
            self.shell.core.borrow_mut().detach_device(now(), self.id);
            self.shell.schedule();
        }
        // One turn later its last image has been handed over.
        let (shell, id) = (Rc::clone(&self.shell), self.id);
        let detached = Rc::new(Deferred::new());
        let promise = detached.promise();
        soon(move || {
            shell.drive();
            shell.desk.detached(id.number() as f64, &JsValue::UNDEFINED);
            detached.resolve(&JsValue::UNDEFINED);
        });
        promise
    }

    pub(super) const fn new(shell: Rc<Shell>, id: DeviceId) -> Self {
        Self {
            shell,
            id,
            detached: Cell::new(false),
        }
    }
}

fn attach(shell: &Rc<Shell>, options: &JsValue) -> Result<Promise, JsValue> {
    let options = Options::read(options, "options");
    let (to, from) = topics(&options);
    let numbering = match options.choice("numbering", "echo, next") {
        1 => Numbering::Next,
        _ => Numbering::Echo,
    };
    options.finish().map_err(|invalid| mqtt_invalid(&invalid))?;
    let attached = shell
        .core
        .borrow_mut()
        .attach_device(now(), &to, &from, numbering);
    let id = attached.map_err(|error| mqtt_error(&error, None))?;
    shell.schedule();
    Ok(shell.desk.attach(id.number() as f64))
}
