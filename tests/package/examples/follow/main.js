// Sends the picture whose address is retained on ?topic=, and every later one; a newer one takes the place of one that is under way.
// ?image= sends the file behind that address as it is, once: a link that a doorbell, a script or a bookmark can open.
import init, { MqttClient } from "mqtt-image-sender";

const { broker = "ws://localhost:9001", topic = "signs/7/url", image, ...topics } = Object.fromEntries(new URLSearchParams(location.search));
const say = (text) => (document.querySelector("output").textContent = text);
let current;

await init();
const client = await MqttClient.connect({ url: broker });
if (image) await send(image, { format: "original" });
else await client.subscribe(topic, ({ payload }) => send(new TextDecoder().decode(payload), { width: 800, height: 480 }), { qos: 1 });

async function send(url, options) {
  current?.cancel();
  const mine = (current = client.sendImage(url, { ...topics, ...options }));
  try {
    const { name, bytes } = await mine.done;
    say(`${name} arrived whole: ${bytes} bytes`);
  } catch (error) {
    if (mine === current) say(`${error.code}: ${error.message}`);
  }
}
