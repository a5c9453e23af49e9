/** One line of the result: something of ours beside what it is measured by. */
export interface Comparison {
  readonly name: string;
  /** Seconds, milliseconds, megabytes, or requests. */
  readonly ours: number;
  readonly other: number;
  readonly unit: "s" | "ms" | "MB" | "lost";
  /** Largest ratio (of requests: largest number) that is good enough. */
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

function row({ name, ours, other, unit, target }: Comparison): string[] {
  if (unit === "lost")
    return [name, String(ours), String(other), "", target === undefined ? "" : `${target}`, verdict(ours, target)];
  const ratio = ours / other;
  return [
    name,
    `${ours.toFixed(2)} ${unit}`,
    `${other.toFixed(2)} ${unit}`,
    `${ratio.toFixed(unit === "MB" ? 2 : 1)}x`,
    target === undefined ? "" : `<= ${Number(target.toFixed(2))}x`,
    verdict(ratio, target),
  ];
}

function verdict(value: number, target?: number): string {
  if (target === undefined) return "";
  return value <= target ? "ok" : "MISSED";
}
