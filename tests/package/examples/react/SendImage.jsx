import { useEffect, useState } from "react";
import init, { MqttClient } from "mqtt-image-sender";

/** A connection while it is shown, and a file chooser that sends. */
export function SendImage({ broker, to, from }) {
  const [client, setClient] = useState(null);
  const [text, setText] = useState("connecting");

  useEffect(() => {
    // One signal ends the attempt, or later the connection: React mounts twice in StrictMode.
    const shown = new AbortController();
    init()
      .then(() => MqttClient.connect({ url: broker, signal: shown.signal }))
      .then((connected) => (setClient(connected), setText("connected")))
      .catch((error) => shown.signal.aborted || setText(error.message));
    return () => shown.abort();
  }, [broker]);

  async function send({ target }) {
    const onProgress = ({ chunksAcked, chunksTotal }) => setText(`${chunksAcked} of ${chunksTotal}`);
    try {
      const { bytes, crc32 } = await client.sendImage(target.files[0], { to, from, width: 800, height: 480, onProgress }).done;
      setText(`arrived whole: ${bytes} bytes, CRC-32 ${crc32}`);
    } catch (error) {
      setText(`${error.code}: ${error.message}`);
    }
  }

  return (
    <>
      <label>Image <input type="file" accept="image/*" disabled={!client} onChange={send} /></label>
      <output>{text}</output>
    </>
  );
}
