// The devices and brokers that this browser keeps. One list of each, in memory, written through to the store and told to other tabs.
import { newId, put, remove, removeAll, rows } from "./db.js";
import { t } from "./texts.js";

/**
 * @typedef {{ id: string, name: string, url: string, username?: string, password?: string, passwordFor?: string, preset?: string,
 *   maxMessagesPerSecond?: number, keepAlive?: number, clientId?: string }} Broker `password` only when the person asked for it; it counts for the URL in `passwordFor` alone
 * @typedef {{ id: string, name: string, key: string, groups: string[], broker: string, to: string, from: string, status?: string,
 *   preset: string, image: Record<string, any>, send: Record<string, any>, sleeps: boolean, at: number }} Device
 */

/** The broker inside the module: it needs no address, no account and no network. */
export const PRACTICE = "practice";
const practiceBroker = () => /** @type {Broker} */ ({ id: PRACTICE, name: t("practice.broker"), url: "practice:" });

/** @returns {Device} */
const practiceDevice = () => ({
  id: PRACTICE, name: t("practice.device"), key: "practice", groups: [], broker: PRACTICE, to: "practice/img", from: "practice/ack",
  preset: "ws-7in5-v2", image: { width: 800, height: 480, format: "mono1" }, send: {}, sleeps: false, at: 0,
});

/** @type {Device[]} */
let deviceList = [];
/** @type {Broker[]} */
let brokerList = [];
const listeners = new Set();
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("mqtt-image-sender:registry") : null;
/** Passwords of this visit, by broker and URL. @type {Map<string, string>} */
const passwords = new Map();

let wasRead = false;
export const isRead = () => wasRead;

/** Reads what is kept, and tells it; a browser that was never here gets the practice device. @param {Promise<void>} ready who hears it is there */
export async function loadRegistry(ready) {
  await Promise.all([read(), ready]);
  wasRead = true;
  tell();
  if (channel) channel.onmessage = () => read().then(tell);
}

async function read() {
  const [devices, brokers] = await Promise.all([rows("devices"), rows("brokers")]);
  if (!devices.length && !brokers.length && !wasHere()) {
    devices.push(practiceDevice());
    put("devices", devices[0]).catch(() => {}); // the page shows it all the same
  }
  deviceList = devices.sort((a, b) => a.at - b.at || a.name.localeCompare(b.name));
  brokerList = brokers.sort((a, b) => a.name.localeCompare(b.name));
}

/** The practice device is put there once; whoever deletes it does not get it back. */
function wasHere() {
  try {
    const was = localStorage.getItem("mqtt-image-sender:was-here") === "1";
    localStorage.setItem("mqtt-image-sender:was-here", "1");
    return was;
  } catch {
    return deviceList.length > 0;
  }
}

/** In the order in which they were added. */
export const devices = () => deviceList;
/** The practice broker is always there. */
export const brokers = () => [...brokerList, practiceBroker()];
/** @param {string} id */
export const deviceOf = (id) => deviceList.find((device) => device.id === id);
/** By its id in the topics, or its name. @param {string} text */
export const deviceNamed = (text) => {
  const wanted = text.trim().toLowerCase();
  return deviceList.find(({ key, name }) => key.toLowerCase() === wanted || name.toLowerCase() === wanted);
};
/** @param {string} id */
export const brokerOf = (id) => brokers().find((broker) => broker.id === id);
/** Whether there is anything but the practice device. */
export const isFirstRun = () => brokerList.length === 0 && deviceList.every((device) => device.broker === PRACTICE);
/** @returns {string[]} by name */
export const groups = () => [...new Set(deviceList.flatMap((device) => device.groups))].sort((a, b) => a.localeCompare(b));

/** @param {() => void} heard called when it was read, and after every change, in this tab and in others */
export function onRegistry(heard) {
  listeners.add(heard);
}

function tell() {
  for (const heard of listeners) heard();
}

async function changed() {
  await read();
  channel?.postMessage("changed");
  tell();
}

/** @param {Broker[]} newBrokers @param {Device[]} newDevices */
export async function saveAll(newBrokers, newDevices) {
  await put("brokers", ...newBrokers);
  await put("devices", ...newDevices);
  await changed();
}

/** @param {...Device} some */
export async function saveDevices(...some) {
  await put("devices", ...some);
  await changed();
}

/** @param {...string} ids @returns {Promise<() => Promise<void>>} undoes it */
export async function deleteDevices(...ids) {
  const gone = deviceList.filter((device) => ids.includes(device.id));
  await remove("devices", ...ids);
  await changed();
  return () => saveDevices(...gone);
}

/** A password counts for the URL that it was given for: a broker that moves loses it. @param {Broker} broker */
export async function saveBroker(broker) {
  const { password, passwordFor, ...rest } = broker;
  await put("brokers", password && passwordFor === broker.url ? broker : rest);
  await changed();
}

/** Its devices stay, without a broker. @param {string} id @returns {Promise<() => Promise<void>>} undoes it */
export async function deleteBroker(id) {
  const gone = brokerOf(id);
  await remove("brokers", id);
  await changed();
  return () => saveBroker(gone);
}

export async function deleteEverything() {
  await removeAll();
  passwords.clear();
  await changed();
}

/** Keeps a password for this visit only. @param {Broker} broker @param {string} password */
export function rememberPassword(broker, password) {
  passwords.set(JSON.stringify([broker.id, broker.url]), password);
}

/** @param {Broker} broker @returns {string | undefined} */
export function passwordOf(broker) {
  const kept = broker.passwordFor === broker.url ? broker.password : undefined;
  return passwords.get(JSON.stringify([broker.id, broker.url])) ?? kept;
}

/** What `MqttClient.connect` is given. @param {Broker} broker */
export function brokerOptions(broker) {
  const { url, username, maxMessagesPerSecond, keepAlive, clientId } = broker;
  const password = passwordOf(broker);
  return { url, ...(username && { username }), ...(password && { password }), ...(maxMessagesPerSecond && { maxMessagesPerSecond }), ...(keepAlive && { keepAlive }), ...(clientId && { clientId }) };
}

/** A copy with a name and topics of its own. @param {Device} device @returns {Device} */
export function duplicateOf(device) {
  const taken = new Set(deviceList.map((other) => other.key));
  const stem = device.key.replace(/-\d+$/, "");
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  const key = `${stem}-${number}`;
  /** Where the key is a whole level only that one changes: "sign" also stands in "signs". */
  const moved = (topic) => {
    const levels = topic.split("/");
    if (levels.includes(device.key)) return levels.map((level) => (level === device.key ? key : level)).join("/");
    return device.key ? topic.replaceAll(device.key, key) : topic;
  };
  const status = device.status && { status: moved(device.status) };
  return { ...structuredClone(device), id: newId(), name: `${device.name.replace(/ \d+$/, "")} ${number}`, key, to: moved(device.to), from: moved(device.from), ...status, at: Date.now() };
}

/** Another device that listens or answers on one of these topics. @param {Device} device */
export function clashOf(device) {
  return deviceList.find((other) => other.id !== device.id && other.broker === device.broker && (other.to === device.to || other.from === device.from));
}
