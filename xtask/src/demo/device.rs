//! The demo's device. Everything that knows the crate's own side of a device is in this file.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use mqtt_image_sender::client::{self, ClientOptions, Event};
use mqtt_image_sender::mqtt::{Credentials, Message, QoS, SessionOptions};
use mqtt_image_sender::native::NativeClient;
use mqtt_image_sender::transfer::{self, Numbering};

use crate::error::{Error, Result};

/// How long the broker may take to let the device in.
const PATIENCE: Duration = Duration::from_secs(10);

/// An image that the device has received.
pub struct Received {
    pub name: String,
    pub bytes: Vec<u8>,
    pub crc32: u32,
    /// Every chunk was there when the sender finished.
    pub whole: bool,
}

/// Starts a device on the broker at `address` (`host:port`); it runs until the process ends.
pub fn start(address: &str, to: &str, from: &str) -> Result<Receiver<Received>> {
    let session = SessionOptions::new(format!("demo-device-{}", std::process::id()));
    let mut client = NativeClient::new(
        vec![address.to_owned()],
        Credentials::default(),
        ClientOptions::new(session),
    )
    .map_err(|cause| refused(&cause))?;
    let now = client.now();
    client
        .client()
        .subscribe(now, to, QoS::AtMostOnce)
        .map_err(|cause| refused(&cause))?;
    client
        .until(PATIENCE, |_, event| {
            matches!(event, Event::Subscribed { granted: Ok(_), .. }).then_some(())
        })
        .ok_or_else(|| {
            Error::new(
                format!("the demo's device does not reach the broker at {address}"),
                "see whether it listens there, or give its address with --broker-tcp",
            )
        })?;
    let (images, received) = channel();
    let from = from.to_owned();
    std::thread::spawn(move || run(client, &from, &images));
    Ok(received)
}

fn refused(cause: &client::Error) -> Error {
    Error::new(
        format!("the demo's device cannot start: {cause}"),
        "report this as a defect",
    )
}

/// Answers on `from`, and hands images over until nobody takes them.
fn run(mut client: NativeClient, from: &str, images: &Sender<Received>) {
    let mut device = transfer::Receiver::new(Numbering::Echo);
    loop {
        let Some(Event::Message { message, .. }) = client.turn(Duration::from_secs(1)) else {
            continue;
        };
        // A retained frame is an old one.
        if message.retain {
            continue;
        }
        if let Some(feedback) = device.handle_frame(&message.payload) {
            let answer = Message {
                topic: from.to_owned(),
                payload: feedback.to_vec(),
                ..Message::default()
            };
            let now = client.now();
            // Where it cannot be said, the sender asks again.
            let _ = client.client().publish(now, answer);
        }
        while let Some(transfer::Received { name, bytes, whole }) = device.poll_image() {
            let crc32 = transfer::crc32(&bytes);
            let received = Received {
                name,
                bytes,
                crc32,
                whole,
            };
            if images.send(received).is_err() {
                return;
            }
        }
    }
}
