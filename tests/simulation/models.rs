//! Devices as they are found in the field, written apart from the crate's own receiver. They get frames as bytes and
//! answer with bytes.

use std::collections::{BTreeMap, VecDeque};

use mqtt_image_sender::transfer::{Numbering, Received, Receiver};

pub const BEGIN: u8 = 1;
pub const DATA: u8 = 2;
pub const FINISH: u8 = 3;

/// A device's own logic, without its faults.
pub trait Model: core::fmt::Debug {
    fn handle_frame(&mut self, frame: &[u8]) -> Option<Vec<u8>>;
    fn poll_image(&mut self) -> Option<Received>;
    /// It restarts, and knows nothing of what it was receiving.
    fn forget(&mut self);
}

/// Which logic a device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The crate's own receiver.
    Own,
    /// Answers each frame, as the reference device does; after finish it first asks for so many chunks again.
    Reference { asks_again: u32 },
    /// Takes chunks in their order only, and is silent on others.
    InOrder,
    /// Takes chunks in their order only, and answers others with status 0.
    Objecting,
    /// Answers with the last chunk up to which it has all.
    Cumulative,
}

impl Kind {
    pub fn build(self, numbering: Numbering) -> Box<dyn Model> {
        match self {
            Self::Own => Box::new(Own(Receiver::new(numbering), numbering)),
            _ => Box::new(Field {
                kind: self,
                numbering,
                image: None,
                shown: VecDeque::new(),
            }),
        }
    }
}

/// A frame's function, number and data, read without the crate's own code; `None` for what is no frame.
pub fn parse_frame(frame: &[u8]) -> Option<(u8, i16, &[u8])> {
    let (head, data) = frame.split_first_chunk::<9>()?;
    let length = i16::from_le_bytes([head[7], head[8]]);
    let is_frame = head[..4] == [0xEE, 0xEE, 0xFF, 0xFF]
        && (BEGIN..=FINISH).contains(&head[4])
        && usize::try_from(length) == Ok(data.len());
    is_frame.then(|| (head[4], i16::from_le_bytes([head[5], head[6]]), data))
}

/// The eight bytes of a feedback on `function`, with the number as this device writes it.
pub fn feedback(numbering: Numbering, function: u8, number: i16, status: u8) -> Vec<u8> {
    let number = match (function, numbering) {
        (DATA, Numbering::Next) => number.wrapping_add(1),
        _ => number,
    };
    let [low, high] = number.to_le_bytes();
    vec![0xFF, 0xFF, 0xEE, 0xEE, function, low, high, status]
}

#[derive(Debug)]
struct Own(Receiver, Numbering);

impl Model for Own {
    fn handle_frame(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        self.0.handle_frame(frame).map(Vec::from)
    }

    fn poll_image(&mut self) -> Option<Received> {
        self.0.poll_image()
    }

    fn forget(&mut self) {
        self.0 = Receiver::new(self.1);
    }
}

#[derive(Debug)]
struct Field {
    kind: Kind,
    numbering: Numbering,
    image: Option<Image>,
    shown: VecDeque<Received>,
}

#[derive(Debug)]
struct Image {
    name: String,
    size: usize,
    chunks: BTreeMap<i16, Vec<u8>>,
    asked: u32,
    asked_for: Option<i16>,
    is_shown: bool,
}

impl Image {
    fn announced(data: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(data).ok()?;
        let (name, rest) = text.split_once(';')?;
        let size = rest.split(';').next()?.parse().ok()?;
        Some(Self {
            name: name.to_owned(),
            size,
            chunks: BTreeMap::new(),
            asked: 0,
            asked_for: None,
            is_shown: false,
        })
    }

    /// The chunk to ask for again: one that it let go of, until it is back, and so many of these.
    fn missed(&mut self, asks_again: u32) -> Option<i16> {
        let is_back = |chunk: &i16| self.chunks.contains_key(chunk);
        if self.asked_for.as_ref().is_some_and(is_back) {
            self.asked_for = None;
        }
        if self.asked_for.is_none() && self.asked < asks_again {
            let last = *self.chunks.keys().next_back()?;
            self.asked += 1;
            let chunk = (self.asked as i16) % (last + 1);
            self.chunks.remove(&chunk);
            self.asked_for = Some(chunk);
        }
        self.asked_for
    }

    /// Chunks without a gap from 0 on.
    fn contiguous(&self) -> usize {
        let numbers = self.chunks.keys().zip(0..);
        numbers
            .take_while(|(number, index)| i32::from(**number) == *index)
            .count()
    }

    fn is_early(&self, number: i16) -> bool {
        usize::try_from(number).is_ok_and(|number| number > self.contiguous())
    }

    fn bytes(&self) -> Vec<u8> {
        self.chunks.values().flatten().copied().collect()
    }

    fn is_whole(&self) -> bool {
        self.contiguous() == self.chunks.len() && self.bytes().len() == self.size
    }
}

impl Model for Field {
    fn handle_frame(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        let (function, number, data) = parse_frame(frame)?;
        let (number, status) = match function {
            BEGIN => (number, u8::from(self.begin(data))),
            DATA => self.data(number, data)?,
            _ => return self.finish(),
        };
        Some(feedback(self.numbering, function, number, status))
    }

    fn poll_image(&mut self) -> Option<Received> {
        self.shown.pop_front()
    }

    fn forget(&mut self) {
        self.image = None;
    }
}

impl Field {
    fn begin(&mut self, data: &[u8]) -> bool {
        self.image = Image::announced(data);
        self.image.is_some()
    }

    fn data(&mut self, number: i16, data: &[u8]) -> Option<(i16, u8)> {
        let image = self.image.as_mut()?;
        match self.kind {
            Kind::InOrder if image.is_early(number) => return None,
            Kind::Objecting if image.is_early(number) => return Some((number, 0)),
            _ => image.chunks.insert(number, data.to_vec()),
        };
        let answered = match self.kind {
            Kind::Cumulative => i16::try_from(image.contiguous().checked_sub(1)?).ok()?,
            _ => number,
        };
        Some((answered, 1))
    }

    fn finish(&mut self) -> Option<Vec<u8>> {
        let (kind, numbering) = (self.kind, self.numbering);
        let image = self.image.as_mut()?;
        if let Kind::Reference { asks_again } = kind
            && let Some(chunk) = image.missed(asks_again)
        {
            return Some(feedback(numbering, DATA, chunk, 0));
        }
        let whole = image.is_whole();
        if whole && !core::mem::replace(&mut image.is_shown, true) {
            self.shown.push_back(Received {
                name: image.name.clone(),
                bytes: image.bytes(),
                whole,
            });
        }
        Some(feedback(numbering, FINISH, 0, u8::from(whole)))
    }
}
