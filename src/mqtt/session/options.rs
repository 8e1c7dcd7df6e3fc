//! What a session is made with, and which of it cannot be.

use crate::mqtt::codec::{self, EncodeError};
use crate::mqtt::error::Invalid;
use crate::mqtt::inflight::Limits;
use crate::mqtt::packet::{Connect, Credentials, Packet, Will};
use core::time::Duration;

/// What brokers queue for a client is bounded near this too. It leaves identifiers for subscriptions in any case.
const MAX_IN_FLIGHT: u16 = 1_024;

/// The smallest `max_packet_bytes`: below it not even a CONNACK or a SUBACK of eight codes would be taken.
const MIN_PACKET_BYTES: usize = 16;

/// How a [`Session`](super::Session) behaves. `SessionOptions::default()` has an empty client id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// At most 65,535 bytes without U+0000. Empty: the broker picks one, only with `clean_session` `[MQTT-3.1.3-7]`.
    pub client_id: String,
    /// Whole seconds up to 65,535; zero turns it off. Default 60 s.
    pub keep_alive: Duration,
    /// Whether each link starts without a memory of the last one. Default true.
    pub clean_session: bool,
    /// What the broker publishes when the link ends without DISCONNECT. Default none.
    pub will: Option<Will>,
    /// The largest packet taken from the broker. Default 1 MiB; at least 16.
    pub max_packet_bytes: usize,
    /// Publishes held at a time, waiting or unacknowledged. Default 100,000.
    pub max_queued_messages: usize,
    /// Bytes of their topics and payloads. Default 16 MiB.
    pub max_queued_bytes: usize,
    /// Publishes of QoS 1 and 2 that are written and not yet complete, 1 to 1,024. Default 20: Mosquitto cuts the link
    /// at the twenty-first of QoS 2 (its `max_inflight_messages`, which 3.1.1 has no way to announce).
    pub max_in_flight: u16,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            keep_alive: Duration::from_secs(60),
            clean_session: true,
            will: None,
            max_packet_bytes: 1024 * 1024,
            max_queued_messages: 100_000,
            max_queued_bytes: 16 * 1024 * 1024,
            max_in_flight: 20,
        }
    }
}

impl SessionOptions {
    /// The defaults for this client id.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            ..Self::default()
        }
    }

    pub(super) fn check(&self) -> Result<(), Invalid> {
        self.check_keep_alive()?;
        if self.client_id.is_empty() && !self.clean_session {
            let reason = "a session that is kept needs a client id";
            return Err(Invalid::new("clientId", reason));
        }
        if self.max_packet_bytes < MIN_PACKET_BYTES {
            let reason = format_args!("at least {MIN_PACKET_BYTES}");
            return Err(Invalid::new("maxPacketBytes", reason));
        }
        if !(1..=MAX_IN_FLIGHT).contains(&self.max_in_flight) {
            let reason = format_args!("from 1 to {MAX_IN_FLIGHT}");
            return Err(Invalid::new("maxInFlight", reason));
        }
        self.check_connect()
    }

    fn check_keep_alive(&self) -> Result<(), Invalid> {
        let is_whole = self.keep_alive.subsec_nanos() == 0;
        if !is_whole || u16::try_from(self.keep_alive.as_secs()).is_err() {
            let reason = "whole seconds from 0 to 65535";
            return Err(Invalid::new("keepAlive", reason));
        }
        Ok(())
    }

    /// Whether a CONNECT can say all this.
    fn check_connect(&self) -> Result<(), Invalid> {
        let encoded = self.encode_connect(&Credentials::default());
        encoded.map(drop).map_err(|error| {
            let option = match error {
                EncodeError::TooLong {
                    field: "client id", ..
                }
                | EncodeError::NullCharacter { field: "client id" } => "clientId",
                _ => "will",
            };
            Invalid::new(option, error)
        })
    }

    /// The CONNECT of a link that opens with these credentials.
    pub(super) fn encode_connect(&self, credentials: &Credentials) -> Result<Vec<u8>, EncodeError> {
        let connect = Packet::Connect(Connect {
            client_id: self.client_id.clone(),
            keep_alive: u16::try_from(self.keep_alive.as_secs()).unwrap_or(u16::MAX),
            clean_session: self.clean_session,
            will: self.will.clone(),
            credentials: credentials.clone(),
        });
        let mut bytes = Vec::new();
        codec::encode(&connect, &mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            messages: self.max_queued_messages,
            bytes: self.max_queued_bytes,
            in_flight: usize::from(self.max_in_flight),
        }
    }
}
