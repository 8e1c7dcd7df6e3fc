//! A map and a set in sorted vectors.
//!
//! What the machines keep by name or number are some dozens of entries, seldom thousands, and what is added mostly
//! belongs at the end: a vector serves that as well as the trees and tables of the standard library, at a tenth of their
//! code in the wasm. It is walked in the order of its keys, so that a simulation can repeat a run.

use core::borrow::Borrow;
use core::cmp::Ordering;

/// Values by their keys: found in logarithmic time, added and removed in linear time.
#[derive(Debug)]
pub(crate) struct SortedMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> SortedMap<K, V> {
    pub(crate) const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    /// In the order of the keys, like all that follow.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (K, V)> {
        self.entries.drain(..)
    }

    pub(crate) fn first_key_value(&self) -> Option<(&K, &V)> {
        self.entries.first().map(|(key, value)| (key, value))
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let index = self.place(key).ok()?;
        self.entries.get(index).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let index = self.place(key).ok()?;
        self.entries.get_mut(index).map(|(_, value)| value)
    }

    pub(crate) fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let index = self.place(key).ok()?;
        self.entries.get(index).map(|(key, value)| (key, value))
    }

    pub(crate) fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Adds a key, or gives one that is in another value.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(index) => self.entries[index].1 = value,
            Err(index) => self.entries.insert(index, (key, value)),
        }
    }

    /// The value of a key, which is added where it is not in yet.
    pub(crate) fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let index = self.place(&key).unwrap_or_else(|index| {
            self.entries.insert(index, (key, value()));
            index
        });
        &mut self.entries[index].1
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let index = self.place(key).ok()?;
        Some(self.entries.remove(index).1)
    }

    /// Where the key is, or where it belongs. What is added in ascending order is placed without a search.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        if self
            .entries
            .last()
            .is_none_or(|(last, _)| last.borrow() < key)
        {
            return Err(self.entries.len());
        }
        search(self.entries.len(), &|index| {
            self.entries[index].0.borrow().cmp(key)
        })
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

/// The index of `Equal` among `len` in ascending order, or where it belongs. One search for maps and sets of all types.
fn search(len: usize, order: &dyn Fn(usize) -> Ordering) -> Result<usize, usize> {
    let (mut least, mut most) = (0, len);
    while least < most {
        let middle = usize::midpoint(least, most);
        match order(middle) {
            Ordering::Less => least = middle + 1,
            Ordering::Equal => return Ok(middle),
            Ordering::Greater => most = middle,
        }
    }
    Err(least)
}

/// Values, each once, in ascending order.
#[derive(Debug)]
pub(crate) struct SortedSet<T>(Vec<T>);

impl<T: Ord> SortedSet<T> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    pub(crate) fn first(&self) -> Option<&T> {
        self.0.first()
    }

    /// Takes the least away.
    pub(crate) fn pop_first(&mut self) -> Option<T> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    pub(crate) fn contains(&self, value: &T) -> bool {
        self.place(value).is_ok()
    }

    /// False where it was in already.
    pub(crate) fn insert(&mut self, value: T) -> bool {
        let place = self.place(&value);
        if let Err(index) = place {
            self.0.insert(index, value);
        }
        place.is_err()
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }

    fn place(&self, value: &T) -> Result<usize, usize> {
        search(self.0.len(), &|index| self.0[index].cmp(value))
    }

    /// False where it was not in.
    pub(crate) fn remove(&mut self, value: &T) -> bool {
        let place = self.place(value);
        if let Ok(index) = place {
            self.0.remove(index);
        }
        place.is_ok()
    }
}

impl<T: Ord> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut set = Self::new();
        for value in values {
            set.insert(value);
        }
        set
    }
}

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_finds_what_was_inserted_in_any_order_and_not_removed() {
        let mut map = SortedMap::new();
        for key in ["c", "a", "d", "b"] {
            map.insert(key.to_owned(), 1);
        }
        map.insert("a".to_owned(), 7);
        assert_eq!(map.get("a"), Some(&7), "the last value stays");
        assert_eq!(map.remove("c"), Some(1));
        assert_eq!(map.remove("c"), None);
        assert!(map.get("c").is_none() && map.get_mut("e").is_none());
        assert!(map.contains_key("d") && !map.contains_key("c"));
        *map.get_mut("d").unwrap() = 4;
        map.values_mut().for_each(|value| *value += 1);
        assert_eq!(map.keys().collect::<Vec<_>>(), ["a", "b", "d"]);
        assert_eq!(map.values().collect::<Vec<_>>(), [&8, &2, &5]);
        let a = "a".to_owned();
        assert_eq!(map.first_key_value(), Some((&a, &8)));
        assert_eq!(map.get_key_value("a"), Some((&a, &8)));
        assert_eq!(map.len(), 3);
        assert_eq!(map.drain().map(|(_, value)| value).sum::<i32>(), 15);
        assert!(map.is_empty());
    }

    #[test]
    fn a_map_makes_a_value_only_where_none_is() {
        let mut map = SortedMap::new();
        *map.get_or_insert_with(2, || 10) += 1;
        *map.get_or_insert_with(2, || 20) += 1;
        *map.get_or_insert_with(1, || 30) += 1;
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&1, &31), (&2, &12)]);
    }

    #[test]
    fn a_set_holds_each_value_once_and_gives_the_least_first() {
        let mut set = SortedSet::new();
        let inserted = [3, 1, 3, 2].map(|value| set.insert(value));
        assert_eq!(inserted, [true, true, false, true]);
        assert!(set.remove(&2) && !set.remove(&2) && !set.contains(&2));
        assert_eq!(set.iter().collect::<Vec<_>>(), [&1, &3]);
        assert_eq!(set.first(), Some(&1));
        let taken = [(); 3].map(|()| set.pop_first());
        assert_eq!(taken, [Some(1), Some(3), None]);
        assert!(set.is_empty());
    }
}
