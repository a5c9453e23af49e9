import Table from "cli-table3";

const PLAIN = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};

/** Columns without lines around them. Numbers are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const colAligns = head.map((_, column) => (typeof rows[0]?.[column] === "number" ? "right" : "left"));
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0 };
  const lines = new Table({ head: [...head], colAligns, chars: PLAIN, style });
  lines.push(...rows.map((row) => row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : cell))));
  return lines.toString().replaceAll(/ +$/gm, "");
}
