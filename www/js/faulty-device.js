// A device with a fault, to see what a sender makes of it. The frames are those of the device protocol, little-endian.

const BEGIN = 1;
const DATA = 2;
const FINISH = 3;
/** How long a sleeping one sleeps after it was first called, in milliseconds. */
const SLEEP = 15_000;

/**
 * @param {any} client @param {{ to: string, from: string, numbering: string, fault?: string }} options `fault`: "silent" leaves every fourth chunk
 *   unanswered once, "incomplete" reports it incomplete once, "repeat" answers everything twice, "asleep" hears nothing for 15 s
 * @returns {Promise<{ onimage: ((image: { name: string, bytes: Uint8Array, whole: boolean }) => void) | null, detach: () => Promise<void> }>}
 */
export async function attachFaulty(client, { to, from, numbering, fault }) {
  const device = { onimage: null, detach: async () => {} };
  let image = null;
  let called = 0;
  /** Chunks whose fault has been played. @type {Set<number>} */
  let spoilt = new Set();
  const answer = (kind, number, status) => {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setUint32(0, 0xeeeeffff, true);
    bytes.setInt8(4, kind);
    bytes.setInt16(5, kind === DATA && numbering === "next" ? number + 1 : number, true);
    bytes.setInt8(7, status);
    for (let i = fault === "repeat" ? 2 : 1; i > 0; i -= 1) client.publish(from, new Uint8Array(bytes.buffer)).catch(() => {});
  };
  const begin = (text) => {
    if (image && !image.over) hand(false);
    const [name, size] = text.split(";");
    image = { name, size: Number(size), chunks: new Map(), over: false };
    spoilt = new Set();
    answer(BEGIN, 0, 1);
  };
  const data = (number, chunk) => {
    if (!image) return;
    const spoils = number % 4 === 3 && !spoilt.has(number) && (fault === "silent" || fault === "incomplete");
    if (spoils) spoilt.add(number);
    else image.chunks.set(number, chunk);
    if (!spoils || fault === "incomplete") answer(DATA, number, spoils ? 0 : 1);
  };
  const hand = (whole) => {
    image.over = true;
    const parts = [...image.chunks].sort(([a], [b]) => a - b).map(([, chunk]) => chunk);
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    device.onimage?.({ name: image.name, bytes, whole });
  };
  const finish = () => {
    if (!image) return;
    const length = [...image.chunks.values()].reduce((sum, chunk) => sum + chunk.length, 0);
    if (length === image.size && !image.over) hand(true);
    answer(FINISH, 0, length === image.size ? 1 : 0);
  };
  const subscription = await client.subscribe(to, ({ payload }) => {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    if (payload.length < 9 || view.getUint32(0, true) !== 0xffffeeee || payload.length !== 9 + view.getInt16(7, true)) return;
    if (fault === "asleep") {
      called ||= Date.now();
      if (Date.now() - called < SLEEP) return;
    }
    const [kind, number, rest] = [view.getInt8(4), view.getInt16(5, true), payload.slice(9)];
    if (kind === BEGIN) begin(new TextDecoder().decode(rest));
    else if (kind === DATA) data(number, rest);
    else if (kind === FINISH) finish();
  });
  device.detach = () => subscription.unsubscribe();
  return device;
}
