//! The order of a module's functions: each beside those that it is most like.
//!
//! brotli writes what it has seen before as a distance back and a length, and the distance in the more bits the longer it is.
//! Where the many functions that are the same code for another type stand side by side, a module is 1 to 3 % smaller.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::damaged;
use crate::error::{Error, Result};
use crate::paths::write;

/// How many bytes in a row two functions must share for it to count.
const RUN: usize = 4;

/// Runs in more functions than this say nothing of any two of them.
const COMMON: usize = 200;

/// Digits before each function's name.
const DIGITS: usize = 6;

/// Names the functions of a module that has no names, by which wasm-opt is to sort them then: the place of each, and the name
/// that it has in `map`, as wasm-opt prints one.
pub fn name(wasm: &Path, map: &str) -> Result {
    let fail = |cause| Error::file(format!("read {}", wasm.display()), &cause);
    let mut module = std::fs::read(wasm).map_err(fail)?;
    let names = names(&module, map)
        .ok_or_else(|| damaged(&format!("{} and its functions disagree", wasm.display())))?;
    module.extend(section(&names));
    write(wasm, module)
}

fn names(module: &[u8], map: &str) -> Option<Vec<String>> {
    let mut names: Vec<String> = map
        .lines()
        .filter_map(|line| Some(line.split_once(':')?.1.to_owned()))
        .collect();
    let bodies = bodies(module)?;
    // Those that are imported come first.
    let imported = names.len().checked_sub(bodies.len())?;
    for (place, index) in side_by_side(&bodies).into_iter().enumerate() {
        names[imported + index].insert_str(0, &format!("{place:0DIGITS$}"));
    }
    Some(names)
}

/// The section with the names of all functions [WebAssembly core specification, 7.4.1].
fn section(names: &[String]) -> Vec<u8> {
    const CUSTOM: u8 = 0;
    const FUNCTIONS: u8 = 1;
    let mut all = Vec::new();
    put_number(&mut all, names.len());
    for (index, name) in names.iter().enumerate() {
        put_number(&mut all, index);
        put_sized(&mut all, name.as_bytes());
    }
    let mut content = Vec::new();
    put_sized(&mut content, b"name");
    content.push(FUNCTIONS);
    put_sized(&mut content, &all);
    let mut section = vec![CUSTOM];
    put_sized(&mut section, &content);
    section
}

fn put_sized(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len());
    out.extend(bytes);
}

/// Numbers are written seven bits a byte, the lowest first.
fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The lines of a function map without the places before the names.
pub fn without_places(map: &str) -> String {
    let line = |line: &str| match line.split_once(':') {
        Some((index, name)) if is_numbered(name) => format!("{index}:{}\n", &name[DIGITS..]),
        _ => format!("{line}\n"),
    };
    map.lines().map(line).collect()
}

fn is_numbered(name: &str) -> bool {
    name.bytes().take_while(u8::is_ascii_digit).count() >= DIGITS
}

/// The functions by their indices, each followed by the one of which it has the largest share in itself.
fn side_by_side(bodies: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<BTreeSet<&[u8]>> = bodies
        .iter()
        .map(|body| body.windows(RUN).collect())
        .collect();
    let mut holders: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (index, runs) in runs.iter().enumerate() {
        for run in runs {
            holders.entry(run).or_default().push(index);
        }
    }
    holders.retain(|_, holders| (2..=COMMON).contains(&holders.len()));
    let mut left: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut order: Vec<usize> = Vec::with_capacity(bodies.len());
    while !left.is_empty() {
        let mut shared = vec![0_u64; bodies.len()];
        let last = order.last().into_iter().flat_map(|last| &runs[*last]);
        for index in last.filter_map(|run| holders.get(run)).flatten() {
            shared[*index] += 1;
        }
        // Of equals the shortest, and of these the first.
        let rank = |index: &usize| {
            let share = shared[*index] * 1_000_000 / runs[*index].len().max(1) as u64;
            (share, Reverse((bodies[*index].len(), *index)))
        };
        let next = left.iter().copied().max_by_key(rank);
        order.extend(next);
        left.retain(|index| Some(*index) != next);
    }
    order
}

/// The bodies of a module's own functions [WebAssembly core specification, 5.5.13].
fn bodies(wasm: &[u8]) -> Option<Vec<&[u8]>> {
    const CODE: u8 = 10;
    let mut rest = wasm.get(8..)?;
    loop {
        let (kind, after) = rest.split_first()?;
        let (section, after) = sized(after)?;
        rest = after;
        if *kind == CODE {
            let (count, mut functions) = number_at(section)?;
            let mut next = || {
                let (body, after) = sized(functions)?;
                functions = after;
                Some(body)
            };
            return (0..count).map(|_| next()).collect();
        }
    }
}

/// What has its length before it, and what follows.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number_at(bytes)?;
    rest.split_at_checked(length)
}

/// A number, and what follows.
fn number_at(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().position(|byte| *byte < 0x80)?;
    let (digits, rest) = bytes.split_at(end + 1);
    let number = digits
        .iter()
        .rev()
        .fold(0, |number, digit| number << 7 | usize::from(digit & 0x7f));
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_stands_beside_what_it_is_most_like() {
        let bodies: [&[u8]; 5] = [
            b"one two three four",
            b"0123456789abcdefg",
            b"a",
            b"one two fou",
            b"x0123456",
        ];
        // By their lengths alone 3 would stand before 1.
        assert_eq!(side_by_side(&bodies), [2, 4, 1, 3, 0]);
    }

    /// A module of those functions, of which one is imported and the others are bodies, and its map of them.
    fn module(bodies: &[&[u8]]) -> (Vec<u8>, String) {
        let mut code = vec![bodies.len() as u8];
        bodies.iter().for_each(|body| put_sized(&mut code, body));
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        for (kind, content) in [(2, vec![0; 300]), (10, code)] {
            module.push(kind);
            put_sized(&mut module, &content);
        }
        let lines = (0..=bodies.len()).map(|index| format!("{index}:f::{index}\n"));
        (module, lines.collect())
    }

    #[test]
    fn names_have_their_places_before_them_and_lose_them_again() {
        let (module, map) = module(&[b"one two three", b"other", b"one two four"]);
        let names = names(&module, &map).unwrap();
        assert_eq!(names, ["f::0", "000002f::1", "000000f::2", "000001f::3"]);
        let named: String = (0..)
            .zip(&names)
            .map(|(index, name)| format!("{index}:{name}\n"))
            .collect();
        assert_eq!(without_places(&named), map);
    }

    #[test]
    fn a_map_of_another_module_is_noticed() {
        let (module, _) = module(&[b"one", b"two"]);
        assert_eq!(names(&module, "0:f\n"), None);
        assert_eq!(names(&module[..8], "0:f\n"), None);
    }

    #[test]
    fn a_section_has_the_names_by_number() {
        let names = ["a".to_owned(), "bc".to_owned()];
        let expected = b"\x00\x0f\x04name\x01\x08\x02\x00\x01a\x01\x02bc";
        assert_eq!(section(&names), expected);
        let mut long = Vec::new();
        put_number(&mut long, 624_485);
        assert_eq!(long, [0xe5, 0x8e, 0x26]);
        assert_eq!(number_at(&long), Some((624_485, &[][..])));
    }
}
