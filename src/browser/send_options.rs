//! `SendOptions` of `api.d.ts`: names, ranges and defaults.

use core::time::Duration;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::client::qos;
use super::error::Invalid;
use super::options::{MAX_TIMER_MS, Options, finite};
use super::prepared::ToPrepare;
use crate::mqtt::QoS;
use crate::transfer::{AckTimeout, NumberingOption, TransferOptions, Window, check_name};

/// Topic to the device where none is given.
pub(super) const DEFAULT_TO: &str = "mqttTestPub";
/// Topic of its feedback where none is given.
pub(super) const DEFAULT_FROM: &str = "mqttTestSub";

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
        let options = Options::read(value, "options")?;
        let to = options
            .string("to")?
            .unwrap_or_else(|| DEFAULT_TO.to_owned());
        let from = options
            .string("from")?
            .unwrap_or_else(|| DEFAULT_FROM.to_owned());
        let wake = options.string("wake")?;
        let name = options.string("name")?;
        if let Some(name) = &name {
            check_name(name).map_err(|reason| options.invalid("name", reason))?;
        }
        let qos = qos(&options)?;
        let transfer = transfer(&options)?;
        let on_progress = options.function("onProgress")?;
        let signal = options.signal()?;
        let source = ToPrepare::read(image, &options)?;
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

fn transfer(options: &Options) -> Result<TransferOptions, Invalid> {
    let mut transfer = TransferOptions::named(String::new());
    if let Some(size) = options.integer("chunkSize", 1, MAX_CHUNK)? {
        transfer.chunk_size = usize::try_from(size).unwrap_or(transfer.chunk_size);
    }
    if let Some(timeout) = ack_timeout(options)? {
        transfer.ack_timeout = timeout;
    }
    if let Some(seconds) = options.number("waitForDevice", 0.0, MAX_TIMER_MS.into())? {
        transfer.wait_for_device = Duration::from_nanos((seconds * 1e9) as u64);
    }
    if let Some(most) = options.integer_or("maxRetries", 0, u32::MAX, f64::INFINITY.into())? {
        transfer.max_retries = finite(most);
    }
    if let Some(most) = options.integer("restarts", 0, u32::MAX)? {
        transfer.restarts = most;
    }
    if let Some(window) = window(options)? {
        transfer.window = window;
    }
    if let Some(name) = options.choice("numbering", "auto, echo, next")?
        && let Some(numbering) = NumberingOption::from_name(&name)
    {
        transfer.numbering = numbering;
    }
    if let Some(strict) = options.boolean("strict")? {
        transfer.strict = strict;
    }
    if let Some(integrity) = options.boolean("integrity")? {
        transfer.integrity = integrity;
    }
    Ok(transfer)
}

fn ack_timeout(options: &Options) -> Result<Option<AckTimeout>, Invalid> {
    let given = options.integer_or("ackTimeoutMs", 1, MAX_TIMER_MS, "auto".into())?;
    Ok(given.map(|given| match finite(given) {
        Some(ms) => AckTimeout::Fixed(Duration::from_millis(ms.into())),
        None => AckTimeout::Auto,
    }))
}

fn window(options: &Options) -> Result<Option<Window>, Invalid> {
    let given = options.integer_or("window", 1, 1024, "auto".into())?;
    Ok(given.map(|given| match finite(given).map(u16::try_from) {
        Some(Ok(chunks)) => Window::Fixed(chunks),
        _ => Window::Auto,
    }))
}
