// The same pictures by the browser's own means and by other people's packages. Each has `jpeg(blob, { width, height, input })`,
// and `pixels(blob)` where it can be asked for them.
import { loadRaw } from "./raw.js";

const QUALITY = 0.85;

/** The crate `image` alone, from benches/plain. */
export async function image() {
  const { call, to_jpeg, to_rgb } = await loadRaw("/plain.wasm");
  const file = async (blob) => [new Uint8Array(await blob.arrayBuffer())];
  return {
    jpeg: async (blob, { width, height }) => call(await file(blob), () => to_jpeg(width, height)),
    pixels: async (blob) => call(await file(blob), to_rgb),
  };
}

/** As one writes it: createImageBitmap, drawImage, convertToBlob. */
export const canvas = () => byCanvas({});
/** With the best of the canvas's ways to make a picture smaller. */
export const smoothCanvas = () => byCanvas({ imageSmoothingQuality: "high" });

async function byCanvas(settings) {
  return {
    async jpeg(blob, size) {
      const bitmap = await createImageBitmap(blob);
      const bytes = await draw(bitmap, size, settings);
      bitmap.close();
      return bytes;
    },
    async pixels(blob) {
      const bitmap = await createImageBitmap(blob);
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    },
  };
}

async function draw(picture, { width, height }, settings) {
  const target = new OffscreenCanvas(width, height);
  const context = Object.assign(target.getContext("2d"), settings);
  context.drawImage(picture, 0, 0, width, height);
  return encode(target);
}

async function encode(canvas) {
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return new Uint8Array(await blob.arrayBuffer());
}

/** WebCodecs, asked for about twice the width: it scales a JPEG while it decodes it. */
export async function decoder() {
  const decode = async (blob, desired) => {
    const decoder = new ImageDecoder({ data: blob.stream(), type: blob.type, ...desired });
    const { image } = await decoder.decode();
    decoder.close();
    return image;
  };
  return {
    async jpeg(blob, { width, height, input }) {
      const [fullWidth, fullHeight] = input.size;
      const desiredWidth = Math.min(1600, fullWidth);
      const desired = blob.type === "image/jpeg" ? { desiredWidth, desiredHeight: Math.round((desiredWidth * fullHeight) / fullWidth) } : {};
      const frame = await decode(blob, desired);
      const bytes = await draw(frame, { width, height }, {});
      frame.close();
      return bytes;
    },
    async pixels(blob) {
      const frame = await decode(blob, {});
      const pixels = new Uint8Array(frame.allocationSize({ format: "RGBA" }));
      await frame.copyTo(pixels, { format: "RGBA" });
      frame.close();
      return pixels;
    },
  };
}

/** jSquash with its defaults but for the quality. */
export async function jsquash() {
  const [jpeg, encoder, png, { default: resize }] = await Promise.all(
    ["jpeg/decode.js", "jpeg/encode.js", "png/decode.js", "resize/index.js"].map((path) => import(`/modules/@jsquash/${path}`)));
  const decode = async (blob) => (blob.type === "image/png" ? png : jpeg).default(await blob.arrayBuffer());
  return {
    async jpeg(blob, { width, height }) {
      const small = await resize(await decode(blob), { width, height });
      return new Uint8Array(await encoder.default(small, { quality: 85 }));
    },
    pixels: async (blob) => (await decode(blob)).data,
  };
}

/** It keeps the picture's shape: the longer side is told. On this thread, since its worker loads a script from elsewhere. */
export async function compression() {
  const { default: compress } = await import("/modules/browser-image-compression/dist/browser-image-compression.mjs");
  return {
    async jpeg(blob, { width }) {
      const file = new File([blob], "picture", { type: blob.type });
      const options = { maxWidthOrHeight: width, useWebWorker: false, fileType: "image/jpeg", initialQuality: QUALITY };
      return new Uint8Array(await (await compress(file, options)).arrayBuffer());
    },
  };
}

/** pica resizes; reading and writing are the browser's. */
export async function pica() {
  const { default: Pica } = await import("/modules/pica/dist/pica.mjs");
  const resizer = new Pica();
  return {
    async jpeg(blob, { width, height }) {
      const bitmap = await createImageBitmap(blob);
      const target = Object.assign(document.createElement("canvas"), { width, height });
      await resizer.resize(bitmap, target);
      bitmap.close();
      return new Uint8Array(await (await resizer.toBlob(target, "image/jpeg", QUALITY)).arrayBuffer());
    },
  };
}
