//! `BrokerOptions` of `api.d.ts`: names, ranges and defaults.

use core::time::Duration;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::client::qos;
use super::error::Invalid;
use super::options::{MAX_TIMER_MS, Options, finite};
use super::source::bytes_of;
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
    #[wasm_bindgen(js_name = flawInUrl)]
    fn flaw_in_url(url: &JsValue) -> Option<String>;
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
        let options = Options::read(value, "options")?;
        let urls = urls(&options)?;
        let credentials = credentials(&options)?;
        let fresh_credentials = options.function("credentials")?;
        let client_id = options.string("clientId")?;
        let is_id_given = client_id.is_some();
        let client_id = client_id.unwrap_or_else(random_client_id);
        let mut client = client(&options, &client_id)?;
        client.urls = urls.len();
        client.fresh_credentials = fresh_credentials.is_some();
        let on_packet = options.function("onPacket")?;
        let signal = options.signal()?;
        options.finish()?;
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

fn urls(options: &Options) -> Result<Vec<String>, Invalid> {
    let value = options.value("url")?.ok_or_else(|| {
        Invalid::new("url", "is needed: ws:// or wss:// and a host, or practice:")
    })?;
    let list = match value.dyn_ref::<Array>() {
        Some(list) => list.clone(),
        None => Array::of1(&value),
    };
    if list.length() == 0 {
        return Err(Invalid::new("url", "must hold at least one URL"));
    }
    list.iter().map(|value| check_url(&value)).collect()
}

/// A URL that a link can be opened to.
pub(super) fn check_url(value: &JsValue) -> Result<String, Invalid> {
    match flaw_in_url(value) {
        Some(reason) => Err(Invalid::new("url", &reason)),
        None => Ok(value.as_string().unwrap_or_default()),
    }
}

fn credentials(options: &Options) -> Result<Credentials, Invalid> {
    let username = options.string("username")?;
    let password = match options.value("password")? {
        Some(value) => Some(bytes_of(&value, "password")?),
        None => None,
    };
    if password.is_some() && username.is_none() {
        return Err(options.invalid("password", "needs a username [MQTT-3.1.2-22]"));
    }
    Ok(Credentials { username, password })
}

/// What `credentials()` answered, with the URL that it may have signed.
pub(super) fn fresh_credentials(value: &JsValue) -> Result<(Credentials, Option<String>), Invalid> {
    let options = Options::read(value, "credentials()")?;
    let credentials = credentials(&options)?;
    let url = options
        .value("url")?
        .map(|url| check_url(&url))
        .transpose()?;
    options.finish()?;
    Ok((credentials, url))
}

fn client(options: &Options, client_id: &str) -> Result<ClientOptions, Invalid> {
    let mut session = SessionOptions::new(client_id);
    if let Some(seconds) = options.integer("keepAlive", 0, 65_535)? {
        session.keep_alive = Duration::from_secs(seconds.into());
    }
    if let Some(clean) = options.boolean("cleanSession")? {
        session.clean_session = clean;
    }
    session.will = will(options)?;
    if let Some(most) = options.integer("maxPacketBytes", 16, 268_435_460)? {
        session.max_packet_bytes = usize::try_from(most).unwrap_or(usize::MAX);
    }
    let mut client = ClientOptions::new(session);
    client.seed = u64::from(random_bits()) << 32 | u64::from(random_bits());
    if let Some(ms) = options.integer("connectTimeoutMs", 1, MAX_TIMER_MS)? {
        client.connect_timeout = Duration::from_millis(ms.into());
    }
    client.reconnect = reconnect(options)?;
    client.max_messages_per_second = options.number("maxMessagesPerSecond", 0.001, 1e6)?;
    if let Some(most) = options.integer("maxOutstanding", 1, 65_535)? {
        client.max_outstanding = usize::try_from(most).unwrap_or(usize::MAX);
    }
    Ok(client)
}

fn will(options: &Options) -> Result<Option<Will>, Invalid> {
    let Some(will) = options.nested("will")? else {
        return Ok(None);
    };
    let topic = will
        .string("topic")?
        .ok_or_else(|| will.invalid("topic", "is needed"))?;
    let payload = match will.value("payload")? {
        Some(value) => bytes_of(&value, "will.payload")?,
        None => Vec::new(),
    };
    let qos = qos(&will)?;
    let retain = will.boolean("retain")?.unwrap_or(false);
    will.finish()?;
    Ok(Some(Will {
        topic,
        payload,
        qos,
        retain,
    }))
}

fn reconnect(options: &Options) -> Result<Option<ReconnectOptions>, Invalid> {
    if options
        .value("reconnect")?
        .is_some_and(|value| value == JsValue::FALSE)
    {
        return Ok(None);
    }
    let mut reconnect = ReconnectOptions::default();
    let Some(given) = options.nested("reconnect")? else {
        return Ok(Some(reconnect));
    };
    if let Some(ms) = given.integer("minDelayMs", 1, MAX_TIMER_MS)? {
        reconnect.min_delay = Duration::from_millis(ms.into());
    }
    if let Some(ms) = given.integer("maxDelayMs", 1, MAX_TIMER_MS)? {
        reconnect.max_delay = Duration::from_millis(ms.into());
    }
    if let Some(most) = given.integer_or("maxAttempts", 0, u32::MAX, f64::INFINITY.into())? {
        reconnect.max_attempts = finite(most);
    }
    if reconnect.max_delay < reconnect.min_delay {
        return Err(given.invalid("maxDelayMs", "must not be less than minDelayMs"));
    }
    given.finish()?;
    Ok(Some(reconnect))
}
