// Practice devices, played inside the link worker on `practice:`, the broker within its module, save those that `device.html` plays
// in another tab: what is said to these is carried there.
import { carry, playedElsewhere } from "./practice-bridge.js";

/**
 * @param {() => Promise<any>} load the module @param {(image: { to: string, name: string, bytes: number, whole: boolean }) => void} onImage
 * @returns {(devices: { to: string, from: string }[]) => Promise<void>} plays these, and no others any more
 */
export function player(load, onImage) {
  /** @type {Map<string, Promise<{ client: any, device: any }>>} */
  const playing = new Map();
  return async (devices) => {
    const elsewhere = await playedElsewhere();
    const wanted = new Map(devices.map(({ to, from }) => [JSON.stringify([to, from, elsewhere.has(to)]), { to, from, isElsewhere: elsewhere.has(to) }]));
    for (const [key, played] of playing) {
      if (wanted.has(key)) continue;
      playing.delete(key);
      await played.then(end, () => {}); // two on the same topics would both answer
    }
    for (const [key, device] of wanted) {
      if (playing.has(key)) continue;
      const played = playOne(load, device, onImage);
      played.catch(() => {}); // said below, to whoever asked first
      playing.set(key, played);
    }
    for (const [key, played] of playing) {
      await played.catch((error) => {
        playing.delete(key); // the next call tries again
        throw error;
      });
    }
  };
}

async function playOne(load, { to, from, isElsewhere }, onImage) {
  const { MqttClient, VirtualDevice } = await load();
  const client = await MqttClient.connect({ url: "practice:" });
  if (isElsewhere) return { client, device: { detach: await carry(client, { out: to, back: from }) } };
  const device = await VirtualDevice.attach(client, { to, from });
  device.onimage = ({ name, bytes, whole }) => onImage({ to, name, bytes: bytes.length, whole });
  return { client, device };
}

async function end({ client, device }) {
  await device.detach();
  await client.close();
}
