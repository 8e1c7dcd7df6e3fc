//! Where in the sources each panic would have come from, which nobody is told: of a panic the modules have the trap alone.
//!
//! The code no longer hands these places on once `panics` is through, but they stay among the constants, as the generator of
//! the bindings and wasm-opt remove none. They are made zeros, which compress to nothing.

use walrus::ir::Value;
use walrus::{ConstExpr, DataId, DataKind, Module};

/// A `core::panic::Location` in memory: the address and the length of a file's name, a line and a column.
const SIZE: usize = 16;

/// Longer than any name, line or column.
const MOST: usize = 100_000;

/// Makes zeros of every place in `module`, and of the files' names.
pub fn clear(module: &mut Module) {
    let segments: Vec<(usize, DataId)> = module
        .data
        .iter()
        .filter_map(|data| Some((start(&data.kind)?, data.id())))
        .collect();
    let mut cleared = Vec::new();
    for (start, id) in &segments {
        // From one multiple of 4 to the next.
        for at in (start.next_multiple_of(4)..).step_by(4) {
            let Some(place) = slice(module, (*start, *id), at, SIZE) else {
                break;
            };
            let [address, length, line, column] = numbers(place);
            let is_place = (1..MOST).contains(&line) && (1..MOST).contains(&column);
            let name = segments
                .iter()
                .find_map(|segment| slice(module, *segment, address, length));
            if is_place && name.is_some_and(|name| name.ends_with(b".rs")) {
                cleared.extend([(at, SIZE), (address, length)]);
            }
        }
    }
    for (start, id) in segments {
        let bytes = &mut module.data.get_mut(id).value;
        for (address, length) in &cleared {
            if let Some(bytes) = range(start, *address, *length).and_then(|it| bytes.get_mut(it)) {
                bytes.fill(0);
            }
        }
    }
}

/// The address of a segment.
fn start(kind: &DataKind) -> Option<usize> {
    match kind {
        DataKind::Active {
            offset: ConstExpr::Value(Value::I32(start)),
            ..
        } => usize::try_from(*start).ok(),
        _ => None,
    }
}

fn range(start: usize, address: usize, length: usize) -> Option<std::ops::Range<usize>> {
    let from = address.checked_sub(start)?;
    Some(from..from.checked_add(length)?)
}

/// What is in a segment at an address, where all of it is there.
fn slice(
    module: &Module,
    (start, id): (usize, DataId),
    address: usize,
    length: usize,
) -> Option<&[u8]> {
    module
        .data
        .get(id)
        .value
        .get(range(start, address, length)?)
}

fn numbers(place: &[u8]) -> [usize; 4] {
    [0, 4, 8, 12].map(|at| {
        let bytes = place[at..at + 4].iter().rev();
        bytes.fold(0, |number, byte| number << 8 | usize::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i32 = 1024;
    const TEXTS: i32 = 4096;

    fn record(numbers: [i32; 4]) -> Vec<u8> {
        numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect()
    }

    /// What is left of a record whose text is at `TEXTS`, and of the text.
    fn left(numbers: [i32; 4], text: &str) -> (Vec<u8>, Vec<u8>) {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let mut add = |start: i32, value: Vec<u8>| {
            let offset = ConstExpr::Value(Value::I32(start));
            module.data.add(DataKind::Active { memory, offset }, value)
        };
        let before = [&[7; 4][..], &record(numbers)].concat();
        let (records, texts) = (add(START, before), add(TEXTS, text.into()));
        clear(&mut module);
        let value = |id| module.data.get(id).value.clone();
        (value(records)[4..].to_vec(), value(texts))
    }

    #[test]
    fn a_place_and_its_file_are_zeros() {
        let (record, text) = left([TEXTS, 10, 12, 5], "src/lib.rs and more");
        assert_eq!(record, [0; SIZE]);
        assert_eq!(text, *b"\0\0\0\0\0\0\0\0\0\0 and more");
    }

    #[test]
    fn what_is_no_place_stays() {
        for (numbers, text) in [
            ([TEXTS, 10, 12, 5], "src/lib.js"),
            ([TEXTS, 10, 0, 5], "src/lib.rs"),
            ([TEXTS, 10, 12, i32::MAX], "src/lib.rs"),
            ([TEXTS, 11, 12, 5], "src/lib.rs"),
            ([TEXTS - 1, 10, 12, 5], "src/lib.rs"),
        ] {
            let (record_left, text_left) = left(numbers, text);
            assert_eq!(record_left, record(numbers));
            assert_eq!(text_left, text.as_bytes());
        }
    }
}
