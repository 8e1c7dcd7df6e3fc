//! Objects of options: `options.js` reads them, and says at the end what is wrong with one.

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::Invalid;

/// The largest time that a timer of the platform can wait, in milliseconds.
#[cfg(feature = "mqtt")]
pub(super) const MAX_TIMER_MS: u32 = 0x7fff_ffff;

#[wasm_bindgen(module = "/src/browser/options.js")]
extern "C" {
    /// An object of options that is being read. Every option that is asked for counts as known. One that is wrong reads as
    /// if it were left out, and [`Options::finish`] says so: nobody has to ask after each.
    pub(super) type Options;

    /// `undefined` counts as no options at all; anything but an object is refused, under this name.
    #[wasm_bindgen(constructor)]
    pub(super) fn read(value: &JsValue, name: &str) -> Options;

    /// Says why the option with this name cannot be taken.
    #[wasm_bindgen(method)]
    pub(super) fn refuse(this: &Options, name: &str, reason: &str);

    /// `undefined` where it is left out.
    #[wasm_bindgen(method)]
    pub(super) fn value(this: &Options, name: &str) -> JsValue;

    #[wasm_bindgen(method)]
    pub(super) fn string(this: &Options, name: &str) -> Option<String>;

    /// `to`, the topic of a device, or `from`, that of its feedback.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method)]
    pub(super) fn topic(this: &Options, name: &str) -> String;

    /// A value that has to be text; it counts as an option with this name.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method)]
    pub(super) fn text(this: &Options, value: &JsValue, name: &str) -> String;

    /// Text as UTF-8, or bytes, copied.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method)]
    pub(super) fn binary(this: &Options, name: &str) -> Option<Vec<u8>>;

    /// A value that has to be text or bytes; it counts as an option with this name.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method)]
    pub(super) fn bytes(this: &Options, value: &JsValue, name: &str) -> Vec<u8>;

    /// The bytes of an ArrayBuffer, a SharedArrayBuffer or a view of one, copied; anything else is refused as not being
    /// `kinds`.
    #[wasm_bindgen(method)]
    pub(super) fn view(this: &Options, value: &JsValue, name: &str, kinds: &str) -> Vec<u8>;

    #[wasm_bindgen(method)]
    pub(super) fn boolean(this: &Options, name: &str, usual: bool) -> bool;

    #[wasm_bindgen(method)]
    pub(super) fn number(this: &Options, name: &str, least: f64, most: f64) -> Option<f64>;

    /// A whole number from `least` to `most`.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method)]
    pub(super) fn integer(this: &Options, name: &str, least: u32, most: u32, usual: u32) -> u32;

    #[cfg(feature = "image")]
    #[wasm_bindgen(method, js_name = integer)]
    pub(super) fn integer_if_given(
        this: &Options,
        name: &str,
        least: u32,
        most: u32,
    ) -> Option<u32>;

    /// A whole number from `least` to `most`, or `other`, which is given as infinity, and is infinity where it has no name.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method, js_name = integerOr)]
    pub(super) fn integer_or(
        this: &Options,
        name: &str,
        least: u32,
        most: u32,
        usual: f64,
        other: Option<&str>,
    ) -> f64;

    /// The place of one of `names`, which have commas between them. The first is the usual one.
    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method)]
    pub(super) fn choice(this: &Options, name: &str, names: &str) -> u32;

    #[cfg(feature = "mqtt")]
    #[wasm_bindgen(method)]
    pub(super) fn function(this: &Options, name: &str) -> Option<js_sys::Function>;

    /// Further options under this one.
    #[wasm_bindgen(method)]
    pub(super) fn nested(this: &Options, name: &str) -> Option<Options>;

    /// `value` as options that messages name with that of the option that they belong to.
    #[cfg(feature = "image")]
    #[wasm_bindgen(method)]
    pub(super) fn under(this: &Options, value: &JsValue, name: &str) -> Options;

    #[wasm_bindgen(method)]
    pub(super) fn signal(this: &Options) -> Option<AbortSignal>;

    #[wasm_bindgen(method, js_name = finish)]
    fn first_flaw(this: &Options) -> Option<String>;
}

impl Options {
    /// What was wrong first: an option, one under it, or a key that nobody asked for.
    pub(super) fn finish(&self) -> Result<(), Invalid> {
        self.first_flaw().map_or(Ok(()), |flaw| Err(Invalid(flaw)))
    }
}

/// What [`Options::integer_or`] gives, `None` where it is `other`.
#[cfg(feature = "mqtt")]
pub(super) fn finite(number: f64) -> Option<u32> {
    // The cast is exact: the number is whole and within u32.
    number.is_finite().then_some(number as u32)
}
