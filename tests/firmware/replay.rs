//! The receiver in C, compiled by the machine's compiler and fed with messages.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use mqtt_image_sender::transfer::Numbering;

/// The compiled program.
pub struct Replay(PathBuf);

/// What the device did.
pub struct Said {
    /// Its feedback, in order.
    pub answers: Vec<Vec<u8>>,
    /// Name, size and sum of each image that was whole.
    pub images: Vec<(String, usize, u32)>,
}

impl Replay {
    /// Compiles it, once for all tests.
    pub fn compile() -> &'static Self {
        static COMPILED: OnceLock<Replay> = OnceLock::new();
        COMPILED.get_or_init(|| {
            let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("firmware");
            fs::create_dir_all(&dir).unwrap();
            let program = dir.join("replay");
            let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/firmware");
            let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
            let output = Command::new(&compiler)
                .args([
                    "-std=c99",
                    "-pedantic",
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-O1",
                ])
                .args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"])
                .args([sources.join("receiver.c"), sources.join("replay.c")])
                .arg("-o")
                .arg(&program)
                .output()
                .unwrap_or_else(|error| panic!("{compiler}: {error}; install a C compiler"));
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && said.is_empty(), "{said}");
            Self(program)
        })
    }

    /// Feeds a new device. `piece` bytes of a message come at once, 0: all of them.
    pub fn run(
        &self,
        numbering: Numbering,
        piece: usize,
        room: usize,
        messages: &[Vec<u8>],
    ) -> Said {
        let words = [piece.to_string(), room.to_string()];
        self.feed(numbering, &words, messages)
    }

    /// The same, but each piece comes twice.
    pub fn run_doubled(&self, piece: usize, room: usize, messages: &[Vec<u8>]) -> Said {
        let words = [piece.to_string(), room.to_string(), "twice".to_owned()];
        self.feed(Numbering::Echo, &words, messages)
    }

    fn feed(&self, numbering: Numbering, words: &[String], messages: &[Vec<u8>]) -> Said {
        let mut child = Command::new(&self.0)
            .arg(numbering.as_str())
            .args(words)
            .env("ASAN_OPTIONS", "detect_leaks=0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let text = as_hex(messages);
        // It answers while it reads: one thread alone would wait for itself.
        let writer = thread::spawn(move || input.write_all(&text));
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", output.status);
        writer.join().unwrap().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (images, answers) = text
            .lines()
            .partition::<Vec<_>, _>(|line| line.starts_with("whole "));
        Said {
            answers: answers.into_iter().map(bytes).collect(),
            images: images.into_iter().map(image).collect(),
        }
    }
}

fn as_hex(messages: &[Vec<u8>]) -> Vec<u8> {
    let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
    let mut text = Vec::new();
    for message in messages {
        for byte in message {
            text.extend([digit(byte >> 4), digit(byte & 15)]);
        }
        text.push(b'\n');
    }
    text
}

fn bytes(line: &str) -> Vec<u8> {
    let bytes = line.split(' ').map(|byte| u8::from_str_radix(byte, 16));
    bytes.collect::<Result<_, _>>().unwrap()
}

fn image(line: &str) -> (String, usize, u32) {
    let words: Vec<_> = line.split(' ').collect();
    let [_, name, size, sum] = words[..] else {
        panic!("{line}");
    };
    (name.to_owned(), size.parse().unwrap(), sum.parse().unwrap())
}
