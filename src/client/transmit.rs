//! What goes out next: control packets at once, publishes and frames in turn, as the rate and the socket allow.

use super::Client;
use crate::mqtt::{Message, QoS, Transmit};
use crate::time::Instant;
use crate::transfer::Frame;

impl Client {
    /// Whether input is worth keeping to the end of the present turn of the event loop, where what the turn brought is read
    /// in one go, and what it makes room for leaves as one message.
    ///
    /// With one message outstanding, as always in stop and wait, there is nothing to wait for: the next frame is the
    /// answer's own, and each microsecond counts. Nor while the link comes or goes.
    pub fn gathers(&self) -> bool {
        self.session.is_online() && self.fleet.outstanding() > 1
    }

    /// Appends what may go out now to `out`, and says whether that was anything.
    ///
    /// `room` is how many bytes the socket should still take: once it is used up PUBLISH packets are held back, so `out`
    /// grows by at most `room`, one PUBLISH and the control packets that are due. Call it again after each input, and
    /// when the socket has drained.
    pub fn poll_transmit(&mut self, now: Instant, room: usize, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        loop {
            let full = out.len() - start >= room;
            let may_publish = !full && self.pacer.may_send(now);
            let sent = self.frames_first && self.transmit_frame(now, may_publish, out)
                || self.transmit_packet(now, may_publish, out)
                || self.transmit_frame(now, may_publish, out);
            if !sent {
                break;
            }
        }
        self.settle(now);
        out.len() > start
    }

    /// One packet of the session.
    fn transmit_packet(&mut self, now: Instant, may_publish: bool, out: &mut Vec<u8>) -> bool {
        let sent = self.session.poll_transmit(now, may_publish, out);
        if sent == Some(Transmit::Publish) {
            self.pacer.handle_sent(now);
            self.frames_first = true;
        }
        sent.is_some()
    }

    /// One frame of a transfer, written once: head and chunk go straight into the socket's buffer.
    fn transmit_frame(&mut self, now: Instant, may_publish: bool, out: &mut Vec<u8>) -> bool {
        if !may_publish || !self.session.is_online() {
            return false;
        }
        // A frame's clock runs from here, so one that goes through the session is taken only if it is written at once:
        // not behind the user's messages, and not where the broker has to acknowledge others first.
        let most = usize::from(self.session.options().max_in_flight);
        let is_free = !self.session.has_unsent_publish() && self.session.queued_messages() < most;
        let at_once = |qos_tag| qos_tag == u8::from(QoS::AtMostOnce) || is_free;
        let Some(frame) = self.fleet.poll_transmit(now, at_once) else {
            return false;
        };
        self.frames_first = false;
        match QoS::try_from(frame.qos_tag) {
            Ok(qos @ (QoS::AtLeastOnce | QoS::ExactlyOnce)) => {
                // The session keeps a copy until it is acknowledged, and counts the packet when it goes out.
                let message = message(&frame, qos);
                if let Ok(token) = self.session.publish(message) {
                    self.own_publishes.insert(token);
                }
            }
            Ok(QoS::AtMostOnce) | Err(_) => {
                if self
                    .session
                    .write_publish_head(now, frame.to, frame.len(), out)
                    .is_ok()
                {
                    out.extend_from_slice(&frame.head);
                    out.extend_from_slice(frame.data);
                    self.pacer.handle_sent(now);
                }
            }
        }
        true
    }
}

fn message(frame: &Frame<'_>, qos: QoS) -> Message {
    let mut payload = Vec::with_capacity(frame.len());
    payload.extend_from_slice(&frame.head);
    payload.extend_from_slice(frame.data);
    Message {
        topic: frame.to.to_owned(),
        payload,
        qos,
        retain: false,
        dup: false,
    }
}
