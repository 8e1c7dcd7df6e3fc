// The entries that are a part of the package, on a page: `/mqtt` sends what `/image` has prepared. The worker's are in
// worker.test.mjs, and what each weighs in a bundle in npm.test.mjs.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { sample } from "../support/images.mjs";
import { openModule } from "../support/module-page.mjs";

const limit = { timeout: 60_000 };
let module;
before(async () => {
  module = await openModule({ module: "/npm/mqtt/mqtt_image_sender.js" });
  module.site.add("/photo.jpg", sample("Landscape", 1));
});
after(() => module?.close());

test("/mqtt sends what /image has prepared, and each loads its own wasm alone", limit, async () => {
  const device = await module.device();
  const wasm = await module.run("page", async ({ mis, input }) => {
    const image = await import("/npm/image/mqtt_image_sender.js");
    await image.default();
    const { bytes } = await image.prepareImage("/photo.jpg", { width: 80, height: 48, format: "mono1" });
    const client = await mis.MqttClient.connect({ url: input.broker });
    await client.sendImage(bytes, { ...input.topics, format: "original", name: "photo.raw" }).done;
    await client.close();
    const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    return loaded.filter((path) => path.endsWith(".wasm")).sort();
  }, { topics: device.topics });
  const got = await device.image();
  assert.deepEqual([got.whole, got.name, got.bytes], [true, "photo.raw", 480]);
  assert.deepEqual(wasm, ["/npm/image/mqtt_image_sender_bg.wasm", "/npm/mqtt/mqtt_image_sender_bg.wasm"]);
  await device.stop();
});

test("/mqtt, asked to prepare a picture, says where that is done", limit, async () => {
  const refused = await module.run("page", async ({ mis, kit, input }) => {
    const client = await mis.MqttClient.connect({ url: input.broker });
    const error = await kit.rejection(mis, client.sendImage("/photo.jpg", { width: 80, height: 48 }).done);
    await client.close();
    return error;
  });
  assert.deepEqual([refused.name, refused.code], ["TransferError", "invalid"]);
  assert.match(refused.message, /image/);
});
