// Modules of the page that need no page: what they decide, asked in Node.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { tests, www } from "../support/env.mjs";
import { run } from "../support/processes.mjs";

delete globalThis.BroadcastChannel; // it would keep this file alive
const load = (file) => import(pathToFileURL(join(www, "js", file)));
const { duplicateOf } = await load("registry.js");
const { isOnline } = await load("presence.js");

for (const [topic, key, copy] of [
  ["signs/hall/img", "hall", "signs/hall-2/img"],
  ["signs/sign/img", "sign", "signs/sign-2/img"],
  ["signs/sign-7/img", "sign-7", "signs/sign-2/img"],
  ["panel7/img", "7", "panel7-2/img"],
  ["wall", "", "wall"],
]) {
  test(`a copy of the device "${key}" on ${topic} listens on ${copy}`, () => {
    const device = { id: "a", name: "A", key, groups: [], broker: "b", to: topic, from: `${topic}/ack`, preset: "custom", image: {}, send: {}, sleeps: false, at: 0 };
    const { to, from } = duplicateOf(device);
    assert.deepEqual([to, from], [copy, `${copy}/ack`]);
  });
}

for (const [online, payloads] of [
  [true, ["online", "1", " Online ", "true", '{"online":true}', '{"status":"online"}', '{"battery":3}', "{"]],
  [false, ["", "0", "offline", "FALSE", '{"online":false}', '{"online":"false"}', '{"online":"offline"}', '{"online":0}', '{"state":"off"}']],
]) {
  test(`a device says that it is ${online ? "there" : "away"} by ${payloads.join(" ")}`, () => {
    for (const payload of payloads) assert.equal(isOnline(payload), online, payload);
  });
}

test("the types that the page's scripts name are the ones that they use", { timeout: 120_000 }, async () => {
  const scripts = readdirSync(join(www, "js"), { recursive: true }).filter((name) => name.endsWith(".js")).map((name) => join(www, "js", name));
  const options = ["--allowJs", "--checkJs", "--noEmit", "--skipLibCheck", "--target", "es2022", "--lib", "es2023,dom,dom.iterable", "--module", "esnext", "--moduleResolution", "bundler"];
  await run(process.execPath, [join(tests, "node_modules", "typescript", "bin", "tsc"), ...options, ...scripts], { ms: 110_000, cwd: www }); // where no types of Node are
});
