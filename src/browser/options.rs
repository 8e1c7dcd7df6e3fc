//! Objects of options: `options.js` reads them, and says what is wrong with one.

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::Invalid;

/// The largest time that a timer of the platform can wait, in milliseconds.
#[cfg(feature = "mqtt")]
pub(super) const MAX_TIMER_MS: u32 = 0x7fff_ffff;

#[wasm_bindgen(module = "/src/browser/options.js")]
extern "C" {
    /// An object of options that is being read. Every option that is asked for counts as known; [`Options::finish`] refuses
    /// the rest. `None` is an option that is left out, and what is thrown becomes an [`Invalid`].
    pub(super) type Options;

    #[wasm_bindgen(constructor, catch)]
    fn new(value: &JsValue, name: &str, path: &str) -> Result<Options, JsValue>;

    #[wasm_bindgen(method, js_name = invalid)]
    fn invalid_text(this: &Options, name: &str, reason: &str) -> String;

    #[wasm_bindgen(method, catch, js_name = value)]
    fn raw(this: &Options, name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn string(this: &Options, name: &str) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn boolean(this: &Options, name: &str) -> Result<Option<bool>, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn number(
        this: &Options,
        name: &str,
        least: f64,
        most: f64,
    ) -> Result<Option<f64>, JsValue>;

    /// A whole number from `least` to `most`.
    #[wasm_bindgen(method, catch)]
    pub(super) fn integer(
        this: &Options,
        name: &str,
        least: u32,
        most: u32,
    ) -> Result<Option<u32>, JsValue>;

    /// A whole number from `least` to `most`, or `other`, which is given as infinity.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method, catch, js_name = integerOr)]
    pub(super) fn integer_or(
        this: &Options,
        name: &str,
        least: u32,
        most: u32,
        other: JsValue,
    ) -> Result<Option<f64>, JsValue>;

    /// One of `names`, which have commas between them.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method, catch)]
    pub(super) fn choice(
        this: &Options,
        name: &str,
        names: &str,
    ) -> Result<Option<String>, JsValue>;

    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method, catch)]
    pub(super) fn function(this: &Options, name: &str)
    -> Result<Option<js_sys::Function>, JsValue>;

    /// Further options under this one.
    #[wasm_bindgen(method, catch)]
    pub(super) fn nested(this: &Options, name: &str) -> Result<Option<Options>, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn signal(this: &Options) -> Result<Option<AbortSignal>, JsValue>;

    /// Refuses every key that nobody asked for.
    #[wasm_bindgen(method, catch)]
    pub(super) fn finish(this: &Options) -> Result<(), JsValue>;

    /// Why a value cannot be sent as text.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(js_name = flawInText)]
    pub(super) fn flaw_in_text(value: &JsValue) -> Option<String>;
}

impl Options {
    /// `undefined` counts as no options at all; anything but an object is refused.
    pub(super) fn read(value: &JsValue, name: &str) -> Result<Self, Invalid> {
        Ok(Self::new(value, name, "")?)
    }

    /// Options that messages name with that of the option that they belong to.
    #[cfg(feature = "image")]
    pub(super) fn under(value: &JsValue, name: &str) -> Result<Self, Invalid> {
        Ok(Self::new(value, name, &[name, "."].concat())?)
    }

    /// The value of an option, `None` where it is left out or `undefined`.
    pub(super) fn value(&self, name: &str) -> Result<Option<JsValue>, Invalid> {
        let value = self.raw(name)?;
        Ok((!value.is_undefined()).then_some(value))
    }

    /// An [`Invalid`] with the option's full name.
    pub(super) fn invalid(&self, name: &str, reason: &str) -> Invalid {
        Invalid(self.invalid_text(name, reason))
    }
}

/// What [`Options::integer_or`] gives, `None` where it is `other`.
#[cfg(feature = "mqtt")]
pub(super) fn finite(number: f64) -> Option<u32> {
    // The cast is exact: the number is whole and within u32.
    number.is_finite().then_some(number as u32)
}
