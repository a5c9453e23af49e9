import { z } from "zod";

/** What the user wrote in an environment file, or in the process's environment, cannot work. */
export class InvalidEnvironment extends Error {}

/**
 * Parses with zod, whose messages here all read "must …".
 *
 * @param source named in errors, like the file's path
 * @throws InvalidEnvironment with a line for each mistake: where it is, what is allowed, the value got
 */
export function parsed<T extends z.ZodType>(type: T, data: unknown, source: string): z.output<T> {
  const result = type.safeParse(data);
  if (result.success) return result.data;
  const mistakes = result.error.issues.flatMap((issue) => explained(issue, type, data));
  throw new InvalidEnvironment(mistakes.map((mistake) => `${source}: ${mistake}`).join("\n"));
}

function explained(issue: z.core.$ZodIssue, type: z.ZodType, data: unknown): string[] {
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => quoted([...issue.path, key])).join(", ");
    return [`unknown key ${keys}; allowed here: ${keysAt(type, issue.path).join(", ")}`];
  }
  if (issue.code === "invalid_key") return [`key ${quoted(issue.path)} ${issue.issues[0]?.message}`];
  if (issue.code === "invalid_union") {
    // The form whose mistakes lie deeper is the one that was meant.
    const meant = issue.errors.find((mistakes) =>
      mistakes.some(({ code, path }) => code === "unrecognized_keys" || path.length > 0),
    );
    if (meant) {
      return meant.flatMap((mistake) => explained({ ...mistake, path: [...issue.path, ...mistake.path] }, type, data));
    }
  }
  const where = issue.path.length > 0 ? `${quoted(issue.path)} ` : "";
  return [`${where}${issue.message}, got ${shown(valueAt(data, issue.path))}`];
}

function quoted(path: readonly PropertyKey[]): string {
  return `"${path.join(".")}"`;
}

/** A value as an error may show it: not a whole file, and no password of a URL. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value).replace(/:[^/:@]+@/g, ":…@");
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], data);
}

/** Keys of the object at a path of the schema. */
function keysAt(type: unknown, path: readonly PropertyKey[]): string[] {
  let at = unwrapped(type);
  for (const key of path) {
    at = unwrapped(at instanceof z.ZodObject ? at.shape[String(key)] : at instanceof z.ZodRecord ? at.valueType : at);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrapped(type: unknown): unknown {
  if (type instanceof z.ZodUnion) return type.options.find((option) => option instanceof z.ZodObject);
  return type instanceof z.ZodDefault || type instanceof z.ZodOptional ? unwrapped(type.def.innerType) : type;
}
