//! A `.tgz` whose bytes depend on nothing but names and contents.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, GzBuilder};

use crate::error::{Error, Result};
use crate::files;

/// A tar archive is a row of blocks of this size.
const BLOCK: usize = 512;
/// npm's own time for every file, 26 October 1985: some programs take 0 for an error.
const TIME: u64 = 499_162_500;

/// Packs the files below `dir` under the name `top`.
pub fn pack(dir: &Path, top: &str) -> Result<Vec<u8>> {
    let mut tar = Vec::new();
    for (name, path) in files::below(dir)? {
        let content =
            fs::read(&path).map_err(|e| Error::file(format!("read {}", path.display()), &e))?;
        append(&mut tar, &format!("{top}/{name}"), &content)?;
    }
    // Two empty blocks end it.
    tar.resize(tar.len() + 2 * BLOCK, 0);
    compress(&tar).map_err(|e| Error::file("compress an archive", &e))
}

/// One file: a block with its name, then its content, filled up to whole blocks.
fn append(tar: &mut Vec<u8>, name: &str, content: &[u8]) -> Result {
    tar.extend(head(name, content.len())?);
    tar.extend(content);
    tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    Ok(())
}

/// The head of POSIX ustar: numbers in octal, and a sum over the block in which the sum itself counts as spaces.
fn head(name: &str, size: usize) -> Result<[u8; BLOCK]> {
    let (prefix, name) = split(name)?;
    let octal = |value: u64, digits: usize| format!("{value:0digits$o}\0");
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &str| {
        block[at..at + text.len()].copy_from_slice(text.as_bytes());
    };
    put(0, name);
    put(100, &octal(0o644, 7)); // mode
    put(108, &octal(0, 7)); // user
    put(116, &octal(0, 7)); // group
    put(124, &octal(size as u64, 11));
    put(136, &octal(TIME, 11));
    put(148, "        "); // the sum
    put(156, "0"); // a file
    put(257, "ustar\x0000");
    put(345, prefix);
    let sum: u64 = block.iter().copied().map(u64::from).sum();
    let sum = format!("{sum:06o}\0 ");
    block[148..156].copy_from_slice(sum.as_bytes());
    Ok(block)
}

/// A name of over 100 bytes is cut at a slash: up to 155 bytes stand apart.
fn split(name: &str) -> Result<(&str, &str)> {
    if name.len() <= 100 {
        return Ok(("", name));
    }
    name.match_indices('/')
        .map(|(at, _)| (&name[..at], &name[at + 1..]))
        .find(|(prefix, rest)| prefix.len() <= 155 && rest.len() <= 100)
        .ok_or_else(|| Error::new(format!("{name} is too long a path"), "shorten its names"))
}

fn compress(tar: &[u8]) -> std::io::Result<Vec<u8>> {
    // No time and no name, and "unknown" for the machine it was made on.
    let mut out = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    out.write_all(tar)?;
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;
    use std::io::Read;

    fn unpacked(archive: &[u8]) -> Vec<u8> {
        let mut tar = Vec::new();
        flate2::read::GzDecoder::new(archive)
            .read_to_end(&mut tar)
            .unwrap();
        tar
    }

    #[test]
    fn the_same_files_give_the_same_bytes_whenever_and_in_whatever_order_they_were_written() {
        let (one, two) = (TempDir::new(), TempDir::new());
        let names = ["b.js", "a/c.js", "a.wasm"];
        for name in names {
            one.put(name, name);
        }
        for name in names.iter().rev() {
            let path = two.put(name, name);
            let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
            fs::File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(old)
                .unwrap();
        }
        let [one, two] = [&one, &two].map(|dir| pack(dir, "package").unwrap());
        assert_eq!(one, two);
    }

    #[test]
    fn another_program_reads_what_was_packed() {
        let dir = TempDir::new();
        let long = format!("{}/{}.js", "d".repeat(90), "f".repeat(60));
        dir.put("a.js", "hello");
        dir.put(&long, "deep");
        let out = TempDir::new();
        let archive = out.join("out.tgz");
        fs::write(&archive, pack(&dir, "package").unwrap()).unwrap();
        let status = std::process::Command::new("tar")
            .arg("-xzf")
            .arg(&archive)
            .arg("-C")
            .arg(out.join(""))
            .status()
            .unwrap();
        assert!(status.success());
        let read = |name: &str| fs::read_to_string(out.join("package").join(name)).unwrap();
        assert_eq!([read("a.js"), read(&long)], ["hello", "deep"]);
    }

    #[test]
    fn the_head_has_its_sum() {
        let dir = TempDir::new();
        dir.put("a", "x");
        let tar = unpacked(&pack(&dir, "t").unwrap());
        assert_eq!(tar.len(), 4 * BLOCK);
        assert_eq!(&tar[..3], b"t/a");
        let stated = std::str::from_utf8(&tar[148..154]).unwrap();
        let mut head = tar[..BLOCK].to_vec();
        head[148..156].fill(b' ');
        let sum: u64 = head.into_iter().map(u64::from).sum();
        assert_eq!(u64::from_str_radix(stated, 8).unwrap(), sum);
    }

    #[test]
    fn a_name_that_cannot_be_cut_is_refused() {
        assert!(split(&"x".repeat(101)).is_err());
    }
}
