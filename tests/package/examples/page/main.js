// Sends the chosen file. ?broker=, ?to= and ?from= say where to; without them it is a broker on this machine and its default topics.
import init, { MqttClient } from "mqtt-image-sender";

const { broker = "ws://localhost:9001", ...topics } = Object.fromEntries(new URLSearchParams(location.search));
const say = (text) => (document.querySelector("output").textContent = text);

document.querySelector("input").onchange = async ({ target }) => {
  let client;
  try {
    await init();
    client = await MqttClient.connect({ url: broker });
    const onProgress = ({ chunksAcked, chunksTotal }) => say(`${chunksAcked} of ${chunksTotal}`);
    const { bytes, crc32 } = await client.sendImage(target.files[0], { ...topics, width: 800, height: 480, onProgress }).done;
    say(`arrived whole: ${bytes} bytes, CRC-32 ${crc32}`);
  } catch (error) {
    say(`${error.code}: ${error.message}`);
  } finally {
    await client?.close();
  }
};
