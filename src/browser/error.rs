//! Rust's errors as the coded `Error`s of `api.d.ts`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/errors.js")]
extern "C" {
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(js_name = makeMqttError)]
    fn make_mqtt_error(code: &str, message: &str, details: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = makeImageError)]
    fn make_image_error(code: &str, message: &str, details: &JsValue) -> JsValue;
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(js_name = makeTransferError)]
    fn make_transfer_error(code: &str, message: &str, details: &JsValue) -> JsValue;

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

    /// Shows an error that nobody can catch as an uncaught one.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(js_name = reportUncaught)]
    pub(super) fn report_uncaught(error: &JsValue);
}

/// Details that only some errors carry.
#[derive(Default)]
struct Details {
    cause: Option<JsValue>,
    return_code: Option<u8>,
    chunk: Option<u32>,
}

impl Details {
    fn into_js(self) -> JsValue {
        let object = js_sys::Object::new();
        let set = |name: &str, value: JsValue| {
            // Setting a property of a fresh plain object cannot fail.
            let _ = js_sys::Reflect::set(&object, &name.into(), &value);
        };
        if let Some(cause) = self.cause {
            set("cause", cause);
        }
        if let Some(return_code) = self.return_code {
            set("returnCode", return_code.into());
        }
        if let Some(chunk) = self.chunk {
            set("chunk", chunk.into());
        }
        object.into()
    }
}

/// An argument that cannot be taken, before it is known which class of error says so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Invalid {
    /// The option's name with its path, `will.topic` for instance.
    pub(super) option: String,
    pub(super) reason: String,
}

impl Invalid {
    pub(super) fn new(option: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            option: option.into(),
            reason: reason.into(),
        }
    }

    fn message(&self) -> String {
        format!("{}: {}", self.option, self.reason)
    }
}

/// An `MqttError` from the client.
#[cfg(feature = "mqtt")]
pub(super) fn mqtt_error(error: &crate::client::Error, cause: Option<JsValue>) -> JsValue {
    let details = Details {
        return_code: error.return_code(),
        cause,
        ..Details::default()
    };
    make_mqtt_error(error.code(), &error.to_string(), &details.into_js())
}

/// An `MqttError` `invalid`.
#[cfg(feature = "mqtt")]
pub(super) fn mqtt_invalid(invalid: &Invalid) -> JsValue {
    make_mqtt_error("invalid", &invalid.message(), &JsValue::UNDEFINED)
}

/// A `TransferError` from the transfer.
#[cfg(feature = "mqtt")]
pub(super) fn transfer_error(error: &crate::transfer::Error, cause: Option<JsValue>) -> JsValue {
    let details = Details {
        chunk: error.chunk().map(u32::from),
        cause,
        ..Details::default()
    };
    make_transfer_error(error.code(), &error.to_string(), &details.into_js())
}

/// A `TransferError` `invalid`.
#[cfg(feature = "mqtt")]
pub(super) fn transfer_invalid(invalid: &Invalid) -> JsValue {
    make_transfer_error("invalid", &invalid.message(), &JsValue::UNDEFINED)
}

/// An `ImageError` with one of the codes of `api.d.ts`.
pub(super) fn image_error(code: &str, message: &str, cause: Option<JsValue>) -> JsValue {
    let details = Details {
        cause,
        ..Details::default()
    };
    make_image_error(code, message, &details.into_js())
}

/// An `ImageError` `invalid`.
#[cfg(feature = "image")]
pub(super) fn image_invalid(invalid: &Invalid) -> JsValue {
    image_error("invalid", &invalid.message(), None)
}
