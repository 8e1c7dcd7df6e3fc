// One picture to many devices: a delivery for each, all under way at once. The module puts in line what must wait. No view.
import { SendJob } from "./send.js";
import { brokerOf, brokerOptions } from "./registry.js";
import { coded } from "./rpc.js";

/** How long a sleeping sign is waited for, in seconds. */
export const PATIENCE = 3600;

/**
 * @typedef {import("./registry.js").Device} Device
 * @typedef {Promise<{ source: import("./pictures.js").Source, prepared: import("./pictures.js").Prepared }>} Picture
 * @typedef {{ id: string, device: Device, picture: Picture, image: Record<string, any>, job: SendJob, log: import("./broker.js").LogLine[], startedAt: number, replaced: boolean }} Delivery
 */

/** Deliveries that are under way, in any run: a newer picture for a device takes the place of the older. @type {Map<string, Delivery>} */
const underWay = new Map();

/** @param {string} device its id */
export const isUnderWay = (device) => underWay.has(device);

export class Run {
  /** @type {Delivery[]} */
  deliveries = [];
  at = Date.now();
  /** Called with what changed. @type {(delivery: Delivery) => void} */
  onChange = () => {};
  /** Called when a delivery begins, and when it is over. @type {(delivery: Delivery) => void} */
  onBegin = () => {};
  /** @type {(delivery: Delivery) => void} */
  onOver = () => {};

  /** @param {string} id @param {string} title */
  constructor(id, title) {
    this.id = id;
    this.title = title;
  }

  /** @param {{ device: Device, picture: Picture, image: Record<string, any>, name?: string }} what */
  add({ device, picture, image, name }) {
    const delivery = /** @type {Delivery} */ ({ id: `${this.id}-${device.id}`, device, picture, image, log: [], startedAt: Date.now(), replaced: false });
    delivery.job = this.#newJob(delivery, name);
    this.deliveries.push(delivery);
    return delivery;
  }

  #newJob(delivery, name) {
    const { device, picture } = delivery;
    const broker = brokerOf(device.broker);
    const wait = device.sleeps && { waitForDevice: PATIENCE };
    const draft = { broker: broker ? brokerOptions(broker) : { url: "" }, send: { ...wait, ...device.send, to: device.to, from: device.from, ...(name && { name }) }, image: delivery.image };
    return new SendJob({ draft, picture, place: device.broker, onChange: () => this.onChange(delivery), onLog: (lines) => delivery.log.push(...lines) });
  }

  start() {
    for (const delivery of this.deliveries) this.#begin(delivery);
  }

  /** @param {Delivery} delivery */
  async #begin(delivery) {
    const older = underWay.get(delivery.device.id);
    if (older && older !== delivery) {
      older.replaced = true;
      older.job.cancel();
    }
    underWay.set(delivery.device.id, delivery);
    this.onBegin(delivery);
    await (brokerOf(delivery.device.broker) ? delivery.job.run() : delivery.job.fail(coded("MqttError", "no-broker", "")));
    if (underWay.get(delivery.device.id) === delivery) underWay.delete(delivery.device.id);
    this.onOver(delivery);
  }

  /** What failed or was cancelled goes again, with the device as it now is. @param {Delivery} delivery @param {Device} device */
  retry(delivery, device = delivery.device) {
    if (!delivery.job.isOver) return;
    const { name } = delivery.job;
    Object.assign(delivery, { device, log: [], startedAt: Date.now(), replaced: false });
    delivery.job = this.#newJob(delivery, name || undefined);
    this.#begin(delivery);
  }

  get failed() {
    return this.deliveries.filter(({ job }) => job.state === "failed");
  }
  get isOver() {
    return this.deliveries.every(({ job }) => job.isOver);
  }
  get going() {
    return this.deliveries.filter(({ job }) => !job.isOver);
  }

  cancelRest() {
    for (const { job } of this.going) job.cancel();
  }

  /** Stands still, or goes on. @param {boolean} paused */
  pauseAll(paused) {
    for (const { job } of this.going) if (job.canPause && (job.state === "paused") !== paused) job.togglePause();
  }

  /** Numbers of the whole run. */
  get totals() {
    const jobs = this.deliveries.map(({ job }) => job);
    const is = (state) => jobs.filter((job) => job.state === state).length;
    const sum = (key) => jobs.reduce((total, job) => total + (job.progress?.[key] ?? 0), 0);
    const moving = jobs.filter((job) => job.state === "sending" && job.progress?.bytesPerSecond > 0);
    const left = moving.map(({ progress }) => (1000 * (progress.bytesTotal - progress.bytesAcked)) / progress.bytesPerSecond);
    return {
      all: jobs.length, done: is("done"), failed: is("failed"), cancelled: is("cancelled"), waiting: is("waiting"), paused: is("paused"),
      bytesAcked: sum("bytesAcked"), bytesTotal: jobs.reduce((total, job) => total + (job.progress?.bytesTotal || job.bytes || 0), 0),
      leftMs: left.length ? Math.max(...left) : undefined,
    };
  }
}
