//! The two headers of the wire: 9 bytes to the device, 8 bytes from it (PROTOCOL.md, Messages).

/// First bytes of a frame to the device, little-endian: `EE EE FF FF` on the wire.
const HEADER_TO_DEVICE: [u8; 4] = 0xFFFF_EEEE_u32.to_le_bytes();
/// First bytes of a feedback, little-endian: `FF FF EE EE` on the wire.
const HEADER_FROM_DEVICE: [u8; 4] = 0xEEEE_FFFF_u32.to_le_bytes();

/// The most bytes of data in one frame: what an i16 can say.
pub const MAX_FRAME_DATA: usize = 32_767;
/// The most chunks of one image: numbers 0 to 32,767.
pub const MAX_CHUNKS: usize = 32_768;

/// What a frame does, and what a feedback answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Function {
    /// Announces an image: its data is `name;size`.
    Begin = 1,
    /// Carries one chunk.
    Data = 2,
    /// Asks whether the image is whole.
    Finish = 3,
}

impl Function {
    fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Begin),
            2 => Some(Self::Data),
            3 => Some(Self::Finish),
            _ => None,
        }
    }
}

impl From<Function> for u8 {
    fn from(function: Function) -> Self {
        function as Self
    }
}

/// The 9 bytes in front of a frame's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHead {
    /// What the frame does.
    pub function: Function,
    /// Begin and finish: 0. Data: index of the chunk, 0 to 32,767.
    pub number: u16,
    /// Bytes of data that follow, 0 to 32,767.
    pub length: u16,
}

impl FrameHead {
    /// Length on the wire.
    pub const LEN: usize = 9;

    /// The bytes on the wire. Number and length are below 32,768, so that i16 and u16 are the same bits.
    pub fn encode(self) -> [u8; Self::LEN] {
        let [h0, h1, h2, h3] = HEADER_TO_DEVICE;
        let [n0, n1] = self.number.to_le_bytes();
        let [l0, l1] = self.length.to_le_bytes();
        [h0, h1, h2, h3, self.function.into(), n0, n1, l0, l1]
    }

    /// Splits a message into head and data.
    ///
    /// # Errors
    /// What makes it no frame. `length` is compared with the data that is there.
    pub fn parse(message: &[u8]) -> Result<(Self, &[u8]), Malformed> {
        let (head, data) = message
            .split_first_chunk::<{ Self::LEN }>()
            .ok_or(Malformed::Length)?;
        let [h0, h1, h2, h3, function, n0, n1, l0, l1] = *head;
        if [h0, h1, h2, h3] != HEADER_TO_DEVICE {
            return Err(Malformed::Header);
        }
        let function = Function::from_number(function).ok_or(Malformed::Function)?;
        let (number, length) = (u16::from_le_bytes([n0, n1]), u16::from_le_bytes([l0, l1]));
        if usize::from(length) != data.len() || data.len() > MAX_FRAME_DATA {
            return Err(Malformed::Length);
        }
        if usize::from(number) >= MAX_CHUNKS {
            return Err(Malformed::Number);
        }
        Ok((
            Self {
                function,
                number,
                length,
            },
            data,
        ))
    }
}

/// The device's word on a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// The frame did not arrive whole: send it again.
    Incomplete = 0,
    /// It did. After finish: the image is whole.
    Whole = 1,
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        status as Self
    }
}

/// A device's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// The function that it answers.
    pub function: Function,
    /// For data: the chunk's number as the device's [`Numbering`](super::Numbering) writes it.
    pub number: i16,
    /// Whole or not.
    pub status: Status,
}

impl Feedback {
    /// Length on the wire, exactly.
    pub const LEN: usize = 8;

    /// The bytes on the wire.
    pub fn encode(self) -> [u8; Self::LEN] {
        let [h0, h1, h2, h3] = HEADER_FROM_DEVICE;
        let [n0, n1] = self.number.to_le_bytes();
        [
            h0,
            h1,
            h2,
            h3,
            self.function.into(),
            n0,
            n1,
            self.status.into(),
        ]
    }

    /// Reads a message from the device.
    ///
    /// # Errors
    /// The first thing that makes it no feedback.
    pub fn parse(message: &[u8]) -> Result<Self, Malformed> {
        let &[h0, h1, h2, h3, function, n0, n1, status] = message else {
            return Err(Malformed::Length);
        };
        if [h0, h1, h2, h3] != HEADER_FROM_DEVICE {
            return Err(Malformed::Header);
        }
        let function = Function::from_number(function).ok_or(Malformed::Function)?;
        let status = match status {
            0 => Status::Incomplete,
            1 => Status::Whole,
            _ => return Err(Malformed::Status),
        };
        Ok(Self {
            function,
            number: i16::from_le_bytes([n0, n1]),
            status,
        })
    }
}

/// Why a message is neither frame nor feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Malformed {
    /// Not 8 bytes, or a frame's length does not match its data.
    Length,
    /// The first four bytes are others.
    Header,
    /// Not 1, 2 or 3.
    Function,
    /// A chunk number below 0.
    Number,
    /// Neither 0 nor 1.
    Status,
}

impl Malformed {
    /// One word for the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "malformed: length",
            Self::Header => "malformed: header",
            Self::Function => "malformed: function",
            Self::Number => "malformed: number",
            Self::Status => "malformed: status",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_the_bytes_of_the_protocol() {
        let head = FrameHead {
            function: Function::Data,
            number: 0x0102,
            length: 3,
        };
        assert_eq!(head.encode(), [0xEE, 0xEE, 0xFF, 0xFF, 2, 0x02, 0x01, 3, 0]);
        let mut message = head.encode().to_vec();
        message.extend_from_slice(b"abc");
        assert_eq!(FrameHead::parse(&message), Ok((head, b"abc".as_slice())));
    }

    #[test]
    fn a_feedback_is_the_bytes_of_the_protocol() {
        let feedback = Feedback {
            function: Function::Begin,
            number: -2,
            status: Status::Whole,
        };
        assert_eq!(
            feedback.encode(),
            [0xFF, 0xFF, 0xEE, 0xEE, 1, 0xFE, 0xFF, 1]
        );
        assert_eq!(Feedback::parse(&feedback.encode()), Ok(feedback));
    }

    #[test]
    fn every_truncation_and_extension_is_refused() {
        let feedback = Feedback {
            function: Function::Finish,
            number: 0,
            status: Status::Incomplete,
        }
        .encode();
        for length in 0..feedback.len() {
            assert_eq!(Feedback::parse(&feedback[..length]), Err(Malformed::Length));
        }
        assert_eq!(
            Feedback::parse(&[feedback.as_slice(), &[0]].concat()),
            Err(Malformed::Length)
        );
        let mut frame = FrameHead {
            function: Function::Data,
            number: 1,
            length: 2,
        }
        .encode()
        .to_vec();
        frame.extend_from_slice(b"ab");
        for length in 0..frame.len() {
            assert_eq!(FrameHead::parse(&frame[..length]), Err(Malformed::Length));
        }
        frame.push(0);
        assert_eq!(FrameHead::parse(&frame), Err(Malformed::Length));
    }

    #[test]
    fn every_bad_field_is_named() {
        let good = Feedback {
            function: Function::Data,
            number: 5,
            status: Status::Whole,
        }
        .encode();
        for (at, value, expected) in [
            (0, 0, Malformed::Header),
            (3, 0xEF, Malformed::Header),
            (4, 0, Malformed::Function),
            (4, 4, Malformed::Function),
            (4, 9, Malformed::Function),
            (7, 2, Malformed::Status),
            (7, 255, Malformed::Status),
        ] {
            let mut bad = good;
            bad[at] = value;
            assert_eq!(Feedback::parse(&bad), Err(expected));
        }
        let mut frame = FrameHead {
            function: Function::Data,
            number: 0,
            length: 0,
        }
        .encode();
        frame[6] = 0x80;
        assert_eq!(FrameHead::parse(&frame), Err(Malformed::Number));
    }
}
