//! What passed a proxy, packet by packet: it tells a broker's faults from the client's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

/// A packet of an exchange at QoS 2, as one side sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub from_broker: bool,
    pub kind: Kind,
    pub id: u16,
}

/// Which of the four packets it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With its payload.
    Publish(Vec<u8>),
    Pubrec,
    Pubrel,
    Pubcomp,
}

/// All of them that passed whole, over all links, in their order.
#[derive(Default)]
pub struct Tap(Mutex<Vec<Packet>>);

impl Tap {
    /// The packets so far.
    pub fn packets(&self) -> MutexGuard<'_, Vec<Packet>> {
        self.0.lock().unwrap()
    }

    /// How often the broker sent a PUBLISH again though `end` had passed for it: PUBREL, or even PUBCOMP. Section 4.3.3
    /// forbids it, and no client can tell it from a new message. By payload.
    pub fn sent_again_after(&self, end: &Kind) -> BTreeMap<Vec<u8>, u32> {
        let (mut open, mut over) = (BTreeMap::new(), BTreeSet::new());
        let mut again = BTreeMap::new();
        for Packet { kind, id, .. } in exchange(&self.packets()) {
            if let Kind::Publish(payload) = kind {
                if over.remove(payload) {
                    *again.entry(payload.clone()).or_default() += 1;
                }
                open.insert(*id, payload.clone());
            } else if kind == end {
                over.extend(open.remove(id));
            }
        }
        again
    }
}

/// What the broker published: PUBLISH and PUBREL are its own there, PUBREC and PUBCOMP are the client's.
fn exchange(packets: &[Packet]) -> impl Iterator<Item = &Packet> {
    packets.iter().filter(|packet| {
        let is_senders = matches!(packet.kind, Kind::Publish(_) | Kind::Pubrel);
        packet.from_broker == is_senders
    })
}

/// Cuts the bytes of one direction of a link into packets.
#[derive(Default)]
pub struct Cutter(Vec<u8>);

impl Cutter {
    /// Takes what passed, and notes what is whole.
    pub fn take(&mut self, bytes: &[u8], from_broker: bool, tap: &Tap) {
        self.0.extend_from_slice(bytes);
        let mut start = 0;
        while let Some((body, end)) = bounds(&self.0[start..]) {
            let packet = &self.0[start..start + end];
            if let Some((kind, id)) = read(packet[0], &packet[body..]) {
                tap.packets().push(Packet {
                    from_broker,
                    kind,
                    id,
                });
            }
            start += end;
        }
        self.0.drain(..start);
    }
}

/// Where the first packet's body begins, and where it ends.
fn bounds(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0;
    for index in 1..5 {
        let byte = usize::from(*bytes.get(index)?);
        length |= (byte & 127) << (7 * (index - 1));
        if byte < 128 {
            let end = index + 1 + length;
            return (bytes.len() >= end).then_some((index + 1, end));
        }
    }
    panic!("a length of more than four bytes");
}

fn read(first: u8, body: &[u8]) -> Option<(Kind, u16)> {
    let number = |at: usize| u16::from_be_bytes([body[at], body[at + 1]]);
    let kind = match first >> 4 {
        3 if first & 6 == 4 => {
            let topic = 2 + usize::from(number(0));
            let payload = body[topic + 2..].to_vec();
            return Some((Kind::Publish(payload), number(topic)));
        }
        5 => Kind::Pubrec,
        6 => Kind::Pubrel,
        7 => Kind::Pubcomp,
        _ => return None,
    };
    Some((kind, number(0)))
}
