//! The machine of subscriptions by itself, with a broker that answers as the test says.

use super::*;
use QoS::{AtLeastOnce, AtMostOnce, ExactlyOnce};

struct Bench {
    subscriptions: Subscriptions,
    ids: PacketIds,
    events: VecDeque<Event>,
    clean_session: bool,
}

impl Bench {
    /// With a link, and nothing subscribed yet.
    fn linked() -> Self {
        let mut bench = Self {
            subscriptions: Subscriptions::default(),
            ids: PacketIds::default(),
            events: VecDeque::new(),
            clean_session: true,
        };
        bench.connects(false);
        bench
    }

    fn linked_with_kept_session() -> Self {
        let mut bench = Self::linked();
        bench.clean_session = false;
        bench
    }

    fn connects(&mut self, session_present: bool) {
        self.subscriptions
            .handle_connected(session_present, &mut self.events);
    }

    fn closes(&mut self) {
        self.subscriptions
            .handle_closed(self.clean_session, &mut self.ids, &mut self.events);
    }

    fn subscribes(&mut self, filter: &str, qos: QoS) -> SubscriptionId {
        self.subscriptions
            .subscribe(filter, qos, &mut self.events)
            .unwrap()
    }

    fn unsubscribes(&mut self, id: SubscriptionId) -> bool {
        self.subscriptions.unsubscribe(id, &mut self.events)
    }

    /// The one SUBSCRIBE that is wanted now.
    #[track_caller]
    fn subscribe_packet(&mut self) -> Subscribe {
        match self.packet() {
            Some(Packet::Subscribe(subscribe)) => subscribe,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn unsubscribe_packet(&mut self) -> Unsubscribe {
        match self.packet() {
            Some(Packet::Unsubscribe(unsubscribe)) => unsubscribe,
            other => panic!("{other:?}"),
        }
    }

    fn packet(&mut self) -> Option<Packet> {
        self.subscriptions.poll_transmit(&mut self.ids)
    }

    #[track_caller]
    fn asks_nothing(&mut self) {
        assert_eq!(self.packet(), None);
    }

    /// Sends the SUBSCRIBE that is due, and has it answered so.
    #[track_caller]
    fn is_answered(&mut self, code: Result<QoS, SubscribeRefused>) {
        let subscribe = self.subscribe_packet();
        let return_codes = vec![code; subscribe.filters.len()];
        self.suback(subscribe.packet_id, return_codes);
    }

    #[track_caller]
    fn suback(&mut self, packet_id: PacketId, return_codes: Vec<Result<QoS, SubscribeRefused>>) {
        let ack = SubAck {
            packet_id,
            return_codes,
        };
        self.subscriptions
            .handle_suback(&ack, &mut self.ids, &mut self.events)
            .unwrap();
    }

    #[track_caller]
    fn unsuback(&mut self, packet_id: PacketId) {
        self.subscriptions
            .handle_unsuback(packet_id, &mut self.ids, &mut self.events)
            .unwrap();
    }

    /// A handler whose filter was granted.
    fn granted(&mut self, filter: &str, qos: QoS) -> SubscriptionId {
        let id = self.subscribes(filter, qos);
        self.is_answered(Ok(qos));
        self.tells([granted(id, qos)]);
        id
    }

    #[track_caller]
    fn tells<const N: usize>(&mut self, expected: [Event; N]) {
        assert_eq!(self.events.drain(..).collect::<Vec<_>>(), expected);
    }

    fn matching(&self, topic: &str) -> Vec<SubscriptionId> {
        let mut ids: Vec<_> = self.subscriptions.matching(topic).collect();
        ids.sort_unstable();
        ids
    }

    /// Nothing is left of anything that was subscribed.
    #[track_caller]
    fn is_empty(&mut self) {
        self.asks_nothing();
        let machine = &self.subscriptions;
        assert!(machine.filters.keys().count() == 0 && machine.wildcards.is_empty());
        assert!(machine.owners.keys().count() == 0 && machine.unsettled.is_empty());
        assert!(machine.requests.is_empty() && machine.remaking == 0);
        let ids = core::iter::from_fn(|| self.ids.allocate());
        assert_eq!(ids.count(), 65_535, "every identifier came back");
    }
}

fn granted(id: SubscriptionId, qos: QoS) -> Event {
    let granted = Ok(qos);
    Event::Subscribed { id, granted }
}

fn refused(id: SubscriptionId) -> Event {
    let granted = Err(SubscribeRefused);
    Event::Subscribed { id, granted }
}

#[test]
fn handlers_of_one_filter_share_one_subscribe() {
    let mut bench = Bench::linked();
    let one = bench.subscribes("a", AtMostOnce);
    let other = bench.subscribes("a", AtLeastOnce);
    let subscribe = bench.subscribe_packet();
    assert_eq!(subscribe.filters, [("a".to_owned(), AtLeastOnce)]);
    bench.asks_nothing();
    bench.suback(subscribe.packet_id, vec![Ok(AtLeastOnce)]);
    bench.tells([granted(one, AtLeastOnce), granted(other, AtLeastOnce)]);
    assert_eq!(bench.matching("a"), [one, other]);
}

#[test]
fn a_handler_that_a_grant_already_serves_is_told_at_once() {
    let mut bench = Bench::linked();
    bench.granted("a", AtLeastOnce);
    let late = bench.subscribes("a", AtMostOnce);
    bench.tells([granted(late, AtLeastOnce)]);
    bench.asks_nothing();
}

#[test]
fn a_handler_that_wants_more_raises_the_subscription() {
    let mut bench = Bench::linked();
    bench.granted("a", AtMostOnce);
    let more = bench.subscribes("a", ExactlyOnce);
    bench.tells([]);
    let subscribe = bench.subscribe_packet();
    assert_eq!(subscribe.filters, [("a".to_owned(), ExactlyOnce)]);
    bench.suback(subscribe.packet_id, vec![Ok(AtLeastOnce)]);
    bench.tells([granted(more, AtLeastOnce)]);
    bench.asks_nothing();
    let again = bench.subscribes("a", ExactlyOnce);
    bench.tells([granted(again, AtLeastOnce)]);
    bench.asks_nothing();
}

#[test]
fn one_that_joins_a_request_under_way_waits_for_its_answer() {
    let mut bench = Bench::linked();
    let one = bench.subscribes("a", AtLeastOnce);
    let subscribe = bench.subscribe_packet();
    let less = bench.subscribes("a", AtMostOnce);
    let more = bench.subscribes("a", ExactlyOnce);
    bench.asks_nothing();
    bench.suback(subscribe.packet_id, vec![Ok(AtLeastOnce)]);
    bench.tells([granted(one, AtLeastOnce), granted(less, AtLeastOnce)]);
    bench.is_answered(Ok(ExactlyOnce));
    bench.tells([granted(more, ExactlyOnce)]);
}

#[test]
fn a_refusal_ends_the_handlers_that_asked() {
    let mut bench = Bench::linked();
    let one = bench.subscribes("a", AtMostOnce);
    let other = bench.subscribes("a/+", AtMostOnce);
    bench.is_answered(Err(SubscribeRefused));
    bench.tells([refused(one), refused(other)]);
    assert!(!bench.unsubscribes(one));
    bench.is_empty();
}

#[test]
fn a_refused_upgrade_ends_only_the_one_that_wanted_it() {
    let mut bench = Bench::linked();
    let served = bench.granted("a", AtMostOnce);
    let more = bench.subscribes("a", AtLeastOnce);
    let subscribe = bench.subscribe_packet();
    let modest = bench.subscribes("a", AtMostOnce);
    bench.suback(subscribe.packet_id, vec![Err(SubscribeRefused)]);
    bench.tells([granted(modest, AtMostOnce), refused(more)]);
    assert_eq!(bench.matching("a"), [served, modest]);
    bench.asks_nothing();
}

#[test]
fn one_that_was_granted_once_is_told_of_each_turn_and_stays() {
    let mut bench = Bench::linked();
    let id = bench.granted("a", AtMostOnce);
    for _ in 0..2 {
        bench.closes();
        bench.connects(false);
        bench.is_answered(Err(SubscribeRefused));
    }
    bench.tells([refused(id)]);
    bench.asks_nothing();
    bench.closes();
    bench.connects(false);
    bench.is_answered(Ok(AtMostOnce));
    bench.tells([granted(id, AtMostOnce)]);
}

#[test]
fn a_new_handler_asks_again_for_what_was_refused_on_this_link() {
    let mut bench = Bench::linked();
    let old = bench.granted("a", AtMostOnce);
    bench.closes();
    bench.connects(false);
    bench.is_answered(Err(SubscribeRefused));
    let new = bench.subscribes("a", AtMostOnce);
    bench.is_answered(Ok(AtMostOnce));
    let told = [
        refused(old),
        granted(old, AtMostOnce),
        granted(new, AtMostOnce),
    ];
    bench.tells(told);
}

#[test]
fn unsubscribe_goes_out_with_the_last_handler() {
    let mut bench = Bench::linked();
    let one = bench.granted("a", AtMostOnce);
    let other = bench.subscribes("a", AtMostOnce);
    bench.events.clear();
    assert!(bench.unsubscribes(one));
    bench.tells([Event::Unsubscribed(one)]);
    bench.asks_nothing();
    assert_eq!(bench.matching("a"), [other]);
    assert!(bench.unsubscribes(other));
    assert_eq!(bench.matching("a"), []);
    bench.tells([]);
    let unsubscribe = bench.unsubscribe_packet();
    assert_eq!(unsubscribe.filters, ["a"]);
    bench.unsuback(unsubscribe.packet_id);
    bench.tells([Event::Unsubscribed(other)]);
    bench.is_empty();
}

#[test]
fn unsubscribing_before_the_suback_waits_for_it() {
    let mut bench = Bench::linked();
    let id = bench.subscribes("a", AtMostOnce);
    let subscribe = bench.subscribe_packet();
    assert!(bench.unsubscribes(id));
    bench.asks_nothing();
    bench.suback(subscribe.packet_id, vec![Ok(AtMostOnce)]);
    let unsubscribe = bench.unsubscribe_packet();
    bench.unsuback(unsubscribe.packet_id);
    bench.tells([Event::Unsubscribed(id)]);
    bench.is_empty();
}

#[test]
fn unsubscribing_before_a_refusal_needs_no_unsubscribe() {
    let mut bench = Bench::linked();
    let id = bench.subscribes("a", AtMostOnce);
    let subscribe = bench.subscribe_packet();
    assert!(bench.unsubscribes(id));
    bench.suback(subscribe.packet_id, vec![Err(SubscribeRefused)]);
    bench.tells([Event::Unsubscribed(id)]);
    bench.is_empty();
}

#[test]
fn unsubscribing_before_subscribe_went_out_sends_neither() {
    let mut bench = Bench::linked();
    let id = bench.subscribes("a", AtMostOnce);
    assert!(bench.unsubscribes(id));
    bench.tells([Event::Unsubscribed(id)]);
    bench.is_empty();
}

#[test]
fn subscribing_while_unsubscribe_is_under_way_subscribes_after_it() {
    let mut bench = Bench::linked();
    let old = bench.granted("a", AtMostOnce);
    bench.unsubscribes(old);
    let unsubscribe = bench.unsubscribe_packet();
    let new = bench.subscribes("a", AtMostOnce);
    bench.asks_nothing();
    bench.unsuback(unsubscribe.packet_id);
    bench.tells([Event::Unsubscribed(old)]);
    bench.is_answered(Ok(AtMostOnce));
    bench.tells([granted(new, AtMostOnce)]);
}

#[test]
fn subscribing_before_unsubscribe_went_out_keeps_the_grant() {
    let mut bench = Bench::linked();
    let old = bench.granted("a", AtMostOnce);
    bench.unsubscribes(old);
    let new = bench.subscribes("a", AtMostOnce);
    bench.tells([Event::Unsubscribed(old), granted(new, AtMostOnce)]);
    bench.asks_nothing();
}

#[test]
fn with_a_clean_session_the_end_of_the_link_is_the_end_of_what_was_left() {
    let mut bench = Bench::linked();
    let asked = bench.granted("a", AtMostOnce);
    bench.unsubscribes(asked);
    bench.unsubscribe_packet();
    bench.closes();
    bench.tells([Event::Unsubscribed(asked)]);
    bench.is_empty();

    let mut bench = Bench::linked();
    let down = bench.granted("b", AtMostOnce);
    bench.closes();
    bench.unsubscribes(down);
    bench.tells([Event::Unsubscribed(down)]);
    bench.connects(false);
    bench.is_empty();
}

#[test]
fn a_kept_session_is_told_on_the_next_link_what_was_left_meanwhile() {
    let mut bench = Bench::linked_with_kept_session();
    let asked = bench.granted("a", AtMostOnce);
    let down = bench.granted("b", AtMostOnce);
    bench.unsubscribes(asked);
    bench.unsubscribe_packet();
    bench.closes();
    bench.unsubscribes(down);
    bench.tells([Event::Unsubscribed(asked), Event::Unsubscribed(down)]);
    bench.connects(true);
    assert!(bench.subscriptions.is_remade(), "nobody waits for these");
    let unsubscribe = bench.unsubscribe_packet();
    assert_eq!(unsubscribe.filters, ["a", "b"]);
    bench.unsuback(unsubscribe.packet_id);
    bench.tells([]);
    bench.is_empty();
}

#[test]
fn a_kept_session_that_was_lost_has_nothing_to_be_unsubscribed() {
    let mut bench = Bench::linked_with_kept_session();
    let id = bench.granted("a", AtMostOnce);
    bench.closes();
    bench.unsubscribes(id);
    bench.connects(false);
    bench.tells([Event::Unsubscribed(id)]);
    bench.is_empty();
}

#[test]
fn a_request_that_was_cut_off_is_made_again_though_the_session_was_kept() {
    let mut bench = Bench::linked_with_kept_session();
    let id = bench.subscribes("a", AtMostOnce);
    bench.subscribe_packet();
    bench.closes();
    bench.connects(true);
    assert!(!bench.subscriptions.is_remade());
    bench.is_answered(Ok(AtMostOnce));
    bench.tells([granted(id, AtMostOnce)]);
    assert!(bench.subscriptions.is_remade());
}

#[test]
fn nobody_waits_for_an_upgrade_or_a_handler_that_was_given_up_before_it_was_asked_for() {
    let mut bench = Bench::linked_with_kept_session();
    bench.granted("a", AtMostOnce);
    bench.closes();
    let more = bench.subscribes("a", AtLeastOnce);
    let alone = bench.subscribes("b", AtMostOnce);
    bench.connects(true);
    assert!(!bench.subscriptions.is_remade());
    bench.unsubscribes(more);
    bench.unsubscribes(alone);
    assert!(bench.subscriptions.is_remade());
    bench.asks_nothing();
}

#[test]
fn a_handler_that_came_while_the_link_was_down_is_served_by_the_kept_grant() {
    let mut bench = Bench::linked_with_kept_session();
    bench.granted("a", AtLeastOnce);
    bench.closes();
    let id = bench.subscribes("a", AtMostOnce);
    bench.tells([]);
    bench.connects(true);
    bench.tells([granted(id, AtLeastOnce)]);
    bench.asks_nothing();
}

#[test]
fn unsubscribes_are_eight_to_a_packet_too() {
    let mut bench = Bench::linked();
    let names: Vec<String> = (0..9).map(|number| format!("a/{number}")).collect();
    let ids: Vec<_> = names
        .iter()
        .map(|name| bench.subscribes(name, AtMostOnce))
        .collect();
    bench.is_answered(Ok(AtMostOnce));
    bench.is_answered(Ok(AtMostOnce));
    ids.into_iter().for_each(|id| {
        bench.unsubscribes(id);
    });
    assert_eq!(bench.unsubscribe_packet().filters, names[..8]);
    assert_eq!(bench.unsubscribe_packet().filters, names[8..]);
    bench.asks_nothing();
}

#[test]
fn without_an_identifier_a_request_waits_for_one() {
    let mut bench = Bench::linked();
    while bench.ids.allocate().is_some() {}
    bench.subscribes("a", AtMostOnce);
    bench.asks_nothing();
    let free = PacketId::new(7).unwrap();
    bench.ids.release(free);
    assert_eq!(bench.subscribe_packet().packet_id, free);
}

#[test]
fn each_handler_of_overlapping_filters_matches_once() {
    let mut bench = Bench::linked();
    let exact = bench.subscribes("a/b", AtMostOnce);
    let level = bench.subscribes("a/+", AtMostOnce);
    let all = bench.subscribes("#", AtMostOnce);
    let twin = bench.subscribes("#", AtMostOnce);
    bench.subscribes("b/#", AtMostOnce);
    assert_eq!(bench.matching("a/b"), [exact, level, all, twin]);
    assert_eq!(bench.matching("a/b/c"), [all, twin]);
    assert_eq!(bench.matching("$SYS/a"), []);
    bench.unsubscribes(all);
    bench.unsubscribes(level);
    assert_eq!(bench.matching("a/b"), [exact, twin]);
}

#[test]
fn coming_and_going_without_a_link_leaves_nothing_behind() {
    let mut bench = Bench::linked();
    bench.closes();
    for _ in 0..1_000 {
        let id = bench.subscribes("a/#", AtMostOnce);
        bench.unsubscribes(id);
    }
    assert_eq!(bench.events.len(), 1_000);
    assert!(bench.subscriptions.unsettled.is_empty());
    bench.is_empty();
}
