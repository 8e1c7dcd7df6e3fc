//! `BrokerOptions` of `api.d.ts`: names, ranges and defaults.

use core::time::Duration;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::Invalid;
use super::options::{MAX_TIMER_MS, Options, finite};
use super::send_options::qos;
use crate::client::{ClientOptions, ReconnectOptions};
use crate::mqtt::{Credentials, SessionOptions, Will};

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = randomClientId)]
    fn random_client_id() -> String;
    #[wasm_bindgen(js_name = randomBits)]
    fn random_bits() -> u32;
}

#[wasm_bindgen(module = "/src/browser/url.js")]
extern "C" {
    #[wasm_bindgen(js_name = flawInUrls)]
    fn flaw_in_urls(urls: &JsValue) -> Option<String>;
    #[wasm_bindgen(js_name = flawInUrl)]
    fn flaw_in_url(url: &JsValue) -> Option<String>;
    #[wasm_bindgen(js_name = listOf)]
    fn list_of(urls: &JsValue) -> Vec<String>;
}

/// The options of `MqttClient.connect`, read.
pub(super) struct BrokerOptions {
    pub(super) urls: Vec<String>,
    pub(super) client: ClientOptions,
    /// The client id was given, and another client may have been given it too.
    pub(super) is_id_given: bool,
    pub(super) credentials: Credentials,
    pub(super) fresh_credentials: Option<Function>,
    pub(super) on_packet: Option<Function>,
    pub(super) signal: Option<AbortSignal>,
}

impl BrokerOptions {
    pub(super) fn read(value: &JsValue) -> Result<Self, Invalid> {
        let options = Options::read(value, "options");
        let urls = options.value("url");
        if let Some(flaw) = flaw_in_urls(&urls) {
            options.refuse("url", &flaw);
        }
        let credentials = credentials(&options);
        let fresh_credentials = options.function("credentials");
        let client_id = options.string("clientId");
        let is_id_given = client_id.is_some();
        let mut client = client(&options, client_id.unwrap_or_else(random_client_id));
        let on_packet = options.function("onPacket");
        let signal = options.signal();
        options.finish()?;
        let urls = list_of(&urls);
        client.urls = urls.len();
        client.fresh_credentials = fresh_credentials.is_some();
        Ok(Self {
            urls,
            client,
            is_id_given,
            credentials,
            fresh_credentials,
            on_packet,
            signal,
        })
    }
}

/// A URL that a link can be opened to.
pub(super) fn check_url(value: &JsValue) -> Result<String, Invalid> {
    match flaw_in_url(value) {
        Some(reason) => Err(Invalid::new("url", &reason)),
        None => Ok(value.as_string().unwrap_or_default()),
    }
}

fn credentials(options: &Options) -> Credentials {
    let username = options.string("username");
    let password = options.binary("password");
    if password.is_some() && username.is_none() {
        options.refuse("password", "needs a username [MQTT-3.1.2-22]");
    }
    Credentials { username, password }
}

/// What `credentials()` answered, with the URL that it may have signed.
pub(super) fn fresh_credentials(value: &JsValue) -> Result<(Credentials, Option<String>), Invalid> {
    let options = Options::read(value, "credentials()");
    let credentials = credentials(&options);
    let url = options.value("url");
    options.finish()?;
    let url = (!url.is_undefined()).then(|| check_url(&url)).transpose()?;
    Ok((credentials, url))
}

fn client(options: &Options, client_id: String) -> ClientOptions {
    let mut session = SessionOptions::new(client_id);
    let usual = u32::try_from(session.keep_alive.as_secs()).unwrap_or(u32::MAX);
    let keep_alive = options.integer("keepAlive", 0, 65_535, usual);
    session.keep_alive = Duration::from_secs(keep_alive.into());
    session.clean_session = options.boolean("cleanSession", session.clean_session);
    session.will = options.nested("will").map(|options| will(&options));
    let usual = session.max_packet_bytes;
    session.max_packet_bytes = size(options, "maxPacketBytes", 16, 268_435_460, usual);
    let mut client = ClientOptions::new(session);
    client.seed = u64::from(random_bits()) << 32 | u64::from(random_bits());
    client.connect_timeout = milliseconds(options, "connectTimeoutMs", client.connect_timeout);
    client.reconnect = reconnect(options);
    client.max_messages_per_second = options.number("maxMessagesPerSecond", 0.001, 1e6);
    client.max_outstanding = size(options, "maxOutstanding", 1, 65_535, client.max_outstanding);
    client
}

fn will(options: &Options) -> Will {
    let topic = options.string("topic");
    if topic.is_none() {
        options.refuse("topic", "is needed");
    }
    Will {
        topic: topic.unwrap_or_default(),
        payload: options.binary("payload").unwrap_or_default(),
        qos: qos(options),
        retain: options.boolean("retain", false),
    }
}

fn reconnect(options: &Options) -> Option<ReconnectOptions> {
    if options.value("reconnect") == JsValue::FALSE {
        return None;
    }
    let usual = ReconnectOptions::default();
    let Some(options) = options.nested("reconnect") else {
        return Some(usual);
    };
    let attempts = usual.max_attempts.map_or(f64::INFINITY, f64::from);
    let reconnect = ReconnectOptions {
        min_delay: milliseconds(&options, "minDelayMs", usual.min_delay),
        max_delay: milliseconds(&options, "maxDelayMs", usual.max_delay),
        max_attempts: finite(options.integer_or("maxAttempts", 0, u32::MAX, attempts, None)),
    };
    if reconnect.max_delay < reconnect.min_delay {
        options.refuse("maxDelayMs", "must not be less than minDelayMs");
    }
    Some(reconnect)
}

fn milliseconds(options: &Options, name: &str, usual: Duration) -> Duration {
    let usual = u32::try_from(usual.as_millis()).unwrap_or(MAX_TIMER_MS);
    Duration::from_millis(options.integer(name, 1, MAX_TIMER_MS, usual).into())
}

fn size(options: &Options, name: &str, least: u32, most: u32, usual: usize) -> usize {
    let usual = u32::try_from(usual).unwrap_or(most);
    usize::try_from(options.integer(name, least, most, usual)).unwrap_or(usize::MAX)
}
