//! From a wish for a link to an open socket: credentials, what the browser allows, and why it failed.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::access::{Access, access};
use super::broker_options::fresh_credentials;
use super::clock::now;
use super::error::describe;
use super::later::when;
use super::link::LinkEvent;
use super::listening::Listening;
use super::shell::Shell;
use super::socket::Socket;
use crate::client::{Error, LinkId};
use crate::mqtt::Credentials;

/// How long another client may keep a client id: that of a page that is loaded again lets go late.
const PATIENCE_MS: u32 = 1_000;

// Each step calls the next one, most of them later.
impl Shell {
    /// The broker throws off the first of two clients with one id, and the two would do so to each other for ever: the id is
    /// held before anything else.
    pub(super) fn open_link(self: &Rc<Self>, link: LinkId, url: usize) {
        let lock = self.client_lock.borrow().clone();
        let Some(lock) = lock else {
            return self.ask_credentials(link, url);
        };
        let shell = Rc::clone(self);
        lock.hold(PATIENCE_MS, move |is_held| {
            if is_held {
                return shell.ask_credentials(link, url);
            }
            let reason =
                "another client of this browser, in this tab or another one, has it at this broker: \
                 close that one, or leave clientId out for a random one"
                    .to_owned();
            shell.give_up(
                link,
                Error::Invalid {
                    option: "clientId",
                    reason,
                },
            );
        });
    }

    /// User name, password, and a URL that `credentials()` may have signed.
    fn ask_credentials(self: &Rc<Self>, link: LinkId, url: usize) {
        let url = self.broker.urls.get(url).cloned().unwrap_or_default();
        let Some(fresh) = &self.broker.fresh else {
            return self.ask_access(link, self.broker.fixed.clone(), url);
        };
        let asked = fresh.call0(&JsValue::UNDEFINED).map_or_else(
            |thrown| Promise::reject(&thrown),
            |answer| Promise::resolve(&answer),
        );
        let shell = Rc::clone(self);
        when(&asked, move |answer| match answer {
            Ok(answer) => match fresh_credentials(&answer) {
                Ok((credentials, signed)) => {
                    shell.ask_access(link, credentials, signed.unwrap_or(url));
                }
                Err(invalid) => {
                    let reason = format!("its answer cannot be used: {}", invalid.0);
                    shell.give_up(link, Error::Credentials { reason });
                }
            },
            Err(thrown) => {
                let reason = describe(&thrown);
                if shell.core.borrow().wants(link) {
                    shell.platform_cause.replace(Some(thrown));
                }
                shell.give_up(link, Error::Credentials { reason });
            }
        });
    }

    fn ask_access(self: &Rc<Self>, link: LinkId, credentials: Credentials, url: String) {
        let shell = Rc::clone(self);
        let asked = url.clone();
        access(&asked, move |access| match access {
            Access::Blocked(advice) => shell.give_up(link, Error::Blocked { advice }),
            Access::Open | Access::Prompt(_) => shell.open(link, credentials, &url),
        });
    }

    fn open(self: &Rc<Self>, link: LinkId, credentials: Credentials, url: &str) {
        if !self.core.borrow().wants(link) {
            return;
        }
        let shell = Rc::clone(self);
        let told = url.to_owned();
        let listener = move |event: LinkEvent<'_>| {
            shell.handle_link(link, &told, &credentials, event);
        };
        match Socket::open(url, Rc::new(listener)) {
            Ok(opened) => {
                self.link.replace(Some((link, opened)));
            }
            Err(thrown) => {
                let reason = format!(
                    "the browser refused to connect to {url}: {}",
                    describe(&thrown)
                );
                self.platform_cause.replace(Some(thrown));
                self.give_up(link, Error::Network { reason });
            }
        }
    }

    /// There will be no such link.
    fn give_up(self: &Rc<Self>, link: LinkId, error: Error) {
        if self.core.borrow().wants(link) {
            self.core.borrow_mut().handle_closed(now(), link, error);
            self.drive();
        }
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

    fn handle_link(
        self: &Rc<Self>,
        link: LinkId,
        url: &str,
        credentials: &Credentials,
        event: LinkEvent<'_>,
    ) {
        let now = match event {
            LinkEvent::Bytes(_, came_at) => came_at,
            _ => now(),
        };
        match event {
            LinkEvent::Open => {
                if let Some(trace) = &self.trace {
                    trace.opened();
                }
                self.core.borrow_mut().handle_open(now, link, credentials);
            }
            LinkEvent::Bytes(bytes, _) => self.read(now, link, bytes),
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
                    return self.explain_failure(link, url, reason);
                }
            }
        }
        self.drive_from(now);
    }

    /// A socket that did not open says nothing of why. A permission that is still not granted does.
    fn explain_failure(self: &Rc<Self>, link: LinkId, url: &str, reason: String) {
        let shell = Rc::clone(self);
        access(url, move |access| {
            let error = match access {
                Access::Open => Error::Network { reason },
                Access::Prompt(advice) | Access::Blocked(advice) => Error::Blocked { advice },
            };
            shell.core.borrow_mut().handle_closed(now(), link, error);
            shell.drive();
        });
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
