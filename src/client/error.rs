//! What can go wrong between a caller, the link and the broker, sorted by blame.

use core::fmt;

use crate::mqtt::codec::EncodeError;
use crate::mqtt::{ConnectRefusal, Fault, FaultKind, Invalid, PublishError};

/// Why a link or a call failed. [`Error::code`] is stable and what programs look at; the text is for people.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The broker refused the connection (CONNACK 1 to 5).
    Refused(ConnectRefusal),
    /// The broker refused a subscription (SUBACK 0x80).
    SubscriptionRefused {
        /// The filter that was asked for.
        filter: String,
    },
    /// The shell could not get credentials.
    Credentials {
        /// What the application's own function said.
        reason: String,
    },
    /// No CONNACK within the time allowed.
    ConnectTimeout,
    /// The broker stopped answering: a PINGRESP stayed out.
    NoPingResponse,
    /// The socket could not be opened, or fell.
    Network {
        /// What the platform says of it.
        reason: String,
    },
    /// The browser will not let the page connect.
    Blocked {
        /// What a person can do about it.
        advice: String,
    },
    /// The broker broke a rule of MQTT 3.1.1, or sent a packet over the limit.
    Protocol {
        /// Which one.
        reason: String,
    },
    /// An argument that cannot be taken.
    Invalid {
        /// The name of the option or argument.
        option: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Too many publishes wait for the link.
    QueueFull,
    /// The client was closed by its user.
    Closed,
    /// The caller gave up.
    Aborted,
}

impl Error {
    /// The stable code of `api.d.ts`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) | Self::SubscriptionRefused { .. } | Self::Credentials { .. } => {
                "refused"
            }
            Self::ConnectTimeout | Self::NoPingResponse => "timeout",
            Self::Network { .. } => "network",
            Self::Blocked { .. } => "blocked",
            Self::Protocol { .. } => "protocol",
            Self::Invalid { .. } => "invalid",
            Self::QueueFull => "queue-full",
            Self::Closed => "closed",
            Self::Aborted => "aborted",
        }
    }

    /// The CONNACK return code, 1 to 5, where the broker sent one (section 3.2.2.3 of MQTT 3.1.1).
    pub fn return_code(&self) -> Option<u8> {
        match self {
            Self::Refused(refusal) => Some(refusal.code()),
            _ => None,
        }
    }

    /// True where the same try with the same credentials cannot succeed later.
    pub(super) fn is_permanent(&self) -> bool {
        match self {
            Self::Refused(refusal) => *refusal != ConnectRefusal::ServerUnavailable,
            Self::Blocked { .. } | Self::Invalid { .. } | Self::Closed | Self::Aborted => true,
            Self::SubscriptionRefused { .. }
            | Self::Credentials { .. }
            | Self::ConnectTimeout
            | Self::NoPingResponse
            | Self::Network { .. }
            | Self::Protocol { .. }
            | Self::QueueFull => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "the broker refused the connection: {refusal}"),
            Self::SubscriptionRefused { filter } => write!(
                f,
                "the broker refused the subscription to \"{filter}\": check what this user may read (its ACL)"
            ),
            Self::Credentials { reason } => write!(f, "credentials() failed: {reason}"),
            Self::ConnectTimeout => f.write_str(
                "the broker did not answer in time: check its address, and that the port is its WebSocket listener",
            ),
            Self::NoPingResponse => f.write_str("the broker stopped answering: the link is dead"),
            Self::Network { reason } => f.write_str(reason),
            Self::Blocked { advice } => f.write_str(advice),
            Self::Protocol { reason } => f.write_str(reason),
            Self::Invalid { option, reason } => write!(f, "{option}: {reason}"),
            Self::QueueFull => f.write_str(
                "too many publishes wait for the link (100,000 messages or 16 MiB): wait for their promises",
            ),
            Self::Closed => f.write_str("the client was closed: connect again"),
            Self::Aborted => f.write_str("aborted by its caller"),
        }
    }
}

impl core::error::Error for Error {}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault.kind() {
            FaultKind::NoPingResponse => Self::NoPingResponse,
            FaultKind::Protocol | FaultKind::TooLarge => Self::Protocol {
                reason: fault.to_string(),
            },
            FaultKind::Invalid => Self::Invalid {
                option: "credentials",
                reason: fault.to_string(),
            },
        }
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid {
            option: invalid.option,
            reason: invalid.reason,
        }
    }
}

impl From<PublishError> for Error {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::QueueFull => Self::QueueFull,
            PublishError::Invalid(EncodeError::Topic(_)) => Self::Invalid {
                option: "topic",
                reason: error.to_string(),
            },
            PublishError::Invalid(_) | PublishError::TooLarge { .. } => Self::Invalid {
                option: "payload",
                reason: error.to_string(),
            },
            // Neither reaches a caller of publish(): frames alone ask for a link, and a cancelled one is not told of.
            PublishError::Offline => Self::Closed,
            PublishError::Cancelled => Self::Aborted,
        }
    }
}
