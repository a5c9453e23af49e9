/**
 * Terraform's own words from the output of `cdktf deploy`, which puts the stack's name or as many spaces before each
 * line.
 */
export function errorsIn(output: string, stack: string): string | undefined {
  const prefix = new RegExp(`^(${stack}| {${stack.length}})  `);
  const lines = output.split("\n").map((line) => line.replace(prefix, ""));
  const first = lines.findIndex((line) => line.startsWith("Error: "));
  if (first === -1) return undefined;
  const end = lines.findIndex((line, i) => i > first && /^\d+ Stacks? deploying/.test(line));
  return lines
    .slice(first, end === -1 ? undefined : end)
    .join("\n")
    .trim();
}

/** What a line of `cdktf deploy` says is being done, like "creating db/server". */
export function resourceIn(line: string): string | undefined {
  const match = /\(([\w/-]+?)(?:\/Resource)?\): (Creating|Destroying|Modifying)\.\.\./.exec(line);
  return match ? `${match[2]?.toLowerCase()} ${match[1]}` : undefined;
}

/** What to type where Terraform's own words don't say it. */
export function remedyFor(errors = ""): string | undefined {
  const port = /listen tcp\S* \S*?:(\d+): bind: address already in use|Bind for \S*?:(\d+) failed/.exec(errors);
  if (!port) return undefined;
  return (
    `What to do: stop what uses port ${port[1] ?? port[2]}, or choose other "ports" for this machine in ` +
    'environments/chenu/local.override.json, like { "ports": { "http": 9080, "https": 9443 } }'
  );
}
