// A device that this page plays, on a connection of somebody's client: it answers by the protocol and hands over each image
// that it received. What it answers and receives is decided in the module.
import { functionOrNull, tell } from "./desk.js";
import { MqttError } from "./errors.js";
import { Options } from "./options.js";

export class VirtualDevice {
  #client;
  #from;
  #receive;
  #subscription = null;
  #onimage = null;

  /** Subscribes to `to`; resolves when it can receive. */
  static async attach(client, options) {
    const given = new Options(options, "options");
    const [to, from] = [given.topic("to"), given.topic("from")];
    const next = given.choice("numbering", "echo, next") === 1;
    if (!client?._receiver) given.refuse("client", "must be an MqttClient");
    if (/^$|[+#\0]/.test(from)) given.refuse("from", "must be a topic name: not empty, without wildcards");
    const flaw = given.finish();
    if (flaw) throw new MqttError("invalid", flaw);
    const device = new VirtualDevice();
    device.#client = client;
    device.#from = from;
    device.#receive = await client._receiver(next);
    try {
      // A retained frame is an old one: no device that just came should act on it.
      device.#subscription = await client.subscribe(to, ({ payload, retain }) => retain || device.#receive(payload, device));
    } catch (error) {
      error.message = error.message.replace(/^filter/, "to");
      throw error;
    }
    return device;
  }

  /** The callback for images, or null. */
  get onimage() {
    return this.#onimage;
  }

  set onimage(listener) {
    this.#onimage = functionOrNull(listener);
  }

  /** Ends the device. What it had of an unfinished image is handed over, not whole. */
  async detach() {
    const subscription = this.#subscription;
    this.#subscription = null;
    if (!subscription) return;
    subscription.unsubscribe();
    this.#receive(undefined, this);
  }

  /** The module's: feedback, as a view of linear memory that is only valid now. By radio it would be lost where it cannot go. */
  _say(view) {
    if (this.#client.state === "connected") this.#client.publish(this.#from, view.slice()).catch(() => {});
  }

  /** The module's: an image, as a view of linear memory that is only valid now. */
  _image(name, view, whole) {
    tell(this.#onimage, { name, bytes: view.slice(), whole });
  }
}
