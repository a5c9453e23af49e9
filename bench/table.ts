/** One line of the result: something of ours beside what it is measured by. */
export type Comparison = Ratio | Count;

/** Ours against those of another. */
interface Ratio {
  readonly name: string;
  readonly unit: "s" | "ms" | "MB";
  readonly ours: number;
  readonly other: number;
  /** Largest ratio that is good enough. */
  readonly target?: number;
}

/** A number that speaks for itself. */
interface Count {
  readonly name: string;
  readonly unit: "count";
  readonly ours: number;
  readonly other?: number;
  /** Largest number that is good enough. */
  readonly target?: number;
}

const HEADER = ["", "ours", "other", "ratio", "target", ""];

export function table(comparisons: readonly Comparison[]): string {
  const rows = [HEADER, ...comparisons.map(row)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return rows.map((cells) => line(cells).join("  ").trimEnd()).join("\n");
}

function row(comparison: Comparison): string[] {
  const { name, ours, target } = comparison;
  if (comparison.unit === "count") {
    const other = comparison.other === undefined ? "" : String(comparison.other);
    return [name, rounded(ours), other, "", target === undefined ? "" : `<= ${target}`, verdict(ours, target)];
  }
  const ratio = ours / comparison.other;
  return [
    name,
    measure(ours, comparison.unit),
    measure(comparison.other, comparison.unit),
    `${ratio.toFixed(2)}x`,
    target === undefined ? "" : `<= ${rounded(target)}x`,
    verdict(ratio, target),
  ];
}

function measure(value: number, unit: string): string {
  return `${value.toFixed(value < 1 ? 3 : 2)} ${unit}`;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function verdict(value: number, target?: number): string {
  if (target === undefined) return "";
  return value <= target ? "ok" : "MISSED";
}
