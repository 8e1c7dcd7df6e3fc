//! A promise whose outcome is decided elsewhere, later.

use core::cell::Cell;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    type Outcome;
    #[wasm_bindgen(constructor)]
    fn new() -> Outcome;
    #[wasm_bindgen(method, getter)]
    fn promise(this: &Outcome) -> Promise;
    #[wasm_bindgen(method)]
    fn resolve(this: &Outcome, value: &JsValue);
    #[wasm_bindgen(method)]
    fn reject(this: &Outcome, error: &JsValue);
}

/// A promise and the two functions that settle it. Settling it a second time does nothing.
pub(super) struct Deferred {
    outcome: Outcome,
    is_settled: Cell<bool>,
}

impl Deferred {
    pub(super) fn new() -> Self {
        Self {
            outcome: Outcome::new(),
            is_settled: Cell::new(false),
        }
    }

    pub(super) fn promise(&self) -> Promise {
        self.outcome.promise()
    }

    pub(super) fn resolve(&self, value: &JsValue) {
        self.is_settled.set(true);
        self.outcome.resolve(value);
    }

    pub(super) fn reject(&self, error: &JsValue) {
        self.is_settled.set(true);
        self.outcome.reject(error);
    }

    pub(super) fn is_settled(&self) -> bool {
        self.is_settled.get()
    }
}
