// Loads a build of the wasm module inside a worker, once; a failed load is forgotten, so that the next call tries again.

/** @param {() => Promise<any>} importModule @returns {() => Promise<any>} */
export function loader(importModule) {
  /** @type {Promise<any> | undefined} */
  let loading;
  return () => {
    loading ??= start(importModule).catch((cause) => {
      loading = undefined;
      throw cause;
    });
    return loading;
  };
}

async function start(importModule) {
  try {
    const module = await importModule();
    const exports = await module.default();
    return { ...module, memory: exports?.memory };
  } catch (cause) {
    const error = new Error("The wasm module could not be loaded. It is built by `cargo xtask build`.", { cause });
    error.name = "LoadError";
    throw Object.assign(error, { code: "load" });
  }
}
