//! `SendOptions` of `api.d.ts`: names, ranges and defaults.

use core::time::Duration;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::Invalid;
use super::options::{MAX_TIMER_MS, Options, finite};
use super::prepared::ToPrepare;
use crate::mqtt::QoS;
use crate::transfer::{AckTimeout, NumberingOption, TransferOptions, Window, check_name};

/// The most that a chunk's length field can say (PROTOCOL.md, Messages).
const MAX_CHUNK: u32 = 32_767;

/// The options of `sendImage`, read, with the image that they speak of.
pub(super) struct SendOptions {
    pub(super) source: ToPrepare,
    pub(super) to: String,
    pub(super) from: String,
    pub(super) qos: QoS,
    pub(super) wake: Option<String>,
    /// `None`: from the image's own name.
    pub(super) name: Option<String>,
    pub(super) transfer: TransferOptions,
    pub(super) on_progress: Option<Function>,
    pub(super) signal: Option<AbortSignal>,
}

impl SendOptions {
    pub(super) fn read(image: &JsValue, value: &JsValue) -> Result<Self, Invalid> {
        let options = Options::read(value, "options");
        let to = options.topic("to");
        let from = options.topic("from");
        let wake = options.string("wake");
        let name = options.string("name");
        if let Some(Err(reason)) = name.as_deref().map(check_name) {
            options.refuse("name", reason);
        }
        let qos = qos(&options);
        let transfer = transfer(&options);
        let on_progress = options.function("onProgress");
        let signal = options.signal();
        let source = ToPrepare::read(image, &options);
        options.finish()?;
        Ok(Self {
            source,
            to,
            from,
            qos,
            wake,
            name,
            transfer,
            on_progress,
            signal,
        })
    }
}

fn transfer(options: &Options) -> TransferOptions {
    let chunk_size = options.integer("chunkSize", 1, MAX_CHUNK, 1_400);
    let ack_timeout = options.integer_or("ackTimeoutMs", 1, MAX_TIMER_MS, 5_000.0, Some("auto"));
    let wait_for_device = options.number("waitForDevice", 0.0, MAX_TIMER_MS.into());
    let window = options.integer_or("window", 1, 1024, 1.0, Some("auto"));
    TransferOptions {
        name: String::new(),
        chunk_size: usize::try_from(chunk_size).unwrap_or(usize::MAX),
        ack_timeout: match finite(ack_timeout) {
            Some(ms) => AckTimeout::Fixed(Duration::from_millis(ms.into())),
            None => AckTimeout::Auto,
        },
        wait_for_device: Duration::from_nanos((wait_for_device.unwrap_or(0.0) * 1e9) as u64),
        max_retries: finite(options.integer_or("maxRetries", 0, u32::MAX, 10.0, None)),
        restarts: options.integer("restarts", 0, u32::MAX, 0),
        window: match finite(window).map(u16::try_from) {
            Some(Ok(chunks)) => Window::Fixed(chunks),
            _ => Window::Auto,
        },
        numbering: match options.choice("numbering", "auto, echo, next") {
            1 => NumberingOption::Echo,
            2 => NumberingOption::Next,
            _ => NumberingOption::Auto,
        },
        strict: options.boolean("strict", false),
        integrity: options.boolean("integrity", false),
    }
}

/// The option `qos`, 0 where it is left out.
pub(super) fn qos(options: &Options) -> QoS {
    let level = u8::try_from(options.integer("qos", 0, 2, 0));
    level
        .map(QoS::try_from)
        .ok()
        .and_then(Result::ok)
        .unwrap_or_default()
}
