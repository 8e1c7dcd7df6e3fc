//! Virtual devices: the device's side of the protocol, answered over the same connection.

use crate::mqtt::SubscriptionId;
use crate::sorted::SortedMap;
use crate::transfer::{Numbering, Received, Receiver};

/// Names a virtual device of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(u64);

impl DeviceId {
    /// Its number, by which an owner in another language may know it.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A receiver and the topics that it listens and answers on.
#[derive(Debug)]
struct Device {
    subscription: SubscriptionId,
    from: String,
    receiver: Receiver,
}

/// What a frame made a device say.
pub(super) struct Answer {
    pub(super) device: DeviceId,
    /// Topic and payload of the feedback, if the frame asks for one.
    pub(super) feedback: Option<(String, [u8; 8])>,
    /// Images that the frame completed or cut off.
    pub(super) images: Vec<Received>,
}

#[derive(Debug, Default)]
pub(super) struct Devices {
    devices: SortedMap<DeviceId, Device>,
    by_subscription: SortedMap<SubscriptionId, DeviceId>,
    next_id: u64,
}

impl Devices {
    pub(super) fn attach(
        &mut self,
        subscription: SubscriptionId,
        from: &str,
        numbering: Numbering,
    ) -> DeviceId {
        let id = DeviceId(self.next_id);
        self.next_id += 1;
        let device = Device {
            subscription,
            from: from.to_owned(),
            receiver: Receiver::new(numbering),
        };
        self.devices.insert(id, device);
        self.by_subscription.insert(subscription, id);
        id
    }

    /// Takes a device away, and gives its subscription and what it had received of an unfinished image.
    pub(super) fn detach(&mut self, id: DeviceId) -> Option<(SubscriptionId, Vec<Received>)> {
        let mut device = self.devices.remove(&id)?;
        self.by_subscription.remove(&device.subscription);
        device.receiver.abandon();
        Some((device.subscription, images(&mut device.receiver)))
    }

    pub(super) fn by_subscription(&self, subscription: SubscriptionId) -> Option<DeviceId> {
        self.by_subscription.get(&subscription).copied()
    }

    /// A message came for `subscription`. `None`: that is no device's.
    pub(super) fn handle_message(
        &mut self,
        subscription: SubscriptionId,
        payload: &[u8],
    ) -> Option<Answer> {
        let id = self.by_subscription(subscription)?;
        let device = self.devices.get_mut(&id)?;
        let feedback = device
            .receiver
            .handle_frame(payload)
            .map(|bytes| (device.from.clone(), bytes));
        Some(Answer {
            device: id,
            feedback,
            images: images(&mut device.receiver),
        })
    }
}

fn images(receiver: &mut Receiver) -> Vec<Received> {
    core::iter::from_fn(|| receiver.poll_image()).collect()
}
