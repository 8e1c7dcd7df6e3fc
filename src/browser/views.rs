//! Progress and journal as plain JavaScript objects.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::time::Instant;
use crate::transfer::{Log, LogEntry, Progress, Reason};

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeProgress)]
    fn make_progress(
        phase: &str,
        bytes_acked: f64,
        bytes_total: f64,
        chunks_acked: u32,
        chunks_total: u32,
        resends: u32,
        ignored: u32,
        stalled: bool,
        elapsed_ms: f64,
        bytes_per_second: f64,
    ) -> JsValue;
    #[wasm_bindgen(js_name = makeLogEntry)]
    fn make_log_entry(
        at_ms: f64,
        event: &str,
        function: i32,
        number: i32,
        status: Option<u8>,
        reason: Option<&str>,
    ) -> JsValue;
}

/// `Progress` of `api.d.ts`.
pub(super) fn progress(progress: &Progress) -> JsValue {
    make_progress(
        progress.phase.as_str(),
        progress.bytes_acked as f64,
        progress.bytes_total as f64,
        progress.chunks_acked,
        progress.chunks_total,
        progress.resends,
        progress.ignored,
        progress.stalled,
        progress.elapsed.as_secs_f64() * 1000.0,
        progress.bytes_per_second,
    )
}

/// `Transfer.log`: the entries with times in milliseconds since `start`.
pub(super) fn log(log: &Log, start: Instant) -> JsValue {
    let entry = |entry: &LogEntry| {
        make_log_entry(
            entry.at().saturating_since(start).as_secs_f64() * 1000.0,
            entry.event.as_str(),
            entry.function.into(),
            entry.number.into(),
            entry.status.map(u8::from),
            entry.reason.map(Reason::as_str),
        )
    };
    let entries = Array::new();
    for one in log.entries() {
        entries.push(&entry(one));
    }
    entries.into()
}
