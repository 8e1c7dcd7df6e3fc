// The same page, with the link in one worker and the pictures in another: only the import differs, and there is nothing to load.
import { MqttClient } from "mqtt-image-sender/worker";

const { broker = "ws://localhost:9001", ...topics } = Object.fromEntries(new URLSearchParams(location.search));
const say = (text) => (document.querySelector("output").textContent = text);

document.querySelector("input").onchange = async ({ target }) => {
  let client;
  try {
    client = await MqttClient.connect({ url: broker });
    const { bytes, crc32 } = await client.sendImage(target.files[0], { ...topics, width: 800, height: 480 }).done;
    say(`arrived whole: ${bytes} bytes, CRC-32 ${crc32}`);
  } catch (error) {
    say(`${error.code}: ${error.message}`);
  } finally {
    await client?.close();
  }
};
