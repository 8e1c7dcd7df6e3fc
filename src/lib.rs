//! Prepares an image and delivers it, chunk by acknowledged chunk, to hardware over MQTT 3.1.1.
//!
//! Data flows one way through the rooms, and acknowledgements come back by the same doors:
//!
//! | room | what it does | feature |
//! |---|---|---|
//! | [`image`] | bytes → pixels → bytes | `image` |
//! | [`transfer`] | an image → frames of the device protocol; and the device's side of the same | `mqtt`, `practice` |
//! | [`mqtt`] | frames → MQTT 3.1.1 packets | `mqtt`, `practice` |
//! | [`client`] | the two wired together: subscribed before begin, stalled and resumed with the link | `mqtt` |
//! | [`loopback`] | a small broker for simulations and for practice | `mqtt`, `practice` |
//! | `native` | a TCP socket and a clock for [`client`], outside the browser | `mqtt` |
//! | `browser` | a WebSocket, a clock and JavaScript's promises for [`client`] and [`image`] | wasm32 |
//!
//! Everything above `native` and `browser` is sans-IO: bytes and a clock in, bytes and a deadline out.
#![warn(missing_docs)]

#[cfg(feature = "image")]
pub mod image;

#[cfg(feature = "mqtt")]
pub mod client;
#[cfg(any(feature = "mqtt", feature = "practice"))]
pub mod loopback;
#[cfg(any(feature = "mqtt", feature = "practice"))]
pub mod mqtt;
#[cfg(any(feature = "mqtt", feature = "practice"))]
pub mod rng;
#[cfg(any(feature = "mqtt", feature = "practice"))]
#[cfg_attr(
    not(feature = "mqtt"),
    expect(dead_code, reason = "the practice broker does not need all of it")
)]
mod sorted;
#[cfg(any(feature = "mqtt", feature = "practice"))]
pub mod time;
#[cfg(any(feature = "mqtt", feature = "practice"))]
pub mod transfer;

#[cfg(all(feature = "mqtt", not(target_arch = "wasm32")))]
pub mod native;

#[cfg(target_arch = "wasm32")]
mod browser;

/// It is 2 kB smaller than the standard library's.
#[cfg(all(
    target_arch = "wasm32",
    any(feature = "mqtt", feature = "practice"),
    not(feature = "image")
))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
