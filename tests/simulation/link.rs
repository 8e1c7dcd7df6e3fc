//! A link as a machine without IO: bytes go in at one end and come out at the other, later, in order, split and joined
//! anew. That is what TCP does to a byte stream, so nothing is ever lost or swapped unless the whole link is cut.

use core::time::Duration;
use std::collections::VecDeque;

use mqtt_image_sender::rng::Rng;
use mqtt_image_sender::time::Instant;

/// How good a link is, in each direction.
#[derive(Clone, Copy, Debug)]
pub struct Quality {
    /// The time that every byte takes.
    pub latency: Duration,
    /// What a piece may take more than that.
    pub jitter: Duration,
    /// Bytes a second; 0 is any number.
    pub rate: u64,
    /// Bytes that the sending end takes before it is full.
    pub buffer: usize,
    /// The largest piece in which bytes travel.
    pub largest_piece: usize,
}

impl Quality {
    /// Whole, at once, without a bound.
    pub const PERFECT: Self = Self {
        latency: Duration::ZERO,
        jitter: Duration::ZERO,
        rate: 0,
        buffer: usize::MAX,
        largest_piece: usize::MAX,
    };

    /// The longest that a byte is on its way, once the sending end has taken it.
    pub fn longest(&self) -> Duration {
        // One message may go in over the bound.
        let backlog = (self.buffer.saturating_add(4_000) as u64)
            .saturating_mul(1_000_000)
            .checked_div(self.rate);
        let backlog = Duration::from_micros(backlog.unwrap_or(0));
        self.latency + self.jitter + backlog
    }
}

/// One direction of a link.
#[derive(Debug)]
pub struct Pipe {
    quality: Quality,
    rng: Rng,
    /// Pieces with the time at which they come out, in order.
    travelling: VecDeque<(Instant, Vec<u8>)>,
    /// Bytes that have not left the sending end, with the time at which they do.
    leaving: VecDeque<(Instant, usize)>,
    last_departure: Instant,
    last_arrival: Instant,
    /// The network is gone without a word: bytes go in and never come out.
    is_dead: bool,
}

impl Pipe {
    pub fn new(quality: Quality, seed: u64) -> Self {
        Self {
            quality,
            rng: Rng::new(seed),
            travelling: VecDeque::new(),
            leaving: VecDeque::new(),
            last_departure: Instant::ZERO,
            last_arrival: Instant::ZERO,
            is_dead: false,
        }
    }

    /// From now on nothing arrives, what is on its way included.
    pub fn die(&mut self) {
        self.is_dead = true;
        self.travelling.clear();
    }

    /// Bytes that the sending end still takes.
    pub fn room(&mut self, now: Instant) -> usize {
        while self.leaving.front().is_some_and(|(at, _)| *at <= now) {
            self.leaving.pop_front();
        }
        let waiting: usize = self.leaving.iter().map(|(_, bytes)| bytes).sum();
        self.quality.buffer.saturating_sub(waiting)
    }

    pub fn write(&mut self, now: Instant, bytes: &[u8]) {
        if self.is_dead {
            return;
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let largest = rest.len().min(self.quality.largest_piece);
            let length = if self.rng.chance(0.3) {
                1 + self.rng.below(largest as u64) as usize
            } else {
                largest
            };
            let (piece, after) = rest.split_at(length);
            self.send_piece(now, piece);
            rest = after;
        }
    }

    fn send_piece(&mut self, now: Instant, piece: &[u8]) {
        let takes = (piece.len() as u64 * 1_000_000).checked_div(self.quality.rate);
        let departure = takes.map_or(now, |takes| {
            self.last_departure.max(now) + Duration::from_micros(takes)
        });
        if departure > now {
            self.leaving.push_back((departure, piece.len()));
        }
        self.last_departure = departure;
        let jitter = self.rng.below(self.quality.jitter.as_micros() as u64 + 1);
        let arrival = departure + self.quality.latency + Duration::from_micros(jitter);
        self.last_arrival = self.last_arrival.max(arrival);
        self.travelling
            .push_back((self.last_arrival, piece.to_vec()));
    }

    /// What has arrived; often several pieces in one.
    pub fn read(&mut self, now: Instant) -> Option<Vec<u8>> {
        let mut bytes: Option<Vec<u8>> = None;
        while self.travelling.front().is_some_and(|(at, _)| *at <= now) {
            // Two pieces that came together are mostly read together.
            if bytes.is_some() && self.rng.chance(0.2) {
                break;
            }
            if let Some((_, piece)) = self.travelling.pop_front() {
                bytes.get_or_insert_default().extend_from_slice(&piece);
            }
        }
        bytes
    }

    /// When something arrives.
    pub fn next_arrival(&self) -> Option<Instant> {
        self.travelling.front().map(|(at, _)| *at)
    }

    /// When the sending end has more room than at the last look.
    pub fn next_room(&self) -> Option<Instant> {
        self.leaving.front().map(|(at, _)| *at)
    }
}
