//! The end of a turn of the event loop: what the socket brought in one turn is read there in one go, and what it made room
//! for leaves as one WebSocket message.

use core::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessagePort};

use super::shell::Shell;
use crate::client::LinkId;
use crate::time::Instant;

/// The present turn of a [`Shell`].
#[derive(Default)]
pub(super) struct Turn {
    /// Made when there is first something to gather.
    end: RefCell<Option<TurnEnd>>,
    /// What came in this turn and has not been read.
    gathered: RefCell<Option<(LinkId, Vec<u8>)>>,
}

impl Turn {
    /// No end is to come any longer.
    pub(super) fn clear(&self) {
        self.end.take();
        self.gathered.take();
    }
}

impl Shell {
    /// Keeps a message of the socket's for the end of this turn, if the core would rather read it there; false if not.
    pub(super) fn gather(self: &Rc<Self>, link: LinkId, bytes: &[u8]) -> bool {
        let mut gathered = self.turn.gathered.borrow_mut();
        if let Some((_, before)) = gathered.as_mut().filter(|(of, _)| *of == link) {
            before.extend_from_slice(bytes);
            return true;
        }
        let is_kept = self.core.borrow().gathers() && self.ask_for_end();
        if is_kept {
            *gathered = Some((link, bytes.to_vec()));
        }
        is_kept
    }

    fn ask_for_end(self: &Rc<Self>) -> bool {
        let mut end = self.turn.end.borrow_mut();
        if end.is_none() {
            let shell = Rc::downgrade(self);
            let handle = move || {
                if let Some(shell) = shell.upgrade() {
                    shell.drive();
                }
            };
            *end = TurnEnd::new(handle).ok();
        }
        end.as_ref().inspect(|end| end.ask()).is_some()
    }

    /// Reads what was gathered, before anything that came after it and before anything is sent.
    pub(super) fn read_gathered(&self, now: Instant) {
        if let Some((link, bytes)) = self.turn.gathered.take() {
            self.core.borrow_mut().handle_input(now, link, &bytes);
        }
    }
}

/// A task of its own, which comes after the messages that the socket has ready. Dropping it silences it.
///
/// It is a `MessageChannel` because `setTimeout` waits for 4 ms when it is nested, and for a second in a hidden tab, and
/// because a microtask would come after each single message.
struct TurnEnd {
    near: MessagePort,
    far: MessagePort,
    _on_message: Closure<dyn FnMut()>,
}

impl TurnEnd {
    /// `handle` is called at the end of each turn in which [`TurnEnd::ask`] was.
    fn new(handle: impl FnMut() + 'static) -> Result<Self, JsValue> {
        let channel = MessageChannel::new()?;
        let (near, far) = (channel.port1(), channel.port2());
        let on_message = Closure::<dyn FnMut()>::new(handle);
        far.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Ok(Self {
            near,
            far,
            _on_message: on_message,
        })
    }

    /// Calls the handler at the end of this turn.
    fn ask(&self) {
        // Nothing in null can fail to be cloned.
        let _ = self.near.post_message(&JsValue::NULL);
    }
}

impl Drop for TurnEnd {
    fn drop(&mut self) {
        self.far.set_onmessage(None);
        self.near.close();
    }
}
