//! `cargo xtask dist`: the site and the npm package as archives in `target/dist`, with their checksums, and for whoever reads
//! a stack of theirs the names of their functions.
//!
//! The same checkout gives the same bytes: no time, owner or order of a directory goes into an archive.

mod archive;

use std::fmt::Write;
use std::process::ExitCode;

use sha2::{Digest, Sha256};

use crate::build::{self, Freshness, Grade, Part};
use crate::error::Result;
use crate::flags::Flags;
use crate::paths::{Paths, make_dir, remove_dir, write};
use crate::sums::hex;

/// The command.
pub fn run(flags: Flags) -> Result<ExitCode> {
    flags.finish()?;
    let paths = Paths::find()?;
    build::site(&paths, &Part::ALL, Grade::Optimised, Freshness::SameGrade)?;
    build::package(&paths)?;
    let out = paths.target.join("dist");
    let version = build::version(&paths)?;
    // npm wants its files below "package".
    let archives = [
        ("mqtt-image-sender", paths.package(), "package"),
        ("mqtt-image-sender-site", paths.www(), "mqtt-image-sender"),
    ];
    let mut released = Vec::new();
    for (name, from, top) in archives {
        released.push((format!("{name}-{version}.tgz"), archive::pack(&from, top)?));
    }
    for (part, symbols) in build::symbols(&paths) {
        let name = format!("mqtt-image-sender-{version}-{part}.symbols");
        released.push((name, symbols.into_bytes()));
    }
    remove_dir(&out)?;
    make_dir(&out)?;
    let mut sums = String::new();
    for (name, bytes) in released {
        write(&out.join(&name), &bytes)?;
        // The format of sha256sum, so that `sha256sum --check SHA256SUMS` reads it.
        let _ = writeln!(sums, "{}  {name}", hex(&Sha256::digest(&bytes)));
    }
    write(&out.join("SHA256SUMS"), &sums)?;
    print!("{sums}");
    println!("they are in {}", paths.short(&out));
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_written_as_sha256sum_does() {
        let sum = hex(&Sha256::digest(b"abc"));
        assert_eq!(
            sum,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
