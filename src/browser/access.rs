//! What the browser will say to a connection before it is tried: mixed content and Local Network Access.
//!
//! A refused socket looks like a broker that is off: an error event without text and close code 1006. So the browser is
//! asked beforehand, and what it will ask the person in its turn is explained.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::Url;

use super::broker_options::check_url;
use super::error::mqtt_invalid;

/// The names under which browsers have had the permission, newest first.
const LOOPBACK_PERMISSIONS: [&str; 2] = ["loopback-network", "local-network-access"];
const LOCAL_PERMISSIONS: [&str; 2] = ["local-network", "local-network-access"];

/// Where an address is, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    Loopback,
    Local,
    Public,
}

/// What the browser will do with a connection.
pub(super) enum Access {
    Open,
    Prompt(String),
    Blocked(String),
}

/// What the browser will say to a connection before it is tried.
#[wasm_bindgen(js_name = checkAccess, skip_typescript)]
pub fn check_access(url: JsValue) -> Promise {
    future_to_promise(async move {
        let url = check_url(&url).map_err(|invalid| mqtt_invalid(&invalid))?;
        let (access, advice) = match access(&url).await {
            Access::Open => ("open", String::new()),
            Access::Prompt(advice) => ("prompt", advice),
            Access::Blocked(advice) => ("blocked", advice),
        };
        let object = Object::new();
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &"access".into(), &access.into());
        let _ = Reflect::set(&object, &"advice".into(), &advice.into());
        Ok(object.into())
    })
}

/// Asks the browser about `url`, which has been checked.
pub(super) async fn access(url: &str) -> Access {
    let Ok(url) = Url::new(url) else {
        return Access::Open;
    };
    let there = space(&url.hostname());
    if let Some(advice) = mixed_content(&url, there) {
        return Access::Blocked(advice);
    }
    let here = page_space();
    if there == Space::Public || here != Space::Public {
        return Access::Open;
    }
    local_network(there, &url.host()).await
}

/// An https page may not open ws:// to a name on the internet.
fn mixed_content(url: &Url, there: Space) -> Option<String> {
    let is_secure_page = location("protocol").as_deref() == Some("https:");
    if !is_secure_page || url.protocol() != "ws:" || there != Space::Public {
        return None;
    }
    Some(format!(
        "this page came by https, so the browser will not let it connect to {} without encryption: use wss:// and the \
         broker's TLS port, or open this page by http from the broker's own network",
        url.host()
    ))
}

async fn local_network(there: Space, host: &str) -> Access {
    let names = if there == Space::Loopback {
        LOOPBACK_PERMISSIONS
    } else {
        LOCAL_PERMISSIONS
    };
    match permission(&names).await.as_deref() {
        Some("denied") => Access::Blocked(format!(
            "this browser was told not to let the page reach devices on your network, and {host} is one of them: allow \
             it under the icon beside the address, and load the page again"
        )),
        Some("prompt") => Access::Prompt(format!(
            "your browser will ask whether this page may reach devices on your network: say yes, {host} is one of them"
        )),
        // Granted, or a browser that does not know the permission.
        _ => Access::Open,
    }
}

/// The state of the first permission that this browser knows.
async fn permission(names: &[&str]) -> Option<String> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let permissions = Reflect::get(&navigator, &"permissions".into()).ok()?;
    let query: js_sys::Function = Reflect::get(&permissions, &"query".into())
        .ok()?
        .dyn_into()
        .ok()?;
    for name in names {
        let descriptor = Object::new();
        let _ = Reflect::set(&descriptor, &"name".into(), &(*name).into());
        let Ok(promise) = query.call1(&permissions, &descriptor) else {
            continue;
        };
        if let Ok(status) = JsFuture::from(Promise::resolve(&promise)).await {
            return Reflect::get(&status, &"state".into()).ok()?.as_string();
        }
    }
    None
}

/// Where this page came from. One without a host (a file, a blob) counts as local, as the browser does not ask it.
fn page_space() -> Space {
    match location("hostname") {
        Some(host) if !host.is_empty() => space(&host),
        _ => Space::Loopback,
    }
}

fn location(part: &str) -> Option<String> {
    let location = Reflect::get(&js_sys::global(), &"location".into()).ok()?;
    Reflect::get(&location, &part.into()).ok()?.as_string()
}

/// What a host's name tells. A public name may lead to a private address; that only the browser sees.
fn space(host: &str) -> Space {
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_ascii_lowercase();
    if host == "localhost"
        || host.ends_with(".localhost")
        || host == "::1"
        || octets(&host).is_some_and(|[a, ..]| a == 127)
    {
        return Space::Loopback;
    }
    let is_private = match octets(&host) {
        Some([10, ..] | [192, 168, ..] | [169, 254, ..]) => true,
        Some([172, b, ..]) => (16..32).contains(&b),
        Some(_) => false,
        None => host.ends_with(".local") || is_private_v6(&host),
    };
    if is_private {
        Space::Local
    } else {
        Space::Public
    }
}

/// Unique local (fc00::/7) and link-local (fe80::/10) addresses.
fn is_private_v6(host: &str) -> bool {
    host.contains(':')
        && ["fc", "fd", "fe8", "fe9", "fea", "feb"]
            .iter()
            .any(|start| host.starts_with(start))
}

fn octets(host: &str) -> Option<[u8; 4]> {
    let parts: Vec<u8> = host
        .split('.')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    parts.try_into().ok()
}
