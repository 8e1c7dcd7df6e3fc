//! One filter: who wants it, where it stands at the broker, and what has to be done about the difference.

use crate::mqtt::packet::{QoS, SubscribeRefused};
use crate::mqtt::session::{Event, SubscriptionId};
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub struct Filter {
    pub handlers: Vec<Handler>,
    /// Former handlers whose end waits for the UNSUBACK.
    pub leaving: Vec<SubscriptionId>,
    pub standing: Standing,
    /// Whether it is in `unsettled`.
    pub queued: bool,
    /// Whether it counts in `remaking`.
    pub remaking: bool,
}

#[derive(Debug)]
pub struct Handler {
    pub id: SubscriptionId,
    pub qos: QoS,
    /// The last answer that it was told.
    pub told: Option<Result<QoS, SubscribeRefused>>,
}

/// What the broker knows of a filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    #[default]
    Absent,
    /// A request for it, or a CONNECT, was cut off with its link; the session may have it or not.
    Unknown,
    /// SUBSCRIBE is on its way, for a filter that stood so before.
    Requested { before: Option<Grant> },
    /// SUBACK came.
    Granted(Grant),
    /// SUBACK refused it. On this link it is not asked for again without a new handler.
    Refused,
    /// UNSUBSCRIBE is on its way.
    Leaving,
}

/// What was asked, which an upgrade has to exceed, and what the broker made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub asked: QoS,
    pub granted: QoS,
}

/// What has to be done for a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    Subscribe(QoS),
    Unsubscribe,
    /// Neither a handler nor the broker knows it any longer.
    Forget,
}

impl Filter {
    pub fn need(&self) -> Need {
        let wanted = self.handlers.iter().map(|handler| handler.qos).max();
        match (self.standing, wanted) {
            (Standing::Requested { .. } | Standing::Leaving, _) => Need::Nothing,
            (Standing::Absent | Standing::Refused, None) => Need::Forget,
            (Standing::Unknown | Standing::Granted(_), None) => Need::Unsubscribe,
            (Standing::Absent | Standing::Unknown, Some(qos)) => Need::Subscribe(qos),
            (Standing::Granted(grant), Some(qos)) if qos > grant.asked => Need::Subscribe(qos),
            (Standing::Refused, Some(qos)) if self.has_untold() => Need::Subscribe(qos),
            (Standing::Granted(_) | Standing::Refused, Some(_)) => Need::Nothing,
        }
    }

    fn has_untold(&self) -> bool {
        self.handlers.iter().any(|handler| handler.told.is_none())
    }

    /// Tells a grant to those handlers that it serves and that do not know it.
    pub fn tell_grant(&mut self, events: &mut VecDeque<Event>) {
        if let Standing::Granted(grant) = self.standing {
            self.tell(Ok(grant.granted), grant.asked, events);
        }
    }

    /// The broker refused what was asked. Returns the handlers that end with it: those that it never served.
    pub fn refuse(&mut self, asked: QoS, events: &mut VecDeque<Event>) -> Vec<SubscriptionId> {
        if let Standing::Requested {
            before: Some(grant),
        } = self.standing
        {
            // Only an upgrade was refused: what had been granted goes on, and serves those that came meanwhile as well.
            self.standing = Standing::Granted(grant);
            self.tell_grant(events);
        } else {
            self.standing = Standing::Refused;
        }
        let is_new = |handler: &Handler| handler.told.is_none() && handler.qos <= asked;
        let ended = self.handlers.iter().filter(|handler| is_new(handler));
        let ended: Vec<SubscriptionId> = ended.map(|handler| handler.id).collect();
        if self.standing == Standing::Refused {
            self.tell(Err(SubscribeRefused), asked, events);
        } else {
            let granted = Err(SubscribeRefused);
            for id in ended.iter().copied() {
                events.push_back(Event::Subscribed { id, granted });
            }
        }
        self.handlers.retain(|handler| !ended.contains(&handler.id));
        ended
    }

    fn tell(
        &mut self,
        answer: Result<QoS, SubscribeRefused>,
        asked: QoS,
        events: &mut VecDeque<Event>,
    ) {
        for handler in &mut self.handlers {
            let is_news = match (handler.told, answer) {
                (None, _) => true,
                (Some(Ok(told)), Ok(granted)) => granted < told,
                (Some(told), _) => told.is_ok() != answer.is_ok(),
            };
            if handler.qos <= asked && is_news {
                handler.told = Some(answer);
                let (id, granted) = (handler.id, answer);
                events.push_back(Event::Subscribed { id, granted });
            }
        }
    }

    /// The end of former handlers is told as soon as it waits for nothing.
    pub fn tell_left(&mut self, events: &mut VecDeque<Event>) {
        for id in core::mem::take(&mut self.leaving) {
            events.push_back(Event::Unsubscribed(id));
        }
    }
}
