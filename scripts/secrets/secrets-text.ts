/** One line of a secrets file. Its value must not be printed. */
export interface SecretLine {
  /** Counted from 1. */
  readonly number: number;
  /** What the line sets, as far as that can be told. */
  readonly name?: string;
  /** Nothing where Terraform and other readers would disagree about it. */
  readonly value?: string;
  /**
   * Why Terraform would refuse the line, and with it the whole file, or take it for something else. Without a word of the
   * line: what looks like a name may be a piece of a key.
   */
  readonly mistake?: string;
}

const BLANK_OR_COMMENT = /^\s*(#.*)?$/;
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=(.*)$/;
const WELL_FORMED = /^\s*[A-Za-z_]\w*\s*=\s*"([^"\\]*)"\s*(#.*)?$/;
const EMPTY = /^(\s*[A-Za-z_]\w*\s*=\s*)(?:"")?(\s*(?:#.*)?\r?)$/;

/**
 * The text of a secrets file: lines `NAME="value"`, comments and blank lines, which both Terraform and dotenv read.
 *
 * No dotenv library reads it here: they return the values alone, so comments and order would be lost on writing, and they
 * accept lines that Terraform does not (`NAME=value`, single quotes, `export`, a name set twice).
 */
export class SecretsText {
  readonly lines: readonly SecretLine[];

  constructor(private readonly text: string) {
    const firstOf = new Map<string, number>();
    this.lines = text.split(/\r?\n/).map((line, index) => {
      const read = readLine(line, index + 1);
      const first = read.name && firstOf.get(read.name);
      if (first) return { ...read, mistake: `sets the same name as line ${first}` };
      if (read.name) firstOf.set(read.name, read.number);
      return read;
    });
  }

  /** The line that sets a name, rather than one that leaves it empty. */
  find(name: string): SecretLine | undefined {
    const lines = this.lines.filter((line) => line.name === name);
    return lines.find((line) => line.value !== "") ?? lines[0];
  }

  /** The same text with more values: in the empty line that waits for one, else at the end. */
  with(values: ReadonlyMap<string, string>): string {
    const waiting = new Map(values);
    const filled = this.text.split("\n").map((line, index) => {
      const name = this.lines[index]?.name;
      const value = name && waiting.get(name);
      const empty = value && EMPTY.exec(line);
      if (!empty) return line;
      waiting.delete(name);
      return `${empty[1]}"${value}"${empty[2]}`;
    });
    const text = filled.join("\n");
    if (waiting.size === 0) return text;
    const added = [...waiting].map(([name, value]) => `${name}="${value}"\n`).join("");
    return text === "" || text.endsWith("\n") ? text + added : `${text}\n${added}`;
  }

  /** The same text with other values, each in the line that sets it now, and without the names that get none. */
  changed(values: ReadonlyMap<string, string | undefined>): string {
    const set = new Map([...values].filter((entry): entry is [string, string] => entry[1] !== undefined));
    const lines = this.text.split("\n").flatMap((line, index) => {
      const name = this.lines[index]?.name;
      if (!name || !values.has(name)) return [line];
      const value = set.get(name);
      set.delete(name);
      return value === undefined ? [] : [`${name}="${value}"`];
    });
    return new SecretsText(lines.join("\n")).with(set);
  }
}

function readLine(line: string, number: number): SecretLine {
  if (BLANK_OR_COMMENT.test(line)) return { number };
  const [, name, rest = ""] = ASSIGNMENT.exec(line) ?? [];
  if (!name) return { number, mistake: 'is neither NAME="value" nor a # comment' };
  const value = WELL_FORMED.exec(line)?.[1];
  if (value === undefined) {
    return { number, name, value: EMPTY.test(line) ? "" : undefined, mistake: mistakeIn(line, rest.trim()) };
  }
  const template = /[$%]\{/.exec(value)?.[0];
  return template
    ? { number, name, mistake: `has ${template} in its value, which Terraform would interpret` }
    : { number, name, value };
}

function mistakeIn(line: string, rest: string): string {
  const quoted = rest.length > 1 && rest.startsWith('"') && rest.endsWith('"');
  return quoted && !line.trimStart().startsWith("export")
    ? "has a quote or a backslash in its value, which Terraform would interpret"
    : 'must read NAME="value"';
}
