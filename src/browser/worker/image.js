// The worker that prepares pictures, one for all: a picture that is too much for it hurts no connection.
import init, { prepareImage } from "../image/mqtt_image_sender.js";
import { handOver, serve, toPlain } from "./rpc.js";

serve({
  /** @param {{ source: any, options: object, shown: boolean }} argument shown: what `preview()` will hand out is wanted too */
  async prepare({ source, options, shown }, { signal }) {
    await init();
    const image = await prepareImage(source, { ...options, signal });
    const { width, height, format, mime, name, quality, warnings } = image;
    const bytes = image.bytes.slice();
    const preview = shown ? previewOf(image) : {};
    image.free?.();
    const value = { bytes, width, height, format, mime, name, quality, warnings: [...warnings], preview };
    return handOver(value, [bytes.buffer, ...(preview.data ? [preview.data.data.buffer] : [])]);
  },
});

/** The main thread cannot wait for one, so it is made beforehand; and so is the error of a file that is no picture. */
function previewOf(image) {
  try {
    return { data: image.preview() };
  } catch (error) {
    return { error: toPlain(error) };
  }
}
