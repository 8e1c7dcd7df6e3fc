// prepareImage: each kind of source, sizes and fits, and what it says to files that are none.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { assertError } from "../support/assert-error.mjs";
import { browserName } from "../support/env.mjs";
import { bytes, crc32, filteredPng, png, sample, sha256 } from "../support/images.mjs";
import { openModule, places } from "../support/module-page.mjs";
import { serve } from "../support/static-server.mjs";

const limit = { timeout: 60_000 };
const red = [255, 0, 0, 255];
const blue = [0, 0, 255, 255];
let module;
before(async () => {
  module = await openModule({ broker: false });
  // Left half red, right half blue; and one whose left half is transparent.
  module.site.add("/halves.png", png(40, 20, (x) => (x < 20 ? red : blue)));
  module.site.add("/glass.png", png(40, 20, (x) => (x < 20 ? [0, 0, 0, 0] : [0, 0, 255, 128])));
  module.site.add("/photo.jpg", sample("Landscape", 1));
});
after(() => module?.close());

/** Prepares what is at an address with options given as data; the result is described, and looked at in some points. */
async function prepare(address, options = {}, points = [], place = "page") {
  return module.run(place, async ({ mis, kit, input }) => {
    try {
      const image = await kit.within(30_000, "the image", mis.prepareImage(input.address, input.options));
      const { width, height, format, mime, quality, warnings, bytes } = image;
      const seen = input.points ? await kit.decode(bytes, input.points) : null;
      return { width, height, format, mime, quality, warnings, length: bytes.length, sum: await kit.sha256(bytes), seen };
    } catch (error) {
      return { error: kit.describe(mis, error) };
    }
  }, { address, options, points });
}

async function fails(address, options, code, message) {
  const { error } = await prepare(address, options);
  assert.ok(error, "it was taken");
  assertError(error, "ImageError", code, message);
}

for (const place of places) {
  test(`every kind of source gives the same bytes, in a ${place}`, limit, async () => {
    const sums = await module.run(place, async ({ mis, kit }) => {
      const blob = await (await fetch("/halves.png")).blob();
      const buffer = await blob.arrayBuffer();
      const padded = new Uint8Array(buffer.byteLength + 20);
      padded.set(new Uint8Array(buffer), 7);
      const bitmap = await createImageBitmap(blob);
      const context = new OffscreenCanvas(40, 20).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const shared = new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer, 0, buffer.byteLength);
      shared.set(new Uint8Array(buffer));
      const sources = {
        text: "/halves.png", address: new URL("/halves.png", location.href), blob, file: new File([blob], "x.png"), buffer,
        bytes: new Uint8Array(buffer), view: padded.subarray(7, 7 + buffer.byteLength), shared,
        pixels: context.getImageData(0, 0, 40, 20), bitmap,
      };
      const sums = {};
      for (const [name, source] of Object.entries(sources)) {
        const image = await mis.prepareImage(source, { format: "png" });
        const { width, height } = image;
        sums[name] = [width, height, await kit.sha256(image.bytes)];
      }
      const still = [blob.size, buffer.byteLength, bitmap.width];
      return { sums, still };
    });
    const [first, ...others] = Object.entries(sums.sums);
    assert.deepEqual(first[1].slice(0, 2), [40, 20]);
    for (const [name, sum] of others) assert.deepEqual(sum, first[1], name);
    assert.deepEqual(sums.still.slice(1), [sums.still[0], 40], "the sources are the caller's still");
  });

  test(`by default a photograph becomes a JPEG of its own size and quality 85, in a ${place}`, limit, async () => {
    const image = await prepare("/photo.jpg", {}, [[0, 0]], place);
    const { width, height, format, mime, quality, warnings } = image;
    assert.deepEqual({ width, height, format, mime, quality, warnings }, { width: 1800, height: 1200, format: "jpeg", mime: "image/jpeg", quality: 85, warnings: [] });
    assert.deepEqual([image.seen.width, image.seen.height], [1800, 1200]);
  });
}

for (const [options, size] of [
  [{ width: 600 }, [600, 400]],
  [{ height: 600 }, [900, 600]],
  [{ width: 800, height: 480 }, [800, 480]],
  [{ width: 1, height: 1 }, [1, 1]],
  [{ width: 7 }, [7, 5]],
  [{ width: 800, height: 480, fit: "cover" }, [800, 480]],
  [{ width: 800, height: 480, fit: "fill" }, [800, 480]],
  [{ width: 4000, height: 4000, fit: "scale-down" }, [1800, 1200]],
  [{ width: 900, height: 900, fit: "scale-down" }, [900, 600]],
]) {
  test(`1800x1200 with ${JSON.stringify(options)} becomes ${size.join("x")}`, limit, async () => {
    const image = await prepare("/photo.jpg", options, [[0, 0]]);
    assert.deepEqual([image.width, image.height], size);
    assert.deepEqual([image.seen.width, image.seen.height], size);
  });
}

const green = [0, 128, 64, 255];
for (const [fit, left, middleLeft, right] of [
  ["contain", green, red, blue],
  ["cover", red, red, blue],
  ["fill", red, red, blue],
]) {
  test(`${fit} puts the picture and the bars where CSS does`, limit, async () => {
    const options = { width: 100, height: 20, fit, format: "png", background: "#008040" };
    const { seen } = await prepare("/halves.png", options, [[5, 10], [45, 10], [55, 10], [94, 10]]);
    assert.deepEqual(seen.pixels, [left, middleLeft, right, fit === "contain" ? green : blue]);
  });
}

test("transparent pixels lie on the background, white unless told otherwise, never black", limit, async () => {
  const white = (await prepare("/glass.png", { format: "png" }, [[5, 10], [30, 10]])).seen.pixels;
  assert.deepEqual(white[0], [255, 255, 255, 255]);
  closeTo(white[1], [127, 127, 255, 255], 1);
  const own = (await prepare("/glass.png", { format: "png", background: "#0f0" }, [[5, 10], [30, 10]])).seen.pixels;
  assert.deepEqual(own[0], [0, 255, 0, 255]);
  closeTo(own[1], [0, 127, 128, 255], 1);
  const jpeg = (await prepare("/glass.png", {}, [[5, 10]])).seen.pixels;
  closeTo(jpeg[0], [255, 255, 255, 255], 4);
});

test("transparent ImageData and ImageBitmap lie on the background too", limit, async () => {
  const pixels = await module.run("page", async ({ mis, kit }) => {
    const data = new ImageData(4, 4);
    const bitmap = await createImageBitmap(data);
    const seen = [];
    for (const source of [data, bitmap]) {
      const image = await mis.prepareImage(source, { format: "png", background: "#123456" });
      seen.push((await kit.decode(image.bytes, [[2, 2]])).pixels[0]);
    }
    return seen;
  });
  assert.deepEqual(pixels, [[0x12, 0x34, 0x56, 255], [0x12, 0x34, 0x56, 255]]);
});

test("an ImageData of Display P3 is taken to sRGB", limit, async (t) => {
  const pixels = await module.run("page", async ({ mis, kit }) => {
    let data;
    try {
      data = new ImageData(4, 4, { colorSpace: "display-p3" });
    } catch {
      return null;
    }
    for (let at = 0; at < data.data.length; at += 4) data.data.set([128, 77, 51, 255], at);
    const image = await mis.prepareImage(data, { format: "png" });
    return (await kit.decode(image.bytes, [[2, 2]])).pixels[0];
  });
  if (!pixels && browserName === "firefox") return t.skip("Firefox 153 makes no ImageData but of sRGB");
  // color(display-p3 0.502 0.302 0.2) by the matrices of CSS Color 4.
  [136, 74, 45, 255].forEach((value, at) => assert.ok(Math.abs(pixels[at] - value) <= 2, `${pixels}`));
});

test("the rows of a PNG are those of the standard's formulas, whatever their filters", limit, async () => {
  for (const [channels, width] of [[1, 31], [3, 1], [3, 2], [3, 203], [3, 7000]]) {
    const { file, samples } = filteredPng(width, 45, channels, width);
    const { sum, error } = await prepare(module.site.add(`/filtered-${channels}-${width}.png`, file), { format: "rgb888" }, null);
    const exact = channels === 1 ? Buffer.from([...samples].flatMap((gray) => [gray, gray, gray])) : samples;
    assert.equal(sum, sha256(exact), `${channels} × ${width}: ${error?.message}`);
  }
  // On black the opaque pixels are as they were; of the others something is left.
  for (const channels of [2, 4]) {
    const { file, samples } = filteredPng(64, 45, channels, channels);
    const seen = await module.run("page", async ({ mis, input }) =>
      [...(await mis.prepareImage(input.address, { format: "rgb888", background: "#000" })).bytes],
    { address: module.site.add(`/clear-${channels}.png`, file) });
    for (let at = 0; at < 64 * 45; at++) {
      const [pixel, alpha] = [samples.subarray(at * channels, (at + 1) * channels - 1), samples[(at + 1) * channels - 1]];
      for (let channel = 0; channel < 3; channel++) {
        const exact = pixel[channel % pixel.length] * alpha / 255;
        assert.ok(Math.abs(seen[at * 3 + channel] - exact) <= 1, `${channels}, ${at}: ${seen[at * 3 + channel]} for ${exact}`);
      }
    }
  }
});

test("a PNG comes out with exactly the colours that went in", limit, async () => {
  const same = await module.run("page", async ({ mis }) => {
    const data = new ImageData(64, 48);
    for (let i = 0; i < data.data.length; i++) data.data[i] = i % 4 === 3 ? 255 : (i * 31) & 255;
    const image = await mis.prepareImage(data, { format: "png" });
    const bitmap = await createImageBitmap(new Blob([image.bytes]), { colorSpaceConversion: "none" });
    const context = new OffscreenCanvas(64, 48).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const back = context.getImageData(0, 0, 64, 48).data;
    return back.every((value, i) => value === data.data[i]);
  });
  assert.equal(same, true);
});

test("original gives the file's own bytes, and its size where it is a picture", limit, async () => {
  const photo = await prepare("/photo.jpg", { format: "original" });
  assert.equal(photo.sum, sha256(sample("Landscape", 1)));
  assert.deepEqual([photo.width, photo.height, photo.format], [1800, 1200, "original"]);
  assert.match(photo.mime, /^image\/jpeg$/);
  module.site.add("/any.bin", bytes(5000));
  const seen = await module.run("page", async ({ mis, kit }) => {
    const image = await mis.prepareImage("/any.bin", { format: "original" });
    const error = await kit.rejection(mis, (async () => image.preview())());
    return { size: [image.width, image.height], sum: await kit.sha256(image.bytes), error };
  });
  assert.deepEqual(seen.size, [0, 0]);
  assert.equal(seen.sum, sha256(bytes(5000)));
  assertError(seen.error, "ImageError", "unsupported");
});

test("preview() shows what the device will decode", limit, async () => {
  const worst = await module.run("page", async ({ mis }) => {
    let worst = 0;
    for (const format of ["png", "jpeg"]) {
      const image = await mis.prepareImage("/photo.jpg", { width: 200, height: 100, format });
      const preview = image.preview();
      if (!(preview instanceof ImageData) || preview.width !== 200 || preview.height !== 100) throw new Error("no ImageData of its size");
      const context = new OffscreenCanvas(200, 100).getContext("2d");
      context.drawImage(await createImageBitmap(new Blob([image.bytes])), 0, 0);
      const shown = context.getImageData(0, 0, 200, 100).data;
      shown.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - preview.data[i]))));
    }
    return worst;
  });
  assert.ok(worst <= 24, `a value differs by ${worst}`);
});

test("formats that canvases write can be read: WebP, PNG, JPEG, and a GIF", limit, async () => {
  const sizes = await module.run("page", async ({ mis }) => {
    const canvas = new OffscreenCanvas(30, 20);
    const context = canvas.getContext("2d");
    context.fillStyle = "#c03010";
    context.fillRect(0, 0, 30, 20);
    const gif = Uint8Array.from(atob("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs="), (letter) => letter.charCodeAt(0));
    const sources = [gif];
    for (const type of ["image/webp", "image/png", "image/jpeg"]) sources.push(await canvas.convertToBlob({ type }));
    const sizes = [];
    for (const source of sources) {
      const image = await mis.prepareImage(source);
      sizes.push(`${image.width}x${image.height}`);
    }
    return sizes;
  });
  assert.deepEqual(sizes, ["1x1", "30x20", "30x20", "30x20"]);
});

test("text, HTML, a font and noise are unsupported", limit, async () => {
  for (const [path, data] of [["/a.txt", "plain text"], ["/a.html", "<!doctype html><p>404</p>"], ["/a.woff2", "wOF2\0\x01"], ["/a.bin", bytes(1000)]]) {
    await fails(module.site.add(path, data), {}, "unsupported");
  }
});

test("0 bytes are invalid, under every format", limit, async () => {
  module.site.add("/nothing", "");
  for (const format of ["jpeg", "png", "original"]) await fails("/nothing", { format }, "invalid");
});

test("a photograph cut off in the middle is taken, with a warning", limit, async () => {
  const photo = sample("Landscape", 1);
  const image = await prepare(module.site.add("/cut.jpg", photo.subarray(0, photo.length * 0.6)), { width: 300 }, [[10, 10]]);
  assert.equal(image.error, undefined);
  assert.deepEqual([image.width, image.height], [300, 200]);
  assert.equal(image.warnings.length, 1, `${image.warnings}`);
});

test("files of which only the beginning is there are corrupt", limit, async () => {
  const photo = sample("Landscape", 1);
  await fails(module.site.add("/head.jpg", photo.subarray(0, 20)), {}, "corrupt");
  await fails(module.site.add("/head.png", png(40, 20, () => red).subarray(0, 30)), {}, "corrupt");
  await fails(module.site.add("/bad.png", Buffer.concat([png(40, 20, () => red).subarray(0, 45), bytes(60)])), {}, "corrupt");
});

test("a header that foretells 3.6 gigapixels is too large, before anything is decoded", limit, async () => {
  const bomb = png(1, 1, () => red);
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  bomb.writeUInt32BE(parseInt(crc32(bomb.subarray(12, 29)), 16), 29);
  await fails(module.site.add("/bomb.png", bomb), {}, "too-large");
});

test("maxMegapixels refuses what is over it and takes what is not", limit, async () => {
  await fails("/photo.jpg", { maxMegapixels: 2 }, "too-large", /2/);
  const taken = await prepare("/photo.jpg", { maxMegapixels: 2.16, width: 100 });
  assert.equal(taken.width, 100);
});

test("404, a refusing origin and an address that is none are fetch errors with the way out", limit, async () => {
  const other = await serve();
  other.add("/theirs.png", png(2, 2, () => red));
  await fails("/not/here.png", {}, "fetch", /404/);
  await fails(`${other.url}/theirs.png`, {}, "fetch", /save.*drop/is);
  await fails("http://:0", {}, "fetch");
  await other.stop();
});

test("a signal ends it, before and in the middle", limit, async () => {
  const errors = await module.run("page", async ({ mis, kit }) => {
    const before = await kit.rejection(mis, mis.prepareImage("/photo.jpg", { signal: AbortSignal.abort() }));
    const controller = new AbortController();
    const job = mis.prepareImage("/photo.jpg", { signal: controller.signal });
    controller.abort();
    return [before, await kit.rejection(mis, job)];
  });
  for (const error of errors) assertError(error, "ImageError", "aborted");
});

test("many pictures at once all come, each its own", { timeout: 120_000 }, async () => {
  const widths = await module.run("page", async ({ mis }) => {
    const jobs = Array.from({ length: 12 }, (_, i) => mis.prepareImage("/photo.jpg", { width: 50 + i }));
    return (await Promise.all(jobs)).map(({ width }) => width);
  });
  assert.deepEqual(widths, Array.from({ length: 12 }, (_, i) => 50 + i));
});

function closeTo(pixel, expected, tolerance) {
  assert.ok(expected.every((value, i) => Math.abs(value - pixel[i]) <= tolerance), `${pixel} is not near ${expected}`);
}
