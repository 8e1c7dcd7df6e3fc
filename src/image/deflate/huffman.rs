//! Huffman codes, and how a block says which are its own (RFC 1951, 3.2.2 and 3.2.7).

use super::super::sort::sort_by_key;
use super::Bits;

/// The order in which the lengths of the lengths' codes are written.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// A code for each symbol that occurs.
pub(super) struct Codes {
    lengths: Vec<u8>,
    /// Turned round already: the first bit is the lowest.
    codes: Vec<u16>,
}

impl Codes {
    /// Codes for symbols that occur so often, each of at most `limit` bits.
    pub(super) fn new(counts: &[u32], limit: usize) -> Self {
        let lengths = lengths(counts, limit);
        let codes = codes(&lengths);
        Self { lengths, codes }
    }

    pub(super) fn put(&self, bits: &mut Bits, symbol: usize) {
        bits.push(self.codes[symbol].into(), self.lengths[symbol].into());
    }
}

/// Both alphabets' code lengths, themselves coded.
pub(super) fn write(bits: &mut Bits, literals: &Codes, distances: &Codes) {
    let used = |codes: &Codes, least: usize| {
        let last = codes.lengths.iter().rposition(|&length| length > 0);
        last.map_or(least, |last| least.max(last + 1))
    };
    let (literal_count, distance_count) = (used(literals, 257), used(distances, 1));
    let both = [
        &literals.lengths[..literal_count],
        &distances.lengths[..distance_count],
    ]
    .concat();
    let runs = runs(&both);
    let mut counts = [0; 19];
    runs.iter().for_each(|run| counts[run.symbol] += 1);
    let codes = Codes::new(&counts, 7);
    let written = ORDER
        .iter()
        .rposition(|&symbol| codes.lengths[symbol] > 0)
        .map_or(4, |last| (last + 1).max(4));
    // 257 to 286, 1 to 30, 4 to 19.
    bits.push(literal_count as u32 - 257, 5);
    bits.push(distance_count as u32 - 1, 5);
    bits.push(written as u32 - 4, 4);
    for &symbol in &ORDER[..written] {
        bits.push(codes.lengths[symbol].into(), 3);
    }
    for run in runs {
        codes.put(bits, run.symbol);
        bits.push(run.more, run.bits);
    }
}

/// A code length, or how often one is repeated.
struct Run {
    symbol: usize,
    more: u32,
    bits: u32,
}

fn runs(lengths: &[u8]) -> Vec<Run> {
    let mut runs = Vec::new();
    for same in lengths.chunk_by(|a, b| a == b) {
        let length = same[0];
        let run = |symbol: usize, count: usize, least: usize, bits| Run {
            symbol,
            more: (count - least) as u32,
            bits,
        };
        let one = || run(length.into(), 0, 0, 0);
        let mut left = same.len();
        if length > 0 {
            runs.push(one());
            left -= 1;
        }
        while left > 0 {
            let count = match (length, left) {
                (_, ..3) => 1,
                (0, _) => left.min(138),
                (_, _) => left.min(6),
            };
            runs.push(match (length, count) {
                (_, ..3) => one(),
                (0, ..11) => run(17, count, 3, 3),
                (0, _) => run(18, count, 11, 7),
                (_, _) => run(16, count, 3, 2),
            });
            left -= count;
        }
    }
    runs
}

/// Code lengths that are short for what is frequent. At least two symbols get one, so that every decoder is content.
fn lengths(counts: &[u32], limit: usize) -> Vec<u8> {
    let mut order: Vec<usize> = (0..counts.len())
        .filter(|&symbol| counts[symbol] > 0)
        .collect();
    order.extend(
        (0..counts.len())
            .filter(|&symbol| counts[symbol] == 0)
            .take(2_usize.saturating_sub(order.len())),
    );
    sort_by_key(&mut order, |&symbol| counts[symbol]);
    let weights: Vec<u32> = order.iter().map(|&symbol| counts[symbol]).collect();
    let mut of_length = [0_usize; 33];
    depths(&weights)
        .iter()
        .for_each(|&depth| of_length[depth.min(limit)] += 1);
    make_room(&mut of_length, limit);
    let mut lengths = vec![0; counts.len()];
    // The rarest come first in the order, and get the longest.
    let longest_first = (1..=limit)
        .rev()
        .flat_map(|length| std::iter::repeat_n(length as u8, of_length[length]));
    for (symbol, length) in order.into_iter().zip(longest_first) {
        lengths[symbol] = length;
    }
    lengths
}

/// How deep each leaf lies in the tree that joins the two lightest again and again; weights come in ascending order.
fn depths(weights: &[u32]) -> Vec<usize> {
    let leaves = weights.len();
    // Leaves, then joints in the order in which they are made, which is that of their weights too.
    let mut nodes: Vec<u32> = weights.to_vec();
    let mut parents = vec![0; 2 * leaves - 1];
    let (mut leaf, mut joint) = (0, leaves);
    while nodes.len() < 2 * leaves - 1 {
        let mut lightest = || {
            let is_leaf = leaf < leaves && (joint >= nodes.len() || nodes[leaf] <= nodes[joint]);
            let next = if is_leaf { &mut leaf } else { &mut joint };
            *next += 1;
            *next - 1
        };
        let pair = [lightest(), lightest()];
        pair.iter().for_each(|&node| parents[node] = nodes.len());
        nodes.push(nodes[pair[0]] + nodes[pair[1]]);
    }
    let mut depths = vec![0; nodes.len()];
    // A parent is made after its children; the root is the last.
    for node in (0..nodes.len() - 1).rev() {
        depths[node] = depths[parents[node]] + 1;
    }
    depths.truncate(leaves);
    depths
}

/// Makes codes longer until all have a place, where some were cut to the limit.
fn make_room(of_length: &mut [usize; 33], limit: usize) {
    let places = |of_length: &[usize; 33]| -> usize {
        (1..=limit)
            .map(|length| of_length[length] << (limit - length))
            .sum()
    };
    let mut taken = places(of_length);
    while taken > 1 << limit {
        // One of the longest moves beside one that is shorter, and both become one longer than that.
        of_length[limit] -= 1;
        if let Some(length) = (1..limit).rev().find(|&length| of_length[length] > 0) {
            of_length[length] -= 1;
            of_length[length + 1] += 2;
        }
        taken -= 1;
    }
}

/// RFC 1951, 3.2.2: codes of a length follow each other, longer ones behind shorter ones.
fn codes(lengths: &[u8]) -> Vec<u16> {
    let mut next = [0_u16; 16];
    let mut code = 0;
    for length in 1..16_u8 {
        next[usize::from(length)] = code;
        let count = lengths.iter().filter(|&&other| other == length).count();
        code = (code + count as u16) << 1;
    }
    let mut take = |length: u8| {
        let code = &mut next[usize::from(length)];
        *code += 1;
        (*code - 1).reverse_bits() >> (16 - length)
    };
    let code = |&length: &u8| if length == 0 { 0 } else { take(length) };
    lengths.iter().map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standards_example() {
        // RFC 1951, 3.2.2: A to H with lengths 3, 3, 3, 3, 3, 2, 4, 4.
        let codes = codes(&[3, 3, 3, 3, 3, 2, 4, 4]);
        let straight: Vec<u16> = codes
            .iter()
            .zip([3, 3, 3, 3, 3, 2, 4, 4])
            .map(|(code, length)| code.reverse_bits() >> (16 - length))
            .collect();
        assert_eq!(
            straight,
            [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111]
        );
    }

    #[test]
    fn frequent_symbols_get_short_codes_and_no_code_is_over_the_limit() {
        assert_eq!(lengths(&[8, 4, 2, 1, 1, 0], 15), [1, 2, 3, 4, 4, 0]);
        // Counts like Fibonacci's numbers make the deepest trees.
        let mut counts = vec![1_u32, 1];
        while counts.len() < 30 {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        for limit in [5, 7, 15] {
            let lengths = lengths(&counts, limit);
            assert!(
                lengths
                    .iter()
                    .all(|&length| (1..=limit).contains(&length.into())),
                "{lengths:?}"
            );
            let places: usize = lengths
                .iter()
                .map(|&length| 1 << (limit - usize::from(length)))
                .sum();
            assert_eq!(places, 1 << limit, "no place is wasted");
            assert!(lengths.is_sorted_by(|a, b| a >= b));
        }
    }

    #[test]
    fn one_symbol_or_none_makes_a_complete_code_all_the_same() {
        assert_eq!(lengths(&[0, 0, 5], 15), [1, 0, 1]);
        assert_eq!(lengths(&[0, 0, 0], 15), [1, 1, 0]);
    }
}
