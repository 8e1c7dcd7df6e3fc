//! Which chunk a feedback speaks of: two kinds of device exist (PROTOCOL.md, Numbering).

/// How a device writes the number of the chunk that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Numbering {
    /// The chunk's own number.
    Echo,
    /// That number plus one; for chunk 32,767 the sum wraps to −32,768.
    Next,
}

impl Numbering {
    /// The name in `api.d.ts`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::Next => "next",
        }
    }

    /// The numbering with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Echo, Self::Next]
            .into_iter()
            .find(|numbering| numbering.as_str() == name)
    }

    /// The number in a feedback on `chunk`, 0 to 32,767.
    pub const fn encode(self, chunk: u16) -> i16 {
        let number = match self {
            Self::Echo => chunk,
            Self::Next => chunk.wrapping_add(1),
        };
        number.cast_signed()
    }

    /// The chunk that a feedback with this number speaks of; `None` where there is none of that number.
    pub const fn decode(self, number: i16) -> Option<u16> {
        let number = number.cast_unsigned();
        let chunk = match self {
            Self::Echo => number,
            Self::Next => number.wrapping_sub(1),
        };
        if chunk <= i16::MAX.cast_unsigned() {
            Some(chunk)
        } else {
            None
        }
    }
}

/// What the caller says of a device's numbering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NumberingOption {
    /// The feedback on chunk 0, which is sent alone, decides.
    #[default]
    Auto,
    /// [`Numbering::Echo`], known beforehand.
    Echo,
    /// [`Numbering::Next`], known beforehand.
    Next,
}

impl NumberingOption {
    /// What is known before the first feedback.
    pub const fn known(self) -> Option<Numbering> {
        match self {
            Self::Auto => None,
            Self::Echo => Some(Numbering::Echo),
            Self::Next => Some(Numbering::Next),
        }
    }
}

/// What the number of a positive feedback on chunk 0 says of the device.
pub(super) const fn decide(number: i16) -> Option<Numbering> {
    match number {
        0 => Some(Numbering::Echo),
        1 => Some(Numbering::Next),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_leads_back_to_itself_in_both_numberings() {
        for numbering in [Numbering::Echo, Numbering::Next] {
            for chunk in 0..=32_767 {
                assert_eq!(numbering.decode(numbering.encode(chunk)), Some(chunk));
            }
        }
    }

    #[test]
    fn the_last_chunk_wraps() {
        assert_eq!(Numbering::Next.encode(32_767), -32_768);
        assert_eq!(Numbering::Next.decode(-32_768), Some(32_767));
    }

    #[test]
    fn numbers_of_no_chunk_are_none() {
        assert_eq!(Numbering::Echo.decode(-1), None);
        assert_eq!(Numbering::Echo.decode(-32_768), None);
        assert_eq!(Numbering::Next.decode(0), None);
        assert_eq!(Numbering::Next.decode(-32_767), None);
    }
}
