// The same transfer over other people's clients, and over a WebSocket without any.
import { readFeedback, startCourse } from "./course.js";
import { openLink, publishHead } from "./link.js";

/** A plain loop: a fresh buffer for each packet, one message each. */
export async function rawws(url) {
  const link = await openLink(url, "bench-rawws");
  return {
    async send(job) {
      await link.subscribe(job.from);
      const head = (length) => publishHead(job.to, length - 9);
      const course = startCourse({
        ...job,
        publish(frame) {
          const start = head(frame.length);
          const packet = new Uint8Array(start.length - 9 + frame.length);
          packet.set(start);
          packet.set(frame, start.length - 9);
          link.socket.send(packet);
        },
      });
      link.onFeedback = course.feedback;
      await course.done;
    },
  };
}

/** MQTT.js 5, its own bundle for browsers. */
export async function mqttjs(url) {
  await script("/modules/mqtt/dist/mqtt.min.js");
  const options = { protocolVersion: 4, clientId: "bench-mqttjs", keepalive: 60, reconnectPeriod: 0 };
  const client = await globalThis.mqtt.connectAsync(url, options);
  let feedback;
  client.on("message", (_topic, payload) => readFeedback(payload, feedback));
  return {
    async send(job) {
      await client.subscribeAsync(job.from, { qos: 0 });
      const course = startCourse({ ...job, publish: (frame) => client.publish(job.to, frame, { qos: 0 }) });
      feedback = course.feedback;
      await course.done;
    },
  };
}

/** Paho JS 1.1. */
export async function paho(url) {
  await script("/modules/paho-mqtt/paho-mqtt-min.js");
  const { Client } = globalThis.Paho.MQTT ?? globalThis.Paho;
  const { hostname, port } = new URL(url);
  const client = new Client(hostname, Number(port), "/", "bench-paho");
  let feedback;
  client.onMessageArrived = (message) => readFeedback(message.payloadBytes, feedback);
  await new Promise((onSuccess, onFailure) => client.connect({ onSuccess, onFailure, mqttVersion: 4 }));
  return {
    async send(job) {
      await new Promise((onSuccess) => client.subscribe(job.from, { qos: 0, onSuccess }));
      const course = startCourse({ ...job, publish: (frame) => client.send(job.to, frame, 0, false) });
      feedback = course.feedback;
      await course.done;
    },
  };
}

function script(src) {
  return new Promise((onload, onerror) => document.head.append(Object.assign(document.createElement("script"), { src, onload, onerror })));
}
