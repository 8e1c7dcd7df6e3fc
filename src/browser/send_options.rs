//! `SendOptions` of `api.d.ts`: names, ranges and defaults.

use core::time::Duration;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::client::qos;
use super::error::Invalid;
use super::options::{MAX_TIMER_MS, Options, whole};
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
        let mut options = Options::read(value, "options")?;
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
        let qos = qos(&mut options)?;
        let transfer = transfer(&mut options)?;
        let on_progress = options.function("onProgress")?;
        let signal = options.signal()?;
        let source = ToPrepare::read(image, &mut options)?;
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

fn transfer(options: &mut Options) -> Result<TransferOptions, Invalid> {
    let mut transfer = TransferOptions::named(String::new());
    if let Some(size) = options.integer("chunkSize", 1, MAX_CHUNK)? {
        transfer.chunk_size = usize::try_from(size).unwrap_or(transfer.chunk_size);
    }
    if let Some(timeout) = ack_timeout(options)? {
        transfer.ack_timeout = timeout;
    }
    if let Some(seconds) = options.number(
        "waitForDevice",
        0.0..=f64::from(MAX_TIMER_MS),
        "0 to 2147483647",
    )? {
        transfer.wait_for_device = Duration::from_nanos((seconds * 1e9) as u64);
    }
    if let Some(most) = options.integer_or_infinity("maxRetries", 0, u32::MAX)? {
        transfer.max_retries = most;
    }
    if let Some(most) = options.integer("restarts", 0, u32::MAX)? {
        transfer.restarts = most;
    }
    if let Some(window) = window(options)? {
        transfer.window = window;
    }
    if let Some(numbering) =
        options.choice("numbering", "auto, echo, next", NumberingOption::from_name)?
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

fn ack_timeout(options: &mut Options) -> Result<Option<AckTimeout>, Invalid> {
    let Some(value) = options.value("ackTimeoutMs")? else {
        return Ok(None);
    };
    if value == "auto" {
        return Ok(Some(AckTimeout::Auto));
    }
    whole(&value, 1, MAX_TIMER_MS)
        .map(|ms| Some(AckTimeout::Fixed(Duration::from_millis(ms.into()))))
        .ok_or_else(|| {
            options.invalid(
                "ackTimeoutMs",
                format!("must be a whole number from 1 to {MAX_TIMER_MS}, or \"auto\""),
            )
        })
}

fn window(options: &mut Options) -> Result<Option<Window>, Invalid> {
    let Some(value) = options.value("window")? else {
        return Ok(None);
    };
    if value == "auto" {
        return Ok(Some(Window::Auto));
    }
    whole(&value, 1, 1024)
        .and_then(|chunks| u16::try_from(chunks).ok())
        .map(|chunks| Some(Window::Fixed(chunks)))
        .ok_or_else(|| {
            options.invalid(
                "window",
                "must be a whole number from 1 to 1024, or \"auto\"",
            )
        })
}
