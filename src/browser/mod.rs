//! The thin shell: the only room that knows web-sys. It gives the machines a socket, a clock and JavaScript's promises.
//!
//! Nothing is borrowed while JavaScript runs: what a callback may call again is cloned out first. Exported methods take
//! what they need before they hand out a promise, so that an object may be freed while one is pending.

#[cfg(any(feature = "mqtt", feature = "image"))]
mod error;
#[cfg(any(feature = "mqtt", feature = "image"))]
mod options;
#[cfg(any(feature = "mqtt", feature = "image"))]
mod source;

#[cfg(any(feature = "mqtt", feature = "practice"))]
mod clock;
#[cfg(any(feature = "mqtt", feature = "practice"))]
mod practice;

#[cfg(feature = "mqtt")]
mod access;
#[cfg(feature = "mqtt")]
mod broker_options;
#[cfg(feature = "mqtt")]
mod client;
#[cfg(feature = "mqtt")]
mod connecting;
#[cfg(feature = "mqtt")]
mod desk;
#[cfg(feature = "mqtt")]
mod events;
#[cfg(feature = "mqtt")]
mod later;
#[cfg(feature = "mqtt")]
mod link;
#[cfg(feature = "mqtt")]
mod listening;
#[cfg(feature = "mqtt")]
mod lock;
#[cfg(feature = "mqtt")]
mod prepared;
#[cfg(feature = "mqtt")]
mod promise;
#[cfg(feature = "mqtt")]
mod send_options;
#[cfg(feature = "mqtt")]
mod shell;
#[cfg(feature = "mqtt")]
mod socket;
#[cfg(feature = "mqtt")]
mod trace;
#[cfg(feature = "mqtt")]
mod transfer;
#[cfg(feature = "mqtt")]
mod views;

#[cfg(feature = "image")]
mod image;
#[cfg(feature = "image")]
mod pixels;
#[cfg(feature = "image")]
mod prepare_options;

#[cfg(any(feature = "mqtt", feature = "image"))]
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
#[cfg(feature = "mqtt")]
const CLIENT_TYPES: &str = include_str!("types/client.d.ts");
#[wasm_bindgen(typescript_custom_section)]
#[cfg(feature = "image")]
const IMAGE_TYPES: &str = include_str!("types/image.d.ts");
#[wasm_bindgen(typescript_custom_section)]
#[cfg(all(feature = "mqtt", not(feature = "image")))]
const SEND_ORIGINAL_TYPES: &str = include_str!("types/send-original.d.ts");
#[wasm_bindgen(typescript_custom_section)]
#[cfg(any(feature = "mqtt", feature = "image"))]
const ERROR_TYPES: &str = include_str!("types/errors.d.ts");
