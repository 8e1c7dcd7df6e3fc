//! Why a transfer failed, in words that say what to do.

use core::fmt;

/// A message of the protocol, as errors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The announcement.
    Begin,
    /// The chunk with this number.
    Chunk(u16),
    /// The question whether the image is whole.
    Finish,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begin => f.write_str("begin"),
            Self::Chunk(number) => write!(f, "chunk {number}"),
            Self::Finish => f.write_str("finish"),
        }
    }
}

/// Who gave a transfer up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AbortReason {
    /// Its caller.
    Cancelled,
    /// A newer image for the same device, while this one still waited for it.
    Replaced,
    /// Its image could not be prepared.
    NotPrepared,
}

/// Why a transfer failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A message got no feedback through all its resends, over a link that lives.
    NoAnswer {
        /// Which message.
        stage: Stage,
        /// The topic that was listened on.
        from: String,
        /// How often it was sent.
        sendings: u32,
    },
    /// The broker closed the connection each time that begin had been sent.
    Cut {
        /// How often that was.
        sendings: u32,
    },
    /// The device called a message incomplete through all its resends.
    Incomplete {
        /// Which message.
        stage: Stage,
        /// How often it was sent.
        sendings: u32,
    },
    /// With `strict`: a feedback that is none.
    Protocol {
        /// What was wrong with it.
        reason: &'static str,
    },
    /// Given up from outside.
    Aborted {
        /// By whom.
        reason: AbortReason,
    },
    /// The client was closed.
    Closed,
    /// The image has more chunks than the protocol can number.
    TooLarge {
        /// Bytes of the image.
        bytes: usize,
        /// The most that this chunk size carries.
        most: usize,
    },
    /// An option or an image that cannot be taken.
    Invalid {
        /// Which option.
        option: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The broker refused the subscription to the feedback topic.
    Refused {
        /// That topic.
        from: String,
    },
}

impl Error {
    /// The stable code of `api.d.ts`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAnswer { .. } | Self::Cut { .. } => "no-answer",
            Self::Incomplete { .. } => "incomplete",
            Self::Protocol { .. } => "protocol",
            Self::Aborted { .. } => "aborted",
            Self::Closed => "closed",
            Self::TooLarge { .. } => "too-large",
            Self::Invalid { .. } => "invalid",
            Self::Refused { .. } => "refused",
        }
    }

    /// The chunk that the error speaks of.
    pub const fn chunk(&self) -> Option<u16> {
        match self {
            Self::NoAnswer {
                stage: Stage::Chunk(number),
                ..
            }
            | Self::Incomplete {
                stage: Stage::Chunk(number),
                ..
            } => Some(*number),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer {
                stage,
                from,
                sendings,
            } => write_no_answer(f, *stage, from, *sendings),
            Self::Cut { sendings } => write!(
                f,
                "the connection was closed right after begin was sent, each of {sendings} times: may this user publish to the \
                 device's topic? Mosquitto closes it where its ACL forbids that"
            ),
            Self::Incomplete { stage, sendings } => write!(
                f,
                "the device called {stage} incomplete {sendings} times: send again, or check its memory"
            ),
            Self::Protocol { reason } => {
                write!(
                    f,
                    "the device answered in another form ({reason}): leave out strict to go on regardless"
                )
            }
            Self::Aborted { reason } => f.write_str(match reason {
                AbortReason::Cancelled => "the transfer was cancelled",
                AbortReason::Replaced => {
                    "replaced by a newer image for the same device while it waited for it"
                }
                AbortReason::NotPrepared => "its image could not be prepared",
            }),
            Self::Closed => f.write_str("the client was closed: connect again and send again"),
            Self::TooLarge { bytes, most } => write!(
                f,
                "the image has {bytes} bytes, and the protocol carries {most} at this chunk size: \
                 lower the quality or raise chunkSize"
            ),
            Self::Invalid { option, reason } => write!(f, "{option}: {reason}"),
            Self::Refused { from } => {
                write!(
                    f,
                    "the broker refused the subscription to \"{from}\": check what this user may read (its ACL)"
                )
            }
        }
    }
}

fn write_no_answer(
    f: &mut fmt::Formatter<'_>,
    stage: Stage,
    from: &str,
    sendings: u32,
) -> fmt::Result {
    match stage {
        Stage::Begin => write!(
            f,
            "nothing answered begin on \"{from}\" ({sendings} sent): is the device on, are its topics these, \
             may this user publish there (an ACL drops silently), or does it sleep (waitForDevice)?"
        ),
        Stage::Chunk(0) => write!(
            f,
            "the device took begin but not the first chunk ({sendings} sent): its MQTT buffer is probably smaller \
             than 1.5 kB; try chunkSize 200"
        ),
        Stage::Chunk(_) | Stage::Finish => {
            write!(
                f,
                "the device stopped answering at {stage} ({sendings} sent): check it and send again"
            )
        }
    }
}

impl core::error::Error for Error {}
