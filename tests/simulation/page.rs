//! The sender's page: it sends images one after another or together, holds some back, gives some up, and notes what
//! became of each.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mqtt_image_sender::client::{
    Client, ClientOptions, ConnectionState, Error as ClientError, Event, SendRequest,
};
use mqtt_image_sender::loopback::Broker;
use mqtt_image_sender::mqtt::{Message, PublishToken, QoS, SessionOptions};
use mqtt_image_sender::time::{Instant, earliest};
use mqtt_image_sender::transfer::{self, Error, Outcome, Phase, TransferId};

use super::errand::{Goal, PageSpec};
use super::referee::{Course, Referee};
use super::station::Station;

#[derive(Clone, Copy, Debug)]
enum Step {
    Ask(usize),
    Supply(usize),
    Pause(usize),
    Resume(usize),
    Cancel(usize),
    Note(QoS),
    Close,
}

/// What is known of an errand.
#[derive(Debug, Default)]
pub struct State {
    id: Option<TransferId>,
    /// Later than planned where the page was frozen.
    asked_at: Instant,
    pub end: Option<Result<Box<Outcome>, Error>>,
    bytes_acked: usize,
    told: Vec<Instant>,
}

#[derive(Debug)]
pub struct Page {
    pub spec: PageSpec,
    pub states: Vec<State>,
    pub station: Station<Referee>,
    agenda: BTreeMap<(Instant, usize), Step>,
    /// Notes that were given to the client, and those of which it said that they went.
    notes: BTreeSet<PublishToken>,
    published: usize,
    /// When progress was told in the last second.
    told: VecDeque<Instant>,
    /// Its clock stands and it does nothing until then.
    frozen_until: Instant,
    pub breaches: Vec<String>,
}

impl Page {
    pub fn new(spec: PageSpec, courses: Vec<Course>, seed: u64) -> Self {
        let mut session = SessionOptions::new("page");
        session.keep_alive = spec.keep_alive;
        session.clean_session = spec.clean_session;
        let options = ClientOptions {
            urls: 1_000_000,
            max_outstanding: spec.max_outstanding,
            max_messages_per_second: spec.max_messages_per_second,
            seed,
            ..ClientOptions::new(session)
        };
        let mut referee = Referee::new(courses, spec.max_messages_per_second);
        referee.covering = spec.own_filter.clone();
        let mut station = Station::new(options, spec.quality, referee, seed);
        if let Some(filter) = &spec.own_filter {
            station
                .client
                .subscribe(Instant::ZERO, filter, QoS::AtMostOnce)
                .expect("the filter is good");
        }
        station.client.connect(Instant::ZERO);
        Self {
            states: spec.errands.iter().map(|_| State::default()).collect(),
            agenda: agenda(&spec),
            notes: BTreeSet::new(),
            published: 0,
            told: VecDeque::new(),
            station,
            frozen_until: Instant::ZERO,
            breaches: Vec::new(),
            spec,
        }
    }

    /// The errands that have ended in this step are added to `ended`.
    pub fn step(&mut self, now: Instant, broker: &mut Broker, ended: &mut Vec<usize>) -> bool {
        if self.is_frozen(now) {
            return false;
        }
        let mut any = self.station.step(now, broker);
        while let Some(entry) = self.agenda.first_entry()
            && entry.key().0 <= now
        {
            let step = entry.remove();
            self.take_step(now, step, ended);
            any = true;
        }
        while let Some(event) = self.station.poll_event(now, broker) {
            self.handle_event(now, event, ended);
            any = true;
        }
        let outstanding = self.station.client.outstanding();
        let most = self.spec.max_outstanding;
        self.rule(outstanding <= most, || {
            format!("{outstanding} chunks are outstanding, over {most}")
        });
        any
    }

    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        if self.is_frozen(now) {
            return Some(self.frozen_until);
        }
        let step = self.agenda.keys().next().map(|(at, _)| *at);
        earliest(step, self.station.poll_timeout(now))
    }

    /// The tab is put to sleep: the clock runs on, and nothing is done.
    pub fn freeze(&mut self, until: Instant) {
        self.frozen_until = until;
    }

    pub fn is_frozen(&self, now: Instant) -> bool {
        now < self.frozen_until
    }

    /// It is in a state to tidy up.
    pub fn can_tidy_up(&self, now: Instant) -> bool {
        !self.is_frozen(now) && !self.station.is_silenced()
    }

    /// Every errand, and every note.
    pub fn have_all_ended(&self) -> bool {
        let are_notes_out = self.published == self.spec.notes.len() || self.is_closed();
        are_notes_out && self.states.iter().all(|state| state.end.is_some())
    }

    fn is_closed(&self) -> bool {
        self.station.client.state() == ConnectionState::Closed
    }

    /// Nothing is left behind once everything has ended and the last stray feedback has had its time.
    pub fn check_cleanliness(&mut self, now: Instant) {
        let client = &self.station.client;
        let own: Vec<&String> = self.spec.own_filter.iter().collect();
        let wanted: Vec<&String> = self.station.tap.wanted.iter().collect();
        let mut breaches = Vec::new();
        if client.outstanding() != 0 {
            breaches.push(format!("{} chunks outstanding", client.outstanding()));
        }
        if client.state() == ConnectionState::Connected && wanted != own {
            breaches.push(format!("the subscriptions {wanted:?}"));
        }
        let timeout = client.poll_timeout(now);
        let is_keep_alive =
            |at: Instant| self.spec.keep_alive > Duration::ZERO && at <= now + self.spec.keep_alive;
        if client.state() == ConnectionState::Connected && !timeout.is_none_or(is_keep_alive)
            || self.is_closed() && timeout.is_some()
        {
            breaches.push(format!("a timer at {timeout:?}"));
        }
        let left = breaches
            .into_iter()
            .map(|what| format!("after the end of everything it leaves {what}"));
        self.breaches.extend(left);
    }

    /// The errands that have not ended, and where they stand.
    pub fn unfinished(&self, now: Instant) -> String {
        let states = self.states.iter().enumerate();
        let unfinished = states.filter(|(_, state)| state.end.is_none());
        let phases = unfinished.map(|(index, state)| {
            let id = state.id;
            let progress = id.and_then(|id| self.station.client.progress(now, id));
            let phase = progress.map(|progress| progress.phase);
            format!("errand {index} in {phase:?}")
        });
        phases.collect::<Vec<_>>().join(", ")
    }

    fn rule(&mut self, holds: bool, breach: impl FnOnce() -> String) {
        if !holds {
            self.breaches.push(breach());
        }
    }

    fn take_step(&mut self, now: Instant, step: Step, ended: &mut Vec<usize>) {
        match step {
            Step::Ask(index) => self.ask(now, index, ended),
            Step::Supply(index) => self.supply(now, index, ended),
            Step::Pause(index) => {
                self.with_client(index, |client, id| client.pause(now, id));
                self.station.tap.handle_pause(index, true);
            }
            Step::Resume(index) => {
                self.with_client(index, |client, id| client.resume(now, id));
                self.station.tap.handle_pause(index, false);
            }
            // Twice does no harm.
            Step::Cancel(index) => self.with_client(index, |client, id| {
                client.cancel(now, id);
                client.cancel(now, id);
            }),
            Step::Note(qos) => self.note(now, qos),
            Step::Close => {
                self.station.client.close(now);
                self.station.client.close(now);
            }
        }
    }

    fn note(&mut self, now: Instant, qos: QoS) {
        let note = Message {
            topic: "notes".to_owned(),
            payload: vec![0; 100],
            qos,
            ..Message::default()
        };
        match self.station.client.publish(now, note) {
            Ok(token) => {
                self.notes.insert(token);
            }
            Err(error) => self.rule(error == ClientError::Closed && self.is_closed(), || {
                format!("a note was not taken: {error}")
            }),
        }
    }

    fn with_client(&mut self, index: usize, act: impl FnOnce(&mut Client, TransferId)) {
        if let Some(id) = self.states[index].id {
            act(&mut self.station.client, id);
        }
    }

    fn ask(&mut self, now: Instant, index: usize, ended: &mut Vec<usize>) {
        let errand = &self.spec.errands[index];
        let request = SendRequest {
            to: errand.to.clone(),
            from: errand.from.clone(),
            qos: errand.qos,
            wake: errand.wake.clone(),
        };
        self.states[index].asked_at = now;
        match self.station.client.reserve(now, &request) {
            Ok(id) => self.states[index].id = Some(id),
            Err(error) => {
                self.rule(error == ClientError::Closed && self.is_closed(), || {
                    format!("errand {index} was not taken: {error}")
                });
                return self.end(now, index, Err(Error::Closed), ended);
            }
        }
        let at = now + errand.preparing;
        self.agenda.insert((at, index), Step::Supply(index));
    }

    fn supply(&mut self, now: Instant, index: usize, ended: &mut Vec<usize>) {
        let errand = &self.spec.errands[index];
        let (image, options) = (errand.image.clone(), errand.options.clone());
        let Some(id) = self.states[index].id else {
            return;
        };
        if self.states[index].end.is_some() {
            return;
        }
        match self.station.client.supply(now, id, image, options) {
            // It was cancelled meanwhile, and an event says so.
            Ok(()) | Err(Error::Aborted { .. }) => {}
            Err(error) => self.end(now, index, Err(error), ended),
        }
    }

    fn handle_event(&mut self, now: Instant, event: Event, ended: &mut Vec<usize>) {
        match event {
            Event::Progress(id) => self.look_at(now, id),
            Event::Done(id, outcome) => {
                let index = self.index_of(id);
                self.check_outcome(now, index, &outcome);
                self.end(now, index, Ok(outcome), ended);
            }
            Event::Failed(id, error) => {
                let index = self.index_of(id);
                self.check_error(index, &error);
                self.end(now, index, Err(error), ended);
            }
            Event::State {
                state: ConnectionState::Closed,
                cause,
            } => {
                let is_wanted = self.spec.closed_at.is_some_and(|at| now >= at);
                self.rule(is_wanted && cause.is_none(), || {
                    format!("the client closed itself: {cause:?}")
                });
                let asked = |state: &State| state.id.is_some() && state.end.is_none();
                let is_last = !self.states.iter().any(asked);
                self.rule(is_last, || "closed, and a transfer goes on".to_owned());
            }
            Event::Published(token) => {
                self.published += 1;
                let was_owed = self.notes.remove(&token);
                self.rule(was_owed, || format!("{token:?} was published twice"));
            }
            Event::PublishFailed { token, error } => {
                self.rule(false, || format!("{token:?} failed: {error}"));
            }
            // Nobody else sends here, however late, doubled or malformed the devices answer.
            Event::Notice(notice) => self.rule(false, || format!("it was told: {notice}")),
            _ => {}
        }
    }

    fn index_of(&self, id: TransferId) -> usize {
        let is_it = |state: &State| state.id == Some(id);
        self.states
            .iter()
            .position(is_it)
            .expect("every transfer is an errand")
    }

    fn end(
        &mut self,
        now: Instant,
        index: usize,
        end: Result<Box<Outcome>, Error>,
        ended: &mut Vec<usize>,
    ) {
        let before = self.states[index].end.replace(end);
        self.rule(before.is_none(), || format!("errand {index} ended twice"));
        if let Some(id) = self.states[index].id {
            // A call too late does nothing, and what is forgotten is gone.
            self.station.client.cancel(now, id);
            self.station.client.forget(id);
            let is_gone = self.station.client.log(id).is_none();
            self.rule(is_gone, || {
                format!("errand {index} left its journal behind")
            });
        }
        ended.push(index);
    }

    /// Progress is told at most 20 times a second, and what was confirmed stays so but for a new begin.
    fn look_at(&mut self, now: Instant, id: TransferId) {
        let index = self.index_of(id);
        let Some(progress) = self.station.client.progress(now, id) else {
            return;
        };
        let state = &mut self.states[index];
        let is_new_begin = progress.phase == Phase::Begin;
        let fell = progress.bytes_acked < state.bytes_acked && !is_new_begin;
        let (before, after) = (state.bytes_acked, progress.bytes_acked);
        state.bytes_acked = after;
        state.told.push(now);
        state
            .told
            .retain(|at| now.saturating_since(*at) < Duration::from_secs(1));
        let told = state.told.len();
        self.rule(!fell, || {
            format!("errand {index}: {before} bytes confirmed, then {after}")
        });
        self.rule(told <= 20, || {
            format!("errand {index}: progress told {told} times in a second")
        });
        self.told.push_back(now);
        let second = Duration::from_secs(1);
        self.told.retain(|at| now.saturating_since(*at) < second);
        let told = self.told.len();
        self.rule(told <= 200, || {
            format!("progress told {told} times in a second over all")
        });
    }

    fn check_outcome(&mut self, now: Instant, index: usize, outcome: &Outcome) {
        let errand = &self.spec.errands[index];
        let bytes = errand.image.len();
        let chunks = bytes.div_ceil(errand.options.chunk_size);
        let progress = &outcome.progress;
        let is_right = outcome.name == errand.options.name
            && outcome.bytes == bytes
            && outcome.crc32 == transfer::crc32(&errand.image)
            && (progress.bytes_acked, progress.bytes_total) == (bytes, bytes)
            && usize::try_from(progress.chunks_acked) == Ok(chunks)
            && progress.phase == Phase::Done
            && (!errand.is_undisturbed || (progress.resends, progress.ignored) == (0, 0))
            && progress.elapsed == now.saturating_since(self.states[index].asked_at);
        self.rule(is_right, || {
            format!("errand {index} is done and says {outcome:?}")
        });
    }

    fn check_error(&mut self, index: usize, error: &Error) {
        let errand = &self.spec.errands[index];
        let fits = match error.code() {
            "no-answer" | "incomplete" => errand.goal == Goal::Ends,
            "aborted" => errand.cancelled_at.is_some() || error.to_string().contains("replaced"),
            "protocol" => errand.options.strict,
            "closed" => self.is_closed(),
            _ => false,
        };
        self.rule(fits, || format!("errand {index} failed: {error}"));
    }
}

fn agenda(spec: &PageSpec) -> BTreeMap<(Instant, usize), Step> {
    let mut agenda = BTreeMap::new();
    for (index, (at, qos)) in spec.notes.iter().enumerate() {
        agenda.insert((*at, 5_000 + index), Step::Note(*qos));
    }
    if let Some(at) = spec.closed_at {
        agenda.insert((at, 9_000), Step::Close);
    }
    for (index, errand) in spec.errands.iter().enumerate() {
        let mut add = |at: Instant, place: usize, step: Step| {
            agenda.insert((at, place * 1_000 + index), step);
        };
        add(errand.asked_at, 1, Step::Ask(index));
        if let Some((from, to)) = errand.pause {
            add(from, 2, Step::Pause(index));
            add(to, 3, Step::Resume(index));
        }
        if let Some(at) = errand.cancelled_at {
            add(at, 4, Step::Cancel(index));
        }
    }
    agenda
}
