// Reads objects of options: each option by its name, with its type and range, and nothing beside them. What is wrong is thrown
// as text, which begins with the option's name.

/** An object of options that is being read. Every option that is asked for counts as known; `finish` refuses the rest. */
export class Options {
  #object;
  #path;
  #known = new Set();

  /** `undefined` counts as no options at all. `path` stands before the names in messages: `reconnect.`, or nothing at the top. */
  constructor(object, name, path) {
    if (object !== undefined && (typeof object !== "object" || object === null || Array.isArray(object))) throw `${name}: must be an object`;
    this.#object = object;
    this.#path = path;
  }

  /** What an option is not, with its full name. */
  invalid(name, reason) {
    return `${this.#path}${name}: ${reason}`;
  }

  /** Undefined where it is left out. */
  value(name) {
    this.#known.add(name);
    try {
      return this.#object?.[name];
    } catch {
      throw this.invalid(name, "could not be read: its getter threw");
    }
  }

  #checked(name, isRight, reason) {
    const value = this.value(name);
    if (value === undefined || isRight(value)) return value;
    throw this.invalid(name, reason);
  }

  string(name) {
    const text = this.value(name);
    const flaw = text === undefined ? undefined : flawInText(text);
    if (flaw) throw this.invalid(name, flaw);
    return text;
  }

  boolean(name) {
    return this.#checked(name, (value) => typeof value === "boolean", "must be true or false");
  }

  number(name, least, most) {
    return this.#checked(name, (value) => typeof value === "number" && value >= least && value <= most, `must be a number from ${least} to ${most}`);
  }

  integer(name, least, most) {
    return this.#checked(name, isWhole(least, most), `must be a whole number from ${least} to ${most}`);
  }

  /** A whole number, or `other`, which is given as Infinity. */
  integerOr(name, least, most, other) {
    const isNumber = isWhole(least, most);
    const words = `must be a whole number from ${least} to ${most}, or ${typeof other === "string" ? `"${other}"` : other}`;
    const value = this.#checked(name, (value) => value === other || isNumber(value), words);
    return value === other ? Infinity : value;
  }

  /** One of `names`, which have commas between them. */
  choice(name, names) {
    return this.#checked(name, (value) => names.split(", ").includes(value), `must be one of ${names}`);
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
    const full = this.#path + name;
    return value === undefined ? undefined : new Options(value, full, `${full}.`);
  }

  /** Refuses every key that nobody asked for. */
  finish() {
    for (const key of Object.keys(this.#object ?? {})) {
      if (!this.#known.has(key) && this.value(key) !== undefined) throw this.invalid(key, "is not an option here");
    }
  }
}

const isWhole = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;

/** Why a value cannot be sent as text, or undefined. A lone surrogate has no UTF-8 form [MQTT-1.5.3-1]. */
export function flawInText(value) {
  if (typeof value !== "string") return "must be a string";
  return /\p{Surrogate}/u.test(value) ? "must be well-formed Unicode" : undefined;
}
