// The device of tests/firmware, compiled as its page says, behind a real broker: what the package sends it has to show.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { folder, tests } from "../support/env.mjs";
import { bytes, sha256 } from "../support/images.mjs";
import { sleep, until } from "../support/limits.mjs";
import { openModule } from "../support/module-page.mjs";
import { run, start } from "../support/processes.mjs";

const limit = { timeout: 60_000 };
const sources = join(tests, "firmware");
let place;
let program;
let module;
before(async () => {
  place = mkdtempSync(join(folder("package"), "firmware-"));
  program = join(place, "device");
  module = await openModule();
  const files = ["receiver.c", "mosquitto.c"].map((name) => join(sources, name));
  await run(process.env.CC ?? "cc", ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2", ...files, "-lmosquitto", "-o", program])
    .catch((error) => assert.fail(`${error.message}\nlibmosquitto is needed: apt-get install libmosquitto-dev`));
});
after(async () => {
  await module?.close();
  if (place) rmSync(place, { recursive: true, force: true });
});

let started = 0;
/** A device with this numbering whose messages arrive in pieces of so many bytes, 0: whole. */
async function startDevice({ numbering = "echo", piece = 0 } = {}) {
  const name = `c${process.pid}x${++started}`;
  const topics = { to: `mis/${name}/to`, from: `mis/${name}/from` };
  const file = join(place, `${name}.bin`);
  const lines = [];
  const args = ["127.0.0.1", module.broker.port, topics.to, topics.from, numbering, piece, file].map(String);
  const job = start(program, args, { onLine: (line) => lines.push(line) });
  await until(10_000, () => `ready; it said ${job.said()}`, () => lines.includes("ready"));
  let taken = 0;
  return {
    topics,
    signal: job.signal,
    stop: job.stop,
    /** The next image that it received whole. */
    async image() {
      const whole = () => lines.filter((line) => line.startsWith("whole "));
      await until(10_000, () => `an image; it said ${job.said()}`, () => whole().length > taken);
      const [, name, size] = whole()[taken++].split(" ");
      return { name, size: Number(size), sum: sha256(readFileSync(file)) };
    },
  };
}

/** Sends bytes that `seed` makes, as a page would. */
const send = (topics, { length = 100_000, seed = 1, ...options }) =>
  module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const { length, seed, options } = input;
    const ended = await client.sendImage(kit.bytes(length, seed), { format: "original", name: "a.bin", ...options }).done
      .then(({ numbering, resends }) => ({ numbering, resends }), ({ code, message }) => ({ code, message }));
    await client.close();
    return ended;
  }, { length, seed, options: { ...topics, ...options } });

const ways = [
  { numbering: "echo", chunkSize: 1400, piece: 0 },
  { numbering: "next", chunkSize: 1400, piece: 128 },
  { numbering: "echo", chunkSize: 200, piece: 128 },
  { numbering: "next", chunkSize: 200, piece: 0 },
  { numbering: "echo", chunkSize: 1400, piece: 1, window: "auto", integrity: true },
  { numbering: "next", chunkSize: 200, piece: 9, window: 32, integrity: true },
];
for (const { numbering, piece, ...options } of ways) {
  const how = Object.entries(options).map(([name, value]) => `${name} ${value}`).join(", ");
  test(`100 kB arrive whole at the device in C: ${numbering}, ${how}, ${piece ? `pieces of ${piece}` : "messages whole"}`, limit, async () => {
    const device = await startDevice({ numbering, piece });
    const ended = await send(device.topics, options);
    assert.deepEqual(ended, { numbering, resends: 0 });
    assert.deepEqual(await device.image(), { name: "a.bin", size: 100_000, sum: sha256(bytes(100_000, 1)) });
    await device.stop();
  });
}

test("a device that was busy answers each begin that came meanwhile, and the image is whole", limit, async () => {
  const device = await startDevice();
  device.signal("SIGSTOP");
  const ended = send(device.topics, { length: 9000, seed: 2, ackTimeoutMs: 400 });
  await sleep(1500); // three begins lie in its socket
  device.signal("SIGCONT");
  const { resends } = await ended;
  assert.ok(resends >= 2, `${resends} resends`);
  assert.equal((await device.image()).sum, sha256(bytes(9000, 2)));
  await device.stop();
});

test("a picture that is sent anew in the middle of another leaves nothing of that one", limit, async () => {
  const device = await startDevice();
  await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const options = { ...input.topics, format: "original", name: "a.bin", chunkSize: 200 };
    const first = client.sendImage(kit.bytes(100_000, 3), options);
    await kit.until(10_000, "some chunks", () => first.progress.chunksAcked > 20);
    first.cancel();
    await client.sendImage(kit.bytes(100_000, 4), options).done;
    await client.close();
  }, { topics: device.topics });
  assert.equal((await device.image()).sum, sha256(bytes(100_000, 4)));
  await device.stop();
});

test("an image that is larger than the device's room is refused at begin", limit, async () => {
  const device = await startDevice();
  const ended = await send(device.topics, { length: (1 << 20) + 1 });
  assert.equal(ended.code, "incomplete", ended.message);
  await device.stop();
});

test("the receiver has under 150 lines", () => {
  const lines = ["receiver.c", "receiver.h"].map((name) => readFileSync(join(sources, name), "utf8").split("\n").length - 1);
  assert.ok(lines[0] + lines[1] < 150, `${lines}`);
});
