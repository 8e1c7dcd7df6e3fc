//! The transfers: any feedback, true or forged, in any order and at any time, with everything that a caller may do
//! meanwhile. Nothing panics, nothing advances without a feedback that says so, no message is sent more often than was
//! allowed, and in the end nothing is left.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use mqtt_image_sender::time::Instant;
use mqtt_image_sender::transfer::{
    AckTimeout, Event, Feedback, Fleet, FrameHead, Function, Image, Numbering, NumberingOption,
    Phase, Receiver, Status, TransferId, TransferOptions, Window,
};

use super::script::Script;

const TOPICS: [(&str, &str); 3] = [("to/a", "a"), ("to/b", "b"), ("to/c", "c")];
const MOST_TRANSFERS: usize = 6;
/// Deadlines that are due one after the other without time passing: more would be a circle.
const MOST_TIMEOUTS: usize = 8;
/// A second without news, then another: by then nothing waits for anything.
const MOST_DEADLINES: usize = 1_000;

pub fn run(data: &[u8]) {
    let mut script = Script::new(data);
    let mut play = Play::new(&mut script);
    while !script.is_over() {
        play.step(&mut script);
    }
    play.end();
}

/// Function and number of a frame.
type Name = (Function, u16);

/// What is known of a transfer.
struct Course {
    id: TransferId,
    topic: usize,
    image: Image,
    options: TransferOptions,
    is_supplied: bool,
    is_paused: bool,
    has_ended: bool,
    /// How often each message was sent in this round, which a new begin ends.
    sendings: BTreeMap<Name, u32>,
    last: Option<Name>,
    /// Finish went out in this round.
    is_finished: bool,
}

struct Play {
    fleet: Fleet,
    now: Instant,
    max_outstanding: usize,
    courses: Vec<Course>,
    subscribed: [bool; TOPICS.len()],
    /// Topics that were subscribed once, and how often one of them came back: each time allows one more sending of everything.
    known: [bool; TOPICS.len()],
    excuses: u32,
    devices: [Receiver; TOPICS.len()],
    /// Frames on their way to the devices.
    frames: VecDeque<(usize, Vec<u8>)>,
}

impl Play {
    fn new(script: &mut Script) -> Self {
        let max_outstanding = script.below(5);
        let device =
            |script: &mut Script| Receiver::new(script.one_of(&[Numbering::Echo, Numbering::Next]));
        Self {
            fleet: Fleet::new(max_outstanding),
            now: Instant::ZERO,
            max_outstanding: max_outstanding.max(1),
            courses: Vec::new(),
            subscribed: [false; TOPICS.len()],
            known: [false; TOPICS.len()],
            excuses: 0,
            devices: [(); TOPICS.len()].map(|()| device(script)),
            frames: VecDeque::new(),
        }
    }

    fn step(&mut self, script: &mut Script) {
        let op = script.byte() % 16;
        let before = self.confirmed();
        let is_feedback = matches!(op, 0..7);
        match op {
            0..4 => self.deliver(script),
            4 => self.forge(script),
            5 => {
                let (topic, retain) = (script.below(TOPICS.len()), script.yes());
                self.hear(topic, script.take(10), retain);
            }
            6 => self.lose(script),
            7 | 8 => self.ask(script),
            9 => self.now += Duration::from_micros(1 << script.below(36)),
            10 => self.time_out(),
            11 => self.subscribe(script),
            12 => self.unsubscribe(script),
            _ => self.command(script),
        }
        let advanced = self.drain(script.byte());
        if !is_feedback {
            assert!(!advanced, "a transfer was done without a word");
            for (id, (was, is)) in before.iter().zip(self.confirmed()).enumerate() {
                assert!(is <= *was, "{id} advanced without a word");
            }
        }
    }

    /// How many chunks of each transfer are confirmed.
    fn confirmed(&self) -> Vec<u32> {
        let of = |course: &Course| self.fleet.progress(self.now, course.id);
        let progress = self.courses.iter().map(of);
        progress
            .map(|known| known.map_or(0, |p| p.chunks_acked))
            .collect()
    }

    /// A device gets the next frame, and its answer comes once, twice or not at all.
    fn deliver(&mut self, script: &mut Script) {
        let Some((topic, frame)) = self.frames.pop_front() else {
            return;
        };
        let answer = self.devices[topic].handle_frame(&frame);
        while self.devices[topic].poll_image().is_some() {}
        let times = [1, 1, 1, 1, 1, 1, 2, 0][usize::from(script.byte() % 8)];
        for _ in 0..times {
            if let Some(answer) = answer {
                self.hear(topic, &answer, false);
            }
        }
    }

    /// A feedback that is well-formed and may be a lie.
    fn forge(&mut self, script: &mut Script) {
        let feedback = Feedback {
            function: script.one_of(&[Function::Data, Function::Begin, Function::Finish]),
            number: script.one_of(&[0, 1, 2, 3, 5, -1, i16::MIN, i16::MAX]),
            status: script.one_of(&[Status::Whole, Status::Incomplete]),
        };
        let topic = script.below(TOPICS.len());
        assert_eq!(Feedback::parse(&feedback.encode()), Ok(feedback));
        self.hear(topic, &feedback.encode(), false);
    }

    fn hear(&mut self, topic: usize, message: &[u8], retain: bool) {
        let (_, from) = TOPICS[topic];
        let asks = |it: Feedback| it.function == Function::Data && it.status == Status::Incomplete;
        if Feedback::parse(message).is_ok_and(asks) {
            // That answers finish, which starts a new row then, even where the chunk is found before it goes out again.
            for course in self.courses.iter_mut().filter(|it| it.topic == topic) {
                course.sendings.remove(&(Function::Finish, 0));
            }
        }
        self.fleet.handle_feedback(self.now, from, message, retain);
    }

    /// Frames are lost, or a device gets what is none.
    fn lose(&mut self, script: &mut Script) {
        if script.yes() {
            let topic = script.below(TOPICS.len());
            self.devices[topic].handle_frame(script.take(16));
        } else {
            self.frames.pop_front();
        }
    }

    /// A new transfer, or the image of one that was asked for.
    fn ask(&mut self, script: &mut Script) {
        let waiting = self.courses.iter().position(|course| !course.is_supplied);
        if let Some(index) = waiting.filter(|_| script.yes()) {
            return self.supply(index, script);
        }
        if self.courses.len() == MOST_TRANSFERS {
            return;
        }
        let topic = script.below(TOPICS.len());
        let (to, from) = TOPICS[topic];
        let id = self.fleet.reserve(self.now, to, from, script.byte() % 3);
        let image: Vec<u8> = (0..u8::try_from(script.below(40)).unwrap_or(0)).collect();
        self.courses.push(Course {
            id,
            topic,
            image: image.into(),
            options: options(script),
            is_supplied: false,
            is_paused: false,
            has_ended: false,
            sendings: BTreeMap::new(),
            last: None,
            is_finished: false,
        });
        // As the client does it: the topic is known again, and was it subscribed it still is.
        if self.subscribed[topic] {
            self.fleet.handle_subscribed(self.now, from);
        }
    }

    fn supply(&mut self, index: usize, script: &mut Script) {
        let course = &mut self.courses[index];
        course.is_supplied = true;
        let (image, options) = (course.image.clone(), course.options.clone());
        let id = course.id;
        let mut supply = || {
            let (image, options) = (image.clone(), options.clone());
            self.fleet.supply(self.now, id, image, options)
        };
        if supply().is_err() {
            // Nothing follows, neither for one that was refused nor for one that had ended.
            course.has_ended = true;
        } else if script.yes() {
            let before = self.fleet.progress(self.now, id);
            let again = self.fleet.supply(self.now, id, image, options);
            assert!(again.is_err(), "a second image");
            assert_eq!(self.fleet.progress(self.now, id), before);
        }
    }

    fn subscribe(&mut self, script: &mut Script) {
        let topic = script.below(TOPICS.len());
        let came_back = core::mem::replace(&mut self.known[topic], true) && !self.subscribed[topic];
        self.excuses += u32::from(came_back);
        self.subscribed[topic] = true;
        self.fleet.handle_subscribed(self.now, TOPICS[topic].1);
    }

    fn unsubscribe(&mut self, script: &mut Script) {
        let topic = script.below(TOPICS.len() + 2);
        match TOPICS.get(topic) {
            Some((_, from)) => {
                self.subscribed[topic] = false;
                self.fleet.handle_unsubscribed(self.now, from);
            }
            None if topic == TOPICS.len() => {
                self.subscribed = [false; TOPICS.len()];
                self.fleet.handle_offline(self.now);
            }
            None => self.fleet.handle_refused(self.now, TOPICS[0].1),
        }
    }

    fn command(&mut self, script: &mut Script) {
        let index = script.below(self.courses.len());
        let (now, fleet) = (self.now, &mut self.fleet);
        let command = script.byte() % 8;
        match command {
            0 => return fleet.handle_sleep(now),
            1 => return fleet.handle_alive(now),
            _ => {}
        }
        let Some(course) = self.courses.get_mut(index) else {
            return;
        };
        match command {
            2 => fleet.handle_wake(now, course.id),
            3 => {
                course.is_paused = true;
                fleet.pause(now, course.id);
            }
            4 => {
                course.is_paused = false;
                fleet.resume(now, course.id);
            }
            5 => fleet.cancel(now, course.id),
            7 if !course.is_supplied => {
                fleet.hold_back(now, course.id);
            }
            6 if course.has_ended => {
                fleet.forget(course.id);
                assert!(fleet.log(course.id).is_none());
            }
            _ => {}
        }
    }

    fn time_out(&mut self) {
        let due = |play: &Self| play.fleet.poll_timeout().is_some_and(|at| at <= play.now);
        for _ in 0..MOST_TIMEOUTS {
            if !due(self) {
                return;
            }
            self.fleet.handle_timeout(self.now);
            self.write(0);
        }
        assert!(!due(self), "due for ever");
    }

    /// Says whether a transfer was done.
    fn drain(&mut self, holds: u8) -> bool {
        self.write(holds);
        let mut is_done = false;
        while let Some(event) = self.fleet.poll_event() {
            let (id, done) = match event {
                Event::Done(id, outcome) => {
                    assert_eq!(outcome.progress.phase, Phase::Done);
                    (id, true)
                }
                Event::Failed(id, _) => (id, false),
                Event::TestLink
                | Event::Progress(_)
                | Event::OtherSender { .. }
                | Event::Idle(_) => continue,
            };
            is_done |= done;
            let course = self.courses.iter_mut().find(|course| course.id == id);
            let course = course.expect("it was asked for");
            assert!(!done || course.is_finished, "done before it was asked");
            assert!(!core::mem::replace(&mut course.has_ended, true), "twice");
        }
        is_done
    }

    /// Takes all frames but those of some QoS. None comes twice while nothing else happens.
    fn write(&mut self, holds: u8) {
        let mut written = BTreeSet::new();
        while let Some(frame) = self
            .fleet
            .poll_transmit(self.now, |qos| holds % 8 != qos + 1)
        {
            let mut bytes = frame.head.to_vec();
            bytes.extend_from_slice(frame.data);
            let id = frame.transfer;
            let (head, data) = FrameHead::parse(&bytes).expect("a frame");
            let name = (head.function, head.number);
            assert!(written.insert((id, name)), "{name:?} twice at a time");
            let index = self.courses.iter().position(|course| course.id == id);
            let index = index.expect("it was asked for");
            let (to, _) = TOPICS[self.courses[index].topic];
            assert_eq!(frame.to, to);
            self.courses[index].check(name, data, self.excuses);
            assert!(self.subscribed[self.courses[index].topic]);
            self.frames.push_back((self.courses[index].topic, bytes));
        }
        assert!(self.fleet.outstanding() <= self.max_outstanding);
    }

    /// Everything is cancelled, and time goes on until nothing is due.
    fn end(mut self) {
        for index in 0..self.courses.len() {
            self.fleet.cancel(self.now, self.courses[index].id);
        }
        self.drain(0);
        for course in &self.courses {
            assert!(course.has_ended, "{:?} has no end", course.id);
        }
        assert_eq!(self.fleet.outstanding(), 0);
        for _ in 0..MOST_DEADLINES {
            let Some(at) = self.fleet.poll_timeout() else {
                return;
            };
            self.now = self.now.max(at);
            self.fleet.handle_timeout(self.now);
            self.drain(0);
        }
        panic!("due at {:?}, though all is over", self.fleet.poll_timeout());
    }
}

impl Course {
    /// Holds a frame against what was promised.
    fn check(&mut self, name: Name, data: &[u8], excuses: u32) {
        assert!(!self.has_ended && !self.is_paused, "{name:?} at this time");
        let is_new_round =
            name.0 == Function::Begin && self.last.is_some_and(|(last, _)| last != Function::Begin);
        if is_new_round {
            self.sendings.clear();
            self.is_finished = false;
        }
        if name.0 == Function::Data {
            // The device said what it lacks: finish starts a new row.
            self.sendings.remove(&(Function::Finish, 0));
            let mut chunks = self.image.chunks(self.options.chunk_size);
            assert_eq!(Some(data), chunks.nth(name.1.into()));
        }
        self.last = Some(name);
        self.is_finished |= name.0 == Function::Finish;
        let sendings = self.sendings.entry(name).or_default();
        *sendings += 1;
        let waits = name.0 == Function::Begin && !self.options.wait_for_device.is_zero();
        if let Some(most) = self.options.max_retries.filter(|_| !waits) {
            assert!(*sendings <= 1 + most + excuses, "{name:?}: {sendings}");
        }
    }
}

fn options(script: &mut Script) -> TransferOptions {
    let seconds = |script: &mut Script| Duration::from_secs(script.one_of(&[5, 1, 60]));
    TransferOptions {
        chunk_size: script.one_of(&[8, 1, 3, 32_767, 0]),
        ack_timeout: match script.below(3) {
            0 => AckTimeout::Auto,
            _ => AckTimeout::Fixed(seconds(script)),
        },
        max_retries: script.one_of(&[Some(10), Some(0), Some(1), Some(2), None]),
        restarts: script.one_of(&[0, 1, 3]),
        window: script.one_of(&[
            Window::Fixed(1),
            Window::Fixed(3),
            Window::Fixed(1024),
            Window::Auto,
        ]),
        numbering: script.one_of(&[
            NumberingOption::Auto,
            NumberingOption::Echo,
            NumberingOption::Next,
        ]),
        strict: script.byte() % 8 == 7,
        integrity: script.yes(),
        wait_for_device: Duration::from_secs(script.one_of(&[0, 0, 0, 10, 1_000])),
        ..TransferOptions::named("a.jpg")
    }
}
