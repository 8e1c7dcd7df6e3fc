//! Reads a JavaScript object of options: each by its name, with its type and range, and nothing beside them.

use core::ops::RangeInclusive;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::error::Invalid;

/// The largest time that a timer of the platform can wait, in milliseconds.
#[cfg(feature = "mqtt")]
pub(super) const MAX_TIMER_MS: u32 = 0x7fff_ffff;

/// An object of options that is being read. Every option that is asked for counts as known; [`Options::finish`] refuses
/// the rest.
pub(super) struct Options {
    object: Option<Object>,
    /// Prefix of the names in messages: `reconnect.`, or nothing at the top.
    path: String,
    known: Vec<&'static str>,
}

impl Options {
    /// `undefined` counts as no options at all; anything but an object is refused.
    pub(super) fn read(value: &JsValue, name: &str) -> Result<Self, Invalid> {
        Self::at(value, name, String::new())
    }

    fn at(value: &JsValue, name: &str, path: String) -> Result<Self, Invalid> {
        if value.is_undefined() {
            return Ok(Self {
                object: None,
                path,
                known: Vec::new(),
            });
        }
        match value.dyn_ref::<Object>() {
            Some(object) if !Array::is_array(value) && !value.is_function() => Ok(Self {
                object: Some(object.clone()),
                path,
                known: Vec::new(),
            }),
            _ => Err(Invalid::new(name, "must be an object")),
        }
    }

    /// The value of an option, `None` where it is left out or `undefined`.
    pub(super) fn value(&mut self, name: &'static str) -> Result<Option<JsValue>, Invalid> {
        self.known.push(name);
        let Some(object) = &self.object else {
            return Ok(None);
        };
        let value = Reflect::get(object, &name.into())
            .map_err(|_| self.invalid(name, "could not be read: its getter threw"))?;
        Ok((!value.is_undefined()).then_some(value))
    }

    /// An [`Invalid`] with the option's full name.
    pub(super) fn invalid(&self, name: &str, reason: impl Into<String>) -> Invalid {
        Invalid::new(format!("{}{name}", self.path), reason)
    }

    pub(super) fn string(&mut self, name: &'static str) -> Result<Option<String>, Invalid> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let text = value
            .as_string()
            .ok_or_else(|| self.invalid(name, "must be a string"))?;
        // A lone surrogate has no UTF-8 form [MQTT-1.5.3-1]; wasm-bindgen would turn it into U+FFFD.
        if !value.unchecked_ref::<js_sys::JsString>().is_valid_utf16() {
            return Err(self.invalid(name, "must be well-formed Unicode"));
        }
        Ok(Some(text))
    }

    pub(super) fn boolean(&mut self, name: &'static str) -> Result<Option<bool>, Invalid> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        value
            .as_bool()
            .map(Some)
            .ok_or_else(|| self.invalid(name, "must be true or false"))
    }

    /// A number in a range, which messages call `words`: writing fractions takes 20 kB of code, for this alone.
    pub(super) fn number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<f64>,
        words: &str,
    ) -> Result<Option<f64>, Invalid> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        match value.as_f64() {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(self.invalid(name, format!("must be a number from {words}"))),
        }
    }

    /// A whole number from `least` to `most`.
    pub(super) fn integer(
        &mut self,
        name: &'static str,
        least: u32,
        most: u32,
    ) -> Result<Option<u32>, Invalid> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        whole(&value, least, most).map(Some).ok_or_else(|| {
            self.invalid(
                name,
                format!("must be a whole number from {least} to {most}"),
            )
        })
    }

    /// A whole number from `least` to `most`, or `Infinity` as `Some(None)`.
    #[cfg(feature = "mqtt")]
    pub(super) fn integer_or_infinity(
        &mut self,
        name: &'static str,
        least: u32,
        most: u32,
    ) -> Result<Option<Option<u32>>, Invalid> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        if value.as_f64() == Some(f64::INFINITY) {
            return Ok(Some(None));
        }
        whole(&value, least, most)
            .map(|number| Some(Some(number)))
            .ok_or_else(|| {
                self.invalid(
                    name,
                    format!("must be a whole number from {least} to {most}, or Infinity"),
                )
            })
    }

    /// One of the names that `parse` knows.
    #[cfg(feature = "mqtt")]
    pub(super) fn choice<T>(
        &mut self,
        name: &'static str,
        names: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Invalid> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        value
            .as_string()
            .and_then(|text| parse(&text))
            .map(Some)
            .ok_or_else(|| self.invalid(name, format!("must be one of {names}")))
    }

    #[cfg(feature = "mqtt")]
    pub(super) fn function(
        &mut self,
        name: &'static str,
    ) -> Result<Option<js_sys::Function>, Invalid> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        value
            .dyn_into()
            .map(Some)
            .map_err(|_| self.invalid(name, "must be a function"))
    }

    /// An object of further options under this one.
    pub(super) fn nested(&mut self, name: &'static str) -> Result<Option<Self>, Invalid> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let full = format!("{}{name}", self.path);
        Self::at(&value, &full, format!("{full}.")).map(Some)
    }

    pub(super) fn signal(&mut self) -> Result<Option<web_sys::AbortSignal>, Invalid> {
        let Some(value) = self.value("signal")? else {
            return Ok(None);
        };
        value
            .dyn_into()
            .map(Some)
            .map_err(|_| self.invalid("signal", "must be an AbortSignal"))
    }

    /// Refuses every key that nobody asked for.
    pub(super) fn finish(self) -> Result<(), Invalid> {
        let Some(object) = &self.object else {
            return Ok(());
        };
        for key in Object::keys(object)
            .iter()
            .filter_map(|key| key.as_string())
        {
            let left_out =
                Reflect::get(object, &key.as_str().into()).is_ok_and(|value| value.is_undefined());
            if !left_out && !self.known.contains(&key.as_str()) {
                return Err(self.invalid(&key, "is not an option here"));
            }
        }
        Ok(())
    }
}

/// A JavaScript number as a whole one in a range.
pub(super) fn whole(value: &JsValue, least: u32, most: u32) -> Option<u32> {
    let number = value.as_f64()?;
    let in_range = number.fract() == 0.0 && number >= f64::from(least) && number <= f64::from(most);
    // The cast is exact: the number is whole and within u32.
    in_range.then_some(number as u32)
}
