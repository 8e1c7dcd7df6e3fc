// Loading the module: on a page and in a worker, in each form that init takes, and its names.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { openModule, places } from "../support/module-page.mjs";

const limit = { timeout: 30_000 };
let module;
before(async () => (module = await openModule({ broker: false })));
after(() => module?.close());

for (const place of places) {
  test(`all names are there, in a ${place}`, limit, async () => {
    const types = await module.run(place, ({ mis }) => Object.fromEntries(Object.keys(mis).map((name) => [name, typeof mis[name]])));
    const expected = ["MqttClient", "VirtualDevice", "MqttError", "ImageError", "TransferError", "prepareImage", "checkAccess",
      "isMqttError", "isImageError", "isTransferError"];
    for (const name of expected) assert.equal(types[name], "function", name);
    assert.equal(types.default, "function");
  });

  test(`init twice, with the address in each form, in a ${place}`, limit, async () => {
    const widths = await module.run(place, async ({ mis }) => {
      const address = new URL("/pkg/mqtt_image_sender_bg.wasm", location.origin);
      await mis.default();
      await mis.default({ module_or_path: address });
      const image = await mis.prepareImage(new ImageData(3, 2), { format: "png" });
      return [image.width, image.height];
    });
    assert.deepEqual(widths, [3, 2]);
  });
}

test("importing alone fetches nothing, opens nothing and leaves nothing behind", limit, async () => {
  const requests = module.site.requests.length;
  const changed = await module.page.evaluate(async () => {
    const before = new Set(Object.getOwnPropertyNames(globalThis));
    await import("/pkg/mqtt_image_sender.js?alone");
    return Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name));
  });
  assert.deepEqual(changed, []);
  const wasm = module.site.requests.slice(requests).filter((path) => path.endsWith(".wasm"));
  assert.deepEqual(wasm, []);
});

test("guards and error classes work before init", limit, async () => {
  const answers = await module.page.evaluate(async () => {
    const mis = await import("/pkg/mqtt_image_sender.js?before-init");
    const foreign = Object.assign(new Error("x"), { code: "closed" });
    return ["isMqttError", "isImageError", "isTransferError"].flatMap((guard) => [mis[guard](foreign), mis[guard](null), mis[guard]("text")]);
  });
  assert.deepEqual(answers, Array(9).fill(false));
});

for (const build of ["mqtt", "image"]) {
  test(`the ${build} build has its own names and no others`, limit, async () => {
    const names = await module.page.evaluate(async (path) => {
      const mis = await import(path);
      await mis.default();
      return Object.keys(mis);
    }, `/pkg/${build}/mqtt_image_sender.js`);
    const has = (name) => names.includes(name);
    assert.equal(has("MqttClient"), build === "mqtt");
    assert.equal(has("prepareImage"), build === "image");
    assert.equal(has("ImageError"), true);
  });
}
