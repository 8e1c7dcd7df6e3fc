// A virtual device: it subscribes, answers, and hands over each image, also while its tab is in the background.
import { serve, announce, toPlain } from "./rpc.js";
import { loader } from "./module.js";
import { crc32 } from "./crc32.js";
import { attachFaulty } from "./faulty-device.js";
import { carry, claim } from "./practice-bridge.js";

const load = loader(() => import("../pkg/mqtt/mqtt_image_sender.js"));

/** @type {{ client: any, device: any, ends: (() => unknown)[] } | null} */
let running = null;
/** Ends a connect that is under way. */
let connecting = new AbortController();

serve({
  /** @param {{ broker: object, device: { to: string, from: string, numbering: string, fault?: string } }} argument */
  async start({ broker, device: options }) {
    await stop();
    const { signal } = (connecting = new AbortController());
    const { MqttClient, VirtualDevice } = await load();
    announce("state", { state: "connecting" });
    try {
      const client = await MqttClient.connect({ ...broker, signal });
      client.onstatechange = (state, cause) => announce("state", { state, cause: cause && toPlain(cause) });
      running = { client, device: null, ends: [] };
      const { fault, ...plain } = options;
      running.device = await (fault ? attachFaulty(client, options) : VirtualDevice.attach(client, plain));
      running.device.onimage = receive;
      if (broker.url === "practice:") running.ends.push(await carry(client, { out: options.from, back: options.to }), await claim(options.to));
      announce("state", { state: "connected" });
    } catch (error) {
      await stop();
      throw error;
    }
  },
  stop,
  check: async () => (running ? running.client.check() : true),
});

function receive({ name, bytes, whole }) {
  const copy = bytes.slice();
  announce("image", { name, bytes: copy.length, whole, crc32: crc32(copy), head: copy.slice(0, 96), blob: new Blob([copy]) });
}

async function stop() {
  const old = running;
  running = null;
  if (!old) return connecting.abort();
  old.client.onstatechange = null;
  for (const end of old.ends.reverse()) await end();
  await old.device?.detach();
  await old.client.close();
  announce("state", { state: "none" });
}
