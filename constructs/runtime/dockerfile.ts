const FROM = /^([ \t]*FROM[ \t]+(?:--\S+[ \t]+)*)(\S+)(.*)$/gim;
const ARGUMENT = /^[ \t]*ARG[ \t]+(\w+)(?:=(.*?))?[ \t]*$/gim;
const VARIABLE = /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g;

/**
 * A Dockerfile with the locked digest behind each base. One that has a digest already, or is a stage, stays as it is. The
 * argument REGISTRY, which says where images are pulled from, is no part of a base's name.
 */
export function lockBases(
  dockerfile: string,
  args: Readonly<Record<string, string>>,
  digestOf: (reference: string) => string | undefined,
): string {
  const stages = new Set(["scratch"]);
  const values = { ...defaultsIn(dockerfile), ...args, REGISTRY: "" };
  return dockerfile.replace(FROM, (line, from: string, image: string, rest: string) => {
    const reference = expanded(image, values);
    const isBase = !stages.has(reference.toLowerCase()) && !reference.includes("@");
    const [, stage] = /^[ \t]+AS[ \t]+(\S+)/i.exec(rest) ?? [];
    if (stage) stages.add(stage.toLowerCase());
    const digest = isBase ? digestOf(reference) : undefined;
    return digest ? `${from}${image}@${digest}${rest}` : line;
  });
}

/** Arguments that stand before the first FROM, the only ones it knows. */
function defaultsIn(dockerfile: string): Record<string, string> {
  const [head = ""] = dockerfile.split(/^[ \t]*FROM[ \t]/im);
  const found = [...head.matchAll(ARGUMENT)];
  return Object.fromEntries(found.map(([, name, value = ""]) => [name, value.replace(/^(["'])(.*)\1$/, "$2")]));
}

function expanded(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    VARIABLE,
    (_, braced?: string, otherwise = "", bare?: string) => values[braced ?? bare ?? ""] || otherwise,
  );
}
