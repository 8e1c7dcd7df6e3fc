//! From a wish for a link to an open socket: credentials, what the browser allows, and why it failed.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::access::{Access, access};
use super::clock::now;
use super::link::{Link, LinkEvent};
use super::listening::Listening;
use super::shell::{Shell, describe};
use crate::client::{Error, LinkId};
use crate::mqtt::Credentials;

/// How long another client may keep a client id: that of a page that is loaded again lets go late.
const PATIENCE_MS: u32 = 1_000;

impl Shell {
    pub(super) async fn open_link(self: Rc<Self>, link: LinkId, url: usize) {
        let opened = self.open_with_credentials(link, url).await;
        if !self.core.borrow().wants(link) {
            return;
        }
        match opened {
            Ok(opened) => {
                self.link.replace(Some((link, opened)));
            }
            Err(error) => {
                self.core.borrow_mut().handle_closed(now(), link, error);
                self.drive();
            }
        }
    }

    async fn open_with_credentials(
        self: &Rc<Self>,
        link: LinkId,
        url: usize,
    ) -> Result<Link, Error> {
        self.hold_client_id().await?;
        let (credentials, signed) = self.credentials(link).await?;
        let url = signed
            .or_else(|| self.broker.urls.get(url).cloned())
            .unwrap_or_default();
        if let Access::Blocked(advice) = access(&url).await {
            return Err(Error::Blocked { advice });
        }
        if !self.core.borrow().wants(link) {
            return Err(Error::Closed);
        }
        let shell = Rc::clone(self);
        let told = url.clone();
        let listener = move |event: LinkEvent<'_>| {
            shell.handle_link(link, &told, &credentials, event);
        };
        Link::open(&url, Rc::new(listener)).map_err(|thrown| {
            let reason = format!(
                "the browser refused to connect to {url}: {}",
                describe(&thrown)
            );
            self.platform_cause.replace(Some(thrown));
            Error::Network { reason }
        })
    }

    /// Tries at once when the network comes back, and tests the link when it seems to go. Chromium tells pages alone, so the
    /// page of a worker calls `check()`.
    pub(super) fn watch_network(self: &Rc<Self>) {
        let watch = |event, is_online| {
            let shell = Rc::downgrade(self);
            Listening::to_global(event, move || {
                if let Some(shell) = shell.upgrade() {
                    shell.core.borrow_mut().handle_network(now(), is_online);
                    shell.drive();
                }
            })
        };
        self.network
            .replace(vec![watch("online", true), watch("offline", false)]);
    }

    /// The broker throws off the first of two clients with one id, and the two would do so to each other for ever.
    async fn hold_client_id(&self) -> Result<(), Error> {
        let lock = self.client_lock.borrow().clone();
        let Some(lock) = lock else { return Ok(()) };
        if lock.hold(PATIENCE_MS).await {
            return Ok(());
        }
        Err(Error::Invalid {
            option: "clientId",
            reason: "another client of this browser, in this tab or another one, has it at this broker: close that one, \
                     or leave clientId out for a random one"
                .to_owned(),
        })
    }

    /// User name, password, and a URL that `credentials()` may have signed.
    async fn credentials(&self, link: LinkId) -> Result<(Credentials, Option<String>), Error> {
        let Some(fresh) = &self.broker.fresh else {
            return Ok((self.broker.fixed.clone(), None));
        };
        let asked = async {
            let answer = fresh.call0(&JsValue::UNDEFINED)?;
            JsFuture::from(js_sys::Promise::resolve(&answer)).await
        };
        match asked.await {
            Ok(answer) => super::broker_options::fresh_credentials(&answer).map_err(|invalid| {
                Error::Credentials {
                    reason: format!(
                        "its answer cannot be used: {}: {}",
                        invalid.option, invalid.reason
                    ),
                }
            }),
            Err(thrown) => {
                let reason = describe(&thrown);
                if self.core.borrow().wants(link) {
                    self.platform_cause.replace(Some(thrown));
                }
                Err(Error::Credentials { reason })
            }
        }
    }

    fn handle_link(
        self: &Rc<Self>,
        link: LinkId,
        url: &str,
        credentials: &Credentials,
        event: LinkEvent<'_>,
    ) {
        if let LinkEvent::Message(bytes) = event {
            if let Some(trace) = &self.trace {
                trace.received(bytes);
            }
            if self.gather(link, bytes) {
                return;
            }
        }
        let now = now();
        self.read_gathered(now);
        match event {
            LinkEvent::Open => {
                if let Some(trace) = &self.trace {
                    trace.opened();
                }
                self.core.borrow_mut().handle_open(now, link, credentials);
            }
            LinkEvent::Message(bytes) => {
                self.core.borrow_mut().handle_input(now, link, bytes);
            }
            LinkEvent::Text => {
                let reason =
                    "it sent a text frame, which MQTT over WebSocket does not have".to_owned();
                self.core
                    .borrow_mut()
                    .handle_closed(now, link, Error::Protocol { reason });
            }
            LinkEvent::Closed { code, reason } => {
                let was_up = self.core.borrow().is_up(link);
                let reason = closed_reason(url, was_up, code, &reason);
                if was_up {
                    self.core
                        .borrow_mut()
                        .handle_closed(now, link, Error::Network { reason });
                } else {
                    return spawn_local(Rc::clone(self).explain_failure(
                        link,
                        url.to_owned(),
                        reason,
                    ));
                }
            }
        }
        self.drive_from(now);
    }

    /// A socket that did not open says nothing of why. A permission that is still not granted does.
    async fn explain_failure(self: Rc<Self>, link: LinkId, url: String, reason: String) {
        let error = match access(&url).await {
            Access::Open => Error::Network { reason },
            Access::Prompt(advice) | Access::Blocked(advice) => Error::Blocked { advice },
        };
        self.core.borrow_mut().handle_closed(now(), link, error);
        self.drive();
    }
}

/// A browser says of a socket that did not open only that it closed, whatever the cause.
fn closed_reason(url: &str, was_up: bool, code: u16, reason: &str) -> String {
    let said = match (code, reason) {
        (LinkEvent::ABNORMAL, "") => String::new(),
        (code, "") => format!(" (close code {code})"),
        (code, reason) => format!(" (close code {code}: {reason})"),
    };
    if was_up {
        format!("the connection to {url} was lost{said}")
    } else {
        format!(
            "no broker answers at {url}{said}: check that it runs, that the port is its WebSocket listener, and its path (/mqtt, /ws)"
        )
    }
}
