//! One transfer: begin, then data, then finish, each until the device has answered it.
//!
//! A [`Sender`] is driven by the [`Fleet`](super::Fleet), which tells it when its turn has come, routes feedback to it and
//! asks it for frames. It repeats the outer verbs: `handle_*` in, `poll_*` out.

mod chunks;
mod cuts;
mod feedback;
mod others;
mod timeouts;
mod transmit;

use super::clock::{Patience, StopClock};
use super::error::{Error, Stage};
use super::frame::{MAX_CHUNKS, MAX_FRAME_DATA};
use super::image::Image;
use super::lingering::{LATEST_FEEDBACK, Lingering};
use super::log::{Log, LogEntry, LogEvent, Reason};
use super::name::check_name;
use super::numbering::Numbering;
use super::options::{Phase, Progress, TransferOptions};
use super::rate::Rate;
use super::refill::Refill;
use super::window::Congestion;
use crate::time::Instant;
use chunks::{Chunks, Tries};
pub(super) use cuts::SOON;
use others::Others;
pub(super) use transmit::Payload;

/// Begin or finish: one message at a time, sent until it is answered.
#[derive(Debug, Default)]
struct Control {
    /// It is to be sent as soon as it may.
    is_wanted: bool,
    /// Why that is not the first time, where it is known.
    again: Option<Reason>,
    /// When it was last sent, in felt time, while its answer is awaited.
    sent_at: Option<Instant>,
    sendings: u32,
    tries: Tries,
    /// How many links in a row fell right after it was sent.
    cuts: u32,
}

impl Control {
    fn wanted() -> Self {
        Self {
            is_wanted: true,
            ..Self::default()
        }
    }
}

/// How a transfer ended.
pub(super) type End = Result<Numbering, Error>;

#[derive(Debug)]
pub(super) struct Sender {
    image: Image,
    from: String,
    options: TransferOptions,
    announcement: Vec<u8>,
    phase: Phase,
    numbering: Option<Numbering>,
    control: Control,
    chunks: Chunks,
    window: Congestion,
    refill: Refill,
    clock: StopClock,
    patience: Patience,
    link: LinkView,
    is_paused: bool,
    restarts_left: u32,
    /// Nothing is sent and no feedback counts until then: what is still on its way belongs to the round before.
    quiet_until: Option<Instant>,
    /// When its turn on its feedback topic came.
    turn_at: Instant,
    /// What it sent since the fleet last asked.
    sent: Lingering,
    /// What others on the topic sent before.
    earlier: Lingering,
    /// When a device that sleeps is given up.
    give_up_at: Option<Instant>,
    started_at: Instant,
    resends: u32,
    ignored: u32,
    others: Others,
    /// Until when a frame that was sent more than once may still be on its way.
    stray_until: Option<Instant>,
    bytes_acked: usize,
    rate: Rate,
    log: Log,
    end: Option<End>,
}

/// What a transfer knows of the link under it.
#[derive(Debug, Default)]
struct LinkView {
    is_online: bool,
    has_been_online: bool,
    /// A test is under way: the clocks stand still.
    is_testing: bool,
    /// The fleet has not passed the wish for a test on yet.
    wants_test: bool,
    /// The test was answered, so silence is the device's.
    is_vouched: bool,
    /// One new begin is allowed since the last reconnect.
    grants_restart: bool,
}

impl Sender {
    /// Checks everything that can be wrong before the first byte is sent.
    ///
    /// # Errors
    /// [`Error::Invalid`] or [`Error::TooLarge`].
    pub(super) fn new(
        started_at: Instant,
        from: &str,
        image: Image,
        options: TransferOptions,
    ) -> Result<Self, Error> {
        let total = count_chunks(&image, &options)?;
        let chunks = u32::try_from(total).unwrap_or(u32::MAX);
        let waits = !options.wait_for_device.is_zero();
        let mut clock = StopClock::default();
        clock.set_running(started_at, false);
        Ok(Self {
            from: from.to_owned(),
            announcement: announcement(&image, &options),
            phase: if waits { Phase::Waiting } else { Phase::Begin },
            numbering: options.numbering.known(),
            control: Control::wanted(),
            chunks: Chunks::new(chunks),
            window: Congestion::new(options.window, chunks),
            refill: Refill::default(),
            clock,
            patience: Patience::new(options.ack_timeout),
            link: LinkView::default(),
            is_paused: false,
            restarts_left: options.restarts,
            quiet_until: None,
            turn_at: started_at,
            sent: Lingering::default(),
            earlier: Lingering::default(),
            give_up_at: None,
            started_at,
            resends: 0,
            ignored: 0,
            others: Others::default(),
            stray_until: None,
            bytes_acked: 0,
            rate: Rate::default(),
            // Each chunk is sent and answered, and so are begin and finish.
            log: Log::with_room(2 * total + 4),
            end: None,
            image,
            options,
        })
    }

    /// Its turn has come on its feedback topic, where others sent this before, and which was lost and came back at `back_at`.
    pub(super) fn start(&mut self, now: Instant, earlier: Lingering, back_at: Option<Instant>) {
        self.turn_at = now;
        self.earlier = earlier;
        if let Some(at) = back_at {
            self.others.handle_earlier_gap(at);
        }
        self.handle_online(now);
    }

    /// Feedback can arrive: the first time, or again after the link was down.
    pub(super) fn handle_online(&mut self, now: Instant) {
        if self.link.is_online {
            return;
        }
        self.link.is_online = true;
        if self.link.has_been_online {
            self.log.push(LogEntry::bare(now, LogEvent::Online));
            self.others.handle_gap(now);
            self.resume_after_reconnect();
        }
        self.link.has_been_online = true;
        if self.phase == Phase::Waiting {
            let wait = self.options.wait_for_device;
            let give_up_at = self.give_up_at.unwrap_or(now + wait);
            // The begin that goes out now is to have its chance.
            self.give_up_at = Some(give_up_at.max(now + LATEST_FEEDBACK.min(wait)));
        }
        self.sync_clock(now);
    }

    /// The connection is down, or the subscription: nothing is sent, no clock runs.
    pub(super) fn handle_offline(&mut self, now: Instant) {
        if !self.link.is_online {
            return;
        }
        self.link.is_online = false;
        self.link.is_testing = false;
        self.link.wants_test = false;
        self.log.push(LogEntry::bare(now, LogEvent::Offline));
        self.note_cut(now);
        self.sync_clock(now);
    }

    /// The test of the link was answered: silence is the device's own.
    pub(super) fn handle_alive(&mut self, now: Instant) {
        if self.link.is_testing {
            self.link.is_testing = false;
            self.link.wants_test = false;
            self.link.is_vouched = true;
            self.sync_clock(now);
            self.handle_timeout(now);
        }
    }

    /// The machine slept: until the link answers it is unknown what was answered meanwhile.
    pub(super) fn handle_sleep(&mut self, now: Instant) {
        self.others.handle_gap(now);
        if self.link.is_online {
            self.link.is_testing = true;
            self.sync_clock(now);
        }
    }

    /// The device may have woken: begin goes out at once.
    pub(super) fn handle_wake(&mut self) {
        if self.phase == Phase::Waiting {
            self.control.is_wanted = true;
        }
    }

    /// Another transfer goes first on this feedback topic.
    pub(super) fn park(&mut self, now: Instant) {
        self.control = Control::wanted();
        // What the link answers meanwhile is told to whoever has the turn.
        self.link = LinkView::default();
        self.sync_clock(now);
    }

    pub(super) fn set_paused(&mut self, now: Instant, is_paused: bool) {
        if self.is_paused != is_paused {
            self.is_paused = is_paused;
            let event = if is_paused {
                LogEvent::Paused
            } else {
                LogEvent::Resumed
            };
            self.log.push(LogEntry::bare(now, event));
            self.sync_clock(now);
        }
    }

    /// The fleet is to have the link tested; says so once.
    pub(super) fn poll_link_test(&mut self) -> bool {
        core::mem::take(&mut self.link.wants_test)
    }

    /// How it ended, once.
    pub(super) fn poll_end(&mut self) -> Option<End> {
        self.end.take()
    }

    pub(super) fn outstanding(&self) -> usize {
        self.chunks.outstanding()
    }

    /// Until when feedback on what this transfer sent may still come, if it is given up at `now`.
    pub(super) fn strays_until(&self, now: Instant) -> Option<Instant> {
        let is_awaited = self.control.sent_at.is_some() || self.chunks.outstanding() > 0;
        if is_awaited && self.phase != Phase::Done {
            Some(now + LATEST_FEEDBACK)
        } else {
            self.stray_until
        }
    }

    /// It has waited for its device as long as an answer takes at most: another may ask.
    pub(super) fn has_had_turn(&self, now: Instant) -> bool {
        self.is_waiting() && now.saturating_since(self.turn_at) >= LATEST_FEEDBACK
    }

    /// What it has sent since this was last asked.
    pub(super) fn take_sent(&mut self) -> Lingering {
        core::mem::take(&mut self.sent)
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.phase == Phase::Waiting
    }

    pub(super) fn is_paused(&self) -> bool {
        self.is_paused
    }

    pub(super) fn name(&self) -> &str {
        &self.options.name
    }

    pub(super) fn bytes(&self) -> usize {
        self.image.len()
    }

    pub(super) fn crc32(&self) -> u32 {
        self.image.crc32()
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// The journal, which nothing is added to any longer.
    pub(super) fn take_log(&mut self) -> Log {
        core::mem::take(&mut self.log)
    }

    pub(super) fn progress(&self, now: Instant) -> Progress {
        let chunk_size = self.options.chunk_size;
        Progress {
            phase: self.phase,
            bytes_acked: self.bytes_acked,
            bytes_total: self.image.len(),
            chunks_acked: u32::try_from(self.bytes_acked.div_ceil(chunk_size)).unwrap_or(u32::MAX),
            chunks_total: self.chunks.total(),
            resends: self.resends,
            ignored: self.ignored,
            stalled: self.link.has_been_online && !self.link.is_online,
            elapsed: now.saturating_since(self.started_at),
            bytes_per_second: self.rate.per_second(now, self.bytes_acked),
        }
    }

    fn is_quiet(&self, now: Instant) -> bool {
        self.quiet_until.is_some_and(|until| now < until)
    }

    fn sync_clock(&mut self, now: Instant) {
        let running = self.link.is_online && !self.link.is_testing && !self.is_paused;
        self.clock.set_running(now, running);
    }

    /// What was outstanding when the link fell goes out again, and counts for nothing.
    fn resume_after_reconnect(&mut self) {
        if self.control.sent_at.take().is_some() {
            self.control.is_wanted = true;
            self.control.again = Some(Reason::LinkLost);
        }
        self.control.tries.timeouts = 0;
        self.control.tries.timeouts_since_reconnect = 0;
        self.chunks.send_all_again();
        self.refill = Refill::default();
        self.link.grants_restart = matches!(self.phase, Phase::Data | Phase::Finish);
    }

    fn stop(&mut self, end: End) {
        if end.is_ok() {
            self.phase = Phase::Done;
            self.control.sent_at = None;
        }
        self.end = Some(end);
    }

    /// What a failure is called when `stage` has been sent `resends` times after the first.
    fn exhausted(&self, stage: Stage, is_silence: bool, resends: u32) -> Error {
        let sendings = resends.saturating_add(1);
        if is_silence {
            Error::NoAnswer {
                stage,
                from: self.from.clone(),
                sendings,
            }
        } else {
            Error::Incomplete { stage, sendings }
        }
    }
}

/// How many chunks the image takes, where nothing forbids to send it so.
fn count_chunks(image: &Image, options: &TransferOptions) -> Result<usize, Error> {
    check_name(&options.name).map_err(|reason| Error::Invalid {
        option: "name",
        reason,
    })?;
    if !(1..=MAX_FRAME_DATA).contains(&options.chunk_size) {
        return Err(Error::Invalid {
            option: "chunkSize",
            reason: "must be 1 to 32767",
        });
    }
    if image.is_empty() {
        return Err(Error::Invalid {
            option: "image",
            reason: "has 0 bytes: there is nothing to send",
        });
    }
    let total = image.len().div_ceil(options.chunk_size);
    if total > MAX_CHUNKS {
        return Err(Error::TooLarge {
            bytes: image.len(),
            most: options.chunk_size * MAX_CHUNKS,
        });
    }
    Ok(total)
}

/// What begin says: name and size, and the checksum where it is asked for.
fn announcement(image: &Image, options: &TransferOptions) -> Vec<u8> {
    let mut text = format!("{};{}", options.name, image.len());
    if options.integrity {
        text.push_str(&format!(";crc32={:08x}", image.crc32()));
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests;
