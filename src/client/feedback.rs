//! The topics that transfers listen on: which subscription serves each, and since when.

use crate::mqtt::{QoS, Session, SubscriptionId};
use crate::sorted::{SortedMap, SortedSet};
use crate::transfer::TransferId;

/// A feedback topic in use.
#[derive(Debug)]
struct Topic {
    /// The subscription made for it, or `None` where one of the user's matches it already.
    own: Option<SubscriptionId>,
    ready: bool,
    qos: QoS,
}

/// A topic on which devices say that they woke.
#[derive(Debug)]
struct Wake {
    subscription: SubscriptionId,
    waiting: SortedSet<TransferId>,
}

/// Feedback and wake topics, and the subscriptions that the client made for them.
#[derive(Debug, Default)]
pub(super) struct FeedbackTopics {
    topics: SortedMap<String, Topic>,
    by_subscription: SortedMap<SubscriptionId, String>,
    wakes: SortedMap<String, Wake>,
    wake_subscriptions: SortedSet<SubscriptionId>,
    granted: SortedMap<SubscriptionId, QoS>,
    /// Subscriptions that the session keeps for the next link, although this link's broker refused them.
    refused: SortedSet<SubscriptionId>,
}

/// What was last heard of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing yet.
    New,
    Granted(QoS),
    /// Refused on this link, after it had been granted on an earlier one.
    Refused,
}

/// A feedback topic whose readiness changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    Ready(String),
    NotReady(String),
}

impl FeedbackTopics {
    /// A transfer listens on `from`. Makes a subscription unless one matches already.
    pub(super) fn add(&mut self, session: &mut Session, from: &str, qos: QoS) -> Option<Change> {
        self.topics.get_or_insert_with(from.to_owned(), || Topic {
            own: None,
            ready: false,
            qos,
        });
        self.refresh(session, from)
    }

    /// No transfer listens on `from` any longer.
    pub(super) fn remove(&mut self, session: &mut Session, from: &str) {
        if let Some(own) = self.topics.remove(from).and_then(|topic| topic.own) {
            self.by_subscription.remove(&own);
            self.granted.remove(&own);
            session.unsubscribe(own);
        }
    }

    /// True where `id` was made here, and not by the user.
    pub(super) fn is_own(&self, id: SubscriptionId) -> bool {
        self.by_subscription.contains_key(&id) || self.wake_subscriptions.contains(&id)
    }

    /// A transfer listens on `topic`.
    pub(super) fn is_feedback(&self, topic: &str) -> bool {
        self.topics.contains_key(topic)
    }

    /// Every topic that transfers listen on.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.topics
            .keys()
            .chain(self.wakes.keys())
            .map(String::as_str)
    }

    pub(super) fn standing(&self, id: SubscriptionId) -> Standing {
        match self.granted.get(&id) {
            Some(qos) => Standing::Granted(*qos),
            None if self.refused.contains(&id) => Standing::Refused,
            None => Standing::New,
        }
    }

    /// The wake topic that `id` was made for.
    pub(super) fn wake_of(&self, id: SubscriptionId) -> Option<&str> {
        let is_it = |(_, wake): &(&String, &Wake)| wake.subscription == id;
        self.wakes.iter().find(is_it).map(|(name, _)| name.as_str())
    }

    /// The feedback topic that `id` was made for.
    pub(super) fn topic_of(&self, id: SubscriptionId) -> Option<&str> {
        self.by_subscription.get(&id).map(String::as_str)
    }

    pub(super) fn handle_granted(
        &mut self,
        session: &mut Session,
        id: SubscriptionId,
        qos: QoS,
    ) -> Vec<Change> {
        self.granted.insert(id, qos);
        self.refused.remove(&id);
        match self.by_subscription.get(&id).cloned() {
            Some(from) => self.refresh(session, &from).into_iter().collect(),
            None => self.refresh_all(session),
        }
    }

    /// A subscription of anybody's was refused. One that was made here is given up; the transfers on it fail.
    pub(super) fn handle_refused(
        &mut self,
        session: &mut Session,
        id: SubscriptionId,
    ) -> Vec<Change> {
        let was_granted = self.granted.remove(&id).is_some();
        if let Some(from) = self.by_subscription.remove(&id) {
            // Refused on a later link, the session would ask for it again on the next.
            session.unsubscribe(id);
            if let Some(topic) = self.topics.get_mut(&from) {
                topic.own = None;
            }
            return Vec::new();
        }
        if was_granted {
            self.refused.insert(id);
        }
        self.refresh_all(session)
    }

    /// A subscription of the user's or of a device has ended.
    pub(super) fn handle_gone(&mut self, session: &mut Session, id: SubscriptionId) -> Vec<Change> {
        self.granted.remove(&id);
        self.refused.remove(&id);
        self.refresh_all(session)
    }

    /// The link is up, with every subscription made again.
    pub(super) fn handle_online(&mut self, session: &mut Session) -> Vec<Change> {
        self.refresh_all(session)
    }

    /// The link fell: no feedback can arrive on any topic.
    pub(super) fn handle_offline(&mut self) {
        for topic in self.topics.values_mut() {
            topic.ready = false;
        }
    }

    fn refresh_all(&mut self, session: &mut Session) -> Vec<Change> {
        let topics: Vec<String> = self.topics.keys().cloned().collect();
        topics
            .iter()
            .filter_map(|from| self.refresh(session, from))
            .collect()
    }

    /// Sees whether a live subscription serves `from`, and makes one where none does.
    fn refresh(&mut self, session: &mut Session, from: &str) -> Option<Change> {
        let served = session
            .matching(from)
            .any(|id| self.granted.contains_key(&id));
        let pending = session.matching(from).any(|id| !self.refused.contains(&id));
        let online = session.is_online();
        let topic = self.topics.get_mut(from)?;
        if !pending && let Ok(id) = session.subscribe(from, topic.qos) {
            topic.own = Some(id);
            self.by_subscription.insert(id, from.to_owned());
        }
        let ready = served && online;
        let changed = ready != topic.ready;
        topic.ready = ready;
        changed.then(|| {
            if ready {
                Change::Ready(from.to_owned())
            } else {
                Change::NotReady(from.to_owned())
            }
        })
    }

    /// A message on `wake` has begin of transfer `id` sent at once.
    pub(super) fn add_wake(&mut self, session: &mut Session, wake: &str, id: TransferId) {
        if let Some(known) = self.wakes.get_mut(wake) {
            known.waiting.insert(id);
        } else if let Ok(subscription) = session.subscribe(wake, QoS::AtMostOnce) {
            self.wake_subscriptions.insert(subscription);
            let mut waiting = SortedSet::new();
            waiting.insert(id);
            let known = Wake {
                subscription,
                waiting,
            };
            self.wakes.insert(wake.to_owned(), known);
        }
    }

    /// Transfer `id` has ended. The last one takes the subscription along, which may have served a feedback topic too.
    pub(super) fn remove_wake(
        &mut self,
        session: &mut Session,
        wake: &str,
        id: TransferId,
    ) -> Option<Change> {
        let known = self.wakes.get_mut(wake)?;
        known.waiting.remove(&id);
        if !known.waiting.is_empty() {
            return None;
        }
        let subscription = known.subscription;
        self.wakes.remove(wake);
        self.wake_subscriptions.remove(&subscription);
        self.granted.remove(&subscription);
        self.refused.remove(&subscription);
        session.unsubscribe(subscription);
        self.refresh(session, wake)
    }

    /// The transfers that a message on `topic` wakes.
    pub(super) fn woken(&self, topic: &str) -> Vec<TransferId> {
        self.wakes
            .get(topic)
            .map(|wake| wake.waiting.iter().copied().collect())
            .unwrap_or_default()
    }
}
