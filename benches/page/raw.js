// A module of benches/plain: it has no bindings.

/** What the package's browser room would call is not called here. */
function strangers(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => {
      throw new Error(`${name} is not there`);
    };
  }
  return imports;
}

/** Its exports, and `call(parts, work)`: writes these parts to its memory, one behind the other, calls, and reads the result. */
export async function loadRaw(url) {
  const module = await WebAssembly.compileStreaming(fetch(url));
  const { exports } = await WebAssembly.instantiate(module, strangers(module));
  const { memory, input, output } = exports;
  const write = (parts) => {
    let at = input(parts.reduce((sum, part) => sum + part.length, 0));
    for (const part of parts) {
      new Uint8Array(memory.buffer).set(part, at);
      at += part.length;
    }
  };
  const call = (parts, work) => {
    write(parts);
    const length = work();
    if (length === 0) throw new Error("refused");
    return new Uint8Array(memory.buffer, output(), length).slice();
  };
  return { ...exports, write, call };
}
