// The picture in the panel: what the stage shows after it was moved, enlarged, written on or toned is what arrives.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { go, openWith, rows, selectDevices } from "../support/admin-page.mjs";
import { png, sample, sha256 } from "../support/images.mjs";
import { until } from "../support/limits.mjs";
import { result, setStage } from "../support/send-page.mjs";

const limit = { timeout: 60_000 };
let stage;
before(async () => (stage = await setStage()));
after(() => stage?.strike());

/** Left half black, right half white. */
const halves = { name: "halves.png", mimeType: "image/png", buffer: png(400, 240, (x) => (x < 200 ? [0, 0, 0, 255] : [255, 255, 255, 255])) };

/** Where the stage is dark: the share of dark pixels in the middle row. */
const dark = (page) => page.locator("#preview").evaluate((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, canvas.height / 2, canvas.width, 1);
  let n = 0;
  for (let i = 0; i < data.length; i += 4) n += data[i] < 128 ? 1 : 0;
  return n / canvas.width;
});

const near = async (page, share) => {
  let seen;
  await until(10_000, () => `a share of ${share}, not ${seen}`, async () => Math.abs((seen = await dark(page)) - share) < 0.02);
};

async function composed(file, preset = "ws-7in5-v2") {
  const device = await stage.device();
  const page = await openWith(stage, [{ name: "Wall", ...device.topics, preset, key: "wall" }]);
  await selectDevices(page, ["Wall"]);
  await page.locator("#file").setInputFiles(file);
  await page.locator("#preview").waitFor();
  return { device, page };
}

test("the picture is moved and enlarged by keys and by the pointer, and arrives as the stage shows it", limit, async () => {
  const { device, page } = await composed(halves);
  await near(page, 0.5);
  await page.locator("#screen").focus();
  for (let i = 0; i < 2; i += 1) await page.keyboard.press("Shift+ArrowRight");
  // 20 % to the right: the panel's ground comes in from the left, and it is white.
  await until(10_000, "the ground at the left", () => page.locator("#preview").evaluate((canvas) => canvas.getContext("2d").getImageData(10, 100, 1, 1).data[0] > 128));
  await near(page, 0.5);
  await page.keyboard.press("0");
  const box = await page.locator("#screen").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 4, box.y + 50, { steps: 4 });
  await page.mouse.up();
  await near(page, 0.25);
  await page.locator("#recentre").click();
  for (let i = 0; i < 3; i += 1) await page.locator("#zoomin").click();
  assert.equal(await page.locator("#zoomnow").innerText(), "133 %");
  await near(page, 0.5);
  await page.locator("#screen").focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await near(page, 0.4);
  await page.locator("#send").click();
  await rows(page, { Wall: "done" });
  const image = await device.image();
  assert.deepEqual([image.whole, image.size ?? image.bytes], [true, 48000]);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("a picture that is mirrored follows the hand all the same, and what is written on it is not mirrored", limit, async () => {
  const { device, page } = await composed(halves);
  await page.locator("#flip").click();
  await page.locator("#screen").focus();
  for (let i = 0; i < 2; i += 1) await page.keyboard.press("Shift+ArrowRight");
  await near(page, 0.3); // its right half is the dark one now, and leaves the panel at the right
  await page.locator("#otherways").click();
  await page.locator("#blank").click();
  await page.locator("#more-text summary").click();
  await page.locator("#line").fill("LLL");
  await page.locator("#lineat").selectOption("middle");
  /** How many more dark pixels stand at the left edge of the first letter than at its right one. */
  const first = () => page.locator("#preview").evaluate((canvas) => {
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const dark = (x, y) => data[4 * (y * width + x)] < 128;
    const columns = Array.from({ length: width }, (_, x) => Array.from({ length: height }, (_, y) => dark(x, y)).filter(Boolean).length);
    const from = columns.findIndex(Boolean);
    return from < 0 ? 0 : columns[from + 4] - columns[columns.indexOf(0, from) - 5];
  });
  await until(10_000, "an L whose stem is at the left", async () => (await first()) > 50);
  await page.done();
  await device.stop();
});

test("a picture that a link brought is sent as it was moved, and is not fetched anew", limit, async () => {
  const device = await stage.device();
  const url = stage.site.add("/photos/halves.png", halves.buffer);
  const page = await stage.open({ ...device.topics, url, width: "400", height: "240", format: "mono1" });
  await near(page, 0.5);
  await page.locator("#screen").focus();
  for (let i = 0; i < 2; i += 1) await page.keyboard.press("Shift+ArrowLeft");
  await near(page, 0.3);
  await page.locator("#send").click();
  assert.equal((await result(page)).ok, true);
  await near(page, 0.3);
  assert.equal(stage.site.requests.filter((path) => path === "/photos/halves.png").length, 1);
  await page.done();
  await device.stop();
});

test("an address that is given again after a file is fetched again", limit, async () => {
  const { device, page } = await composed(halves);
  stage.site.add("/photos/black.png", png(400, 240, () => [0, 0, 0, 255]));
  const give = async () => {
    if (await page.locator("#url").isHidden()) await page.locator("#otherways").click();
    await page.locator("#url").fill("/photos/black.png");
    await page.locator("#url").press("Enter");
    await near(page, 1);
  };
  await give();
  await page.locator("#file").setInputFiles(halves);
  await near(page, 0.5);
  await give();
  await page.done();
  await device.stop();
});

test("an address that failed is fetched again by Send, for every kind of panel", limit, async () => {
  const [one, two] = [await stage.device(), await stage.device()];
  const page = await openWith(stage, [{ name: "First", ...one.topics }, { name: "Second", ...two.topics, preset: "ws-4in2-v2" }]);
  await selectDevices(page, ["First", "Second"]);
  await page.locator("#kinds input").nth(1).check({ force: true });
  await page.locator("#url").fill("/photos/late.png");
  await page.locator("#url").press("Enter");
  await page.locator('#sourcenote [data-code="fetch"]').waitFor();
  stage.site.add("/photos/late.png", halves.buffer);
  await page.locator("#send").click();
  await rows(page, { First: "done", Second: "done" });
  assert.deepEqual(page.noted, []);
  await page.done();
  await one.stop();
  await two.stop();
});

test("on a device that hangs turned, text stands at the foot of what one sees, and moves and mirrors go with the eye", limit, async () => {
  const device = await stage.device();
  const page = await openWith(stage, [{ name: "Tall", ...device.topics, preset: "ws-7in5-v2", image: { width: 800, height: 480, format: "mono1", rotate: 90 } }]);
  await selectDevices(page, ["Tall"]);
  /** The share of white pixels in a part of the panel's own bytes. */
  const white = (bytes, left, right, top, bottom) => {
    let n = 0;
    for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) n += (bytes[y * 100 + (x >> 3)] >> (7 - (x & 7))) & 1;
    return n / ((right - left) * (bottom - top));
  };
  const shows = (what, share) => until(15_000, what, async () => {
    const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("#save").click()]);
    const bytes = readFileSync(await saved.path());
    return share(white(bytes, 0, 40, 0, 480), white(bytes, 760, 800, 0, 480), white(bytes, 0, 800, 0, 40), white(bytes, 0, 800, 440, 480));
  }, 100);
  await page.locator("#file").setInputFiles({ ...halves, buffer: png(240, 400, (x, y) => (x < 40 || y < 60 ? [255, 255, 255, 255] : [0, 0, 0, 255])) });
  await page.locator("#preview").waitFor();
  assert.deepEqual(await page.locator("#preview").evaluate(({ width, height }) => [width, height]), [480, 800], "upright, as it hangs");
  await page.locator("#more-bytes summary").click();
  // Turned clockwise, the white top is at the right of the rows, and the white left side at their top.
  await shows("the picture turned", (left, right, top, bottom) => left < 0.3 && right === 1 && top === 1 && bottom < 0.3);
  await page.locator("#flip").click();
  await shows("what one sees mirrored from left to right", (left, right, top, bottom) => right === 1 && bottom === 1 && top < 0.3);
  await page.locator("#more-text summary").click();
  await page.locator("#line").fill("Open");
  await shows("the band at the foot, with letters", (left, right, top, bottom) => left > 0.5 && left < 1 && right === 1);
  await page.locator("#line").fill("");
  await page.locator("#flip").click();
  await page.locator("#screen").focus();
  for (let i = 0; i < 2; i += 1) await page.keyboard.press("Shift+ArrowUp");
  await shows("moved up, so that the ground comes in below", (left, right, top, bottom) => left === 1 && top === 1 && bottom < 0.3);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("a line of text stands at the foot, and the picture's own foot above it", limit, async () => {
  const { device, page } = await composed({ ...halves, buffer: png(400, 240, (_, y) => (y < 200 ? [0, 0, 0, 255] : [255, 255, 255, 255])) });
  /** Rows of the panel that are dark in the middle, from and to. */
  const black = () => page.locator("#preview").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(canvas.width / 2, 0, 1, canvas.height);
    const dark = Array.from({ length: canvas.height }, (_, y) => data[4 * y] < 128);
    return [dark.indexOf(true), dark.indexOf(false)];
  });
  assert.deepEqual(await black(), [0, 400]);
  const foot = () => page.locator("#preview").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, canvas.height - 40, canvas.width, 1);
    return [...data].filter((value, i) => i % 4 === 0 && value > 128).length / canvas.width;
  });
  assert.equal(await foot(), 1);
  await page.locator("#more-text summary").click();
  await page.locator("#line").fill("Open until 6");
  await until(10_000, "a white band with letters", async () => (await foot()) > 0.4 && (await foot()) < 1);
  const [, end] = await black();
  assert.ok(end < 340, `the picture's white foot begins in row ${end}: it was moved up`);
  await page.done();
  await device.stop();
});

test("an empty canvas is written on, large and on several lines", limit, async () => {
  const { device, page } = await composed(halves);
  await page.locator("#otherways").click();
  await page.locator("#blank").click();
  await near(page, 0);
  await page.locator("#more-text summary").click();
  await page.locator("#line").fill("Closed today because of the holiday");
  await page.locator("#lineat").selectOption("middle");
  const rows = () => page.locator("#preview").evaluate((canvas) => {
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: height }, (_, y) => data.subarray(4 * y * width, 4 * (y + 1) * width).some((value, i) => i % 4 === 0 && value < 128));
  });
  await until(10_000, "letters on more than half of the panel's height", async () => (await rows()).filter(Boolean).length > 240);
  assert.ok((await rows()).join("").match(/(?:true)+/g).length >= 3, "lines with room between them");
  await page.done();
  await device.stop();
});

test("tone and colour strength change the picture at once, and their sliders start at what is automatic", limit, async () => {
  const { device, page } = await composed({ name: "p.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) }, "ws-4in2-g");
  assert.equal(await page.locator("#tone-now").innerText(), "automatic");
  const before = await dark(page);
  await page.locator("#tone").fill("2");
  await until(10_000, "a darker picture", async () => (await dark(page)) > before + 0.03);
  await page.locator("#tone").fill("1");
  await until(10_000, "the picture as before", async () => Math.abs((await dark(page)) - before) < 0.001);
  await page.done();
  await device.stop();
});

test("in a send to two kinds of panel one may have a look of its own, which is its preview's and its bytes' alone", limit, async () => {
  const [one, two] = [await stage.device(), await stage.device()];
  const page = await openWith(stage, [{ name: "First", ...one.topics }, { name: "Second", ...two.topics, preset: "ws-4in2-v2" }]);
  await selectDevices(page, ["First"]);
  assert.ok(await page.locator("#scope").isHidden(), "one kind has nothing of its own");
  await selectDevices(page, ["First", "Second"]);
  await page.locator("#file").setInputFiles({ ...halves, buffer: png(400, 300, () => [200, 200, 200, 255]) });
  const choose = (i) => page.locator("#kinds input").nth(i).check({ force: true });
  const fields = async () => [await page.locator("#dither").inputValue(), await page.locator("#scope-one").isChecked()];
  const card = (i) => page.locator("#kinds > *").nth(i).innerText();
  await page.locator("#fit").selectOption("fill");
  await choose(1);
  await page.locator("#scope-one").check({ force: true });
  await page.locator("#dither").selectOption("none");
  await near(page, 0);
  await until(10_000, "the card that says so", async () => /own look/.test(await card(1)));
  await choose(0);
  assert.deepEqual(await fields(), ["floyd-steinberg", false]);
  await until(10_000, "a pattern", async () => (await dark(page)) > 0.2);
  assert.doesNotMatch(await card(0), /own look/);
  await page.locator("#send").click();
  await rows(page, { First: "done", Second: "done" });
  const white = sha256(Buffer.alloc(15_000, 255));
  assert.equal((await two.image()).sha256, white);
  assert.notEqual((await one.image()).sha256, sha256(Buffer.alloc(4736, 255)), "a pattern");
  await go(page, "send");
  await page.reload();
  await page.locator("body[data-kept]").waitFor();
  assert.deepEqual(await fields(), ["floyd-steinberg", false]);
  await choose(1);
  assert.deepEqual(await fields(), ["none", true]);
  await page.locator("#file").setInputFiles({ ...halves, buffer: png(400, 300, () => [200, 200, 200, 255]) });
  await near(page, 0);
  await page.locator("#scope-all").check({ force: true });
  assert.deepEqual(await fields(), ["floyd-steinberg", false]);
  await until(10_000, "a pattern", async () => (await dark(page)) > 0.2);
  assert.deepEqual(page.noted, []);
  await page.done();
  await one.stop();
  await two.stop();
});

test("the original is shown up to the slider's line, and the preview is saved as PNG", limit, async () => {
  const { device, page } = await composed({ name: "p.jpg", mimeType: "image/jpeg", buffer: sample("Landscape", 1) });
  await page.locator("#split").fill("50");
  await page.locator("#before").waitFor();
  const shades = () => page.locator("#before").evaluate((canvas) => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size);
  await until(10_000, "more than a panel's two shades", async () => (await shades()) > 50);
  const sum = () => page.locator("#before").evaluate((canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.reduce((all, value) => (31 * all + value) | 0, 0));
  const before = await sum();
  await page.locator("#file").setInputFiles({ name: "p.jpg", mimeType: "image/jpeg", buffer: sample("Portrait", 1) });
  await until(10_000, "the other original of the same name", async () => (await sum()) !== before);
  await page.locator("#more-bytes summary").click();
  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("#savepng").click()]);
  assert.equal(saved.suggestedFilename(), "p-preview.png");
  const bytes = readFileSync(await saved.path());
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [800, 480]);
  assert.deepEqual(page.noted, []);
  await page.done();
  await device.stop();
});

test("with another panel on the stage the original is not shown in the shape of the last one", limit, async () => {
  const page = await openWith(stage, [{ name: "Tall", to: "mis/tall/to", from: "mis/tall/from" }, { name: "Wide", to: "mis/wide/to", from: "mis/wide/from", preset: "ws-7in5-v2" }]);
  await selectDevices(page, ["Tall", "Wide"]);
  await page.locator("#file").setInputFiles(halves);
  await page.locator("#preview").waitFor();
  await page.locator("#split").fill("50");
  await page.locator("#before").waitFor();
  await page.evaluate(() => {
    const [original, panel] = ["before", "preview"].map((id) => document.getElementById(id));
    window.misOdd = 0;
    new MutationObserver(() => {
      if (!original.hidden && original.width * panel.height !== original.height * panel.width) window.misOdd += 1;
    }).observe(document.getElementById("screen"), { subtree: true, attributes: true });
  });
  await page.locator("#kinds input").nth(1).check({ force: true });
  await until(10_000, "the original in the shape of the other", () => page.evaluate(() => document.getElementById("before").width === 800));
  assert.equal(await page.evaluate(() => window.misOdd), 0);
  assert.deepEqual(page.noted, []);
  await page.done();
});

test("several files go each to the device that it is named after, with what is written on them, and so they do from the history", limit, async () => {
  const [one, two] = [await stage.device(), await stage.device()];
  const page = await openWith(stage, [{ name: "Sign 1", key: "sign-01", ...one.topics }, { name: "Sign 2", key: "sign-02", ...two.topics }]);
  await selectDevices(page, ["Sign 1"]);
  await page.locator("#more-text summary").click();
  await page.locator("#line").fill("Open");
  const board = (i) => png(128, 296, (x, y) => (y < 60 * (i + 1) ? [0, 0, 0, 255] : [255, 255, 255, 255]));
  await page.locator("#file").setInputFiles(["sign-02.png", "Sign 1.png", "stranger.png"].map((name, i) => ({ name, mimeType: "image/png", buffer: board(i) })));
  await page.locator("#batch .note").waitFor();
  assert.match(await page.locator("#batch").innerText(), /No device is called “stranger”/);
  await page.locator("#batch").getByRole("button", { name: "Send 2 pictures" }).click();
  await rows(page, { "Sign 1": "done", "Sign 2": "done" });
  const images = async () => (await Promise.all([one.image(), two.image()])).map(({ name, sha256 }) => ({ name, sha256 }));
  const first = await images();
  assert.deepEqual(first.map(({ name }) => name), ["Sign 1.raw", "sign-02.raw"]);
  assert.notEqual(first[0].sha256, first[1].sha256);
  await go(page, "history");
  await until(10_000, "both in the history", async () => /Sign \d, Sign \d[\s\S]*Arrived/.test(await page.locator(".past").first().innerText()));
  await page.getByRole("button", { name: /^Send again/ }).click();
  assert.deepEqual(await images(), first, "the same bytes and names to each, once more");
  assert.deepEqual(page.noted, []);
  await page.done();
  await one.stop();
  await two.stop();
});
