// Reads objects of options: each option by its name, with its type and range, and nothing beside them. An option that is wrong
// reads as one that was left out; what was wrong first is kept, and told at the end. It begins with the option's name.
import { viewOf } from "./source.js";

const encoder = new TextEncoder();

const TOPICS = { to: "mqttTestPub", from: "mqttTestSub" };

/** An object of options that is being read. Every option that is asked for counts as known; `finish` refuses the rest. */
export class Options {
  #object;
  #path;
  #known = new Set();
  #flaws;
  #nested = [];

  /** `undefined` counts as no options at all. `path` stands before the names in messages: `reconnect.`, or nothing at the top. */
  constructor(object, name, path = "", flaws = []) {
    this.#path = path;
    this.#flaws = flaws;
    if (object === undefined || (typeof object === "object" && object !== null && !Array.isArray(object))) this.#object = object;
    else flaws.push(`${name}: must be an object`);
  }

  /** Says what an option is not. */
  refuse(name, reason) {
    this.#flaws.push(`${this.#path}${name}: ${reason}`);
  }

  /** Undefined where it is left out. */
  value(name) {
    this.#known.add(name);
    try {
      return this.#object?.[name];
    } catch {
      this.refuse(name, "could not be read: its getter threw");
    }
  }

  #checked(name, isRight, reason, usual) {
    const value = this.value(name);
    if (value !== undefined) {
      if (isRight(value)) return value;
      this.refuse(name, reason);
    }
    return usual;
  }

  string(name) {
    const value = this.value(name);
    if (value !== undefined) return this.text(value, name);
  }

  /** `to`, the topic of a device, or `from`, that of its feedback. */
  topic(name) {
    return this.string(name) ?? TOPICS[name];
  }

  /** A value that has to be text, whether it is an option or not. A lone surrogate has no UTF-8 form [MQTT-1.5.3-1]. */
  text(value, name) {
    if (typeof value === "string" && !/\p{Surrogate}/u.test(value)) return value;
    this.refuse(name, typeof value === "string" ? "must be well-formed Unicode" : "must be a string");
    return "";
  }

  binary(name) {
    const value = this.value(name);
    if (value !== undefined) return this.bytes(value, name);
  }

  /** A value that has to be text or bytes, whether it is an option or not. */
  bytes(value, name) {
    return typeof value === "string" ? encoder.encode(this.text(value, name)) : this.view(value, name, "a string or a Uint8Array");
  }

  /** The bytes of a buffer or of a view of one, which is otherwise to be `kinds`. */
  view(value, name, kinds) {
    const view = viewOf(value);
    // There is nothing to send in a buffer that was transferred elsewhere.
    if (!view) this.refuse(name, view === null ? "is a detached buffer: it was transferred elsewhere" : `must be ${kinds}`);
    return view ?? new Uint8Array();
  }

  boolean(name, usual) {
    return this.#checked(name, (value) => typeof value === "boolean", "must be true or false", usual);
  }

  number(name, least, most) {
    return this.#checked(name, (value) => typeof value === "number" && value >= least && value <= most, `must be a number from ${least} to ${most}`);
  }

  integer(name, least, most, usual) {
    return this.#checked(name, isWhole(least, most), `must be a whole number from ${least} to ${most}`, usual);
  }

  /** A whole number, or `other`, which is given as Infinity. */
  integerOr(name, least, most, usual, other = Infinity) {
    const isNumber = isWhole(least, most);
    const words = `must be a whole number from ${least} to ${most}, or ${other === Infinity ? other : `"${other}"`}`;
    const value = this.#checked(name, (value) => value === other || isNumber(value), words, usual);
    return value === other ? Infinity : value;
  }

  /** The place of one of `names`, which have commas between them. The first is the usual one. */
  choice(name, names) {
    const all = names.split(", ");
    return all.indexOf(this.#checked(name, (value) => all.includes(value), `must be one of ${names}`, all[0]));
  }

  function(name) {
    return this.#checked(name, (value) => typeof value === "function", "must be a function");
  }

  signal() {
    return this.#checked("signal", (value) => value instanceof AbortSignal, "must be an AbortSignal");
  }

  /** Further options under this one. */
  nested(name) {
    const value = this.value(name);
    if (value !== undefined) return this.under(value, name);
  }

  /** An object of options that belongs to the option with this name. */
  under(value, name) {
    const full = this.#path + name;
    const nested = new Options(value, full, `${full}.`, this.#flaws);
    this.#nested.push(nested);
    return nested;
  }

  /** What was wrong first, or undefined. Refuses every key that nobody asked for, here and in what is nested. */
  finish() {
    for (const key of Object.keys(this.#object ?? {})) {
      if (!this.#known.has(key) && this.value(key) !== undefined) this.refuse(key, "is not an option here");
    }
    for (const nested of this.#nested) nested.finish();
    return this.#flaws[0];
  }
}

const isWhole = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;
