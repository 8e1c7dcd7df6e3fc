//! Packet identifiers: which are taken, and which comes next (section 2.3.1).

use super::packet::PacketId;

/// A set of packet identifiers: one bit for each, 8 KiB at most and nothing while it was never used.
#[derive(Debug, Default)]
pub struct IdSet {
    words: Vec<u64>,
}

impl IdSet {
    /// Every identifier and the unused 0.
    const WORDS: usize = 65_536 / 64;

    /// Adds `id`; false if it was in already.
    pub fn insert(&mut self, id: PacketId) -> bool {
        if self.words.is_empty() {
            self.words.resize(Self::WORDS, 0);
        }
        let (index, bit) = place(id);
        let Some(word) = self.words.get_mut(index) else {
            return false;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Takes `id` out; false if it was not in.
    pub fn remove(&mut self, id: PacketId) -> bool {
        let (index, bit) = place(id);
        let Some(word) = self.words.get_mut(index) else {
            return false;
        };
        let was_in = *word & bit != 0;
        *word &= !bit;
        was_in
    }

    pub fn clear(&mut self) {
        self.words.fill(0);
    }
}

fn place(id: PacketId) -> (usize, u64) {
    (usize::from(id.get() / 64), 1 << (id.get() % 64))
}

/// Hands out the identifiers of what this client sends.
///
/// They go round and round instead of from the lowest free one, so that an acknowledgement that comes twice does not
/// meet a newer exchange under the number of the old one.
#[derive(Debug, Default)]
pub struct PacketIds {
    taken: IdSet,
    /// The newest one handed out, or 0.
    last: u16,
}

impl PacketIds {
    /// An identifier that nothing else has `[MQTT-2.3.1-2]`, or `None` while all 65,535 are taken.
    pub fn allocate(&mut self) -> Option<PacketId> {
        for _ in 0..=u16::MAX {
            self.last = self.last.wrapping_add(1);
            if let Some(id) = PacketId::new(self.last)
                && self.taken.insert(id)
            {
                return Some(id);
            }
        }
        None
    }

    /// Its exchange is over: `id` may be handed out again.
    pub fn release(&mut self, id: PacketId) {
        self.taken.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(value: u16) -> PacketId {
        PacketId::new(value).unwrap()
    }

    #[test]
    fn a_set_knows_what_is_in_it() {
        let mut set = IdSet::default();
        assert!(!set.remove(id(1)));
        for value in [1, 63, 64, 65_535] {
            assert!(set.insert(id(value)));
            assert!(!set.insert(id(value)));
        }
        assert!(set.remove(id(64)));
        assert!(!set.remove(id(64)));
        set.clear();
        assert!(set.insert(id(65_535)));
    }

    #[test]
    fn identifiers_go_round_and_leave_out_zero_and_what_is_taken() {
        let mut ids = PacketIds::default();
        assert_eq!(ids.allocate(), Some(id(1)));
        assert_eq!(ids.allocate(), Some(id(2)));
        ids.release(id(1));
        assert_eq!(ids.allocate(), Some(id(3)), "1 is free, but not yet again");
        for expected in 4..=65_535 {
            assert_eq!(ids.allocate(), Some(id(expected)));
        }
        assert_eq!(ids.allocate(), Some(id(1)), "2 is still taken");
    }

    #[test]
    fn when_all_are_taken_there_is_none_until_one_is_released() {
        let mut ids = PacketIds::default();
        let mut count = 0;
        while ids.allocate().is_some() {
            count += 1;
        }
        assert_eq!(count, 65_535);
        ids.release(id(700));
        assert_eq!(ids.allocate(), Some(id(700)));
        assert_eq!(ids.allocate(), None);
    }
}
