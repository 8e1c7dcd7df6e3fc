//! Rust's errors as the coded `Error`s of `api.d.ts`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/errors.js")]
extern "C" {
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(js_name = makeMqttError)]
    fn make_mqtt_error(
        code: &str,
        message: &str,
        cause: Option<JsValue>,
        return_code: Option<u8>,
    ) -> JsValue;
    #[cfg(feature = "image")]
    #[wasm_bindgen(js_name = makeImageError)]
    fn make_image_error(code: &str, message: &str) -> JsValue;
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(js_name = makeTransferError)]
    fn make_transfer_error(
        code: &str,
        message: &str,
        cause: Option<JsValue>,
        chunk: Option<u32>,
    ) -> JsValue;

    // The classes and their guards are not called from here: they pass through to the package's exports. They are
    // declared as functions, because an imported type would bring a declaration of its own beside errors.d.ts.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(reexport = "MqttError", skip_typescript, js_name = MqttError)]
    fn mqtt_error_class();
    #[wasm_bindgen(reexport = "ImageError", skip_typescript, js_name = ImageError)]
    fn image_error_class();
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(reexport = "TransferError", skip_typescript, js_name = TransferError)]
    fn transfer_error_class();
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(reexport = "isMqttError", skip_typescript, js_name = isMqttError)]
    fn is_mqtt_error(value: &JsValue) -> bool;
    #[wasm_bindgen(reexport = "isImageError", skip_typescript, js_name = isImageError)]
    fn is_image_error(value: &JsValue) -> bool;
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(reexport = "isTransferError", skip_typescript, js_name = isTransferError)]
    fn is_transfer_error(value: &JsValue) -> bool;

    /// A thrown value as text.
    #[cfg(feature = "mqtt")]
    pub(super) fn describe(thrown: &JsValue) -> String;
}

/// What says that an argument cannot be taken, before it is known which class of error says so.
pub(super) struct Invalid(pub(super) String);

#[cfg(feature = "mqtt")]
impl Invalid {
    /// Of the option with this name and its path, `will.topic` for instance.
    pub(super) fn new(option: &str, reason: &str) -> Self {
        Self([option, ": ", reason].concat())
    }
}

/// An `MqttError` from the client.
#[cfg(feature = "mqtt")]
pub(super) fn mqtt_error(error: &crate::client::Error, cause: Option<JsValue>) -> JsValue {
    make_mqtt_error(error.code(), &error.to_string(), cause, error.return_code())
}

/// An `MqttError` `invalid`.
#[cfg(feature = "mqtt")]
pub(super) fn mqtt_invalid(invalid: &Invalid) -> JsValue {
    make_mqtt_error("invalid", &invalid.0, None, None)
}

/// A `TransferError` from the transfer.
#[cfg(feature = "mqtt")]
pub(super) fn transfer_error(error: &crate::transfer::Error, cause: Option<JsValue>) -> JsValue {
    let chunk = error.chunk().map(u32::from);
    make_transfer_error(error.code(), &error.to_string(), cause, chunk)
}

/// A `TransferError` `invalid`.
#[cfg(feature = "mqtt")]
pub(super) fn transfer_invalid(invalid: &Invalid) -> JsValue {
    make_transfer_error("invalid", &invalid.0, None, None)
}

/// An `ImageError` with one of the codes of `api.d.ts`.
#[cfg(feature = "image")]
pub(super) fn image_error(code: &str, message: &str) -> JsValue {
    make_image_error(code, message)
}

/// An `ImageError` `invalid`.
#[cfg(feature = "image")]
pub(super) fn image_invalid(invalid: &Invalid) -> JsValue {
    image_error("invalid", &invalid.0)
}
