//! The reference device: a program that speaks PROTOCOL.md and was written apart from this project.

use core::time::Duration;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::Instant;

use super::folder::Folder;
use super::job::Job;
use super::programs;

/// A device beside the test. It saves what it receives.
pub struct Device {
    job: Job,
    folder: Folder,
    received: u32,
}

/// An image as the device reports it.
pub struct Report {
    /// Name and size of its begin.
    pub name: String,
    pub bytes: Vec<u8>,
    pub whole: bool,
    /// How many frames of each kind came.
    pub begins: u32,
    pub data: u32,
    pub finishes: u32,
}

impl Device {
    /// Starts one at the broker on `port`, on the topics `<name>/to` and `<name>/from`, with further options.
    pub fn start(port: u16, name: &str, options: &[&str]) -> Self {
        let folder = Folder::new();
        let script = programs::root().join("tests/device/reference_device.py");
        let mut command = Command::new(programs::python());
        command
            .arg(script)
            .args(["--port", &port.to_string(), "--seconds", "300"])
            .args(["--to", &to(name), "--from", &from(name)])
            .arg("--out")
            .arg(folder.path())
            .args(options);
        let mut job = Job::start(&mut command);
        job.line("ready", Duration::from_secs(60));
        Self {
            job,
            folder,
            received: 0,
        }
    }

    /// The next image that it received.
    pub fn image(&mut self) -> Report {
        let line = self.job.line("{", Duration::from_secs(60));
        let number = |name| field(&line, name).parse().unwrap();
        let size: u32 = number("bytes");
        let name = field(&line, "name");
        Report {
            whole: field(&line, "whole") == "true",
            begins: number("begins"),
            data: number("data"),
            finishes: number("finishes"),
            bytes: self.saved(&name, usize::try_from(size).unwrap()),
            name,
        }
    }

    /// It reports first and saves then.
    fn saved(&mut self, name: &str, size: usize) -> Vec<u8> {
        self.received += 1;
        let file = format!("{:04}-{name}", self.received);
        let file = self.folder.path().join(file);
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            if let Ok(bytes) = fs::read(&file)
                && bytes.len() == size
            {
                return bytes;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("{} was not written", file.display());
    }
}

/// The topic to the device of this name.
pub fn to(name: &str) -> String {
    format!("{name}/to")
}

/// The topic of its feedback.
pub fn from(name: &str) -> String {
    format!("{name}/from")
}

/// A field of a flat JSON object whose strings have nothing to escape.
fn field(line: &str, name: &str) -> String {
    let start = format!("\"{name}\": ");
    let (_, rest) = line.split_once(&start).expect("the field is there");
    let end = rest.find([',', '}']).expect("the object ends");
    rest[..end].trim_matches('"').to_owned()
}
