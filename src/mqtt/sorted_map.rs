//! A map in a sorted vector.
//!
//! A client has some dozens of subscriptions, seldom thousands, and what is added mostly belongs at the end: a vector
//! serves that as well as the trees of the standard library, at a tenth of their code in the wasm.

use core::borrow::Borrow;

/// Values by their keys: found in logarithmic time, added and removed in linear time.
#[derive(Debug)]
pub struct SortedMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        let entries = Vec::new();
        Self { entries }
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let index = self.place(key).ok()?;
        self.entries.get(index).map(|(_, value)| value)
    }

    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let index = self.place(key).ok()?;
        self.entries.get_mut(index).map(|(_, value)| value)
    }

    /// Adds a key that is not in yet; one that is keeps its value.
    pub fn insert(&mut self, key: K, value: V) {
        if let Err(index) = self.place(key.borrow()) {
            self.entries.insert(index, (key, value));
        }
    }

    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let index = self.place(key).ok()?;
        Some(self.entries.remove(index).1)
    }

    /// In ascending order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|(key, _)| key)
    }

    /// In the order of their keys.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// Where the key is, or where it belongs.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.entries
            .binary_search_by(|(other, _)| other.borrow().cmp(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_was_inserted_in_any_order_and_not_removed() {
        let mut map = SortedMap::default();
        for key in ["c", "a", "d", "b"] {
            map.insert(key.to_owned(), key.len());
        }
        map.insert("a".to_owned(), 7);
        assert_eq!(map.get("a"), Some(&1), "the first value stays");
        assert_eq!(map.remove("c"), Some(1));
        assert_eq!(map.remove("c"), None);
        assert!(map.get("c").is_none() && map.get_mut("e").is_none());
        *map.get_mut("d").unwrap() = 4;
        map.values_mut().for_each(|value| *value += 1);
        assert_eq!(map.keys().collect::<Vec<_>>(), ["a", "b", "d"]);
        assert_eq!(map.get("d"), Some(&5));
    }
}
