//! A fast device for benchmarks: what one read brought is answered with one write, and each image is checked byte by byte.
//!
//! It plays every device at once: a frame to `bench/NAME/to` is answered on `bench/NAME/ack`. What it needs of MQTT is
//! written out here, so that the device owes nothing to the code that is measured.

use std::collections::HashMap;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;

use super::crc32::crc32;

/// Chunks are of this size but for the last.
const CHUNK: usize = 1400;
const FRAME_HEAD: usize = 9;
const PUBLISH: u8 = 0x30;
const SUBACK: u8 = 0x90;
/// CONNECT as `bench-device`, a clean session, no keep alive.
const CONNECT: &[u8] = b"\x10\x18\x00\x04MQTT\x04\x02\x00\x00\x00\x0cbench-device";

/// What a device does to frames.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// Of each so many data frames one is lost; 0 loses none.
    pub lost_of: u64,
}

/// Serves the devices until the connection ends.
pub fn run(broker: &str, manners: Manners) -> Result<()> {
    let mut socket = TcpStream::connect(broker)?;
    socket.set_nodelay(true)?;
    socket.write_all(CONNECT)?;
    socket.write_all(&subscribe("bench/+/to"))?;
    let mut devices = Devices {
        manners,
        images: HashMap::new(),
        answers: Vec::new(),
        finished: Vec::new(),
    };
    let mut inbox = vec![0; 1 << 20];
    let mut filled = 0;
    loop {
        let room = inbox.get_mut(filled..).unwrap_or_default();
        let read = socket.read(room)?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        filled += read;
        let taken = devices.take(inbox.get(..filled).unwrap_or_default())?;
        inbox.copy_within(taken..filled, 0);
        filled -= taken;
        socket.write_all(&devices.answers)?;
        devices.answers.clear();
        for finished in devices.finished.drain(..) {
            println!("{finished}");
        }
    }
}

/// SUBSCRIBE with packet identifier 1 at QoS 0.
fn subscribe(filter: &str) -> Vec<u8> {
    let mut packet = vec![0x82, (2 + 2 + filter.len() + 1) as u8, 0, 1, 0];
    packet.push(filter.len() as u8);
    packet.extend_from_slice(filter.as_bytes());
    packet.push(0);
    packet
}

/// An image on its way.
#[derive(Default)]
struct Image {
    bytes: Vec<u8>,
    has: Vec<bool>,
    missing: usize,
    /// Data frames, those sent twice and those lost included.
    frames: u64,
}

struct Devices {
    manners: Manners,
    images: HashMap<Vec<u8>, Image>,
    /// Packets to be written.
    answers: Vec<u8>,
    /// What became of images, as lines of JSON.
    finished: Vec<String>,
}

impl Devices {
    /// Handles every whole packet; says how many bytes they took.
    fn take(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut at = 0;
        while let Some(packet) = first_packet(bytes.get(at..).unwrap_or_default())? {
            at += packet.length;
            match packet.kind & 0xF0 {
                SUBACK => println!("ready"),
                PUBLISH => self.publish(packet.body),
                _ => {}
            }
        }
        Ok(at)
    }

    /// A PUBLISH of QoS 0.
    fn publish(&mut self, body: &[u8]) {
        let Some((length, rest)) = body.split_at_checked(2) else {
            return;
        };
        let length = usize::from(length[0]) << 8 | usize::from(length[1]);
        if let Some((topic, frame)) = rest.split_at_checked(length)
            && frame.len() >= FRAME_HEAD
            && frame.starts_with(&[0xEE, 0xEE, 0xFF, 0xFF])
        {
            self.frame(topic, frame);
        }
    }

    fn frame(&mut self, topic: &[u8], frame: &[u8]) {
        let (head, data) = frame.split_at(FRAME_HEAD);
        let (function, number) = (head[4], [head[5], head[6]]);
        if !self.images.contains_key(topic) {
            self.images.insert(topic.to_vec(), Image::default());
        }
        let Some(image) = self.images.get_mut(topic) else {
            return;
        };
        let status = match function {
            1 => begin(image, data),
            2 => {
                image.frames += 1;
                let lost_of = self.manners.lost_of;
                if lost_of > 0 && image.frames % lost_of == lost_of / 2 {
                    return;
                }
                chunk(image, usize::from(u16::from_le_bytes(number)), data)
            }
            _ => image.missing == 0,
        };
        if function == 3 && status {
            let (topic, crc32) = (String::from_utf8_lossy(topic), crc32(&image.bytes));
            let (bytes, frames) = (image.bytes.len(), image.frames);
            self.finished.push(format!(
                r#"{{"to":"{topic}","bytes":{bytes},"frames":{frames},"crc32":{crc32}}}"#
            ));
        }
        self.answer(topic, function, number, status);
    }

    /// PUBLISH of a feedback on the topic that ends in `ack` instead of `to`.
    fn answer(&mut self, topic: &[u8], function: u8, number: [u8; 2], status: bool) {
        let name = topic.strip_suffix(b"to").unwrap_or(topic);
        let length = name.len() + 3;
        self.answers.push(PUBLISH);
        self.answers.push((2 + length + 8) as u8);
        self.answers.extend([0, length as u8]);
        self.answers.extend_from_slice(name);
        self.answers.extend_from_slice(b"ack\xFF\xFF\xEE\xEE");
        self.answers
            .extend([function, number[0], number[1], u8::from(status)]);
    }
}

/// `name;size`, in decimal.
fn begin(image: &mut Image, data: &[u8]) -> bool {
    let size = data.split(|byte| *byte == b';').nth(1);
    let size = size.and_then(|size| std::str::from_utf8(size).ok()?.parse().ok());
    let Some(size) = size else { return false };
    let chunks = usize::div_ceil(size, CHUNK);
    image.bytes.clear();
    image.bytes.resize(size, 0);
    image.has.clear();
    image.has.resize(chunks, false);
    image.missing = chunks;
    image.frames = 0;
    true
}

fn chunk(image: &mut Image, number: usize, data: &[u8]) -> bool {
    let start = number * CHUNK;
    let place = image.bytes.get_mut(start..start + data.len());
    let (Some(place), Some(has)) = (place, image.has.get_mut(number)) else {
        return false;
    };
    place.copy_from_slice(data);
    if !core::mem::replace(has, true) {
        image.missing -= 1;
    }
    true
}

/// An MQTT packet among others.
struct Packet<'a> {
    /// Its first byte.
    kind: u8,
    body: &'a [u8],
    /// Of all of it.
    length: usize,
}

/// `None` until it is whole.
fn first_packet(bytes: &[u8]) -> Result<Option<Packet<'_>>> {
    let (mut length, mut shift, mut at) = (0, 0, 1);
    loop {
        let Some(byte) = bytes.get(at) else {
            return Ok(None);
        };
        at += 1;
        length |= usize::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            break;
        }
        shift += 7;
        if shift > 21 {
            return Err(Error::new(ErrorKind::InvalidData, "a length of five bytes"));
        }
    }
    let body = bytes.get(at..at + length);
    Ok(body.map(|body| Packet {
        kind: bytes[0],
        body,
        length: at + length,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices(lost_of: u64) -> Devices {
        Devices {
            manners: Manners { lost_of },
            images: HashMap::new(),
            answers: Vec::new(),
            finished: Vec::new(),
        }
    }

    /// A PUBLISH to `bench/a/to`.
    fn frame(function: u8, number: u8, data: &[u8]) -> Vec<u8> {
        let mut packet = vec![PUBLISH, (2 + 10 + 9 + data.len()) as u8, 0, 10];
        packet.extend_from_slice(b"bench/a/to\xEE\xEE\xFF\xFF");
        packet.extend([function, number, 0, data.len() as u8, 0]);
        packet.extend_from_slice(data);
        packet
    }

    fn answer(function: u8, number: u8, status: u8) -> Vec<u8> {
        let mut packet = vec![PUBLISH, 21, 0, 11];
        packet.extend_from_slice(b"bench/a/ack\xFF\xFF\xEE\xEE");
        packet.extend([function, number, 0, status]);
        packet
    }

    #[test]
    fn an_image_in_any_split_is_answered_and_told_with_its_checksum() {
        let sent = [
            frame(1, 0, b"a;9"),
            frame(2, 0, b"123456789"),
            frame(3, 0, b""),
        ];
        let sent = sent.concat();
        let mut device = devices(0);
        let mut kept = Vec::new();
        for byte in sent {
            kept.push(byte);
            let taken = device.take(&kept).unwrap();
            kept.drain(..taken);
        }
        assert!(kept.is_empty());
        let answers = [answer(1, 0, 1), answer(2, 0, 1), answer(3, 0, 1)];
        assert_eq!(device.answers, answers.concat());
        let told = r#"{"to":"bench/a/to","bytes":9,"frames":1,"crc32":3421780262}"#;
        assert_eq!(device.finished, [told]);
    }

    #[test]
    fn finish_before_the_last_chunk_is_not_whole() {
        let mut device = devices(0);
        device
            .take(&[frame(1, 0, b"a;9"), frame(3, 0, b"")].concat())
            .unwrap();
        assert_eq!(device.answers, [answer(1, 0, 1), answer(3, 0, 0)].concat());
        assert!(device.finished.is_empty());
    }

    #[test]
    fn one_frame_of_so_many_is_lost() {
        let mut device = devices(4);
        device.take(&frame(1, 0, b"a;9")).unwrap();
        device.answers.clear();
        for _ in 0..40 {
            device.take(&frame(2, 0, b"123456789")).unwrap();
        }
        assert_eq!(device.answers.len() / answer(2, 0, 1).len(), 30);
    }
}
