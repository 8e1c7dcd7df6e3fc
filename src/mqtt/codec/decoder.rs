//! A stream of bytes, in pieces of any size, to packets.

use super::decode::{self, Body, PublishHead};
use super::header::{FixedHeader, PartialHeader};
use super::reader::{Gatherer, Reader};
use super::{DecodeError, Malformation};
use crate::mqtt::packet::{Packet, PacketType};

/// Makes packets of one direction of a link, or of either.
///
/// It holds at most one packet's bytes, and so never more than its limit.
///
/// ```
/// use mqtt_image_sender::mqtt::{Packet, codec::Decoder};
///
/// let mut decoder = Decoder::new(1024);
/// let mut input: &[u8] = &[0xd0];
/// assert_eq!(decoder.decode(&mut input), Ok(None));
/// input = &[0x00, 0xc0, 0x00];
/// assert_eq!(decoder.decode(&mut input), Ok(Some(Packet::PingResp)));
/// assert_eq!(decoder.decode(&mut input), Ok(Some(Packet::PingReq)));
/// assert_eq!(decoder.decode(&mut input), Ok(None));
/// ```
#[derive(Debug)]
pub struct Decoder {
    max_packet_bytes: usize,
    read_body: Body,
    stage: Stage,
    gatherer: Gatherer,
}

/// Which part of a packet comes next.
#[derive(Debug)]
enum Stage {
    Header(PartialHeader),
    /// All the rest of a packet that is no PUBLISH.
    Body(FixedHeader),
    /// The two bytes that say how long the topic of a PUBLISH is.
    TopicLength(FixedHeader),
    /// The topic, of this length, and the packet identifier of a PUBLISH.
    PublishHead(FixedHeader, u16),
    Payload(PublishHead),
    /// Nobody knows where a packet begins after an error.
    Failed(DecodeError),
}

/// What became of a stage.
enum Step {
    /// It is over, and this one follows.
    Next(Stage),
    /// The input ended before it.
    Starved(Stage),
    /// It was the last of its packet.
    Whole(Packet),
}

impl Default for Stage {
    fn default() -> Self {
        Self::Header(PartialHeader::default())
    }
}

impl Decoder {
    /// A decoder at the beginning of a stream that refuses packets of more than `max_packet_bytes`, fixed header included.
    pub fn new(max_packet_bytes: usize) -> Self {
        Self::reading(decode::packet, max_packet_bytes)
    }

    /// [`new`](Self::new) for a client: what only clients send is malformed.
    pub fn of_broker(max_packet_bytes: usize) -> Self {
        Self::reading(decode::packet_of_broker, max_packet_bytes)
    }

    fn reading(read_body: Body, max_packet_bytes: usize) -> Self {
        Self {
            max_packet_bytes,
            read_body,
            stage: Stage::default(),
            gatherer: Gatherer::default(),
        }
    }

    /// Forgets everything, for the beginning of another stream.
    pub fn reset(&mut self) {
        *self = Self::reading(self.read_body, self.max_packet_bytes);
    }

    /// Takes bytes from the front of `input`, until a packet is whole or there are no more (`None`, no error).
    ///
    /// # Errors
    /// The stream is no MQTT 3.1.1 or over the limit; the same error is then returned until [`reset`](Self::reset).
    pub fn decode(&mut self, input: &mut &[u8]) -> Result<Option<Packet>, DecodeError> {
        let result = self.advance(input);
        if let Err(error) = result {
            self.reset();
            self.stage = Stage::Failed(error);
        }
        result
    }

    fn advance(&mut self, input: &mut &[u8]) -> Result<Option<Packet>, DecodeError> {
        loop {
            let stage = core::mem::take(&mut self.stage);
            match self.step(stage, input)? {
                Step::Next(stage) => self.stage = stage,
                Step::Starved(stage) => {
                    self.stage = stage;
                    return Ok(None);
                }
                Step::Whole(packet) => return Ok(Some(packet)),
            }
        }
    }

    fn step(&mut self, stage: Stage, input: &mut &[u8]) -> Result<Step, DecodeError> {
        match stage {
            Stage::Header(mut partial) => match partial.read(input)? {
                Some(header) => self.begin(header),
                None => Ok(Step::Starved(Stage::Header(partial))),
            },
            Stage::Body(header) => self.body(header, input),
            Stage::TopicLength(header) => self.topic_length(header, input),
            Stage::PublishHead(header, topic_len) => self.publish_head(header, topic_len, input),
            Stage::Payload(head) => Ok(self.payload(head, input)),
            Stage::Failed(error) => Err(error),
        }
    }

    /// Refuses a packet over the limit before any of its body is kept.
    const fn begin(&self, header: FixedHeader) -> Result<Step, DecodeError> {
        let bytes = header.packet_len();
        if bytes > self.max_packet_bytes {
            let limit = self.max_packet_bytes;
            return Err(DecodeError::TooLarge { bytes, limit });
        }
        Ok(Step::Next(match header.packet_type {
            PacketType::Publish if header.remaining_length < 2 => {
                return Err(header.malformed(Malformation::Truncated));
            }
            PacketType::Publish => Stage::TopicLength(header),
            _ => Stage::Body(header),
        }))
    }

    fn body(&mut self, header: FixedHeader, input: &mut &[u8]) -> Result<Step, DecodeError> {
        let Some(body) = self.gatherer.take(input, header.remaining_length) else {
            return Ok(Step::Starved(Stage::Body(header)));
        };
        (self.read_body)(header.packet_type, &body)
            .map(Step::Whole)
            .map_err(|what| header.malformed(what))
    }

    fn topic_length(
        &mut self,
        header: FixedHeader,
        input: &mut &[u8],
    ) -> Result<Step, DecodeError> {
        let Some(field) = self.gatherer.take(input, 2) else {
            return Ok(Step::Starved(Stage::TopicLength(header)));
        };
        let checked = Reader::new(&field).u16().and_then(|topic_len| {
            // A topic that is longer than its packet is found here, before it is waited for.
            PublishHead::len(header, topic_len)?;
            Ok(topic_len)
        });
        checked
            .map(|topic_len| Step::Next(Stage::PublishHead(header, topic_len)))
            .map_err(|what| header.malformed(what))
    }

    fn publish_head(
        &mut self,
        header: FixedHeader,
        topic_len: u16,
        input: &mut &[u8],
    ) -> Result<Step, DecodeError> {
        let malformed = |what| header.malformed(what);
        let len = PublishHead::len(header, topic_len).map_err(malformed)?;
        let Some(head) = self.gatherer.take(input, len) else {
            return Ok(Step::Starved(Stage::PublishHead(header, topic_len)));
        };
        PublishHead::parse(header, topic_len, &head)
            .map(|head| Step::Next(Stage::Payload(head)))
            .map_err(malformed)
    }

    fn payload(&mut self, head: PublishHead, input: &mut &[u8]) -> Step {
        match self.gatherer.take(input, head.payload_len()) {
            Some(payload) => Step::Whole(head.with_payload(payload.into_owned())),
            None => Step::Starved(Stage::Payload(head)),
        }
    }
}
