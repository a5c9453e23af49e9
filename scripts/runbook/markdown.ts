/** A block to copy and paste. */
export function sh(...lines: string[]): string {
  return ["```sh", ...lines, "```"].join("\n");
}

/** What a command prints, or something like it. */
export function prints(...lines: string[]): string {
  return ["```text", ...lines, "```"].join("\n");
}

/** Paragraphs, blocks and lists, without those that don't apply. */
export function text(...parts: (string | undefined | false)[]): string {
  return parts.filter(Boolean).join("\n\n");
}

export function steps(...parts: string[]): string {
  return parts.map((part, index) => `**${index + 1}.** ${part}`).join("\n\n");
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
