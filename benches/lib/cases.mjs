// The cases. Each takes the figures to add to and how many rounds to run; within a round all variants run in turn.
import { connect } from "../../tests/support/mqtt.mjs";
import { sleep } from "../../tests/support/limits.mjs";
import { median } from "./figures.mjs";
import { startLink } from "./peers.mjs";
import { inRounds } from "./run.mjs";
import { CHUNK, setStage } from "./stage.mjs";

const VARIANTS = ["ours", "lean", "batched", "rawws", "mqttjs", "paho"];
/** Enough for half a second each on a machine of two cores. */
const LOOPBACK = [{ window: 1, chunks: 1500 }, { window: 16, chunks: 4000 }, { window: 64, chunks: 8000 }];
const MEGABYTE = 1_000_000;
const IMAGE = 50_000;

/** name: [rounds when none are asked for, the case] */
export const cases = {
  loopback: [15, loopback],
  links: [3, links],
  loss: [1, loss],
  devices: [5, devices],
};

/** Ours, the floors and the peers on loopback, by window. */
async function loopback(figures, rounds) {
  await onStage({}, async (stage) => {
    for (const { window, chunks } of LOOPBACK) {
      const variants = VARIANTS.filter((variant) => window > 1 || variant !== "batched");
      const measured = await inRounds(rounds, variants, (variant) => stage.send(variant, { bytes: chunks * CHUNK, window }));
      const name = `loopback, window ${window}`;
      figures.compare(name, measured, ({ rate }) => rate, "chunks/s");
      figures.compare(name, measured, ({ cpu }) => cpu, "µs CPU a chunk");
      figures.compare(name, measured, ({ main }) => main, "µs main thread a chunk");
      figures.add(name, median(measured.map(({ ours }) => ours.memory)), "image", chunks * CHUNK, "bytes of linear memory");
    }
  });
}

/** Long links: the share of what the window allows, and what slow start costs. */
async function links(figures, rounds) {
  await onStage({}, async (stage) => {
    await withLink(stage, 0, async (url) => {
      const [direct, relayed] = [[], []];
      for (let round = 0; round < rounds; round++) {
        direct.push((await stage.send("batched", { bytes: 8000 * CHUNK, window: 64 })).rate);
        relayed.push((await stage.send("batched", { bytes: 8000 * CHUNK, window: 64, url })).rate);
      }
      figures.add("the relay itself, no delay, batched floor", median(relayed), "without it", median(direct), "chunks/s");
    });
    for (const rtt of [20, 50, 100]) await withLink(stage, rtt, (url) => link(figures, stage, rounds, rtt, url));
  });
}

async function link(figures, stage, rounds, rtt, url) {
  const name = `${rtt} ms, window`;
  for (const window of [1, 8, 32]) {
    const sent = [];
    for (let round = 0; round < rounds; round++) sent.push(await stage.send("ours", { bytes: (window * 40 + 1) * CHUNK, window, url }));
    // Before the first and after the last window there are SUBACK, begin, chunk 0 alone and finish: a round trip each.
    const rate = ({ ms, chunks }) => (chunks - 1) / ((ms - 4 * rtt) / 1000);
    figures.add(`${name} ${window}`, median(sent.map(rate)), "theory", (window * 1000) / rtt, "chunks/s");
    figures.add(`${name} ${window}`, median(sent.map(({ main }) => main)), "CPU", median(sent.map(({ cpu }) => cpu)), "µs main thread a chunk");
  }
  const sizes = { auto: "auto", "window 64": 64 };
  const measured = await inRounds(rounds, Object.keys(sizes), (size) => stage.send("ours", { bytes: MEGABYTE, window: sizes[size], url }));
  const kept = measured.map(({ auto, "window 64": fixed }) => ({ ours: auto, "window 64": fixed }));
  figures.compare(`${name} auto, 1 MB, slow start included`, kept, ({ rate }) => rate, "chunks/s");
}

/** One data frame of fifty is lost by the device, at a round trip of 50 ms. */
async function loss(figures, rounds) {
  const rtt = 50;
  const wide = { bytes: 3201 * CHUNK, window: 32 };
  const narrow = { bytes: 151 * CHUNK, window: 1 };
  const whole = [];
  await onStage({}, (stage) => withLink(stage, rtt, async (url) => {
    for (let round = 0; round < rounds; round++) whole.push(await stage.send("ours", { ...wide, url }));
  }));
  await onStage({ lostOf: 50 }, (stage) => withLink(stage, rtt, async (url) => {
    const lossy = await inRounds(rounds, ["ours"], () => stage.send("ours", { ...wide, url }));
    figures.compare("2 % lost, 50 ms, window 32", lossy.map((round, index) => ({ ...round, "no loss": whole[index] })), ({ rate }) => rate, "chunks/s");
    const clocks = { auto: "auto", "5 s": 5000 };
    const measured = await inRounds(rounds, Object.keys(clocks), (clock) => stage.send("ours", { ...narrow, url, options: { ackTimeoutMs: clocks[clock] } }));
    const kept = measured.map(({ auto, "5 s": fixed }) => ({ ours: auto, "clock of 5 s": fixed }));
    figures.compare('2 % lost, 50 ms, stop and wait, "auto" clock', kept, ({ rate }) => rate, "chunks/s");
  }));
}

/** One image to many devices, in one tab over one connection, and what one transfer with a window of 64 reaches. */
async function devices(figures, rounds) {
  await onStage({}, async (stage) => {
    const watcher = await connect(stage.broker);
    await watcher.subscribe("$SYS/broker/publish/messages/dropped");
    for (const count of [1, 10, 100, 1000]) {
      const measured = await inRounds(rounds, ["ours", "one, window 64"], (variant) =>
        variant === "ours" ? stage.sendToMany(count, { bytes: IMAGE, window: 1 }) : stage.send("ours", { bytes: 8000 * CHUNK, window: 64 }));
      const name = `${count} devices, 50 kB each, window 1`;
      figures.compare(name, measured, ({ rate }) => rate, "chunks/s");
      figures.compare(name, measured, ({ main }) => main, "µs main thread a chunk");
      const grown = median(measured.map(({ ours }) => ours.grown));
      figures.add(name, grown, "image and 4 KiB a device", IMAGE + count * 4096, "bytes of linear memory added");
      const resends = measured.reduce((sum, { ours }) => sum + ours.resends, 0);
      if (resends > 0) console.error(`${name}: ${resends} frames were sent again`);
    }
    await sleep(2500);
    const dropped = Number(watcher.messages.at(-1)?.payload.toString());
    figures.add("all of these, messages that Mosquitto dropped", dropped, "allowed", 0, "messages", dropped === 0 ? 1 : Infinity);
    await watcher.close();
  });
}

async function onStage(options, act) {
  const stage = await setStage(options);
  try {
    await act(stage);
  } finally {
    await stage.strike();
  }
}

async function withLink(stage, rtt, act) {
  const link = await startLink(stage.broker, rtt);
  try {
    await act(link.url);
  } finally {
    await link.stop();
  }
}
