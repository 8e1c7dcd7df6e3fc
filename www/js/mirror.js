// A transfer's progress, log and outcome as plain objects that can cross to another thread.

const PROGRESS = ["phase", "bytesAcked", "bytesTotal", "chunksAcked", "chunksTotal", "resends", "ignored", "stalled", "elapsedMs", "bytesPerSecond"];
const LINE = ["atMs", "event", "function", "number", "status", "reason"];

export const progressOf = (progress) => copy(progress, PROGRESS);
export const outcomeOf = (outcome) => copy(outcome, [...PROGRESS, "name", "bytes", "crc32", "numbering"]);

/** Returns a function that yields the lines that a transfer's log got since the last call; the log itself drops its oldest. */
export function newLines(transfer) {
  let length = 0;
  let last = "";
  return () => {
    const log = transfer.log.map((line) => copy(line, LINE));
    const grown = log.length > length || log.length === 0 ? length : log.findLastIndex((line) => JSON.stringify(line) === last) + 1;
    length = log.length;
    last = JSON.stringify(log.at(-1));
    return log.slice(grown);
  };
}

/** A plain copy: what the module hands out may be an object of its own class. */
function copy(from, keys) {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]));
}
