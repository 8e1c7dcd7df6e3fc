//! What happens once a promise is settled, without an executor of futures: the shell's ways are short, and an executor
//! with its state machines is a tenth of the `mqtt` build.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = whenSettled)]
    fn when_settled(promise: &Promise, then: JsValue);
}

/// Calls `then` with what `promise` comes to, in a task of its own.
pub(super) fn when(promise: &Promise, then: impl FnOnce(Result<JsValue, JsValue>) + 'static) {
    call_when(promise, Box::new(then));
}

/// Calls `act` soon, but not before the exported function that asks for it has returned.
pub(super) fn soon(act: impl FnOnce() + 'static) {
    when(&Promise::resolve(&JsValue::UNDEFINED), |_| act());
}

/// One closure for all: each type of one brings code of its own.
fn call_when(promise: &Promise, then: Box<dyn FnOnce(Result<JsValue, JsValue>)>) {
    let settled = move |value: JsValue, is_kept: bool| {
        then(if is_kept { Ok(value) } else { Err(value) });
    };
    when_settled(promise, Closure::once_into_js(settled));
}
