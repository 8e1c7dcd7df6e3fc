//! Progress and journal as plain JavaScript objects.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::time::Instant;
use crate::transfer::{Log, Progress};

/// `Progress` of `api.d.ts`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProgressView {
    phase: &'static str,
    bytes_acked: f64,
    bytes_total: f64,
    chunks_acked: u32,
    chunks_total: u32,
    resends: u32,
    ignored: u32,
    stalled: bool,
    elapsed_ms: f64,
    bytes_per_second: f64,
}

impl ProgressView {
    #[expect(
        clippy::new_ret_no_self,
        reason = "the view is only a step on the way to the object"
    )]
    pub(super) fn new(progress: &Progress) -> JsValue {
        to_js(&Self {
            phase: progress.phase.as_str(),
            bytes_acked: progress.bytes_acked as f64,
            bytes_total: progress.bytes_total as f64,
            chunks_acked: progress.chunks_acked,
            chunks_total: progress.chunks_total,
            resends: progress.resends,
            ignored: progress.ignored,
            stalled: progress.stalled,
            elapsed_ms: progress.elapsed.as_secs_f64() * 1000.0,
            bytes_per_second: progress.bytes_per_second,
        })
    }
}

/// One entry of `Transfer.log`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogView {
    at_ms: f64,
    event: &'static str,
    function: i32,
    number: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl LogView {
    /// The entries as an array, with times in milliseconds since `start`.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the view is only a step on the way to the array"
    )]
    pub(super) fn new(log: &Log, start: Instant) -> JsValue {
        let entries: Vec<Self> = log
            .entries()
            .map(|entry| Self {
                at_ms: entry.at.saturating_since(start).as_secs_f64() * 1000.0,
                event: entry.event.as_str(),
                function: entry.function.into(),
                number: entry.number.into(),
                status: entry.status.map(u8::from),
                reason: entry.reason.map(crate::transfer::Reason::as_str),
            })
            .collect();
        to_js(&entries)
    }
}

fn to_js(value: &impl Serialize) -> JsValue {
    // Structs of numbers and strings cannot fail to serialize.
    serde_wasm_bindgen::to_value(value).unwrap_or(JsValue::UNDEFINED)
}
