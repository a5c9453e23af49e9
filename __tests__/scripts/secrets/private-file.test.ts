import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PrivateFile } from "../../../scripts/secrets/private-file";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-file-"));
  path = join(folder, "secrets");
});
afterEach(() => rmSync(folder, { recursive: true }));

function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}

test("is created for its owner alone, whatever the umask", () => {
  for (const umask of [0, 0o277]) {
    const before = process.umask(umask);
    try {
      new PrivateFile(path).update(() => "new");
      expect(modeOf(path)).toBe(0o600);
      rmSync(path);
    } finally {
      process.umask(before);
    }
  }
});

test("replaces the text and a wider mode", () => {
  writeFileSync(path, "old");
  chmodSync(path, 0o644);
  const file = new PrivateFile(path);
  expect(file.widerMode).toBe("0644");
  file.update((text) => `${text} and new`);
  expect(readFileSync(path, "utf8")).toBe("old and new");
  expect(modeOf(path)).toBe(0o600);
  expect(file.widerMode).toBeUndefined();
  expect(readdirSync(folder)).toEqual(["secrets"]);
});

test("stays as it is, and leaves no draft, when the change fails", () => {
  writeFileSync(path, "old");
  const failing = () =>
    new PrivateFile(path).update(() => {
      throw new Error("no");
    });
  expect(failing).toThrow("no");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["secrets"]);
});

test("has one writer at a time", () => {
  writeFileSync(path, "old");
  const file = new PrivateFile(path);
  file.update((text) => {
    expect(() => file.update(() => "second")).toThrow(`${path}.new is there: another command is writing this file`);
    return `${text} and first`;
  });
  expect(readFileSync(path, "utf8")).toBe("old and first");
});

test("is the file behind a link", () => {
  writeFileSync(path, "old");
  const link = join(folder, "link");
  symlinkSync("secrets", link);
  new PrivateFile(link).update(() => "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(
    readdirSync(folder, { withFileTypes: true })
      .find(({ name }) => name === "link")
      ?.isSymbolicLink(),
  ).toBe(true);
});

test("is not touched when it is not UTF-8", () => {
  const bytes = Buffer.from([0x41, 0x3d, 0x22, 0xff, 0x22]);
  writeFileSync(path, bytes);
  expect(() => new PrivateFile(path).update((text) => `${text}more`)).toThrow(`${path} is not a text file in UTF-8`);
  expect(readFileSync(path)).toEqual(bytes);
});
