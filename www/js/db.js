// The page's store: a few tables in IndexedDB. Where there is none (some private windows), they last as long as the page.

const NAME = "mqtt-image-sender";
/** Each table's key. `shows`: what a device shows now. @type {Record<string, string>} */
const TABLES = { devices: "id", brokers: "id", sends: "id", queue: "id", shows: "device" };

/** @type {Promise<IDBDatabase | null> | null} */
let opening = null;
/** @type {Record<string, Map<string, any>>} */
const memory = Object.fromEntries(Object.keys(TABLES).map((table) => [table, new Map()]));

/** @returns {Promise<IDBDatabase | null>} null where nothing can be kept */
function open() {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        for (const [table, keyPath] of Object.entries(TABLES)) request.result.createObjectStore(table, { keyPath });
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => (request.result.close(), (opening = null)); // a newer page in another tab
        resolve(request.result);
      };
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opening;
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
const complete = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("The store gave up."));
});

/** Every row of a table. @param {string} table @returns {Promise<any[]>} */
export async function rows(table) {
  const db = await open();
  if (!db) return [...memory[table].values()];
  return settled(db.transaction(table).objectStore(table).getAll());
}

/** @param {string} table @param {string} key @returns {Promise<any>} */
export async function row(table, key) {
  const db = await open();
  if (!db) return memory[table].get(key);
  return settled(db.transaction(table).objectStore(table).get(key));
}

/** Writes rows, all or none. @param {string} table @param {...any} values @returns {Promise<void>} */
export async function put(table, ...values) {
  const db = await open();
  if (!db) return values.forEach((value) => memory[table].set(value[TABLES[table]], value));
  const transaction = db.transaction(table, "readwrite");
  for (const value of values) transaction.objectStore(table).put(value);
  return complete(transaction);
}

/** @param {string} table @param {...string} keys @returns {Promise<void>} */
export async function remove(table, ...keys) {
  const db = await open();
  if (!db) return keys.forEach((key) => memory[table].delete(key));
  const transaction = db.transaction(table, "readwrite");
  for (const key of keys) transaction.objectStore(table).delete(key);
  return complete(transaction);
}

/** Empties every table. @returns {Promise<void>} */
export async function removeAll() {
  const db = await open();
  if (!db) return Object.values(memory).forEach((table) => table.clear());
  const transaction = db.transaction(Object.keys(TABLES), "readwrite");
  for (const table of Object.keys(TABLES)) transaction.objectStore(table).clear();
  return complete(transaction);
}

/** A key for a new row. */
export const newId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
