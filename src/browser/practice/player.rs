//! Plays devices: what one answers and receives is decided by `transfer::Receiver`, and `device.js` carries it.

use core::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::transfer::{Numbering, Receiver};

#[wasm_bindgen]
extern "C" {
    /// The `VirtualDevice` of `device.js`.
    type Device;

    /// Sends feedback.
    #[wasm_bindgen(method, js_name = _say)]
    fn say(this: &Device, feedback: &[u8]);

    /// Hands an image over.
    #[wasm_bindgen(method, js_name = _image)]
    fn image(this: &Device, name: &str, bytes: &[u8], whole: bool);
}

/// The mind of a device that numbers by the index of a chunk, or of the `next` one: a function of a frame, or of nothing at
/// the device's end, and of the device. This is an argument: what held the device that holds it would be kept for ever.
#[cfg_attr(not(feature = "mqtt"), wasm_bindgen(js_name = newReceiver, skip_typescript))]
pub fn new_receiver(next: bool) -> JsValue {
    let numbering = if next {
        Numbering::Next
    } else {
        Numbering::Echo
    };
    let receiver = RefCell::new(Receiver::new(numbering));
    let receive = move |frame: Option<Vec<u8>>, device: Device| {
        let mut receiver = receiver.borrow_mut();
        let feedback = match frame {
            Some(frame) => receiver.handle_frame(&frame),
            None => {
                receiver.abandon();
                None
            }
        };
        let images: Vec<_> = core::iter::from_fn(|| receiver.poll_image()).collect();
        drop(receiver);
        if let Some(feedback) = feedback {
            device.say(&feedback);
        }
        for image in images {
            device.image(&image.name, &image.bytes, image.whole);
        }
    };
    Closure::<dyn Fn(Option<Vec<u8>>, Device)>::new(receive).into_js_value()
}
