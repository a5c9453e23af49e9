import { randomBytes } from "node:crypto";
import type { NeededSecret } from "./needed-secrets";
import type { SecretsText } from "./secrets-text";

/** Bytes of randomness in a generated value: as much as a 256-bit key, in 43 characters. */
const STRENGTH = 32;

/** What becomes of one needed secret. */
export type Step =
  /** The file has it, right or wrong. */
  | { readonly does: "keep"; readonly name: string }
  /** A variable has it, which a line in the file would hide, or another secret stands in for it. */
  | { readonly does: "leave"; readonly name: string; readonly variable: string }
  /** Only somebody else can give it. */
  | { readonly does: "ask"; readonly name: string; readonly from: string }
  | { readonly does: "generate"; readonly name: string; readonly value: string };

/** Decides what to generate. Nothing that is there is ever replaced. */
export function generation(
  needed: readonly NeededSecret[],
  text: SecretsText,
  variables: NodeJS.ProcessEnv,
): readonly Step[] {
  return needed.flatMap(({ name, minLength, from, sharedName, shared }): Step | [] => {
    if (isWritten(text, name)) return { does: "keep", name };
    const variable = `TF_VAR_${name}`;
    if (variables[variable]) return { does: "leave", name, variable };
    if (shared) return [];
    if (sharedName && (isWritten(text, sharedName) || variables[`TF_VAR_${sharedName}`])) {
      return { does: "leave", name, variable: sharedName };
    }
    if (from) return { does: "ask", name, from };
    return { does: "generate", name, value: randomValue(minLength) };
  });
}

/** Whether the file has it, right or wrong. */
function isWritten(text: SecretsText, name: string): boolean {
  const line = text.find(name);
  return line !== undefined && line.value !== "";
}

/** Letters, digits, "-" and "_": the same inside quotes, a URL, a shell and a template. */
export function randomValue(minLength: number): string {
  // Four characters carry three bytes.
  return randomBytes(Math.max(STRENGTH, Math.ceil((minLength * 3) / 4))).toString("base64url");
}
