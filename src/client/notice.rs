//! What a person should know although nothing has failed, and what gives occasion to say so.

use core::fmt;

use super::{Client, Event};
use crate::mqtt::{QoS, topic};

/// Something that went otherwise than it seems. [`Notice::code`] is stable; the text is for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Feedback came that nothing explains that this client sent.
    AnotherSender {
        /// Topic to the device.
        to: String,
        /// Topic of its feedback.
        from: String,
    },
    /// Another client of this browser sends to the device: the transfer waits. The shell knows by its locks.
    DeviceInUse {
        /// Topic to the device.
        to: String,
    },
    /// The broker delivers what was sent to a topic under another name.
    TopicRewritten {
        /// What was subscribed.
        filter: String,
        /// The topic under which a message came.
        arrived: String,
    },
    /// A subscription that had been granted was refused on a later link, or one that nobody waits for at all.
    SubscriptionRefused {
        /// What was subscribed.
        filter: String,
    },
    /// A subscription was granted at a lower QoS on a later link.
    SubscriptionLowered {
        /// What was subscribed.
        filter: String,
        /// The QoS until now.
        before: QoS,
        /// The QoS from now on.
        granted: QoS,
    },
}

impl Notice {
    /// The stable name in the package's types.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AnotherSender { .. } => "another-sender",
            Self::DeviceInUse { .. } => "device-in-use",
            Self::TopicRewritten { .. } => "topic-rewritten",
            Self::SubscriptionRefused { .. } => "subscription-refused",
            Self::SubscriptionLowered { .. } => "subscription-lowered",
        }
    }

    /// The topic or filter that it speaks of: that to the device, where there is one.
    pub fn topic(&self) -> &str {
        match self {
            Self::AnotherSender { to, .. } | Self::DeviceInUse { to } => to,
            Self::TopicRewritten { filter, .. }
            | Self::SubscriptionRefused { filter }
            | Self::SubscriptionLowered { filter, .. } => filter,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnotherSender { to, from } => write!(
                f,
                "another sender uses this device: feedback came on \"{from}\" for what was not sent to \"{to}\" here. Let one \
                 of them finish first, or give each device topics of its own"
            ),
            Self::DeviceInUse { to } => write!(
                f,
                "another client of this browser, in this tab or another one, sends to \"{to}\": this transfer goes on when that \
                 one has ended"
            ),
            Self::TopicRewritten { filter, arrived } => write!(
                f,
                "the broker delivers \"{filter}\" as \"{arrived}\", so it does not reach its subscription (RabbitMQ turns dots \
                 into slashes): use topics without dots"
            ),
            Self::SubscriptionRefused { filter } => write!(
                f,
                "the broker now refuses the subscription to \"{filter}\", and no message comes for it on this connection: \
                 check what this user may read (its ACL)"
            ),
            Self::SubscriptionLowered {
                filter,
                before,
                granted,
            } => write!(
                f,
                "the broker now grants \"{filter}\" at QoS {} instead of {}",
                u8::from(*granted),
                u8::from(*before)
            ),
        }
    }
}

impl Client {
    pub(super) fn tell(&mut self, notice: Notice) {
        self.events.push_back(Event::Notice(notice));
    }

    /// A message came that no transfer listens for, and no subscription wants where it `is_unwanted`. After an unsubscribe
    /// that is so for a moment; but the broker may also have given it another topic, and whoever waits for it would wait in
    /// silence. Told once for each filter.
    pub(super) fn suspect_rewriting(&mut self, arrived: &str, is_unwanted: bool) {
        let filters = self.filters.values().map(String::as_str);
        let unserved = filters.filter(|_| is_unwanted);
        let is_it = |filter: &&str| {
            filter.contains('.') && topic::matches(&filter.replace('.', "/"), arrived)
        };
        let suspect = self.topics.names().chain(unserved).find(is_it);
        let suspect = suspect.map(str::to_owned);
        if let Some(filter) = suspect.filter(|filter| !self.rewritten.contains(filter)) {
            self.rewritten.push(filter.clone());
            self.tell(Notice::TopicRewritten {
                filter,
                arrived: arrived.to_owned(),
            });
        }
    }
}
