//! One client's link, as the broker sees it.

use core::time::Duration;

use crate::mqtt::Will;
use crate::mqtt::codec::{DecodeError, Decoder, encode};
use crate::mqtt::packet::Packet;
use crate::time::Instant;

/// The largest packet taken from a client: a page's image in one message, and some room.
const MAX_PACKET_BYTES: usize = 16 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Connection {
    decoder: Decoder,
    output: Vec<u8>,
    last_input: Instant,
    keep_alive: Duration,
    /// Set by CONNECT.
    pub(super) client_id: Option<String>,
    pub(super) will: Option<Will>,
    /// CONNECT was refused: nothing more is read.
    pub(super) refused: bool,
}

impl Connection {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            decoder: Decoder::new(MAX_PACKET_BYTES),
            output: Vec::new(),
            last_input: now,
            keep_alive: Duration::ZERO,
            client_id: None,
            will: None,
            refused: false,
        }
    }

    pub(super) fn accept(&mut self, client_id: String, keep_alive: u16, will: Option<Will>) {
        self.client_id = Some(client_id);
        self.keep_alive = Duration::from_secs(keep_alive.into());
        self.will = will;
    }

    /// The next packet in `input`, which is consumed.
    pub(super) fn decode(
        &mut self,
        now: Instant,
        input: &mut &[u8],
    ) -> Result<Option<Packet>, DecodeError> {
        self.last_input = now;
        if self.refused {
            *input = &[];
            return Ok(None);
        }
        self.decoder.decode(input)
    }

    pub(super) fn send(&mut self, packet: &Packet) {
        // What the broker sends came through the decoder, so it can be encoded.
        let _ = encode(packet, &mut self.output);
    }

    pub(super) fn take_output(&mut self, out: &mut Vec<u8>) -> bool {
        let any = !self.output.is_empty();
        out.append(&mut self.output);
        any
    }

    /// When a client that says nothing is given up.
    pub(super) fn deadline(&self) -> Option<Instant> {
        (self.keep_alive > Duration::ZERO).then(|| self.last_input + self.keep_alive * 3 / 2)
    }
}
