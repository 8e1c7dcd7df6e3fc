// From measurements to figures: medians, ratios within a round, a table and lines of JSON.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Collects figures and prints them. */
export class Figures {
  lines = [];

  /** `bench`: what each line of JSON says that it is of. */
  constructor(bench) {
    this.bench = bench;
  }

  /**
   * `rounds` are objects from variant to measurement. Compares `ours` with each other variant: the ratio is the median of
   * the ratios within each round, since a machine is not as fast in one round as in the next.
   */
  compare(name, rounds, value, unit) {
    for (const peer of Object.keys(rounds[0]).filter((variant) => variant !== "ours")) {
      const ratio = median(rounds.map((round) => value(round.ours) / value(round[peer])));
      this.add(name, median(rounds.map((round) => value(round.ours))), peer, median(rounds.map((round) => value(round[peer]))), unit, ratio);
    }
  }

  add(name, ours, peer, peerValue, unit, ratio = ours / peerValue) {
    this.lines.push({ bench: this.bench, case: name, ours, peer, peer_value: peerValue, ratio, unit });
  }

  print(asJson) {
    if (asJson) {
      for (const line of this.lines) console.log(JSON.stringify(rounded(line)));
      return;
    }
    const rows = this.lines.map((line) => [line.case, shown(line.ours), line.peer, shown(line.peer_value), line.ratio.toFixed(2), line.unit]);
    const head = ["case", "ours", "peer", "its value", "ratio", "unit"];
    const widths = head.map((word, column) => Math.max(word.length, ...rows.map((row) => row[column].length)));
    for (const row of [head, ...rows]) {
      console.log(row.map((cell, column) => (column === 1 || column === 3 || column === 4 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join("  ").trimEnd());
    }
  }
}

const shown = (value) => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3));
const rounded = (line) => Object.fromEntries(Object.entries(line).map(([key, value]) => [key, typeof value === "number" ? Number(value.toPrecision(6)) : value]));
