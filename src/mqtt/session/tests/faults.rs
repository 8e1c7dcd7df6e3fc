//! What the broker may not send, and what becomes of the link then (section 4.8).

use super::*;
use crate::mqtt::codec::{DecodeError, Malformation};
use crate::mqtt::error::FaultKind;

/// The fault that this packet is to a session that is online.
fn fault_of(packet: Packet) -> Fault {
    let mut script = Script::online();
    script.receives(packet);
    fault(&mut script)
}

fn misbehaviour_of(packet: Packet) -> Misbehaviour {
    match fault_of(packet) {
        Fault::Misbehaved(misbehaviour) => misbehaviour,
        other => panic!("{other}"),
    }
}

/// The only event that came, which is a fault.
fn fault(script: &mut Script) -> Fault {
    let Some(Event::Fault(fault)) = script.session.poll_event() else {
        panic!("no fault");
    };
    script.tells([]);
    assert_eq!(script.session.state(), LinkState::Down);
    fault
}

#[test]
fn only_clients_send_five_of_the_packets() {
    for packet in [
        Packet::Connect(Connect::default()),
        subscribe(1, &[("a", QoS::AtMostOnce)]),
        unsubscribe(1, &["a"]),
        Packet::PingReq,
        Packet::Disconnect,
    ] {
        let kind = packet.packet_type();
        let malformed = DecodeError::Malformed(kind, Malformation::FromClient);
        assert_eq!(fault_of(packet), Fault::Malformed(malformed));
    }
}

#[test]
fn connack_comes_first_and_once() {
    let connack = |session_present| Packet::ConnAck(ConnAck::Accepted { session_present });
    assert_eq!(misbehaviour_of(connack(false)), Misbehaviour::SecondConnAck);
    for packet in [
        publish(message("m", QoS::AtMostOnce), 0),
        Packet::PingResp,
        Packet::PubAck(id(1)),
        suback(1, &[Ok(QoS::AtMostOnce)]),
    ] {
        let kind = packet.packet_type();
        let mut script = Script::new(SessionOptions::default());
        script.opens();
        script.receives(packet);
        let expected = Fault::Misbehaved(Misbehaviour::BeforeConnAck(kind));
        assert_eq!(fault(&mut script), expected);
    }
    let mut script = Script::new(SessionOptions::default());
    script
        .session
        .handle_open(script.now, &Credentials::default());
    script.session.handle_input(script.now, &[0x20, 2, 0, 0]);
    let expected = Fault::Misbehaved(Misbehaviour::BeforeConnect);
    assert_eq!(fault(&mut script), expected);
}

#[test]
fn a_clean_session_is_never_present() {
    let mut script = Script::new(SessionOptions::default());
    script.opens();
    let session_present = true;
    script.receives(Packet::ConnAck(ConnAck::Accepted { session_present }));
    let expected = Fault::Misbehaved(Misbehaviour::SessionPresent);
    assert_eq!(fault(&mut script), expected);
}

#[test]
fn answers_to_nothing_that_was_asked_are_faults() {
    assert_eq!(
        misbehaviour_of(suback(9, &[Ok(QoS::AtMostOnce)])),
        Misbehaviour::Unasked(PacketType::SubAck, id(9))
    );
    assert_eq!(
        misbehaviour_of(Packet::UnsubAck(id(9))),
        Misbehaviour::Unasked(PacketType::UnsubAck, id(9))
    );
    let mut script = Script::online();
    script.subscribes("a", QoS::AtMostOnce);
    script.receives(Packet::UnsubAck(id(1)));
    let expected = Misbehaviour::Unasked(PacketType::UnsubAck, id(1));
    assert_eq!(fault(&mut script), Fault::Misbehaved(expected));
}

#[test]
fn a_suback_has_a_code_for_each_filter() {
    for got in [1, 3] {
        let mut script = Script::new(SessionOptions::default());
        script.subscribes("a", QoS::AtMostOnce);
        script.subscribes("b", QoS::AtMostOnce);
        script.connects(false);
        script.receives(suback(1, &vec![Ok(QoS::AtMostOnce); got]));
        let expected = 2;
        let expected = Misbehaviour::ReturnCodes { expected, got };
        assert_eq!(fault(&mut script), Fault::Misbehaved(expected));
    }
}

#[test]
fn an_acknowledgement_has_to_fit_its_exchange() {
    let cases = [
        (QoS::AtLeastOnce, vec![Packet::PubRec(id(1))]),
        (QoS::AtLeastOnce, vec![Packet::PubComp(id(1))]),
        (QoS::ExactlyOnce, vec![Packet::PubComp(id(1))]),
        (
            QoS::ExactlyOnce,
            vec![Packet::PubRec(id(1)), Packet::PubAck(id(1))],
        ),
    ];
    for (qos, answers) in cases {
        let mut script = Script::online();
        script.publishes(message("m", qos));
        let last = answers.last().unwrap().packet_type();
        for answer in answers {
            script.receives(answer);
        }
        let expected = Misbehaviour::WrongAcknowledgement(last, id(1));
        assert_eq!(fault(&mut script), Fault::Misbehaved(expected));
        assert_eq!(script.session.queued_messages(), 1, "it is not lost");
    }
}

#[test]
fn malformed_bytes_are_a_fault() {
    let mut script = Script::online();
    script.receives_bytes(&[0x36, 5, 0, 1, b'a', 0, 1]);
    let expected = DecodeError::Malformed(PacketType::Publish, Malformation::QoS(3));
    assert_eq!(fault(&mut script), Fault::Malformed(expected));
}

#[test]
fn a_packet_over_the_limit_is_a_fault_of_its_own_kind() {
    let mut script = Script::new(SessionOptions {
        max_packet_bytes: 100,
        ..SessionOptions::new("me")
    });
    script.connects(false);
    script.receives_bytes(&[0x30, 99]);
    let (bytes, limit) = (101, 100);
    let fault = fault(&mut script);
    assert_eq!(fault, Fault::TooLarge { bytes, limit });
    assert_eq!(fault.kind(), FaultKind::TooLarge);
}

#[test]
fn after_a_fault_nothing_goes_in_or_out_until_the_next_link() {
    let mut script = Script::online();
    let mut bytes = vec![0xd0, 0, 0xe0, 0];
    encode(&publish(message("m", QoS::AtLeastOnce), 1), &mut bytes).unwrap();
    script.receives_bytes(&bytes);
    fault(&mut script);
    script.receives_bytes(&bytes);
    script.publishes(message("waits", QoS::AtMostOnce));
    script.session.check(script.now);
    script.at(600_000);
    script.sends([]);
    script.tells([]);
    script.closes();
    script.connects(false);
    script.sends([publish(message("waits", QoS::AtMostOnce), 0)]);
}

#[test]
fn what_came_before_a_fault_is_still_told() {
    let mut script = Script::online();
    let mut bytes = Vec::new();
    encode(&publish(message("m", QoS::AtMostOnce), 0), &mut bytes).unwrap();
    bytes.push(0xff);
    script.receives_bytes(&bytes);
    script.tells_first(Event::Message(message("m", QoS::AtMostOnce)));
    assert_eq!(fault(&mut script).kind(), FaultKind::Protocol);
}

#[test]
fn a_fault_reads_as_one_line() {
    for (packet, says) in [
        (Packet::Disconnect, "sent a malformed packet"),
        (Packet::UnsubAck(id(9)), "broke the protocol"),
    ] {
        let text = fault_of(packet).to_string();
        assert!(text.starts_with(&format!("the broker {says}: ")), "{text}");
        assert!(!text.contains('\n'));
    }
}
