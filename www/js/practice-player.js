// Practice devices, played inside the link worker on `practice:`, the broker within its module: nobody but this page reaches them.

/**
 * @param {() => Promise<any>} load the module @param {(image: { to: string, name: string, bytes: number, whole: boolean }) => void} onImage
 * @returns {(devices: { to: string, from: string }[]) => Promise<void>} plays these, and no others any more
 */
export function player(load, onImage) {
  /** @type {Map<string, Promise<{ client: any, device: any }>>} */
  const playing = new Map();
  return async (devices) => {
    const wanted = new Map(devices.map((device) => [JSON.stringify([device.to, device.from]), device]));
    for (const [key, played] of playing) {
      if (wanted.has(key)) continue;
      playing.delete(key);
      played.then(end, () => {});
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

async function playOne(load, { to, from }, onImage) {
  const { MqttClient, VirtualDevice } = await load();
  const client = await MqttClient.connect({ url: "practice:" });
  const device = await VirtualDevice.attach(client, { to, from });
  device.onimage = ({ name, bytes, whole }) => onImage({ to, name, bytes: bytes.length, whole });
  return { client, device };
}

async function end({ client, device }) {
  await device.detach();
  await client.close();
}
