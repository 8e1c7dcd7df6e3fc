//! `VirtualDevice`, as `api.d.ts` has it: plays the device on a connection of this page.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

use super::client::MqttClient;
use super::clock::now;
use super::error::{mqtt_error, mqtt_invalid};
use super::later::soon;
use super::options::Options;
use super::promise::Deferred;
use super::send_options::topics;
use super::shell::{Shell, report};
use crate::client::{DeviceId, Error};
use crate::transfer::{Numbering, Received};

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeReceived)]
    fn make_received(name: &str, bytes: Uint8Array, whole: bool) -> JsValue;
}

/// What the shell and the `VirtualDevice` object share.
#[derive(Default)]
pub(super) struct DeviceHandle {
    attached: RefCell<Option<Rc<Deferred>>>,
    on_image: RefCell<Option<Function>>,
}

impl DeviceHandle {
    pub(super) fn handle_attached(
        self: &Rc<Self>,
        shell: &Rc<Shell>,
        id: DeviceId,
        result: Result<(), Error>,
    ) {
        let Some(attached) = self.attached.take() else {
            return;
        };
        let device = || VirtualDevice {
            shell: Rc::clone(shell),
            id,
            handle: Rc::clone(self),
            detached: Cell::new(false),
        };
        match result {
            Ok(()) => attached.resolve(&device().into()),
            Err(error) => attached.reject(&mqtt_error(&error, None)),
        }
    }

    pub(super) fn handle_closed(&self, error: &JsValue) {
        if let Some(attached) = self.attached.take() {
            attached.reject(error);
        }
    }

    pub(super) fn handle_image(&self, image: &Received) {
        let callback = self.on_image.borrow().clone();
        let Some(callback) = callback else { return };
        let bytes = Uint8Array::from(image.bytes.as_slice());
        let object = make_received(&image.name, bytes, image.whole);
        report(callback.call1(&JsValue::UNDEFINED, &object));
    }
}

/// Plays the device: answers by the protocol and hands over each image it received.
#[wasm_bindgen(skip_typescript)]
pub struct VirtualDevice {
    shell: Rc<Shell>,
    id: DeviceId,
    handle: Rc<DeviceHandle>,
    detached: Cell<bool>,
}

#[wasm_bindgen]
impl VirtualDevice {
    /// Subscribes to `to`; resolves when it can receive.
    pub fn attach(client: &MqttClient, options: JsValue) -> Promise {
        attach(client.shell(), &options)
            .map_or_else(|error| Promise::reject(&error), |ready| ready.promise())
    }

    /// The callback for images, or null.
    #[wasm_bindgen(getter, js_name = onimage)]
    pub fn on_image(&self) -> Option<Function> {
        self.handle.on_image.borrow().clone()
    }

    /// Sets it; whatever is no function takes it away.
    #[wasm_bindgen(setter, js_name = onimage)]
    pub fn set_on_image(&self, callback: JsValue) {
        self.handle.on_image.replace(callback.dyn_into().ok());
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
            shell.devices.borrow_mut().remove(&id);
            detached.resolve(&JsValue::UNDEFINED);
        });
        promise
    }
}

fn attach(shell: &Rc<Shell>, options: &JsValue) -> Result<Rc<Deferred>, JsValue> {
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
    let ready = Rc::new(Deferred::new());
    let handle = Rc::new(DeviceHandle::default());
    handle.attached.replace(Some(Rc::clone(&ready)));
    shell.devices.borrow_mut().insert(id, handle);
    shell.schedule();
    Ok(ready)
}
