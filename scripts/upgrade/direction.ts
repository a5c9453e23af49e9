/** Why data of one series, like `postgres 17`, can't be brought to another: a dump is for the same engine, no older one. */
export function mistakeBetween(from: string, to: string): string | undefined {
  const [[engine, version = ""], [other, newer = ""]] = [from.split(" "), to.split(" ")];
  if (engine !== other) return `and an upgrade brings them to a newer ${engine}, not to ${to}`;
  const isOlder = version.localeCompare(newer, "en", { numeric: true }) > 0;
  return isOlder ? `which the older ${to} can't take` : undefined;
}
