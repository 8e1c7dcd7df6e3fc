//! The end of a turn of the event loop: what the messages of one turn made room for leaves there, as one WebSocket message.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessagePort};

use super::shell::Shell;

/// The present turn of a [`Shell`].
#[derive(Default)]
pub(super) struct Turn {
    /// Made when a transfer first has something to gather.
    end: RefCell<Option<TurnEnd>>,
    /// This task is the end of the turn.
    is_over: Cell<bool>,
}

impl Turn {
    /// No end is to come any longer.
    pub(super) fn clear(&self) {
        self.end.take();
    }
}

impl Shell {
    /// Whether what may go out is left to the end of this turn, which is then asked for.
    pub(super) fn gathers(self: &Rc<Self>) -> bool {
        if self.turn.is_over.get() || !self.core.borrow().gathers() {
            return false;
        }
        let mut end = self.turn.end.borrow_mut();
        if end.is_none() {
            let shell = Rc::downgrade(self);
            let handle = move || {
                if let Some(shell) = shell.upgrade() {
                    shell.end_turn();
                }
            };
            *end = TurnEnd::new(handle).ok();
        }
        end.as_ref().inspect(|end| end.ask()).is_some()
    }

    fn end_turn(self: &Rc<Self>) {
        if let Some(end) = self.turn.end.borrow().as_ref() {
            end.is_asked.set(false);
        }
        self.turn.is_over.set(true);
        self.drive();
        self.turn.is_over.set(false);
    }
}

/// A task of its own, which comes after the messages that the socket has ready. Dropping it silences it.
///
/// It is a `MessageChannel` because `setTimeout` waits for 4 ms when it is nested, and for a second in a hidden tab, and
/// because a microtask would come after each single message.
struct TurnEnd {
    near: MessagePort,
    far: MessagePort,
    is_asked: Cell<bool>,
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
            is_asked: Cell::new(false),
            _on_message: on_message,
        })
    }

    /// Calls the handler at the end of this turn, once.
    fn ask(&self) {
        if !self.is_asked.replace(true) {
            // Nothing in null can fail to be cloned.
            let _ = self.near.post_message(&JsValue::NULL);
        }
    }
}

impl Drop for TurnEnd {
    fn drop(&mut self) {
        self.far.set_onmessage(None);
        self.near.close();
    }
}
