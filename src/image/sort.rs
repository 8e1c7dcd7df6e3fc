//! Sorting of a few things. The library's sorts are made for millions, and would weigh more than the dithers do.

/// Sorts by insertion, the least first; what is equal keeps its order. A key that cannot be compared counts as equal.
pub(crate) fn sort_by_key<T: Copy, K: PartialOrd>(items: &mut [T], key: impl Fn(&T) -> K) {
    for next in 1..items.len() {
        let item = items[next];
        let mut place = next;
        while place > 0 && key(&item) < key(&items[place - 1]) {
            items[place] = items[place - 1];
            place -= 1;
        }
        items[place] = item;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_order_and_equal_ones_stay_in_theirs() {
        let mut items = [(3, 'a'), (1, 'b'), (3, 'c'), (2, 'd'), (1, 'e'), (0, 'f')];
        sort_by_key(&mut items, |&(number, _)| number);
        let letters: String = items.iter().map(|&(_, letter)| letter).collect();
        assert_eq!(letters, "fbedac");
        sort_by_key(&mut [0_u8; 0], |&number| number);
        let mut floats = [2.5, -1.0, 0.0];
        sort_by_key(&mut floats, |&number| number);
        assert_eq!(floats, [-1.0, 0.0, 2.5]);
    }
}
