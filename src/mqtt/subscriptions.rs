//! Subscriptions: which handlers want which filters, and what the broker knows of it (sections 3.8 to 3.11).
//!
//! Handlers come and go at any time; the broker is told of filters only, each once and at the highest QoS that one of
//! its handlers wants. So this machine compares, filter by filter, what is wanted with the filter's [`Standing`] at the
//! broker, and asks for the difference. At most one request for a filter is under way at a time.
//!
//! When a link falls, what stood at the broker is forgotten with a clean session, and otherwise kept until the next
//! CONNACK says whether the broker kept it too. A CONNECT without an answer makes that word worthless: the session that is
//! present then may be one that this CONNECT began.
//!
//! A refusal ends the handlers that never had a grant. Those that had one, on an earlier link, are told and stay, and
//! are asked for again on the next link. A grant below the one that they know of is told as well; one above what was asked
//! is taken as it is.

mod filter;

use super::error::{Invalid, Misbehaviour};
use super::packet::{
    Packet, PacketId, PacketType, QoS, SubAck, Subscribe, SubscribeRefused, Unsubscribe,
};
use super::packet_ids::PacketIds;
use super::session::{Event, SubscriptionId};
use super::topic::{check_topic_filter, has_wildcard, matches};
use crate::sorted::SortedMap;
use filter::{Filter, Grant, Handler, Need, Standing};
use std::collections::VecDeque;

/// Filters in one SUBSCRIBE or UNSUBSCRIBE: AWS IoT Core takes no more than eight.
const FILTERS_PER_REQUEST: usize = 8;

/// All subscriptions of a session.
#[derive(Debug, Default)]
pub struct Subscriptions {
    filters: SortedMap<String, Filter>,
    /// Those of `filters` that have wildcards; the others are found by their names.
    wildcards: Vec<String>,
    owners: SortedMap<SubscriptionId, String>,
    /// Filters to look at for a request, each once.
    unsettled: VecDeque<String>,
    requests: VecDeque<(PacketId, Request)>,
    /// Filters that have to be made again before the session is online.
    remaking: usize,
    /// Whether there is a broker to ask: from CONNACK to the end of the link.
    linked: bool,
    next_id: u64,
}

impl Subscriptions {
    /// Adds a handler to `filter`.
    pub fn subscribe(
        &mut self,
        filter: &str,
        qos: QoS,
        events: &mut VecDeque<Event>,
    ) -> Result<SubscriptionId, Invalid> {
        check_topic_filter(filter).map_err(|error| Invalid::new("filter", error))?;
        let id = SubscriptionId(self.next_id);
        self.next_id = self.next_id.saturating_add(1);
        self.owners.insert(id, filter.to_owned());
        if !self.filters.contains_key(filter) {
            self.filters.insert(filter.to_owned(), Filter::default());
            let wildcard = has_wildcard(filter).then(|| filter.to_owned());
            self.wildcards.extend(wildcard);
        }
        if let Some(entry) = self.filters.get_mut(filter) {
            let told = None;
            entry.handlers.push(Handler { id, qos, told });
            if entry.standing != Standing::Leaving {
                entry.tell_left(events);
            }
            if self.linked {
                entry.tell_grant(events);
            }
        }
        self.settle(filter, events);
        Ok(id)
    }

    /// Takes a handler away, and its filter with the last one; false if there is no such handler.
    pub fn unsubscribe(&mut self, id: SubscriptionId, events: &mut VecDeque<Event>) -> bool {
        let Some(name) = self.owners.remove(&id) else {
            return false;
        };
        let linked = self.linked;
        if let Some(filter) = self.filters.get_mut(&name) {
            filter.handlers.retain(|handler| handler.id != id);
            filter.leaving.push(id);
            // Only the last one has to wait, and only for a broker that is there.
            if !filter.handlers.is_empty() || !linked {
                filter.tell_left(events);
            }
        }
        self.settle(&name, events);
        true
    }

    /// The handlers for a message on `topic`, each once, however many of its filters match.
    pub fn matching(&self, topic: &str) -> impl Iterator<Item = SubscriptionId> {
        let by_name = self.filters.get(topic);
        let by_wildcard = self
            .wildcards
            .iter()
            .filter(move |filter| matches(filter, topic))
            .filter_map(|filter| self.filters.get(filter.as_str()));
        by_name
            .into_iter()
            .chain(by_wildcard)
            .flat_map(|filter| filter.handlers.iter().map(|handler| handler.id))
    }

    /// Whether everything that a new link had to make again was answered.
    pub const fn is_remade(&self) -> bool {
        self.remaking == 0
    }

    /// CONNACK 0 came: makes again what this broker does not know.
    pub fn handle_connected(&mut self, session_present: bool, events: &mut VecDeque<Event>) {
        self.linked = true;
        for filter in self.filters.values_mut() {
            if !session_present {
                filter.standing = Standing::Absent;
            }
            filter.tell_grant(events);
            filter.remaking = matches!(filter.need(), Need::Subscribe(_));
            self.remaking = self.remaking.saturating_add(usize::from(filter.remaking));
        }
        self.settle_all(events);
    }

    /// A link fell between its CONNECT and its CONNACK: nobody knows what stands at the broker.
    pub fn handle_unanswered(&mut self) {
        for filter in self.filters.values_mut() {
            if let Standing::Granted(_) = filter.standing {
                filter.standing = Standing::Unknown;
            }
        }
    }

    /// The link is gone. Whatever waited for its broker's word that it is unsubscribed has it now.
    pub fn handle_closed(
        &mut self,
        clean_session: bool,
        ids: &mut PacketIds,
        events: &mut VecDeque<Event>,
    ) {
        self.linked = false;
        self.remaking = 0;
        self.unsettled = VecDeque::new();
        while let Some((id, _)) = self.requests.pop_front() {
            ids.release(id);
        }
        for filter in self.filters.values_mut() {
            filter.queued = false;
            filter.remaking = false;
            filter.standing = match filter.standing {
                _ if clean_session => Standing::Absent,
                Standing::Absent | Standing::Refused => Standing::Absent,
                Standing::Requested { .. } | Standing::Leaving | Standing::Unknown => {
                    Standing::Unknown
                }
                Standing::Granted(grant) => Standing::Granted(grant),
            };
            filter.tell_left(events);
        }
        self.settle_all(events);
    }

    /// The answer to a SUBSCRIBE, code by code in the order of its filters `[MQTT-3.9.3-1]`.
    pub fn handle_suback(
        &mut self,
        ack: &SubAck,
        ids: &mut PacketIds,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Misbehaviour> {
        let id = ack.packet_id;
        let is_asked = |request: &Request| matches!(request, Request::Subscribe(_));
        let Some(Request::Subscribe(asked)) = self.take_request(id, is_asked) else {
            return Err(Misbehaviour::Unasked(PacketType::SubAck, id));
        };
        ids.release(id);
        let (expected, got) = (asked.len(), ack.return_codes.len());
        if expected != got {
            return Err(Misbehaviour::ReturnCodes { expected, got });
        }
        for ((name, asked), code) in asked.iter().zip(&ack.return_codes) {
            self.handle_return_code(name, *asked, *code, events);
        }
        Ok(())
    }

    fn handle_return_code(
        &mut self,
        name: &str,
        asked: QoS,
        code: Result<QoS, SubscribeRefused>,
        events: &mut VecDeque<Event>,
    ) {
        let Some(filter) = self.filters.get_mut(name) else {
            return;
        };
        match code {
            Ok(granted) => {
                filter.standing = Standing::Granted(Grant { asked, granted });
                filter.tell_grant(events);
            }
            Err(SubscribeRefused) => {
                let refused = filter.refuse(asked, events);
                refused.iter().for_each(|id| {
                    self.owners.remove(id);
                });
            }
        }
        if core::mem::take(&mut filter.remaking) {
            self.remaking = self.remaking.saturating_sub(1);
        }
        self.settle(name, events);
    }

    /// The answer to an UNSUBSCRIBE.
    pub fn handle_unsuback(
        &mut self,
        id: PacketId,
        ids: &mut PacketIds,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Misbehaviour> {
        let is_asked = |request: &Request| matches!(request, Request::Unsubscribe(_));
        let Some(Request::Unsubscribe(names)) = self.take_request(id, is_asked) else {
            return Err(Misbehaviour::Unasked(PacketType::UnsubAck, id));
        };
        ids.release(id);
        for name in names {
            if let Some(filter) = self.filters.get_mut(&name) {
                filter.standing = Standing::Absent;
                filter.tell_left(events);
            }
            self.settle(&name, events);
        }
        Ok(())
    }

    /// The next SUBSCRIBE or UNSUBSCRIBE, if one is needed and there is a broker and a packet identifier for it.
    pub fn poll_transmit(&mut self, ids: &mut PacketIds) -> Option<Packet> {
        while let Some(name) = self.unsettled.front() {
            match self.filters.get(name).map_or(Need::Nothing, Filter::need) {
                Need::Subscribe(_) => return ids.allocate().map(|id| self.request_subscribe(id)),
                Need::Unsubscribe => return ids.allocate().map(|id| self.request_unsubscribe(id)),
                Need::Nothing | Need::Forget => self.skip_unsettled(),
            }
        }
        None
    }

    /// Puts the filters at the front of `unsettled` that need it into one SUBSCRIBE.
    fn request_subscribe(&mut self, packet_id: PacketId) -> Packet {
        let mut filters = Vec::new();
        while filters.len() < FILTERS_PER_REQUEST
            && let Some(name) = self.unsettled.front()
            && let Some(filter) = self.filters.get_mut(name)
            && let Need::Subscribe(qos) = filter.need()
        {
            let before = match filter.standing {
                Standing::Granted(grant) => Some(grant),
                _ => None,
            };
            filter.standing = Standing::Requested { before };
            filters.push((name.clone(), qos));
            self.skip_unsettled();
        }
        let request = Request::Subscribe(filters.clone());
        self.requests.push_back((packet_id, request));
        Packet::Subscribe(Subscribe { packet_id, filters })
    }

    fn request_unsubscribe(&mut self, packet_id: PacketId) -> Packet {
        let mut filters = Vec::new();
        while filters.len() < FILTERS_PER_REQUEST
            && let Some(name) = self.unsettled.front()
            && let Some(filter) = self.filters.get_mut(name)
            && filter.need() == Need::Unsubscribe
        {
            filter.standing = Standing::Leaving;
            filters.push(name.clone());
            self.skip_unsettled();
        }
        let request = Request::Unsubscribe(filters.clone());
        self.requests.push_back((packet_id, request));
        Packet::Unsubscribe(Unsubscribe { packet_id, filters })
    }

    fn skip_unsettled(&mut self) {
        if let Some(name) = self.unsettled.pop_front()
            && let Some(filter) = self.filters.get_mut(&name)
        {
            filter.queued = false;
        }
    }

    fn take_request(
        &mut self,
        id: PacketId,
        is_asked: impl Fn(&Request) -> bool,
    ) -> Option<Request> {
        let mut requests = self.requests.iter();
        let index = requests.position(|(other, request)| *other == id && is_asked(request))?;
        self.requests.remove(index).map(|(_, request)| request)
    }

    fn settle_all(&mut self, events: &mut VecDeque<Event>) {
        let names: Vec<String> = self.filters.keys().cloned().collect();
        for name in names {
            self.settle(&name, events);
        }
    }

    /// Takes note of what a filter needs after a change.
    fn settle(&mut self, name: &str, events: &mut VecDeque<Event>) {
        let Some(filter) = self.filters.get_mut(name) else {
            return;
        };
        let need = filter.need();
        // Whoever wanted it to be made again may have left before it was asked for.
        let is_asked = matches!(filter.standing, Standing::Requested { .. })
            || matches!(need, Need::Subscribe(_));
        if !is_asked && core::mem::take(&mut filter.remaking) {
            self.remaking = self.remaking.saturating_sub(1);
        }
        match need {
            Need::Nothing => {}
            Need::Forget => self.forget(name, events),
            // Without a link nothing is queued: the next one looks at all filters anyway.
            Need::Subscribe(_) | Need::Unsubscribe => {
                if self.linked && !filter.queued {
                    filter.queued = true;
                    self.unsettled.push_back(name.to_owned());
                }
            }
        }
    }

    fn forget(&mut self, name: &str, events: &mut VecDeque<Event>) {
        if let Some(mut filter) = self.filters.remove(name) {
            filter.tell_left(events);
            self.wildcards.retain(|other| other != name);
        }
    }
}

/// A request that waits for its acknowledgement.
#[derive(Debug)]
enum Request {
    Subscribe(Vec<(String, QoS)>),
    Unsubscribe(Vec<String>),
}

#[cfg(test)]
mod tests;
