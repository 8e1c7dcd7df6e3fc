//! The chunks of an image: which are confirmed, which are outstanding, and which go out next.

use crate::sorted::SortedMap;
use crate::time::Instant;
use crate::transfer::log::Reason;

/// A chunk counts as lost when this many frames that were sent after it were answered before it (RFC 9002, 6.1.1).
const PACKET_THRESHOLD: usize = 3;

/// A chunk that was sent and not answered.
#[derive(Clone, Copy, Debug)]
struct Flight {
    /// Place in the order of all sendings.
    sending: u64,
    /// In felt time.
    sent_at: Instant,
    /// Sent once only, so that its answer tells a round trip (Karn).
    is_first: bool,
}

/// How much trouble one message has made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tries {
    /// Sendings after the first, save those after a reconnect.
    pub(super) resends: u32,
    /// Times that its clock ran out.
    pub(super) timeouts: u32,
    /// The same since the link last came back.
    pub(super) timeouts_since_reconnect: u32,
}

/// What to send next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) chunk: u16,
    /// Why it is sent again; `None`: it was never sent.
    pub(super) again: Option<Reason>,
}

#[derive(Debug)]
pub(super) struct Chunks {
    total: u32,
    /// The first chunk that was never sent.
    next: u32,
    confirmed: Vec<u64>,
    confirmed_count: u32,
    flights: SortedMap<u16, Flight>,
    by_sending: SortedMap<u64, u16>,
    /// The newest sendings that were answered, newest first.
    newest_answered: [u64; PACKET_THRESHOLD],
    sendings: u64,
    /// To be sent again; the lowest first, since some devices take chunks in their order only.
    again: SortedMap<u16, Reason>,
    tries: SortedMap<u16, Tries>,
}

impl Chunks {
    /// `total` is 1 to 32,768.
    pub(super) fn new(total: u32) -> Self {
        let words = usize::try_from(total.div_ceil(64)).unwrap_or(0);
        Self {
            total,
            next: 0,
            confirmed: vec![0; words],
            confirmed_count: 0,
            flights: SortedMap::new(),
            by_sending: SortedMap::new(),
            newest_answered: [0; PACKET_THRESHOLD],
            sendings: 0,
            again: SortedMap::new(),
            tries: SortedMap::new(),
        }
    }

    pub(super) fn total(&self) -> u32 {
        self.total
    }

    /// Chunks that were never sent.
    pub(super) fn unsent(&self) -> usize {
        usize::try_from(self.total.saturating_sub(self.next)).unwrap_or(usize::MAX)
    }

    pub(super) fn confirmed_count(&self) -> u32 {
        self.confirmed_count
    }

    pub(super) fn are_all_confirmed(&self) -> bool {
        self.confirmed_count == self.total
    }

    /// Sent and unanswered.
    pub(super) fn outstanding(&self) -> usize {
        self.flights.len()
    }

    /// True where no chunk is outstanding or waits to be sent again.
    pub(super) fn is_quiet(&self) -> bool {
        self.flights.is_empty() && self.again.is_empty()
    }

    pub(super) fn was_sent(&self, chunk: u16) -> bool {
        u32::from(chunk) < self.next
    }

    pub(super) fn is_confirmed(&self, chunk: u16) -> bool {
        self.confirmed
            .get(usize::from(chunk / 64))
            .is_some_and(|word| word & bit(chunk) != 0)
    }

    pub(super) fn tries(&mut self, chunk: u16) -> &mut Tries {
        self.tries.get_or_insert_with(chunk, Tries::default)
    }

    /// How often `chunk` was sent after its first time.
    pub(super) fn resends(&self, chunk: u16) -> u32 {
        self.tries.get(&chunk).map_or(0, |tries| tries.resends)
    }

    /// What may go out with a window of `window` chunks: first what has to be sent again.
    pub(super) fn next(&self, window: u16) -> Option<Next> {
        if self.flights.len() >= usize::from(window) {
            return None;
        }
        if let Some((&chunk, &reason)) = self.again.first_key_value() {
            return Some(Next {
                chunk,
                again: Some(reason),
            });
        }
        let chunk = u16::try_from(self.next).ok()?;
        (self.next < self.total).then_some(Next { chunk, again: None })
    }

    /// `next` is on its way, at this felt time.
    pub(super) fn handle_sent(&mut self, next: Next, felt: Instant) {
        if next.again.is_none() {
            self.next += 1;
        } else {
            self.again.remove(&next.chunk);
        }
        self.sendings += 1;
        let flight = Flight {
            sending: self.sendings,
            sent_at: felt,
            is_first: next.again.is_none(),
        };
        self.by_sending.insert(flight.sending, next.chunk);
        self.flights.insert(next.chunk, flight);
    }

    /// The device has the chunk. `None`: that was known. Else when it was sent, if that tells a round trip.
    pub(super) fn confirm(&mut self, chunk: u16) -> Option<Option<Instant>> {
        if self.is_confirmed(chunk) || !self.was_sent(chunk) {
            return None;
        }
        let flight = self.take_flight(chunk);
        self.again.remove(&chunk);
        if let Some(word) = self.confirmed.get_mut(usize::from(chunk / 64)) {
            *word |= bit(chunk);
        }
        self.confirmed_count += 1;
        if let Some(flight) = flight {
            self.note_answered(flight.sending);
        }
        Some(
            flight
                .filter(|flight| flight.is_first)
                .map(|flight| flight.sent_at),
        )
    }

    /// The device asks for a chunk that it had confirmed.
    pub(super) fn unconfirm(&mut self, chunk: u16) {
        if self.is_confirmed(chunk) {
            if let Some(word) = self.confirmed.get_mut(usize::from(chunk / 64)) {
                *word &= !bit(chunk);
            }
            self.confirmed_count -= 1;
        }
    }

    /// `chunk` has to be sent again; false where it waits for that already.
    pub(super) fn send_again(&mut self, chunk: u16, reason: Reason) -> bool {
        self.take_flight(chunk);
        let is_new = !self.again.contains_key(&chunk);
        if is_new {
            self.again.insert(chunk, reason);
        }
        is_new
    }

    /// The link is back: whatever was outstanding goes out once more, and no chunk is blamed for it.
    pub(super) fn send_all_again(&mut self) {
        self.by_sending.clear();
        for (chunk, _) in self.flights.drain() {
            self.again.insert(chunk, Reason::LinkLost);
        }
        for tries in self.tries.values_mut() {
            tries.timeouts = 0;
            tries.timeouts_since_reconnect = 0;
        }
    }

    /// The oldest outstanding sending: its chunk and felt time.
    pub(super) fn oldest(&self) -> Option<(u16, Instant)> {
        let (_, chunk) = self.by_sending.first_key_value()?;
        self.flights
            .get(chunk)
            .map(|flight| (*chunk, flight.sent_at))
    }

    /// The outstanding chunks that were sent at or before this felt time, oldest first.
    pub(super) fn sent_until(&self, felt: Instant) -> Vec<u16> {
        let is_due = |chunk: &&u16| {
            self.flights
                .get(chunk)
                .is_some_and(|flight| flight.sent_at <= felt)
        };
        self.by_sending
            .values()
            .take_while(is_due)
            .copied()
            .collect()
    }

    /// The oldest chunk that three later sendings have overtaken.
    pub(super) fn overtaken(&self) -> Option<u16> {
        let third = self.newest_answered.last()?;
        self.by_sending
            .first_key_value()
            .filter(|(sending, _)| *sending < third)
            .map(|(_, chunk)| *chunk)
    }

    fn take_flight(&mut self, chunk: u16) -> Option<Flight> {
        let flight = self.flights.remove(&chunk)?;
        self.by_sending.remove(&flight.sending);
        Some(flight)
    }

    fn note_answered(&mut self, sending: u64) {
        let mut candidate = sending;
        for slot in &mut self.newest_answered {
            if candidate > *slot {
                core::mem::swap(slot, &mut candidate);
            }
        }
    }
}

const fn bit(chunk: u16) -> u64 {
    1 << (chunk % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(chunks: &mut Chunks, count: u16) {
        for _ in 0..count {
            let next = chunks.next(u16::MAX).unwrap();
            chunks.handle_sent(next, Instant::ZERO);
        }
    }

    #[test]
    fn three_later_answers_overtake_a_chunk_and_two_do_not() {
        let mut chunks = Chunks::new(10);
        send(&mut chunks, 5);
        for (chunk, overtaken) in [(2, None), (1, None), (4, Some(0))] {
            chunks.confirm(chunk);
            assert_eq!(chunks.overtaken(), overtaken);
        }
    }

    #[test]
    fn a_chunk_sent_again_is_overtaken_only_by_what_was_sent_after_that() {
        let mut chunks = Chunks::new(10);
        send(&mut chunks, 4);
        for chunk in 1..4 {
            chunks.confirm(chunk);
        }
        assert!(chunks.send_again(0, Reason::Overtaken));
        send(&mut chunks, 1);
        assert_eq!(chunks.overtaken(), None);
        send(&mut chunks, 3);
        for chunk in 4..7 {
            assert_eq!(chunks.overtaken(), None);
            chunks.confirm(chunk);
        }
        assert_eq!(chunks.overtaken(), Some(0));
    }

    #[test]
    fn the_window_bounds_new_chunks_and_those_sent_again() {
        let mut chunks = Chunks::new(10);
        send(&mut chunks, 3);
        assert_eq!(chunks.next(3), None);
        chunks.send_again(2, Reason::Silence);
        chunks.send_again(1, Reason::Silence);
        assert_eq!(chunks.next(1), None);
        let lowest = Next {
            chunk: 1,
            again: Some(Reason::Silence),
        };
        assert_eq!(chunks.next(2), Some(lowest));
    }

    #[test]
    fn a_second_confirmation_is_none() {
        let mut chunks = Chunks::new(2);
        assert_eq!(chunks.confirm(0), None);
        send(&mut chunks, 2);
        assert_eq!(chunks.confirm(0), Some(Some(Instant::ZERO)));
        assert_eq!(chunks.confirm(0), None);
        chunks.send_again(1, Reason::Silence);
        assert_eq!(chunks.confirm(1), Some(None));
        assert!(chunks.are_all_confirmed() && chunks.is_quiet());
    }

    #[test]
    fn after_a_reconnect_the_outstanding_ones_go_first_and_in_order() {
        let mut chunks = Chunks::new(9);
        send(&mut chunks, 4);
        chunks.confirm(1);
        chunks.send_all_again();
        let mut order = Vec::new();
        while let Some(next) = chunks.next(9).filter(|next| next.again.is_some()) {
            order.push(next.chunk);
            chunks.handle_sent(next, Instant::ZERO);
        }
        assert_eq!(order, [0, 2, 3]);
    }
}
