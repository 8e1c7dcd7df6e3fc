//! The lines of bytes in `README.md`.

use mqtt_image_sender::transfer::Numbering;

const PAGE: &str = include_str!("README.md");

/// One line: what is sent to the device, or what a device of one numbering answers.
#[derive(Clone, Debug)]
pub enum Line {
    Frame {
        bytes: Vec<u8>,
        says: String,
    },
    Answer {
        numbering: Numbering,
        bytes: Vec<u8>,
        says: String,
    },
}

impl Line {
    fn parse(line: &str) -> Self {
        let (start, rest) = line.split_once(' ').unwrap();
        // Behind the bytes, two spaces or more.
        let (hex, says) = rest.trim_start().split_once("  ").unwrap();
        let bytes = hex
            .split(' ')
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect();
        let says = says.trim().to_owned();
        match Numbering::from_name(start) {
            Some(numbering) => Self::Answer {
                numbering,
                bytes,
                says,
            },
            None => {
                assert_eq!(start, ">", "{line}");
                Self::Frame { bytes, says }
            }
        }
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Frame { bytes, .. } | Self::Answer { bytes, .. } => bytes,
        }
    }

    /// What the page says of them: the function, its number, and the data or the status.
    pub fn words(&self) -> Option<[String; 3]> {
        let (Self::Frame { says, .. } | Self::Answer { says, .. }) = self;
        let mut words = says.splitn(3, ' ').map(str::to_owned);
        Some([
            words.next()?,
            words.next()?,
            words.next().unwrap_or_default(),
        ])
    }

    /// The message, if it goes to the device.
    pub fn frame(&self) -> Option<Vec<u8>> {
        match self {
            Self::Frame { bytes, .. } => Some(bytes.clone()),
            Self::Answer { .. } => None,
        }
    }

    /// The answer, if it is one of a device with this numbering.
    pub fn answer(&self, of: Numbering) -> Option<Vec<u8>> {
        match self {
            Self::Answer {
                numbering, bytes, ..
            } if *numbering == of => Some(bytes.clone()),
            _ => None,
        }
    }
}

/// Each block of bytes on the page.
pub fn scenes() -> Vec<Vec<Line>> {
    let blocks = PAGE.split("```text\n").skip(1);
    blocks
        .map(|block| {
            let block = block.split("```").next().unwrap_or_default();
            block.lines().map(Line::parse).collect()
        })
        .collect()
}
