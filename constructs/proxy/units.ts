/** A span of time, as Nginx writes it. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

/** A size, as Nginx writes it; `k` and `m` are 1024 and 1024² bytes. */
export type Size = `${number}${"k" | "m" | "g"}`;

export function isDuration(text: string): text is Duration {
  return /^[1-9]\d*[smhd]$/.test(text);
}

export function isSize(text: string): text is Size {
  return /^[1-9]\d*[kmg]$/.test(text);
}
