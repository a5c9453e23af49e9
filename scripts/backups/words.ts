const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes as people say them: `3.1 MB`. */
export function size(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/** How long ago: `3 hours`. */
export function age(seconds: number): string {
  const [unit, length] = (
    [
      ["day", 86_400],
      ["hour", 3600],
      ["minute", 60],
      ["second", 1],
    ] as const
  ).find(([, length]) => seconds >= 2 * length) ?? ["second", 1];
  return counted(Math.max(0, Math.floor(seconds / length)), unit);
}

/** `1 row`, `1,234 rows`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** A moment as `--at` takes it: `2026-11-20 03:00:02`. */
export function moment(seconds: number, timeZone: string): string {
  // Sweden writes times as ISO does.
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone }).format(seconds * 1000);
}
