// The package's declarations against those that its owner wrote down: at least the same names, options and shapes.
import type * as api from "./api.js";
import type * as mis from "mqtt-image-sender";

/** Fails to compile unless its argument is `never`; the error then names what is missing. */
type None<Missing extends never> = Missing;
/** Fails to compile unless `Ours` can stand where `Theirs` is expected. */
type Fits<Theirs, Ours extends Theirs> = Ours;
export type Names = None<Exclude<keyof typeof api, keyof typeof mis>>;

// Both ways, so that no option is missing, narrower or wider than it was written down; more options may be there.
export type Options = [
  Fits<api.BrokerOptions, mis.BrokerOptions>, Fits<Pick<mis.BrokerOptions, keyof api.BrokerOptions>, api.BrokerOptions>,
  Fits<api.PrepareOptions, mis.PrepareOptions>, Fits<Pick<mis.PrepareOptions, keyof api.PrepareOptions>, api.PrepareOptions>,
  Fits<api.SendOptions, mis.SendOptions>, Fits<Pick<mis.SendOptions, keyof api.SendOptions>, api.SendOptions>,
];

export type Values = [
  Fits<api.Progress, mis.Progress>, Fits<api.PreparedImage, mis.PreparedImage>, Fits<api.Transfer, mis.Transfer>,
  Fits<api.ConnectionState, mis.ConnectionState>, Fits<mis.ConnectionState, api.ConnectionState>,
  Fits<mis.ImageSource, api.ImageSource>, Fits<api.MqttClient, mis.MqttClient>, Fits<api.VirtualDevice, mis.VirtualDevice>,
  Fits<api.MqttError, mis.MqttError>, Fits<api.ImageError, mis.ImageError>, Fits<api.TransferError, mis.TransferError>,
];

export type Functions = [
  Fits<typeof api.prepareImage, typeof mis.prepareImage>, Fits<typeof api.checkAccess, typeof mis.checkAccess>,
  Fits<typeof api.MqttClient.connect, typeof mis.MqttClient.connect>,
  Fits<typeof api.VirtualDevice.attach, typeof mis.VirtualDevice.attach>,
  // wasm-pack's own entry takes an object too; what it loads is its own affair.
  Fits<Promise<unknown>, ReturnType<typeof mis.default>>,
];

/** `readonly` is not seen by assignability, so it is asked for by name. */
type ReadonlyKeys<T> = { [K in keyof T]-?: (<X>() => X extends { [P in K]: T[K] } ? 1 : 2) extends <X>() => X extends { readonly [P in K]: T[K] } ? 1 : 2 ? K : never }[keyof T];
export type Readonly = [
  None<Exclude<ReadonlyKeys<api.MqttClient>, ReadonlyKeys<mis.MqttClient>>>, None<Exclude<ReadonlyKeys<api.PreparedImage>, ReadonlyKeys<mis.PreparedImage>>>,
  None<Exclude<ReadonlyKeys<api.Transfer>, ReadonlyKeys<mis.Transfer>>>,
];
