//! From the open link to Online, and away with DISCONNECT (sections 3.1, 3.2 and 3.14).

use super::*;

#[test]
fn connect_is_the_first_packet_and_says_the_options() {
    let will = Will {
        topic: "w".into(),
        payload: b"gone".to_vec(),
        qos: QoS::AtLeastOnce,
        retain: true,
    };
    let mut script = Script::new(SessionOptions {
        keep_alive: Duration::from_secs(65_535),
        clean_session: false,
        will: Some(will.clone()),
        ..SessionOptions::new("me")
    });
    let credentials = Credentials {
        username: Some("ada".into()),
        password: Some(b"secret".to_vec()),
    };
    script.subscribes("a", QoS::AtMostOnce);
    script.publishes(message("early", QoS::AtMostOnce));
    script.session.check(script.now);
    script.sends([]);
    script.session.handle_open(script.now, &credentials);
    assert_eq!(script.session.state(), LinkState::Connecting);
    script.sends([Packet::Connect(Connect {
        client_id: "me".into(),
        keep_alive: 65_535,
        clean_session: false,
        will: Some(will),
        credentials,
    })]);
    script.tells([]);
}

#[test]
fn without_subscriptions_the_session_is_online_with_the_connack() {
    let mut script = Script::new(SessionOptions::default());
    script.opens();
    let session_present = false;
    script.receives(Packet::ConnAck(ConnAck::Accepted { session_present }));
    script.tells([Event::Connected { session_present }, Event::Online]);
    assert!(script.session.is_online());
    assert_eq!(script.session.state(), LinkState::Online);
}

#[test]
fn a_refusal_ends_the_link_and_is_told_with_its_code() {
    for code in 1..=5 {
        let mut script = Script::new(SessionOptions::default());
        script.opens();
        let refusal = ConnectRefusal::from_code(code).unwrap();
        script.receives(Packet::ConnAck(ConnAck::Refused(refusal)));
        script.tells([Event::Refused(refusal)]);
        assert_eq!(script.session.state(), LinkState::Down);
        script.receives_bytes(&[0xff; 10]);
        script.tells([]);
    }
}

#[test]
fn credentials_that_cannot_be_said_end_the_link_before_a_byte() {
    let too_long = Credentials {
        username: Some("x".repeat(65_536)),
        password: None,
    };
    let alone = Credentials {
        username: None,
        password: Some(b"secret".to_vec()),
    };
    for credentials in [too_long, alone] {
        let mut script = Script::new(SessionOptions::default());
        script.session.handle_open(script.now, &credentials);
        script.sends([]);
        let event = script.session.poll_event();
        assert!(matches!(event, Some(Event::Fault(Fault::Credentials(_)))));
        assert_eq!(script.session.state(), LinkState::Down);
        script.connects(false);
        assert!(script.session.is_online(), "other credentials may do");
    }
}

#[test]
fn disconnect_is_the_last_packet() {
    let mut script = Script::online();
    script.subscribes("a", QoS::AtMostOnce);
    script.sends([subscribe(1, &[("a", QoS::AtMostOnce)])]);
    script.may_publish = false;
    script.publishes(message("waits", QoS::AtMostOnce));
    script.subscribes("b", QoS::AtMostOnce);
    script.sends([subscribe(2, &[("b", QoS::AtMostOnce)])]);
    script.session.disconnect();
    assert!(!script.session.is_online());
    assert!(!script.session.has_unsent_publish());
    script.may_publish = true;
    script.sends([Packet::Disconnect]);
    script.receives(publish(message("late", QoS::AtLeastOnce), 1));
    script.session.disconnect();
    script.subscribes("c", QoS::AtMostOnce);
    script.at(600_000);
    script.sends([]);
    script.tells([]);
}

#[test]
fn acknowledgements_that_are_owed_go_out_before_disconnect() {
    let mut script = Script::online();
    let incoming = message("m", QoS::AtLeastOnce);
    let mut bytes = Vec::new();
    encode(&publish(incoming.clone(), 7), &mut bytes).unwrap();
    script.session.handle_input(script.now, &bytes);
    script.session.disconnect();
    script.sends([Packet::PubAck(id(7)), Packet::Disconnect]);
    script.tells([Event::Message(incoming)]);
}

#[test]
fn disconnect_before_connect_sends_nothing_and_after_it_itself() {
    let mut script = Script::new(SessionOptions::default());
    script.session.disconnect();
    script.sends([]);
    script
        .session
        .handle_open(script.now, &Credentials::default());
    script.session.disconnect();
    script.sends([]);
    script.opens();
    script.session.disconnect();
    script.drain();
    let types: Vec<PacketType> = script.written.iter().map(Packet::packet_type).collect();
    assert_eq!(types, [PacketType::Connect, PacketType::Disconnect]);
}

#[test]
fn a_link_that_opens_over_another_begins_anew() {
    let mut script = Script::online();
    script.receives_bytes(&[0x30, 100, 0, 1]);
    script.connects(false);
    script.receives(Packet::PingResp);
    script.tells([]);
    assert!(script.session.is_online());
}

#[test]
fn closing_twice_or_without_a_link_is_harmless() {
    let mut script = Script::new(SessionOptions::default());
    script.closes();
    script.connects(false);
    script.closes();
    script.closes();
    script.tells([]);
    script.sends([]);
    assert_eq!(script.session.state(), LinkState::Down);
    assert_eq!(script.session.poll_timeout(), None);
}

#[test]
fn options_that_cannot_be_are_named() {
    type Change = fn(&mut SessionOptions);
    let cases: [(&str, Change); 9] = [
        ("keepAlive", |options| {
            options.keep_alive = Duration::from_millis(1_500);
        }),
        ("keepAlive", |options| {
            options.keep_alive = Duration::from_secs(65_536);
        }),
        ("clientId", |options| {
            options.client_id = String::new();
            options.clean_session = false;
        }),
        ("clientId", |options| options.client_id = "a\0".into()),
        ("clientId", |options| {
            options.client_id = "x".repeat(65_536);
        }),
        ("will", |options| {
            options.will = Some(Will {
                topic: "a/#".into(),
                ..Will::default()
            });
        }),
        ("maxPacketBytes", |options| options.max_packet_bytes = 15),
        ("maxInFlight", |options| options.max_in_flight = 0),
        ("maxInFlight", |options| options.max_in_flight = 1_025),
    ];
    for (name, change) in cases {
        let mut options = SessionOptions::new("me");
        change(&mut options);
        let invalid = Session::new(options).expect_err(name);
        assert_eq!(invalid.option, name);
        assert!(invalid.to_string().starts_with(name));
    }
}
