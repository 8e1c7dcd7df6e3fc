//! A promise whose outcome is decided elsewhere, later.

use core::cell::RefCell;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;

/// A promise and the two functions that settle it. Settling it a second time does nothing.
pub(super) struct Deferred {
    promise: Promise,
    settle: RefCell<Option<(Function, Function)>>,
}

impl Deferred {
    pub(super) fn new() -> Self {
        let mut functions = None;
        let promise = Promise::new(&mut |resolve, reject| functions = Some((resolve, reject)));
        Self {
            promise,
            settle: RefCell::new(functions),
        }
    }

    pub(super) fn promise(&self) -> Promise {
        self.promise.clone()
    }

    pub(super) fn resolve(&self, value: &JsValue) {
        // Taken out before the call: settling runs no user code, but the borrow must not depend on that.
        let functions = self.settle.take();
        if let Some((resolve, _)) = functions {
            let _ = resolve.call1(&JsValue::UNDEFINED, value);
        }
    }

    pub(super) fn reject(&self, error: &JsValue) {
        let functions = self.settle.take();
        if let Some((_, reject)) = functions {
            let _ = reject.call1(&JsValue::UNDEFINED, error);
        }
    }

    pub(super) fn is_settled(&self) -> bool {
        self.settle.borrow().is_none()
    }
}
