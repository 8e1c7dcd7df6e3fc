// Panels and brokers that are known by name. The bytes of each panel are those of its driver; a test prepares a picture for every one.

/**
 * @typedef {{ id: string, name: string, heading: string, look: "" | "lcd" | "led" | "label", colours: string, bytes: number, image: Record<string, any>, send?: Record<string, any> }} Preset
 * `colours`: one letter a colour, for its drawing. `image`: options of `prepareImage`.
 */

const panel = (id, name, heading, colours, bytes, image, more = {}) => ({ id, name, heading, look: /** @type {const} */ (""), colours, bytes, image, ...more });
const mono = (id, name, width, height, bytes, more = {}) => panel(id, name, "mono", "kw", bytes, { width, height, format: "mono1", ...more });
const planes = (id, name, width, height, bytes, more = {}) => panel(id, name, "colour", "kwr", bytes, { width, height, format: "planes", palette: "bwr", ...more });
const four = (id, name, width, height, bytes) => panel(id, name, "colour", "kwry", bytes, { width, height, format: "palette2", palette: "bwry" });
const many = (id, name, colours, palette, width, height, bytes, more = {}) => panel(id, name, "colour", colours, bytes, { width, height, format: "palette4", palette, ...more });

/** @type {Preset[]} */
export const PANELS = [
  mono("ws-7in5-v2", "Waveshare 7.5″ V2", 800, 480, 48000),
  mono("ws-4in2-v2", "Waveshare 4.2″ V2", 400, 300, 15000),
  mono("ws-2in9-v2", "Waveshare 2.9″ V2", 128, 296, 4736),
  mono("ws-2in13-v4", "Waveshare 2.13″ V4", 122, 250, 4000),
  panel("ws-4in2-gray", "Waveshare 4.2″ V2, 4 grays", "mono", "kdlw", 30000, { width: 400, height: 300, format: "gray2" }),
  panel("trmnl", "TRMNL, BMP", "mono", "kw", 48062, { width: 800, height: 480, format: "bmp", palette: "bw" }),
  planes("ws-7in5-b-v2", "Waveshare 7.5″ B V2", 800, 480, 96000),
  planes("ws-4in2-b-v2", "Waveshare 4.2″ B V2", 400, 300, 30000),
  planes("ws-2in13-b-v4", "Waveshare 2.13″ B V4", 122, 250, 8000, { invert: { color: true } }),
  planes("gxepd2-3c", "GxEPD2 3C, 4.2″", 400, 300, 30000, { invert: { color: true } }),
  planes("oepl-4in2", "OpenEPaperLink 4.2″", 400, 300, 30000, { invert: { black: true } }),
  four("ws-4in2-g", "Waveshare 4.2″ G", 400, 300, 30000),
  four("ws-2in9-g", "Waveshare 2.9″ G", 128, 296, 9472),
  four("ws-2in13-g", "Waveshare 2.13″ G", 122, 250, 7750),
  many("spectra-7in3", "Spectra 6, 7.3″ E", "kwyrbg", "spectra6", 800, 480, 192000),
  many("spectra-7in3-gxepd2", "Spectra 6, 7.3″, GxEPD2", "kwyrbg", "spectra6-gxepd2", 800, 480, 192000),
  many("spectra-4in", "Spectra 6, 4″ E", "kwyrbg", "spectra6", 400, 600, 120000),
  many("spectra-13in3", "Spectra 6, 13.3″ E", "kwyrbg", "spectra6", 1200, 1600, 960000, { columns: 2 }),
  many("acep-5in65", "ACeP 7, 5.65″ F", "kwgbryo", "acep7", 600, 448, 134400),
  many("acep-7in3", "ACeP 7, 7.3″ F", "kwgbryo", "acep7", 800, 480, 192000),
  panel("lcd-320x240", "LCD 320 × 240", "other", "*", 153600, { width: 320, height: 240, format: "rgb565be" }, { look: "lcd" }),
  panel("lcd-320x240-jpeg", "LCD 320 × 240, JPEG", "other", "*", 0, { width: 320, height: 240, format: "jpeg" }, { look: "lcd" }),
  panel("led-64x32", "LED 64 × 32", "other", "*", 6144, { width: 64, height: 32, format: "rgb888" }, { look: "led" }),
  panel("label-384", "NIIMBOT 384 × 240", "other", "kw", 11520, { width: 384, height: 240, format: "mono1", invert: true }, { look: "label" }),
];

/** A panel that has no name here: its size and format stand in the device. */
export const CUSTOM = "custom";

/** @param {string} id @returns {Preset | undefined} */
export const panelOf = (id) => PANELS.find((one) => one.id === id);

/**
 * Brokers: the usual address of their WebSocket listener, and limits above which they drop without a word (hosted ones).
 * @typedef {{ id: string, name: string, url: string, maxMessagesPerSecond?: number, keepAlive?: number, user?: boolean }} BrokerPreset
 * @type {BrokerPreset[]}
 */
export const BROKERS = [
  { id: "mosquitto", name: "Mosquitto", url: "ws://192.168.1.10:9001" },
  { id: "emqx", name: "EMQX", url: "ws://192.168.1.10:8083/mqtt" },
  { id: "rabbitmq", name: "RabbitMQ", url: "ws://192.168.1.10:15675/ws", user: true },
  { id: "nats", name: "NATS", url: "ws://192.168.1.10:8080/mqtt" },
  { id: "emqx-serverless", name: "EMQX Serverless", url: "wss://NAME.emqxsl.com:8084/mqtt", maxMessagesPerSecond: 10, user: true },
  { id: "hivemq-cloud", name: "HiveMQ Cloud", url: "wss://NAME.hivemq.cloud:8884/mqtt", user: true },
  { id: "aws-iot", name: "AWS IoT", url: "wss://NAME-ats.iot.REGION.amazonaws.com/mqtt", maxMessagesPerSecond: 100, keepAlive: 600 },
];
