// Uses every name and every option of the package once, as a user would write them. It is compiled, never run.
import init, {
  type BrokerOptions, type ConnectionState, type ImageSource, type Notice, type PreparedImage, type PrepareOptions, type Progress, type SendOptions,
  type Transfer, ImageError, MqttClient, MqttError, TransferError, VirtualDevice, checkAccess, isImageError, isMqttError, isTransferError,
  prepareImage,
} from "mqtt-image-sender";

const signal: AbortSignal = new AbortController().signal;

const broker: Required<BrokerOptions> = {
  url: ["wss://a.example/mqtt", "practice:"],
  clientId: "sign-1",
  username: "anna",
  password: new Uint8Array([1, 2]),
  credentials: async () => ({ username: "anna", password: "secret", url: "wss://b.example" }),
  keepAlive: 30,
  cleanSession: false,
  will: { topic: "gone", payload: "1", qos: 1, retain: true },
  connectTimeoutMs: 5000,
  reconnect: { minDelayMs: 100, maxDelayMs: 1000, maxAttempts: Infinity },
  maxMessagesPerSecond: 100,
  maxOutstanding: 100,
  maxPacketBytes: 100_000,
  onPacket: ({ direction, type, bytes }) => console.log(direction === "sent", type.length, bytes.length),
  signal,
};

const prepare: Required<PrepareOptions> = {
  width: 800, height: 480, fit: "scale-down", rotate: 270, mirror: "vertical", background: "#fff", format: "palette4",
  rows: "continuous", columns: 2, quality: 85, maxBytes: 48_000, dither: "dbs", tone: 0.9, saturation: 1.2,
  palette: ["#000000", { color: "#ffffff", code: 1, shown: "#e0e0d8" }], maxMegapixels: 50, invert: { black: true, color: false }, signal,
};

const send: Required<SendOptions> = {
  ...prepare,
  to: "a/to", from: "a/from", name: "photo.jpg", chunkSize: 200, ackTimeoutMs: "auto", waitForDevice: 60, wake: "a/wake", maxRetries: Infinity,
  restarts: 1, window: "auto", numbering: "next", strict: true, integrity: true, qos: 2, signal,
  onProgress: (progress: Progress) => {
    const phase: "queued" | "preparing" | "waiting" | "begin" | "data" | "finish" | "done" = progress.phase;
    const numbers: number[] = [
      progress.bytesAcked, progress.bytesTotal, progress.chunksAcked, progress.chunksTotal, progress.resends, progress.ignored,
      progress.elapsedMs, progress.bytesPerSecond,
    ];
    const stalled: boolean = progress.stalled;
    console.log(phase, numbers, stalled);
  },
};

export async function use(source: ImageSource): Promise<string> {
  await init();
  const access: "open" | "prompt" | "blocked" = (await checkAccess("ws://a.example")).access;
  const client: MqttClient = await MqttClient.connect(broker);
  client.onstatechange = (state: ConnectionState, cause?: MqttError) => console.log(state, cause?.returnCode);
  client.onstatechange = null;
  client.onnotice = ({ code, message, topic }: Notice) => console.log(code === "another-sender", message, topic);
  client.onnotice = null;
  await client.publish("a", new Uint8Array(1), { qos: 1, retain: true, signal });
  const subscription = await client.subscribe("a/#", ({ topic, payload, qos, retain, dup }) => console.log(topic, payload.length, qos, retain, dup), { qos: 2 });
  const granted: 0 | 1 | 2 = subscription.qos;
  await subscription.unsubscribe();

  const image: PreparedImage = await prepareImage(source, prepare);
  const preview: ImageData = image.preview();
  const quality: number | undefined = image.quality;
  const transfer: Transfer = client.sendImage(image, { to: "a/to" });
  transfer.pause();
  transfer.resume();
  for (const entry of transfer.log) {
    const event: "sent" | "answered" | "resent" | "ignored" | "offline" | "online" | "paused" | "resumed" = entry.event;
    console.log(entry.atMs, event, entry.function, entry.number, entry.status, entry.reason);
  }
  const done = await client.sendImage(source, send).done;
  const numbering: "echo" | "next" = done.numbering;
  transfer.cancel();

  const device: VirtualDevice = await VirtualDevice.attach(client, { to: "a", from: "b", numbering: "echo" });
  device.onimage = ({ name, bytes, whole }) => console.log(name, bytes.length, whole);
  await device.detach();
  const alive: boolean = await client.check();
  await client.close();
  return [access, granted, preview.width, quality, done.name, done.bytes, done.crc32, numbering, alive, client.state, client.clientId].join();
}

export function explain(error: unknown): string {
  if (isMqttError(error)) return `${error.code} ${error.returnCode ?? ""}`;
  if (isImageError(error)) return error.code;
  if (isTransferError(error)) return `${error.code} ${error.chunk ?? ""}`;
  if (error instanceof MqttError || error instanceof ImageError || error instanceof TransferError) return error.code;
  return String(error);
}
