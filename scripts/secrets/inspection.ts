import { type NeededSecret, standsIn } from "./needed-secrets";
import type { SecretLine, SecretsText } from "./secrets-text";

/** How one needed secret stands. */
export interface State {
  readonly name: string;
  /** In words, and without the value. */
  readonly is: string;
  /** What must change before a plan accepts it; nothing when it is right. */
  readonly wrong?: "absent" | "line" | "variable";
  /** Who gives it out, if it is not generated. */
  readonly from?: string;
  /** Where in the file it is. */
  readonly line?: number;
}

export interface Inspection {
  readonly states: readonly State[];
  /** Other lines, with which Terraform refuses the whole file. */
  readonly mistakes: readonly SecretLine[];
  readonly warnings: readonly string[];
}

/** Says of each needed secret whether a plan would accept it, and what else is odd about the file at `path`. */
export function inspection(
  needed: readonly NeededSecret[],
  path: string,
  text: SecretsText,
  variables: NodeJS.ProcessEnv,
): Inspection {
  const has = (name: string) => Boolean(text.find(name)?.value || variables[`TF_VAR_${name}`]);
  const states = needed
    .filter(({ name, shared }) => !shared || has(name) || text.find(name))
    .map((secret) => stateOf(secret, text.find(secret.name), variables, has));
  const explained = new Set(states.filter(({ wrong }) => wrong).map(({ line }) => line));
  const hiding = states.filter(({ name, line }) => line && variables[`TF_VAR_${name}`]);
  const unneeded = text.lines.filter(
    ({ name, mistake }) =>
      name &&
      !mistake &&
      !needed.some((secret) => name === secret.name && (!secret.shared || standsIn(secret, needed, has))) &&
      !needed.some(({ rotations }) => name === rotations),
  );
  return {
    states,
    mistakes: text.lines.filter(({ number, mistake }) => mistake && !explained.has(number)),
    warnings: [
      ...hiding.map(({ name, line }) => `TF_VAR_${name} is ignored, because line ${line} of ${path} wins`),
      ...unneeded.map(({ name, number }) => `nothing needs ${name} in line ${number} of ${path}; remove it`),
    ],
  };
}

function stateOf(
  { name, minLength, from, sharedName }: NeededSecret,
  line: SecretLine | undefined,
  variables: NodeJS.ProcessEnv,
  has: (name: string) => boolean,
): State {
  const variable = `TF_VAR_${name}`;
  if (sharedName && !has(name) && has(sharedName) && (!line || line.value === "")) {
    return { name, is: `${sharedName} stands in for it` };
  }
  if (!line) {
    const value = variables[variable];
    if (!value) return { name, is: from ? `missing, ${from} gives it out` : "missing", wrong: "absent", from };
    const short = tooShort(value, minLength);
    return short
      ? { name, is: `${short} (${variable})`, wrong: "variable" }
      : { name, is: `set, from the variable ${variable}` };
  }
  const { number, value, mistake } = line;
  // Left to the variable, `generate` would not fill the line, which hides that variable.
  if (value === "") {
    return {
      name,
      is: `missing, line ${number} is empty`,
      wrong: variables[variable] ? "line" : "absent",
      line: number,
      from,
    };
  }
  if (value === undefined) return { name, is: `unreadable, line ${number} ${mistake}`, wrong: "line", line: number };
  const short = tooShort(value, minLength);
  return short
    ? { name, is: `${short} (line ${number})`, wrong: "line", line: number }
    : { name, is: `set, from the file (line ${number})`, line: number };
}

function tooShort(value: string, minLength: number): string | undefined {
  // Terraform counts what a reader would call a character.
  const { length } = [...new Intl.Segmenter().segment(value)];
  return length < minLength ? `too short, ${length} of at least ${minLength} characters` : undefined;
}

/** What to do and to type, in order; nothing when all is well. */
export function remedy({ states, mistakes }: Inspection, path: string, environment: string): string | undefined {
  const wrong = (what: State["wrong"]) => states.filter((state) => state.wrong === what);
  const lines = [...wrong("line").map(({ line }) => line), ...mistakes.map(({ number }) => number)];
  const variables = wrong("variable").map(({ name }) => `TF_VAR_${name}`);
  const given = wrong("absent").filter(({ from }) => from);
  const generated = wrong("absent").filter(({ from }) => !from);
  const steps = [
    ...(lines.length > 0
      ? [`correct or remove line${lines.length > 1 ? "s" : ""} ${lines.join(", ")} of ${path}`]
      : []),
    ...(variables.length > 0 ? [`give ${variables.join(" and ")} a longer value`] : []),
    ...(given.length > 0 ? [`write ${given.map(({ name }) => `${name}="…"`).join(", ")} into ${path}`] : []),
    ...(lines.length + generated.length > 0 ? [`type: npm run secrets -- generate ${environment}`] : []),
  ];
  return steps.length > 0 ? steps.join(", then ") : undefined;
}
