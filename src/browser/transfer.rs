//! `Transfer`, as `api.d.ts` has it: one image on its way to one device.

use core::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::clock::now;
use super::desk::tell;
use super::error::{mqtt_error, transfer_error, transfer_invalid};
use super::listening::Listening;
use super::lock::Lock;
use super::prepared::Ready;
use super::promise::Deferred;
use super::send_options::SendOptions;
use super::shell::Shell;
use super::views;
use crate::client::{Error, SendRequest};
use crate::time::Instant;
use crate::transfer::{self, Log, Outcome, Progress, TransferId, TransferOptions};

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = leaveUnobserved)]
    fn leave_unobserved(promise: &Promise);
    #[wasm_bindgen(js_name = makeOutcome)]
    fn make_outcome(
        progress: JsValue,
        name: &str,
        bytes: f64,
        crc32: u32,
        numbering: &str,
    ) -> JsValue;
}

/// How often a transfer that another client holds back looks whether it was cancelled meanwhile.
const LOOK_AGAIN_MS: u32 = 1_000;

/// A transfer to one device.
#[wasm_bindgen(skip_typescript)]
pub struct Transfer {
    handle: Rc<TransferHandle>,
}

#[wasm_bindgen]
impl Transfer {
    /// How far it is, now.
    #[wasm_bindgen(getter)]
    pub fn progress(&self) -> JsValue {
        self.handle.progress()
    }

    /// Resolves when the image has arrived whole.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> Promise {
        self.handle.done.promise()
    }

    /// What was sent, answered, resent and ignored.
    #[wasm_bindgen(getter)]
    pub fn log(&self) -> JsValue {
        self.handle.log()
    }

    /// Holds it back.
    pub fn pause(&self) {
        self.handle.with_core(|core, id| core.pause(now(), id));
    }

    /// Goes on.
    pub fn resume(&self) {
        self.handle.with_core(|core, id| core.resume(now(), id));
    }

    /// Ends it, at any stage.
    pub fn cancel(&self) {
        self.handle.cancel(None);
    }
}

/// What the shell and the `Transfer` object share.
pub(super) struct TransferHandle {
    shell: Weak<Shell>,
    /// `None`: it failed before it had a place in the line.
    id: Cell<Option<TransferId>>,
    started: Instant,
    done: Deferred,
    on_progress: Option<Function>,
    abort: RefCell<Option<Listening>>,
    /// Keeps other tabs from sending to the same device meanwhile.
    device: RefCell<Option<Rc<Lock>>>,
    /// What is left when it has ended.
    last_progress: RefCell<Option<Progress>>,
    last_log: RefCell<Option<Log>>,
}

impl TransferHandle {
    fn new(shell: &Rc<Shell>, on_progress: Option<Function>) -> Rc<Self> {
        let done = Deferred::new();
        leave_unobserved(&done.promise());
        Rc::new(Self {
            shell: Rc::downgrade(shell),
            id: Cell::new(None),
            started: now(),
            done,
            on_progress,
            abort: RefCell::default(),
            device: RefCell::default(),
            last_progress: RefCell::default(),
            last_log: RefCell::default(),
        })
    }

    fn with_core(&self, act: impl FnOnce(&mut crate::client::Client, TransferId)) {
        if let (Some(shell), Some(id)) = (self.shell.upgrade(), self.id.get())
            && !self.done.is_settled()
        {
            act(&mut shell.core.borrow_mut(), id);
            shell.schedule();
        }
    }

    /// Cancels at whatever stage it is; the signal's reason becomes the error's cause.
    fn cancel(&self, cause: Option<JsValue>) {
        if self.done.is_settled() {
            return;
        }
        if let Some(cause) = cause {
            let error = transfer::Error::Aborted {
                reason: transfer::AbortReason::Cancelled,
            };
            self.with_core(|core, id| core.cancel(now(), id));
            self.reject(&transfer_error(&error, Some(cause)));
        } else {
            self.with_core(|core, id| core.cancel(now(), id));
        }
    }

    fn reject(&self, error: &JsValue) {
        self.let_go();
        self.done.reject(error);
    }

    fn progress(&self) -> JsValue {
        let live = || {
            let shell = self.shell.upgrade()?;
            let core = shell.core.borrow();
            core.progress(now(), self.id.get()?)
        };
        let progress = self.last_progress.borrow().clone().or_else(live);
        views::progress(
            &progress.unwrap_or_else(|| Progress::queued(now().saturating_since(self.started))),
        )
    }

    fn log(&self) -> JsValue {
        if let Some(log) = &*self.last_log.borrow() {
            return views::log(log, self.started);
        }
        let live = || {
            let shell = self.shell.upgrade()?;
            let core = shell.core.borrow();
            Some(views::log(core.log(self.id.get()?)?, self.started))
        };
        live().unwrap_or_else(|| js_sys::Array::new().into())
    }

    /// The transfer has ended: what the core knew of it is kept here.
    pub(super) fn keep_last(&self, progress: Option<Progress>, log: Option<Log>) {
        self.last_progress.replace(progress);
        self.last_log.replace(log);
        self.let_go();
    }

    /// It has ended.
    fn let_go(&self) {
        self.abort.take();
        self.device.take();
    }

    pub(super) fn handle_progress(&self) {
        if let Some(on_progress) = &self.on_progress
            && !self.done.is_settled()
        {
            tell(on_progress, &self.progress());
        }
    }

    pub(super) fn handle_done(&self, outcome: &Outcome) {
        self.last_progress.replace(Some(outcome.progress.clone()));
        if let Some(on_progress) = &self.on_progress {
            tell(on_progress, &self.progress());
        }
        let value = make_outcome(
            self.progress(),
            &outcome.name,
            outcome.bytes as f64,
            outcome.crc32,
            outcome.numbering.as_str(),
        );
        self.done.resolve(&value);
    }

    pub(super) fn handle_failed(&self, error: &transfer::Error) {
        if let transfer::Error::Refused { from } = error {
            let refused = Error::SubscriptionRefused {
                filter: from.clone(),
            };
            self.reject(&mqtt_error(&refused, None));
        } else {
            self.reject(&transfer_error(error, None));
        }
    }
}

/// `sendImage`: takes a place in the line at once, prepares, and hands over.
pub(super) fn start_transfer(shell: &Rc<Shell>, image: &JsValue, options: &JsValue) -> Transfer {
    let read = SendOptions::read(image, options);
    let on_progress = read
        .as_ref()
        .ok()
        .and_then(|options| options.on_progress.clone());
    let handle = TransferHandle::new(shell, on_progress);
    match read {
        Err(invalid) => handle.reject(&transfer_invalid(&invalid)),
        Ok(options) if options.signal.as_ref().is_some_and(AbortSignal::aborted) => {
            let error = transfer::Error::Aborted {
                reason: transfer::AbortReason::Cancelled,
            };
            handle.reject(&transfer_error(
                &error,
                options.signal.map(|signal| signal.reason()),
            ));
        }
        Ok(options) => queue(shell, &handle, options),
    }
    Transfer { handle }
}

fn queue(shell: &Rc<Shell>, handle: &Rc<TransferHandle>, mut options: SendOptions) {
    let request = SendRequest {
        to: options.to.clone(),
        from: core::mem::take(&mut options.from),
        qos: options.qos,
        wake: options.wake.take(),
    };
    let reserved = shell.core.borrow_mut().reserve(now(), &request);
    let id = match reserved {
        Ok(id) => id,
        Err(error) => return handle.reject(&reservation_error(&error)),
    };
    handle.id.set(Some(id));
    shell.transfers.borrow_mut().insert(id, Rc::clone(handle));
    if let Some(signal) = &options.signal {
        let aborted = Rc::downgrade(handle);
        let fired = signal.clone();
        handle
            .abort
            .replace(Some(Listening::to_abort(signal.clone(), move || {
                if let Some(handle) = aborted.upgrade() {
                    handle.cancel(Some(fired.reason()));
                }
            })));
    }
    shell.schedule();
    let parcel = Parcel {
        shell: Rc::clone(shell),
        handle: Rc::clone(handle),
        id,
        to: options.to,
        name: options.name,
        transfer: options.transfer,
    };
    options
        .source
        .prepare(options.signal, |prepared| parcel.handle_prepared(prepared));
}

/// What is wrong with a topic is the transfer's fault, what is wrong with the client is its own.
fn reservation_error(error: &Error) -> JsValue {
    match error {
        Error::Invalid { option, reason } => {
            transfer_invalid(&super::error::Invalid::new(option, reason.as_str()))
        }
        Error::Closed => transfer_error(&transfer::Error::Closed, None),
        other => mqtt_error(other, None),
    }
}

/// What a transfer is to be, on its way to the core.
struct Parcel {
    shell: Rc<Shell>,
    handle: Rc<TransferHandle>,
    id: TransferId,
    to: String,
    /// `None`: from the image's own name.
    name: Option<String>,
    transfer: TransferOptions,
}

impl Parcel {
    fn handle_prepared(self, prepared: Result<Ready, JsValue>) {
        if self.handle.done.is_settled() {
            return;
        }
        match prepared {
            Ok(ready) => {
                let lock = self.shell.device_lock(&self.to);
                self.handle.device.replace(Some(Rc::clone(&lock)));
                Box::new(self).wait(ready, lock);
            }
            Err(error) => self.fail(&error),
        }
    }

    /// Waits until no other client sends to the device, or this transfer has ended.
    fn wait(mut self: Box<Self>, ready: Ready, lock: Rc<Lock>) {
        let again = Rc::clone(&lock);
        lock.hold(LOOK_AGAIN_MS, move |is_held| {
            if self.handle.done.is_settled() {
                return;
            }
            if is_held {
                return self.supply(ready);
            }
            self.shell.core.borrow_mut().hold_back(now(), self.id);
            self.shell.drive();
            self.wait(ready, again);
        });
    }

    fn supply(&mut self, ready: Ready) {
        let Ready {
            bytes,
            name: own,
            extension,
        } = ready;
        let name = self.name.take();
        let name = name.unwrap_or_else(|| transfer::file_name(own.as_deref(), extension));
        let options = TransferOptions {
            name,
            ..self.transfer.clone()
        };
        let supplied = self
            .shell
            .core
            .borrow_mut()
            .supply(now(), self.id, bytes, options);
        match supplied {
            Ok(()) => self.shell.schedule(),
            Err(error) => self.fail(&transfer_error(&error, None)),
        }
    }

    /// The caller learns the real cause; the core only that this place in the line is free.
    fn fail(&self, error: &JsValue) {
        self.handle.reject(error);
        let aborted = transfer::Error::Aborted {
            reason: transfer::AbortReason::NotPrepared,
        };
        self.shell.core.borrow_mut().fail(now(), self.id, aborted);
        self.shell.transfers.borrow_mut().remove(&self.id);
        self.shell.core.borrow_mut().forget(self.id);
        self.shell.schedule();
    }
}
