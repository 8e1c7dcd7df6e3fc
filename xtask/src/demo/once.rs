//! `--image FILE`: one image sent by the real page in a browser without a window, and the verdict.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::chromium::Chromium;
use super::serve::Device;
use crate::error::{Error, Result};
use crate::paths::Paths;

const LIMIT: Duration = Duration::from_secs(120);
/// How often the page is asked for its result.
const PAUSE: Duration = Duration::from_millis(200);

/// Opens `url`, which sends by itself, and waits until page and device agree that the image arrived.
pub fn send(paths: &Paths, url: &str, device: &Device) -> Result<ExitCode> {
    println!("sending by {url}");
    let started = Instant::now();
    let mut browser = Chromium::start(paths, url)?;
    let (mut arrived, mut result) = (None, None);
    while started.elapsed() < LIMIT {
        if let Some(image) = device.next(Some(PAUSE))? {
            arrived = Some(image);
        }
        if result.is_none() {
            result = page_result(&mut browser)?;
        }
        match (&arrived, &result) {
            (_, Some(result)) if result["ok"] != true => return Err(refused(result)),
            (Some(image), Some(result)) if image.whole => {
                return verdict(image.crc32, image.bytes.len(), result, started);
            }
            _ => {}
        }
    }
    Err(not_in_time(result.is_some()))
}

fn verdict(crc32: u32, bytes: usize, result: &Value, started: Instant) -> Result<ExitCode> {
    let sent = result["crc32"].as_str().unwrap_or_default();
    let received = format!("{crc32:08x}");
    if sent != received {
        return Err(Error::new(
            format!("the page sent crc32 {sent}, the device received {received}"),
            "this is a fault of the project: please report it",
        ));
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("sent and received whole: {bytes} bytes, crc32 {received}, {seconds:.1} s");
    Ok(ExitCode::SUCCESS)
}

/// What the page says in `output#result`, once it says anything.
fn page_result(browser: &mut Chromium) -> Result<Option<Value>> {
    let text = browser.evaluate("document.querySelector('output#result')?.textContent ?? ''")?;
    match text.as_str() {
        None | Some("") => Ok(None),
        Some(text) => serde_json::from_str(text).map(Some).map_err(|_| {
            Error::new(
                format!("the page's result is no JSON: {text}"),
                "this is a fault of the project: please report it",
            )
        }),
    }
}

fn refused(result: &Value) -> Error {
    let error = &result["error"];
    let text = |key: &str| error[key].as_str().unwrap_or("?").to_owned();
    Error::new(
        format!(
            "the image was not sent: {} ({})",
            text("message"),
            text("code")
        ),
        "try it by hand with `cargo xtask demo`",
    )
}

fn not_in_time(page_done: bool) -> Error {
    let who = if page_done { "device" } else { "page" };
    Error::new(
        format!(
            "the {who} had nothing to report after {} s",
            LIMIT.as_secs()
        ),
        "try it by hand with `cargo xtask demo`, or look at target/xtask-logs/chromium.log",
    )
}
