//! The device's side of the protocol: takes frames, gives feedback, hands over images.

use std::collections::VecDeque;

use super::crc32::crc32;
use super::frame::{Feedback, FrameHead, Function, Status};
use super::numbering::Numbering;
use crate::sorted::SortedMap;

/// An image as a device received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The name in begin.
    pub name: String,
    /// What arrived of it.
    pub bytes: Vec<u8>,
    /// False: a new begin or the end of the device cut it off.
    pub whole: bool,
}

/// One device. It trusts nothing that it is told: memory grows with what arrives, not with what begin announces.
#[derive(Debug)]
pub struct Receiver {
    numbering: Numbering,
    image: Option<Incoming>,
    finished: VecDeque<Received>,
}

/// An image between its begin and the next one.
#[derive(Debug)]
struct Incoming {
    /// Begin's data, to tell a repeated begin from a new one.
    announced: Vec<u8>,
    name: String,
    size: usize,
    crc32: Option<u32>,
    chunks: SortedMap<u16, Vec<u8>>,
    /// It was whole and has been handed over: a repeated finish is answered, and no more.
    handed_over: bool,
}

impl Receiver {
    /// A device that has received nothing yet.
    pub fn new(numbering: Numbering) -> Self {
        Self {
            numbering,
            image: None,
            finished: VecDeque::new(),
        }
    }

    /// Takes one message. The answer is the feedback to send; what is no frame, or speaks of an image that this device
    /// does not know, gets none.
    pub fn handle_frame(&mut self, message: &[u8]) -> Option<[u8; Feedback::LEN]> {
        let (head, data) = FrameHead::parse(message).ok()?;
        let status = match head.function {
            Function::Begin => self.begin(data),
            Function::Data => self.data(head.number, data)?,
            Function::Finish => self.finish()?,
        };
        let number = match head.function {
            Function::Data => self.numbering.encode(head.number),
            Function::Begin | Function::Finish => 0,
        };
        Some(
            Feedback {
                function: head.function,
                number,
                status,
            }
            .encode(),
        )
    }

    /// The next image that is whole, or was cut off.
    pub fn poll_image(&mut self) -> Option<Received> {
        self.finished.pop_front()
    }

    /// Ends the device: an unfinished image is handed over as it is.
    pub fn abandon(&mut self) {
        self.cut_off();
    }

    fn begin(&mut self, data: &[u8]) -> Status {
        let Some(incoming) = Incoming::announced(data) else {
            return Status::Incomplete;
        };
        // The same begin again, before anything followed, is a resend and no second image.
        let is_repeated = self.image.as_ref().is_some_and(|image| {
            image.announced == data && image.chunks.is_empty() && !image.handed_over
        });
        if !is_repeated {
            self.cut_off();
            self.image = Some(incoming);
        }
        Status::Whole
    }

    fn data(&mut self, number: u16, data: &[u8]) -> Option<Status> {
        let image = self.image.as_mut()?;
        if !image.handed_over {
            image.chunks.insert(number, data.to_vec());
        }
        Some(Status::Whole)
    }

    fn finish(&mut self) -> Option<Status> {
        let image = self.image.as_mut()?;
        if image.handed_over {
            return Some(Status::Whole);
        }
        let Some(bytes) = image.whole() else {
            return Some(Status::Incomplete);
        };
        image.handed_over = true;
        image.chunks.clear();
        self.finished.push_back(Received {
            name: image.name.clone(),
            bytes,
            whole: true,
        });
        Some(Status::Whole)
    }

    fn cut_off(&mut self) {
        if let Some(image) = self.image.take()
            && !image.handed_over
            && !image.chunks.is_empty()
        {
            let bytes = image.chunks.values().flatten().copied().collect();
            self.finished.push_back(Received {
                name: image.name,
                bytes,
                whole: false,
            });
        }
    }
}

impl Incoming {
    /// Reads `name;size` and, where the sender adds it, `;crc32=XXXXXXXX`.
    fn announced(data: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(data).ok()?;
        let mut parts = text.split(';');
        let name = parts.next()?.to_owned();
        let size = parts.next()?.parse().ok()?;
        let crc32 = parts
            .find_map(|part| part.strip_prefix("crc32="))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        Some(Self {
            announced: data.to_vec(),
            name,
            size,
            crc32,
            chunks: SortedMap::new(),
            handed_over: false,
        })
    }

    /// The image's bytes, if every chunk is there and they are as many as announced.
    fn whole(&self) -> Option<Vec<u8>> {
        let contiguous = self
            .chunks
            .keys()
            .zip(0..)
            .all(|(number, index)| u32::from(*number) == index);
        let size: usize = self.chunks.values().map(Vec::len).sum();
        if !contiguous || size != self.size {
            return None;
        }
        let bytes: Vec<u8> = self.chunks.values().flatten().copied().collect();
        self.crc32
            .is_none_or(|expected| expected == crc32(&bytes))
            .then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(function: Function, number: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        let mut message = FrameHead {
            function,
            number,
            length,
        }
        .encode()
        .to_vec();
        message.extend_from_slice(data);
        message
    }

    fn answer(
        receiver: &mut Receiver,
        function: Function,
        number: u16,
        data: &[u8],
    ) -> Option<(u8, i16, Status)> {
        let bytes = receiver.handle_frame(&frame(function, number, data))?;
        let feedback = Feedback::parse(&bytes).unwrap();
        Some((feedback.function.into(), feedback.number, feedback.status))
    }

    #[test]
    fn takes_an_image_and_hands_it_over_once() {
        let mut device = Receiver::new(Numbering::Next);
        assert_eq!(
            answer(&mut device, Function::Begin, 0, b"a.jpg;5"),
            Some((1, 0, Status::Whole))
        );
        assert_eq!(
            answer(&mut device, Function::Data, 0, b"abc"),
            Some((2, 1, Status::Whole))
        );
        assert_eq!(
            answer(&mut device, Function::Finish, 0, b""),
            Some((3, 0, Status::Incomplete))
        );
        assert_eq!(
            answer(&mut device, Function::Data, 1, b"de"),
            Some((2, 2, Status::Whole))
        );
        assert_eq!(
            answer(&mut device, Function::Finish, 0, b""),
            Some((3, 0, Status::Whole))
        );
        assert_eq!(
            answer(&mut device, Function::Finish, 0, b""),
            Some((3, 0, Status::Whole))
        );
        let image = Received {
            name: "a.jpg".into(),
            bytes: b"abcde".to_vec(),
            whole: true,
        };
        assert_eq!(device.poll_image(), Some(image));
        assert_eq!(device.poll_image(), None);
    }

    #[test]
    fn a_begin_sent_again_before_the_first_chunk_changes_nothing() {
        let mut device = Receiver::new(Numbering::Echo);
        answer(&mut device, Function::Begin, 0, b"a;1");
        answer(&mut device, Function::Begin, 0, b"a;1");
        answer(&mut device, Function::Data, 0, b"x");
        assert_eq!(device.poll_image(), None);
        assert_eq!(
            answer(&mut device, Function::Finish, 0, b""),
            Some((3, 0, Status::Whole))
        );
    }

    #[test]
    fn a_new_begin_cuts_an_unfinished_image_off() {
        let mut device = Receiver::new(Numbering::Echo);
        answer(&mut device, Function::Begin, 0, b"a;4");
        answer(&mut device, Function::Data, 0, b"ab");
        answer(&mut device, Function::Begin, 0, b"a;4");
        let cut = Received {
            name: "a".into(),
            bytes: b"ab".to_vec(),
            whole: false,
        };
        assert_eq!(device.poll_image(), Some(cut));
        answer(&mut device, Function::Data, 1, b"cd");
        device.abandon();
        assert_eq!(
            device.poll_image().map(|image| (image.bytes, image.whole)),
            Some((b"cd".to_vec(), false))
        );
    }

    #[test]
    fn the_same_image_a_second_time_is_handed_over_a_second_time() {
        let mut device = Receiver::new(Numbering::Echo);
        for _ in 0..2 {
            answer(&mut device, Function::Begin, 0, b"a;1");
            answer(&mut device, Function::Data, 0, b"x");
            answer(&mut device, Function::Finish, 0, b"");
            assert!(device.poll_image().is_some_and(|image| image.whole));
        }
    }

    #[test]
    fn says_nothing_to_what_is_no_frame_or_belongs_to_no_image() {
        let mut device = Receiver::new(Numbering::Echo);
        assert_eq!(device.handle_frame(b"hello"), None);
        assert_eq!(answer(&mut device, Function::Data, 0, b"x"), None);
        assert_eq!(answer(&mut device, Function::Finish, 0, b""), None);
        for bad in [b"".as_slice(), b"name", b"name;", b"name;-1", b"\xff;1"] {
            assert_eq!(
                answer(&mut device, Function::Begin, 0, bad),
                Some((1, 0, Status::Incomplete))
            );
        }
    }

    #[test]
    fn a_flipped_bit_is_found_by_the_checksum_that_begin_announced() {
        let mut device = Receiver::new(Numbering::Echo);
        answer(&mut device, Function::Begin, 0, b"a;9;crc32=cbf43926");
        answer(&mut device, Function::Data, 0, b"123456788");
        assert_eq!(
            answer(&mut device, Function::Finish, 0, b""),
            Some((3, 0, Status::Incomplete))
        );
        answer(&mut device, Function::Data, 0, b"123456789");
        assert_eq!(
            answer(&mut device, Function::Finish, 0, b""),
            Some((3, 0, Status::Whole))
        );
    }
}
