// Tries a device out, frame by frame, with what goes wrong most often in firmware. It runs in the link worker.

const [BEGIN, DATA, FINISH] = [1, 2, 3];
/** A device may take so long to answer, in milliseconds. */
const PATIENCE = 5000;
/** After a check that failed, so that its late answers are not taken for the next one's. */
const QUIET = 2000;
/** Bytes of a frame that a report shows. */
const SHOWN = 24;

/**
 * @typedef {{ to: string, from: string, chunkSize: number, patience?: number }} TrialOptions
 * @typedef {{ check: string, outcome: "ok" | "bad" | "odd", why?: string, args?: (string | number)[], frames: string[] }} Finding
 *   "odd": against no rule, but to be known. `why` and `args` make a sentence; `frames` are lines of what was sent and came
 * @typedef {{ numbering: string, answerMs: number, stopped: boolean }} Summary
 * @typedef {{ kind: number, number: number, status: number }} Answer
 */

/** Each in the order in which it is made; the first tells whether anyone is there at all. @type {Record<string, (device: Bench) => Promise<void>>} */
const CHECKS = {
  one: (device) => device.image(1),
  less: (device) => device.image(device.chunkSize - 1),
  full: (device) => device.image(device.chunkSize),
  more: (device) => device.image(device.chunkSize + 1),
  beginagain: async (device) => {
    const size = device.chunkSize + 1;
    await device.begin(size);
    await device.chunk(0);
    await device.begin(size);
    await device.chunks([0, 1]);
    await device.finish();
  },
  chunkagain: async (device) => {
    await device.begin(device.chunkSize + 1);
    await device.chunk(0);
    await device.again(() => device.chunk(0));
    await device.chunk(1);
    await device.finish();
  },
  finishagain: async (device) => {
    await device.image(device.chunkSize + 1);
    await device.again(() => device.finish());
  },
  order: async (device) => {
    await device.begin(2 * device.chunkSize + 1);
    await device.chunks([0, 2, 1]);
    await device.finish();
  },
};

/**
 * @param {any} client connected @param {TrialOptions} options @param {(finding: Finding) => void} tell @param {AbortSignal} signal ends it between two frames
 * @returns {Promise<Summary>}
 */
export async function tryOut(client, options, tell, signal) {
  const device = new Bench(client, options, signal);
  const subscription = await client.subscribe(options.from, (message) => device.hear(message));
  let stopped = false;
  try {
    for (const [check, run] of Object.entries(CHECKS)) {
      if (check === "less" && options.chunkSize < 2) continue; // an image of no bytes is none
      const finding = await judge(device, check, run);
      tell(finding);
      stopped = finding.why === "silent1";
      if (stopped) break;
      if (finding.outcome !== "ok") await device.sleep(Math.min(QUIET, options.patience ?? PATIENCE));
    }
    const { malformed } = device;
    if (!stopped) tell({ check: "answers", frames: malformed, ...(malformed.length ? { outcome: "bad", why: "malformed", args: [malformed.length, malformed[0]] } : { outcome: "ok" }) });
  } finally {
    await subscription.unsubscribe();
  }
  const times = [...device.times].sort((a, b) => a - b);
  return { numbering: device.numbering, answerMs: Math.round(times[times.length >> 1] ?? 0), stopped };
}

/** @param {Bench} device @param {string} check @param {(device: Bench) => Promise<void>} run @returns {Promise<Finding>} */
async function judge(device, check, run) {
  device.frames = [];
  try {
    await run(device);
    return { check, outcome: "ok", frames: device.frames };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // A sender with one chunk on the way never changes their order.
    return { check, outcome: check === "order" ? "odd" : "bad", why: check === "order" ? "order" : error.why, args: error.args, frames: device.frames };
  }
}

/** What a device did otherwise than the protocol says. */
class Fault extends Error {
  /** @param {string} why @param {...(string | number)} args */
  constructor(why, ...args) {
    super(why);
    this.why = why;
    this.args = args;
  }
}

/** A device on the bench: what is sent to it, and what it answers. */
class Bench {
  numbering = "";
  /** How long each answer took, in milliseconds. @type {number[]} */
  times = [];
  /** Lines of what was sent and came in this check. @type {string[]} */
  frames = [];
  /** Answers that are none, in hex. @type {string[]} */
  malformed = [];
  /** @type {Answer[]} */
  #heard = [];
  #wake = () => {};
  #size = 0;

  /** @param {any} client @param {TrialOptions} options @param {AbortSignal} signal */
  constructor(client, { to, chunkSize, patience = PATIENCE }, signal) {
    this.client = client;
    this.to = to;
    this.chunkSize = chunkSize;
    this.patience = patience;
    this.signal = signal;
  }

  /** @param {{ payload: Uint8Array, retain: boolean }} message */
  hear({ payload, retain }) {
    if (retain) return; // of an earlier day
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    this.frames.push(`< ${hex(payload)}`);
    if (payload.length !== 8 || view.getUint32(0, true) !== 0xeeeeffff || ![BEGIN, DATA, FINISH].includes(view.getInt8(4)) || ![0, 1].includes(view.getInt8(7))) return void this.malformed.push(hex(payload));
    this.#heard.push({ kind: view.getInt8(4), number: view.getInt16(5, true), status: view.getInt8(7) });
    this.#wake();
  }

  /** A whole image of this size. @param {number} size in bytes */
  async image(size) {
    await this.begin(size);
    await this.chunks(Array.from({ length: Math.ceil(size / this.chunkSize) }, (_, n) => n));
    await this.finish();
  }

  /** @param {number} size */
  async begin(size) {
    this.#size = size;
    const text = `test.bin;${size}`;
    const answer = await this.#ask(BEGIN, 0, new TextEncoder().encode(text), ({ kind }) => kind === BEGIN);
    if (!answer) throw new Fault("silent1");
    if (answer.status === 0) throw new Fault("refused", text);
  }

  /** @param {number[]} numbers */
  async chunks(numbers) {
    for (const n of numbers) await this.chunk(n);
  }

  /** @param {number} n */
  async chunk(n) {
    const length = Math.min(this.chunkSize, this.#size - n * this.chunkSize);
    const data = Uint8Array.from({ length }, (_, i) => (i * 7 + n) & 255);
    for (let tries = 0; tries < 2; tries += 1) {
      const due = this.numbering === "next" ? n + 1 : n;
      const answer = await this.#ask(DATA, n, data, ({ kind, number }) => kind === DATA && (!this.numbering || number === due)); // another one may be an older chunk's, said twice
      const other = this.#heard.find(({ kind }) => kind === DATA);
      if (!answer && other) throw new Fault("number", n, other.number, due);
      if (!answer) throw new Fault("silent2", n, length + 9);
      if (!this.numbering && answer.status === 1) this.numbering = answer.number === n + 1 ? "next" : "echo";
      if (this.numbering === "echo" && answer.number !== n) throw new Fault("number", n, answer.number, n);
      if (answer.status === 1) return;
    }
    throw new Fault("incomplete", n);
  }

  /** A device may ask for chunks again before it says that all is there. */
  async finish() {
    for (let tries = 0; tries < 4; tries += 1) {
      const answer = await this.#ask(FINISH, 0, new Uint8Array(), ({ kind, status }) => kind === FINISH || (kind === DATA && status === 0));
      if (!answer) throw new Fault("silent3");
      if (answer.kind === DATA) await this.chunk(this.numbering === "next" ? answer.number - 1 : answer.number);
      else if (answer.status === 1) return;
      else throw new Fault("unfinished");
    }
    throw new Fault("unfinished");
  }

  /** What was answered once is answered again: the first answer may have been lost. @param {() => Promise<void>} act */
  async again(act) {
    await act().catch((error) => {
      throw error instanceof Fault && /silent/.test(error.message) ? new Fault("again") : error;
    });
  }

  /** Sends a frame, and once more if nothing comes; null: nothing came. @param {(answer: Answer) => boolean} fits @returns {Promise<Answer | null>} */
  async #ask(kind, number, data, fits) {
    for (let tries = 0; tries < 2; tries += 1) {
      this.signal.throwIfAborted();
      this.#heard = [];
      const bytes = frame(kind, number, data);
      this.frames.push(`> ${hex(bytes)}`);
      const start = performance.now();
      await this.client.publish(this.to, bytes);
      const answer = await this.#wait(start + this.patience, fits);
      if (answer && tries === 0) this.times.push(performance.now() - start);
      if (answer) return answer;
    }
    return null;
  }

  /** @param {number} until @param {(answer: Answer) => boolean} fits @returns {Promise<Answer | undefined>} */
  async #wait(until, fits) {
    for (;;) {
      const found = this.#heard.find(fits);
      const left = until - performance.now();
      if (found || left <= 0) return found;
      await Promise.race([this.sleep(left), new Promise((wake) => (this.#wake = () => wake(undefined)))]);
    }
  }

  /** @param {number} ms */
  sleep(ms) {
    return new Promise((done) => setTimeout(done, ms));
  }
}

/** A frame of the device protocol, little-endian. @param {number} kind @param {number} number @param {Uint8Array} data */
function frame(kind, number, data) {
  const bytes = new Uint8Array(9 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xffffeeee, true);
  view.setInt8(4, kind);
  view.setInt16(5, number, true);
  view.setInt16(7, data.length, true);
  bytes.set(data, 9);
  return bytes;
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  const shown = [...bytes.subarray(0, SHOWN)].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(" ");
  return bytes.length > SHOWN ? `${shown} … (${bytes.length})` : shown;
}
