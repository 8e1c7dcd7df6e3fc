export interface BrokerOptions {
  /** ws:// or wss://, or "practice:" for the loopback broker inside the module (no network: first steps, tests). Several: tried in turn, at first and at every reconnect (nodes of one cluster). */
  url: string | string[];
  /** Default: `mis-` and 16 random hex digits. Any length is sent; refusal 2 names the length. */
  clientId?: string;
  username?: string;
  password?: string | Uint8Array;
  /** Asked before every connect (within `connectTimeoutMs`), so that a token that expires is fresh; wins over `username` and `password`. Its rejection is `refused` with the cause. */
  credentials?: () => Promise<{ username?: string; password?: string | Uint8Array; url?: string }>;
  /** Seconds; 0 turns it off. Default 60. A PINGRESP that does not come within `keepAlive / 2` closes the link. */
  keepAlive?: number;
  /** Default true. False: the session, its subscriptions and unfinished QoS 1 and 2 exchanges survive a reconnect. */
  cleanSession?: boolean;
  will?: { topic: string; payload?: string | Uint8Array; qos?: 0 | 1 | 2; retain?: boolean };
  /** Default 10_000: from opening the socket to CONNACK. */
  connectTimeoutMs?: number;
  /** Full-jitter exponential back-off. Default { minDelayMs: 500, maxDelayMs: 30_000, maxAttempts: Infinity }; false: never. */
  reconnect?: false | { minDelayMs?: number; maxDelayMs?: number; maxAttempts?: number };
  /** Hosted brokers drop or cut above a rate (AWS IoT 100, EMQX Serverless 10). PUBLISH packets a second, spaced by 1.02 / N s, no catching up; all else passes. Default: no limit. */
  maxMessagesPerSecond?: number;
  /** Chunks outstanding over all transfers of this client; brokers silently drop beyond about 1,000 queued. Default 500. */
  maxOutstanding?: number;
  /** The largest packet taken from the broker; a larger one closes the link. Default 1 MiB. */
  maxPacketBytes?: number;
  /**
   * Called with every packet that goes to the socket or comes from it, for whoever looks for a fault. `type` is the name in MQTT 3.1.1,
   * `bytes` the packet; of CONNECT only the fixed and the variable header, since user name and password follow.
   */
  onPacket?: (packet: { direction: "sent" | "received"; type: string; bytes: Uint8Array }) => void;
  /** Ends the attempt, or later the client, as `close()` does. */
  signal?: AbortSignal;
}

declare global {
  /** `await using` asks for it; known to TypeScript with lib "esnext.disposable". */
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

export type ConnectionState = "connecting" | "connected" | "reconnecting" | "closed";

/** What a person should know although nothing failed. */
export interface Notice {
  /**
   * Stable. `another-sender`: feedback came that nothing explains that this client sent to `topic`. `device-in-use`: another client of
   * this browser, in this tab or another one, sends to `topic`, and the transfer waits for it. `topic-rewritten`: the broker delivers `topic` under another name, and so
   * not to its subscription. `subscription-refused`, `subscription-lowered`: refused, or granted at a lower QoS, on a later link.
   */
  code: "another-sender" | "device-in-use" | "topic-rewritten" | "subscription-refused" | "subscription-lowered";
  /** What it means and what to do. */
  message: string;
  /** The topic to the device, or the filter that was subscribed. */
  topic: string;
}

/** One MQTT 3.1.1 connection. */
export class MqttClient {
  /** Tries each URL once, and fails with the last one's error; resolves after CONNACK 0 (`reconnect` is for later losses). Rejects with `MqttError` (`refused`, `timeout`, `network`, `blocked`, `protocol`, `invalid`). */
  static connect(options: BrokerOptions): Promise<MqttClient>;
  readonly state: ConnectionState;
  readonly clientId: string;
  /** Called with every change of state, and with the error that caused it. */
  onstatechange: ((state: ConnectionState, cause?: MqttError) => void) | null;
  /** Called with what a person should know although nothing failed. */
  onnotice: ((notice: Notice) => void) | null;
  /**
   * Resolves when the exchange of its QoS is complete: 0 handed to the socket, 1 PUBACK, 2 PUBCOMP. While the link is down publishes wait,
   * in order, at most 100,000 and 16 MiB; then `queue-full`.
   */
  publish(topic: string, payload: string | Uint8Array, options?: { qos?: 0 | 1 | 2; retain?: boolean; signal?: AbortSignal }): Promise<void>;
  /** Resolves with the granted QoS after SUBACK; rejects on 0x80. Made again by itself after a reconnect. */
  subscribe(filter: string, onMessage: (message: { topic: string; payload: Uint8Array; qos: 0 | 1 | 2; retain: boolean; dup: boolean }) => void, options?: { qos?: 0 | 1 | 2 }): Promise<{ qos: 0 | 1 | 2; unsubscribe(): Promise<void> }>;
  /** Starts a transfer to one device; returns at once and never throws: what is wrong rejects `done`. A PreparedImage is held once, whatever the number of transfers, and takes no PrepareOptions (`invalid`). The caller's bytes are copied before it returns. */
  sendImage(image: ImageSource | PreparedImage, options?: SendOptions): Transfer;
  /** Tests the link now (PINGREQ, 2 s). A page calls it on `visibilitychange` and `pageshow`, which do not reach workers, nor does `online` in Chromium. */
  check(): Promise<boolean>;
  /** Sends DISCONNECT and closes, without waiting for the browser's close event; unfinished transfers fail with `closed`, later calls too. May be called twice, and in a callback. */
  close(): Promise<void>;
  /** The same as `close()`: `await using client = await MqttClient.connect(…)` closes it at the end of its block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * What the browser will say to a connection before it is tried: mixed content (ws:// from https://), Local Network Access.
 * `prompt`: the browser will ask the person. `blocked`: `advice` says what to do. The same text is in `MqttError` `blocked`.
 */
export function checkAccess(url: string): Promise<{ access: "open" | "prompt" | "blocked"; advice: string }>;

export interface SendOptions extends PrepareOptions {
  /** Topic to the device. Default "mqttTestPub". */
  to?: string;
  /** Topic of its feedback. Default "mqttTestSub". One that a subscription of this client already matches makes none of its own. */
  from?: string;
  /** The name in begin, up to 200 bytes. Default: the file's own with the format's extension and "_" for what may not stand there, or "image.jpg" by format. A given name with ";" or control characters is `invalid`. */
  name?: string;
  /** Bytes of image in a chunk. Default 1400. */
  chunkSize?: number;
  /** Default 5000. "auto": from the measured round trips (RFC 6298, Karn), between 200 ms and 5 s. */
  ackTimeoutMs?: number | "auto";
  /** Seconds. A device that sleeps: begin alone is repeated every `ackTimeoutMs` until it answers or this has passed; then `no-answer`. Default 0. */
  waitForDevice?: number;
  /** A topic on which the device says that it woke; any message there has begin sent at once. */
  wake?: string;
  /** Resends in a row of one message before the transfer fails. Default 10. */
  maxRetries?: number;
  /** New begins for a device that forgot the image in the middle; one more is allowed after each reconnect. Default 0. */
  restarts?: number;
  /** Chunks outstanding. Default 1, the protocol's stop and wait. "auto" grows as far as the link and the device bear. */
  window?: number | "auto";
  /** Default "auto". */
  numbering?: "auto" | "echo" | "next";
  /** Default false: a malformed feedback is counted, not fatal. */
  strict?: boolean;
  /** Default false: nothing is added to begin. */
  integrity?: boolean;
  /** QoS of the frames. Default 0: the protocol acknowledges for itself. */
  qos?: 0 | 1 | 2;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface Progress {
  phase: "queued" | "preparing" | "waiting" | "begin" | "data" | "finish" | "done";
  bytesAcked: number;
  bytesTotal: number;
  chunksAcked: number;
  chunksTotal: number;
  resends: number;
  /** Feedback that was malformed or spoke of nothing outstanding. */
  ignored: number;
  /** True while the connection is down. */
  stalled: boolean;
  elapsedMs: number;
  bytesPerSecond: number;
}

export interface Transfer {
  readonly progress: Progress;
  /** An image of 0 bytes is `invalid`. Rejects with `TransferError` (`no-answer`, `incomplete`, `protocol`, `aborted`, `closed`, `too-large`, `invalid`), what `prepareImage` rejects with, or `MqttError` `refused` for its subscription. Left unobserved it raises no unhandledrejection. */
  readonly done: Promise<Progress & { name: string; bytes: number; crc32: string; numbering: "echo" | "next" }>;
  /** What was sent, answered, resent and ignored, with times; the newest 1,000 entries. */
  readonly log: readonly { atMs: number; event: "sent" | "answered" | "resent" | "ignored" | "offline" | "online" | "paused" | "resumed"; function: number; number: number; status?: number; reason?: string }[];
  pause(): void;
  resume(): void;
  cancel(): void;
}

/** Plays the device: answers by the protocol and hands over each image it received, `whole: false` for one that a new begin or detach cut off. For demos and tests. */
export class VirtualDevice {
  static attach(client: MqttClient, options?: { to?: string; from?: string; numbering?: "echo" | "next" }): Promise<VirtualDevice>;
  onimage: ((image: { name: string; bytes: Uint8Array; whole: boolean }) => void) | null;
  detach(): Promise<void>;
}
