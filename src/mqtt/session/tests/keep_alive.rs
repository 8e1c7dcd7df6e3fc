//! Pings and dead links, through the whole session (sections 3.1.2.10 and 3.12).

use super::*;

#[test]
fn an_idle_link_is_pinged_each_keep_alive() {
    let mut script = Script::online();
    script.at(59_999);
    script.sends([]);
    for minute in 1..=60 {
        script.at(minute * 60_000);
        script.sends([Packet::PingReq]);
        script.receives(Packet::PingResp);
    }
    script.tells([]);
}

#[test]
fn a_sender_into_a_dead_link_pings_and_then_gives_up() {
    let mut script = Script::online();
    for second in 1..90 {
        script.at(second * 1_000);
        let now = script.now;
        let mut out = Vec::new();
        script
            .session
            .write_publish_head(now, "to", 1, &mut out)
            .unwrap();
    }
    script.sends([Packet::PingReq]);
    script.at(90_000);
    script.tells([Event::Fault(Fault::NoPingResponse)]);
    assert_eq!(script.session.state(), LinkState::Down);
    assert_eq!(script.session.poll_timeout(), None);
}

#[test]
fn a_receiver_that_says_nothing_pings_for_the_brokers_sake() {
    let mut script = Script::online();
    for second in 1..=60 {
        script.at(second * 1_000);
        script.receives(publish(message("m", QoS::AtMostOnce), 0));
    }
    script.sends([Packet::PingReq]);
}

#[test]
fn any_packet_that_is_written_counts_as_sent() {
    let mut script = Script::online();
    script.at(30_000);
    script.publishes(message("m", QoS::AtMostOnce));
    script.receives(publish(message("m", QoS::AtMostOnce), 0));
    script.written.clear();
    script.at(89_999);
    script.sends([]);
    script.at(90_000);
    script.sends([Packet::PingReq]);
}

#[test]
fn a_head_that_is_written_counts_as_sent() {
    let mut script = Script::online();
    script.at(30_000);
    let (now, mut out) = (script.now, Vec::new());
    script.receives(publish(message("m", QoS::AtMostOnce), 0));
    script
        .session
        .write_publish_head(now, "to", 1, &mut out)
        .unwrap();
    script.at(89_999);
    script.sends([]);
}

#[test]
fn a_check_is_answered_by_alive() {
    let mut script = Script::online();
    script.at(1_000);
    script.session.check(script.now);
    script.sends([Packet::PingReq]);
    script.tells([]);
    script.at(2_500);
    script.receives(Packet::PingResp);
    script.tells([Event::Alive]);
    script.at(10_000);
    script.tells([]);
}

#[test]
fn a_check_without_an_answer_ends_the_link_after_two_seconds() {
    let mut script = Script::online();
    script.at(1_000);
    script.session.check(script.now);
    script.drain();
    script.at(2_999);
    script.tells([]);
    script.at(3_000);
    script.tells([Event::Fault(Fault::NoPingResponse)]);
}

#[test]
fn a_check_without_a_link_or_before_connack_does_nothing() {
    let mut script = Script::new(SessionOptions::default());
    script.session.check(script.now);
    script.opens();
    script.written.clear();
    script.session.check(script.now);
    script.sends([]);
    script.at(600_000);
    script.tells([]);
}

#[test]
fn after_sleep_the_link_is_tested_and_not_given_up() {
    let mut script = Script::online();
    script.at(60_000);
    script.sends([Packet::PingReq]);
    script.sleeps_until(3_600_000);
    script.sends([Packet::PingReq]);
    script.receives(Packet::PingResp);
    script.receives(Packet::PingResp);
    script.tells([]);
    assert!(script.session.is_online());
    script.sleeps_until(7_200_000);
    script.sends([Packet::PingReq]);
    script.at(7_202_000);
    script.tells([Event::Fault(Fault::NoPingResponse)]);
}

#[test]
fn timeouts_at_any_other_time_are_harmless() {
    let mut script = Script::online();
    for _ in 0..3 {
        script.session.handle_timeout(Instant::ZERO);
        script.session.handle_timeout(Instant::from_millis(59_999));
    }
    script.sends([]);
    script.at(60_000);
    script.session.handle_timeout(script.now);
    script.sends([Packet::PingReq]);
    script.closes();
    script.session.handle_timeout(Instant::from_millis(900_000));
    script.tells([]);
}

#[test]
fn the_pings_of_one_link_do_not_trouble_the_next() {
    let mut script = Script::online();
    script.at(60_000);
    script.session.check(script.now);
    script.drain();
    script.closes();
    script.at(61_000);
    script.connects(false);
    script.at(120_000);
    script.sends([]);
    script.tells([]);
}

#[test]
fn a_pingresp_that_nobody_asked_for_is_ignored() {
    let mut script = Script::online();
    script.receives(Packet::PingResp);
    script.tells([]);
    assert!(script.session.is_online());
}
