// Both ends in one page: an image goes to a device that the page plays itself, without a broker and without a network.
import init, { MqttClient, VirtualDevice } from "mqtt-image-sender/mqtt";

const say = (text) => (document.querySelector("output").textContent = text);
const input = document.querySelector("input");

input.disabled = true;
await init();
const client = await MqttClient.connect({ url: "practice:" });
const device = await VirtualDevice.attach(client);
device.onimage = ({ name, bytes, whole }) => say(`${whole ? "arrived whole" : "cut off"}: ${bytes.length} bytes of ${name}`);
input.disabled = false;

input.onchange = () => client.sendImage(input.files[0], { format: "original" }).done.catch(({ code, message }) => say(`${code}: ${message}`));
