//! Reads along at the sender's socket and holds what it sees against PROTOCOL.md, frame by frame.
//!
//! It knows the images and the devices' numbering, reads bytes with a decoder of its own, and asks the sender nothing.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mqtt_image_sender::mqtt::codec::Decoder;
use mqtt_image_sender::mqtt::packet::ConnAck;
use mqtt_image_sender::mqtt::{Message, Packet, PacketId, QoS, topic};
use mqtt_image_sender::time::Instant;
use mqtt_image_sender::transfer::{Image, Numbering, crc32};

use super::models::{BEGIN, DATA, parse_frame};
use super::station::Tap;

/// What one transfer has promised.
#[derive(Clone, Debug)]
pub struct Course {
    pub to: String,
    pub from: String,
    pub name: String,
    pub image: Image,
    pub chunk_size: usize,
    /// The most chunks outstanding, for the first sending of one.
    pub window: usize,
    pub max_retries: Option<u32>,
    pub numbering: Numbering,
    /// Its caller holds it back.
    pub is_paused: bool,
    pub seen: Seen,
}

/// What was seen of it since its last begin that was no repetition.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    begun: bool,
    begin_answered: bool,
    /// How often each chunk was sent since the link was last cut, by its number.
    sendings: Vec<u32>,
    answered: BTreeSet<usize>,
}

#[derive(Debug)]
pub struct Referee {
    up: Decoder,
    down: Decoder,
    courses: Vec<Course>,
    /// The course that runs on each feedback topic.
    running: BTreeMap<String, usize>,
    asked: BTreeMap<PacketId, Vec<String>>,
    granted: BTreeSet<String>,
    /// Filters that the sender asked for and did not give back.
    pub wanted: BTreeSet<String>,
    /// The page's own filter: what it covers is not to be asked for again.
    pub covering: Option<String>,
    max_messages_per_second: Option<f64>,
    published_at: VecDeque<Instant>,
    pub breaches: Vec<String>,
    /// Frames to devices.
    pub frames: usize,
    /// Of all that was sent, and when: the same in every run of a seed.
    pub digest: u64,
    /// Whether what passes is printed.
    pub is_loud: bool,
}

impl Referee {
    pub fn new(courses: Vec<Course>, max_messages_per_second: Option<f64>) -> Self {
        Self {
            up: Decoder::new(1 << 20),
            down: Decoder::new(1 << 20),
            courses,
            running: BTreeMap::new(),
            asked: BTreeMap::new(),
            granted: BTreeSet::new(),
            wanted: BTreeSet::new(),
            covering: None,
            max_messages_per_second,
            published_at: VecDeque::new(),
            breaches: Vec::new(),
            frames: 0,
            digest: 0,
            is_loud: false,
        }
    }

    /// The page pauses a transfer or lets it go on.
    pub fn handle_pause(&mut self, course: usize, is_paused: bool) {
        self.courses[course].is_paused = is_paused;
    }

    fn rule(&mut self, holds: bool, breach: impl FnOnce() -> String) {
        if !holds {
            self.breaches.push(breach());
        }
    }

    fn packet_sent(&mut self, now: Instant, packet: Packet) {
        match packet {
            Packet::Subscribe(subscribe) => {
                let filters: Vec<String> = subscribe.filters.into_iter().map(|(f, _)| f).collect();
                self.check_covered(&filters);
                self.wanted.extend(filters.iter().cloned());
                self.asked.insert(subscribe.packet_id, filters);
            }
            Packet::Unsubscribe(unsubscribe) => {
                for filter in &unsubscribe.filters {
                    self.wanted.remove(filter);
                    self.granted.remove(filter);
                }
            }
            Packet::Publish(publish) => self.publish_sent(now, &publish.message),
            _ => {}
        }
    }

    fn check_covered(&mut self, filters: &[String]) {
        let covering = self.covering.as_ref();
        let is_covered = |filter: &&String| {
            covering.is_some_and(|own| own != *filter && topic::matches(own, filter))
        };
        let covered: Vec<&String> = filters.iter().filter(is_covered).collect();
        if !covered.is_empty() {
            let breach = format!("{covered:?} are subscribed to twice");
            self.breaches.push(breach);
        }
    }

    fn publish_sent(&mut self, now: Instant, message: &Message) {
        self.pace(now);
        self.tell(now, "→", message);
        let Some((function, number, data)) = parse_frame(&message.payload) else {
            return;
        };
        self.frames += 1;
        if message.dup {
            // A session that outlives its link repeats what it has no answer to; no transfer asked for that.
            return;
        }
        let Some(course) = self.course_of(&message.topic, function, data) else {
            return self.rule(false, || {
                format!("a frame to {} that no transfer has", message.topic)
            });
        };
        let (from, name) = (&self.courses[course].from, &self.courses[course].name);
        let (from, name) = (from.clone(), name.clone());
        // One of a higher QoS may have waited in the session already.
        let is_held = self.courses[course].is_paused && message.qos == QoS::AtMostOnce;
        self.rule(!is_held, || format!("{name} is paused, and sends"));
        let is_heard = self
            .granted
            .iter()
            .any(|filter| topic::matches(filter, &from));
        self.rule(is_heard, || {
            format!("a frame went out before the SUBACK of {from}")
        });
        match function {
            BEGIN => self.begin_sent(course, number, data),
            DATA => self.chunk_sent(course, number, data),
            _ => self.finish_sent(course),
        }
    }

    /// Begin says whose it is; the frames after it belong to the same.
    fn course_of(&mut self, to: &str, function: u8, data: &[u8]) -> Option<usize> {
        if function == BEGIN {
            let name = data.split(|byte| *byte == b';').next()?;
            let is_it = |course: &Course| course.to == to && course.name.as_bytes() == name;
            let course = self.courses.iter().position(is_it)?;
            let from = self.courses[course].from.clone();
            self.running.insert(from, course);
            return Some(course);
        }
        self.running
            .values()
            .copied()
            .find(|course| self.courses[*course].to == to)
    }

    fn begin_sent(&mut self, course: usize, number: i16, data: &[u8]) {
        let course = &mut self.courses[course];
        if course.seen.begin_answered || !course.seen.begun {
            course.seen = Seen {
                begun: true,
                ..Seen::default()
            };
        }
        let size = format!("{};{}", course.name, course.image.len());
        let is_good = number == 0 && data.starts_with(size.as_bytes());
        let name = course.name.clone();
        self.rule(is_good, || format!("begin of {name} says something else"));
    }

    fn chunk_sent(&mut self, course: usize, number: i16, data: &[u8]) {
        let course = &mut self.courses[course];
        let Course { name, seen, .. } = course;
        let (name, chunk) = (name.clone(), usize::try_from(number).unwrap_or(usize::MAX));
        let expected = course.image.chunks(course.chunk_size).nth(chunk);
        let is_next = chunk == seen.sendings.len();
        let is_again = chunk < seen.sendings.len();
        let outstanding = seen.sendings.len() - seen.answered.len();
        let has_room = is_again || outstanding < course.window;
        let breach = if !seen.begin_answered {
            Some("was sent before begin was answered")
        } else if expected != Some(data) {
            Some("carries other bytes than the image has there")
        } else if !is_next && !is_again {
            Some("was sent out of turn")
        } else if !has_room {
            Some("is over the window")
        } else {
            None
        };
        if is_next {
            seen.sendings.push(1);
        } else if let Some(sendings) = seen.sendings.get_mut(chunk) {
            *sendings += 1;
        }
        let sendings = seen.sendings.get(chunk).copied().unwrap_or(0);
        // Counted anew after each cut, where one sending is free: that one stands for the first.
        let is_bounded = course.max_retries.is_none_or(|most| sendings <= most + 1);
        self.rule(is_bounded, || {
            format!("chunk {chunk} of {name} was sent {sendings} times")
        });
        self.rule(breach.is_none(), || {
            format!("chunk {chunk} of {name} {}", breach.unwrap_or_default())
        });
    }

    fn finish_sent(&mut self, course: usize) {
        let course = &mut self.courses[course];
        let total = course.image.len().div_ceil(course.chunk_size);
        let (name, missing) = (course.name.clone(), total - course.seen.answered.len());
        self.rule(missing == 0, || {
            format!("finish of {name} was sent with {missing} chunks unanswered")
        });
    }

    /// No second has more messages than its limit.
    fn pace(&mut self, now: Instant) {
        let Some(limit) = self.max_messages_per_second else {
            return;
        };
        self.published_at.push_back(now);
        let second = Duration::from_secs(1);
        while self
            .published_at
            .front()
            .is_some_and(|at| now.saturating_since(*at) >= second)
        {
            self.published_at.pop_front();
        }
        let count = self.published_at.len();
        self.rule(count as f64 <= limit.max(1.0).ceil(), || {
            format!("{count} messages in the second before {now:?}")
        });
    }

    fn tell(&self, now: Instant, direction: &str, message: &Message) {
        if self.is_loud {
            let seconds = now.as_micros() as f64 / 1e6;
            let (start, rest) = message.payload.split_at(message.payload.len().min(9));
            let (topic, more) = (&message.topic, rest.len());
            println!("{seconds:12.6} {direction} {topic} {start:02x?} and {more} bytes");
        }
    }

    fn packet_received(&mut self, now: Instant, packet: Packet) {
        match packet {
            Packet::ConnAck(ConnAck::Accepted {
                session_present: false,
            }) => {
                self.granted.clear();
                self.wanted.clear();
            }
            Packet::SubAck(ack) => {
                let filters = self.asked.remove(&ack.packet_id).unwrap_or_default();
                self.granted.extend(filters);
            }
            Packet::Publish(publish) => {
                self.tell(now, "←", &publish.message);
                self.feedback_received(&publish.message);
            }
            _ => {}
        }
    }

    fn feedback_received(&mut self, message: &Message) {
        let &[
            0xFF,
            0xFF,
            0xEE,
            0xEE,
            function,
            low,
            high,
            status @ (0 | 1),
        ] = message.payload.as_slice()
        else {
            return;
        };
        let Some(course) = self.running.get(&message.topic) else {
            return;
        };
        let Course {
            seen, numbering, ..
        } = &mut self.courses[*course];
        let number = i16::from_le_bytes([low, high]);
        match function {
            BEGIN if seen.begun && status == 1 => seen.begin_answered = true,
            DATA if seen.begin_answered => {
                let chunk = match numbering {
                    Numbering::Echo => number,
                    Numbering::Next => number.wrapping_sub(1),
                };
                let chunk = usize::try_from(chunk).unwrap_or(usize::MAX);
                if chunk >= seen.sendings.len() {
                    return;
                }
                if status == 1 {
                    seen.answered.insert(chunk);
                } else {
                    seen.answered.remove(&chunk);
                }
            }
            _ => {}
        }
    }
}

impl Tap for Referee {
    fn handle_sent(&mut self, now: Instant, bytes: &[u8]) {
        let crc = u64::from(crc32(bytes));
        self.digest = self.digest.rotate_left(7) ^ (crc << 32) ^ now.as_micros();
        let mut input = bytes;
        while let Some(packet) = self.up.decode(&mut input).expect("the sender speaks MQTT") {
            self.packet_sent(now, packet);
        }
    }

    fn handle_received(&mut self, now: Instant, bytes: &[u8]) {
        let mut input = bytes;
        while let Some(packet) = self
            .down
            .decode(&mut input)
            .expect("the broker speaks MQTT")
        {
            self.packet_received(now, packet);
        }
    }

    fn handle_closed(&mut self, now: Instant) {
        if self.is_loud {
            println!("{:12.6} the link is gone", now.as_micros() as f64 / 1e6);
        }
        self.up.reset();
        self.down.reset();
        self.asked.clear();
        for course in &mut self.courses {
            for sendings in &mut course.seen.sendings {
                *sendings = 0;
            }
        }
    }
}
