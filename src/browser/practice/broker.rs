//! `practice:`: the loopback broker behind what looks like a socket to the shell.
//!
//! Each instance of the module has one, which all its clients and virtual devices share. Nothing leaves the page.

use core::cell::RefCell;
use core::time::Duration;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::super::clock::{Alarm, now};
use super::PracticeSocket;
use crate::loopback::{Broker, ConnectionId};

/// How long the broker works before it lets the page have a turn. It answers at once, so that a transfer alone would
/// keep it busy to its end.
const TURN: Duration = Duration::from_millis(4);

thread_local! {
    static PRACTICE: Rc<Practice> = Rc::new(Practice::new());
}

fn practice() -> Rc<Practice> {
    PRACTICE.with(Rc::clone)
}

/// Links a socket to the broker.
#[cfg_attr(not(feature = "mqtt"), wasm_bindgen(js_name = linkPractice, skip_typescript))]
pub fn link_practice(socket: PracticeSocket) {
    let practice = practice();
    let id = practice.broker.borrow_mut().handle_open(now());
    practice.links.borrow_mut().push((id, socket.clone()));
    socket.linked(id.number() as f64, &practice.say);
}

/// The broker, and who is linked to it.
struct Practice {
    broker: RefCell<Broker>,
    links: RefCell<Vec<(ConnectionId, PracticeSocket)>>,
    alarm: Alarm,
    /// What all sockets call.
    say: Closure<dyn Fn(f64, Option<Vec<u8>>)>,
}

impl Practice {
    fn new() -> Self {
        Self {
            broker: RefCell::default(),
            links: RefCell::default(),
            alarm: Alarm::default(),
            say: Closure::new(|id, bytes: Option<Vec<u8>>| {
                let id = ConnectionId::from_number(id as u64);
                practice().handle(id, bytes.as_deref());
            }),
        }
    }

    /// A client says something, or has ended its link.
    fn handle(&self, id: ConnectionId, bytes: Option<&[u8]>) {
        if let Some(bytes) = bytes {
            self.broker.borrow_mut().handle_input(now(), id, bytes);
        } else {
            self.forget(id);
            self.broker.borrow_mut().handle_closed(id);
        }
        // It has an answer, or a will is on its way.
        self.wake();
    }

    fn forget(&self, id: ConnectionId) -> Option<PracticeSocket> {
        let mut links = self.links.borrow_mut();
        let at = links.iter().position(|(other, _)| *other == id)?;
        Some(links.remove(at).1)
    }

    fn wake(&self) {
        self.alarm.set(Some(now()), || practice().turn());
    }

    fn turn(&self) {
        self.alarm.handle_ring();
        let from = now();
        self.broker.borrow_mut().handle_timeout(from);
        while self.answer() {
            if now().saturating_since(from) >= TURN {
                return self.wake();
            }
        }
        let deadline = self.broker.borrow().poll_timeout();
        self.alarm.set(deadline, || practice().turn());
    }

    /// Hands over what the broker has for each link; says whether that was anything. Nothing is borrowed while a
    /// socket hears it: its owner may say something, open and close links.
    fn answer(&self) -> bool {
        let mut any = false;
        let links = self.links.borrow().clone();
        for (id, socket) in links {
            let mut bytes = Vec::new();
            any |= self.broker.borrow_mut().poll_transmit(id, &mut bytes);
            socket.hear(&bytes);
        }
        loop {
            let Some(id) = self.broker.borrow_mut().poll_closed() else {
                return any;
            };
            if let Some(socket) = self.forget(id) {
                socket.end();
            }
        }
    }
}
