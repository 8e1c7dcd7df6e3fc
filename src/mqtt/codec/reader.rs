//! The only place that takes received bytes apart. No read here can panic.

use super::Malformation;
use crate::mqtt::packet::{PacketId, QoS};
use std::borrow::Cow;

/// Reads the fields of one packet's body from front to back.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub const fn new(body: &'a [u8]) -> Self {
        Self { rest: body }
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Malformation> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(Malformation::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn u8(&mut self) -> Result<u8, Malformation> {
        let (first, rest) = self.rest.split_first().ok_or(Malformation::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    /// Two bytes, the high one first (section 1.5.2).
    pub fn u16(&mut self) -> Result<u16, Malformation> {
        Ok(u16::from_be_bytes([self.u8()?, self.u8()?]))
    }

    pub fn packet_id(&mut self) -> Result<PacketId, Malformation> {
        PacketId::new(self.u16()?).ok_or(Malformation::ZeroPacketId)
    }

    pub fn qos(&mut self) -> Result<QoS, Malformation> {
        QoS::try_from(self.u8()?).map_err(|unknown| Malformation::QoS(unknown.0))
    }

    /// A field of bytes with its length before it.
    pub fn binary(&mut self) -> Result<&'a [u8], Malformation> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    /// A field of text with its length before it (section 1.5.3).
    pub fn string(&mut self) -> Result<&'a str, Malformation> {
        text(self.binary()?)
    }

    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Ends a body: nothing may be left of it.
    pub const fn finish(self) -> Result<(), Malformation> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(Malformation::TrailingBytes(count)),
        }
    }
}

/// The text in these bytes. A byte order mark is a character as any other `[MQTT-1.5.3-3]`.
pub fn text(bytes: &[u8]) -> Result<&str, Malformation> {
    let text = core::str::from_utf8(bytes).map_err(|_| Malformation::Utf8)?;
    if text.contains('\0') {
        return Err(Malformation::NullCharacter);
    }
    Ok(text)
}

/// Takes the next byte of the stream, if there is one.
pub fn next_byte(input: &mut &[u8]) -> Option<u8> {
    let (first, rest) = input.split_first()?;
    *input = rest;
    Some(*first)
}

/// Collects a known number of bytes from pieces of a stream.
#[derive(Debug, Default)]
pub struct Gatherer {
    kept: Vec<u8>,
}

impl Gatherer {
    /// Takes from `input` until `wanted` bytes are together; `None` as long as they are not.
    ///
    /// What lies in one piece is lent, the rest is collected, so that `into_owned` makes the one copy of the first and
    /// none of the second.
    pub fn take<'a>(&mut self, input: &mut &'a [u8], wanted: usize) -> Option<Cow<'a, [u8]>> {
        let missing = wanted.saturating_sub(self.kept.len());
        let (taken, rest) = input
            .split_at_checked(missing)
            .unwrap_or((*input, Default::default()));
        *input = rest;
        if self.kept.is_empty() && taken.len() == wanted {
            return Some(Cow::Borrowed(taken));
        }
        // One allocation a field. Its size was announced by the other side, but it is under our limit for a packet.
        self.kept.reserve_exact(missing);
        self.kept.extend_from_slice(taken);
        (self.kept.len() == wanted).then(|| Cow::Owned(core::mem::take(&mut self.kept)))
    }
}
