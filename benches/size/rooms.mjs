// What each room of the crate weighs in a module that cargo has just made, while it still has names: by how much less the
// code compresses to without the room's functions, by brotli at quality 11. A library's generic code counts as the library's.
//
//   CARGO_PROFILE_RELEASE_OPT_LEVEL=z cargo rustc --release --lib --crate-type cdylib --target wasm32-unknown-unknown --no-default-features --features mqtt,practice-elsewhere -- "-Cllvm-args=-inline-instr-cost=300 -inline-threshold=600 -inline-call-penalty=100 -max-store-memcpy=1 -max-store-memset=1 -disable-lsr -enable-pre=0 -disable-licm-promotion"
//   node benches/size/rooms.mjs target/wasm32-unknown-unknown/release/mqtt_image_sender.wasm
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

/** What a mangled name tells, first match first; the crate's own rooms come before all of them. */
const LIBRARIES = [
  [/dlmalloc|talc|___?rust_|__rdl_/, "the allocator"],
  [/wasm_bindgen|js_sys|web_sys|gloo|__wb|externref/, "wasm-bindgen"],
  [/3fmt/, "std: texts"],
  [/^_ZN5alloc|5alloc|alloc\.\./, "std: Vec, VecDeque, Rc, String"],
  [/^_/, "std: the rest"],
];

function room(name) {
  const [, nested, length, rest] = /mqtt_image_sender(?:\.\.(\w+?)(?:\.\.|\$)|(\d+)(\w+))/.exec(name) ?? [];
  if (nested ?? rest) return `src/${nested ?? rest.slice(0, Number(length))}`;
  return LIBRARIES.find(([pattern]) => pattern.test(name))?.[1] ?? "wasm-bindgen";
}

/** Reads the numbers and strings of a section [WebAssembly core specification, 5.2]. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  number() {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  take(length) {
    return this.bytes.subarray(this.at, (this.at += length));
  }

  list(read) {
    return Array.from({ length: this.number() }, read);
  }
}

/** The bodies of the module's own functions, without the shims that only tell wasm-bindgen of types, by room. */
function functions(bytes) {
  const module = new WebAssembly.Module(bytes);
  const names = new Map();
  const section = new Reader(new Uint8Array(WebAssembly.Module.customSections(module, "name")[0]));
  while (section.at < section.bytes.length) {
    const [kind] = section.take(1);
    const part = new Reader(section.take(section.number()));
    // 1: the functions' names.
    if (kind === 1) part.list(() => names.set(part.number(), Buffer.from(part.take(part.number())).toString()));
  }
  const first = WebAssembly.Module.imports(module).filter(({ kind }) => kind === "function").length;
  const all = code(bytes).map((body, index) => ({ name: names.get(first + index) ?? "", body }));
  return all.filter(({ name }) => !/describe/i.test(name)).map(({ name, body }) => ({ room: room(name), body }));
}

function code(bytes) {
  const module = new Reader(bytes);
  module.take(8);
  for (;;) {
    const [kind] = module.take(1);
    const section = new Reader(module.take(module.number()));
    if (kind === 10) return section.list(() => section.take(section.number()));
  }
}

const squeezed = (parts) => {
  const bytes = Buffer.concat(parts.map(({ body }) => body));
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
};
const kilo = (bytes) => (bytes / 1000).toFixed(1).padStart(6);

const all = functions(readFileSync(process.argv[2]));
const whole = squeezed(all);
const rows = [...new Set(all.map((one) => one.room))].map((name) => ({
  name,
  bytes: all.reduce((sum, one) => sum + (one.room === name ? one.body.length : 0), 0),
  squeezed: whole - squeezed(all.filter((one) => one.room !== name)),
}));
console.log("| kB | plain | brotli |\n|---|---:|---:|");
for (const row of rows.sort((a, b) => b.squeezed - a.squeezed)) console.log(`| ${row.name} | ${kilo(row.bytes)} | ${kilo(row.squeezed)} |`);
console.log(`| all code | ${kilo(all.reduce((sum, { body }) => sum + body.length, 0))} | ${kilo(whole)} |`);
