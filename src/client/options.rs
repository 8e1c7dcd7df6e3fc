//! What a client is told once, when it is made.

use core::time::Duration;

use crate::mqtt::SessionOptions;

/// Everything that a [`Client`](super::Client) is configured with.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Client identifier, keep alive, clean session, will and limits of the MQTT session.
    pub session: SessionOptions,
    /// How many URLs the shell knows, at least 1. They are tried in turn, at first and at every reconnect.
    pub urls: usize,
    /// From the wish to open a socket to CONNACK. Default 10 s.
    pub connect_timeout: Duration,
    /// `None`: a lost link ends the client. Default: for ever, see [`ReconnectOptions`].
    pub reconnect: Option<ReconnectOptions>,
    /// True where the shell asks for fresh credentials before every try: a refusal may then get better.
    pub fresh_credentials: bool,
    /// PUBLISH packets a second, above 0; everything else passes. Default `None`: no limit.
    pub max_messages_per_second: Option<f64>,
    /// Chunks outstanding over all transfers of this client, at least 1. Default 500.
    pub max_outstanding: usize,
    /// Seed of the jitter between reconnects.
    pub seed: u64,
}

impl ClientOptions {
    /// The defaults around a session's options.
    pub fn new(session: SessionOptions) -> Self {
        Self {
            session,
            urls: 1,
            connect_timeout: Duration::from_secs(10),
            reconnect: Some(ReconnectOptions::default()),
            fresh_credentials: false,
            max_messages_per_second: None,
            max_outstanding: 500,
            seed: 0,
        }
    }
}

/// Full-jitter exponential back-off: the n-th delay is uniform between 0 and min(`max_delay`, `min_delay` · 2ⁿ).
#[derive(Clone, Copy, Debug)]
pub struct ReconnectOptions {
    /// The bound of the first delay. Default 500 ms.
    pub min_delay: Duration,
    /// The bound of every delay. Default 30 s.
    pub max_delay: Duration,
    /// Failed tries in a row before the client gives up. Default `None`: never.
    pub max_attempts: Option<u32>,
}

impl Default for ReconnectOptions {
    fn default() -> Self {
        Self {
            min_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            max_attempts: None,
        }
    }
}
