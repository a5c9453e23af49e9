import { lockBases } from "../../../constructs/runtime/dockerfile";

const DIGEST = `sha256:${"1".repeat(64)}`;

/** Every base it asks about, and the text where all of them are locked. */
function locked(dockerfile: string, args: Record<string, string> = {}): { bases: string[]; text: string } {
  const bases: string[] = [];
  const text = lockBases(dockerfile, args, (base) => {
    bases.push(base);
    return DIGEST;
  });
  return { bases, text };
}

test("a base gets the digest behind its tag, and keeps its registry, platform and stage", () => {
  expect(
    locked("ARG REGISTRY\nFROM --platform=$BUILDPLATFORM ${REGISTRY}golang:1.27 AS build\nRUN go build\n"),
  ).toEqual({
    bases: ["golang:1.27"],
    text: `ARG REGISTRY\nFROM --platform=$BUILDPLATFORM \${REGISTRY}golang:1.27@${DIGEST} AS build\nRUN go build\n`,
  });
});

test("a base that an argument names is the one of the build, or the one it has by default", () => {
  const dockerfile = 'ARG BASE="postgres:17"\nFROM ${BASE}\n';
  expect(locked(dockerfile).bases).toEqual(["postgres:17"]);
  expect(locked(dockerfile, { BASE: "postgres:18" })).toEqual({
    bases: ["postgres:18"],
    text: `ARG BASE="postgres:17"\nFROM \${BASE}@${DIGEST}\n`,
  });
  expect(locked("FROM python:${PYTHON:-3.14}-slim\n").bases).toEqual(["python:3.14-slim"]);
});

test("an argument of a stage names no base", () => {
  expect(locked("FROM a:1\nARG BASE=b:1\nFROM ${BASE:-c:1}\n").bases).toEqual(["a:1", "c:1"]);
});

test.each([
  ["a stage", "FROM a:1 AS Build\nFROM build\n", ["a:1"]],
  ["scratch", "FROM scratch\n", []],
  ["one with a digest of its own", `FROM a:1@sha256:${"2".repeat(64)}\n`, []],
])("%s stays as it is", (_, dockerfile, bases) => {
  const found = locked(dockerfile);
  expect(found.bases).toEqual(bases);
  expect(found.text.split("\n").at(-2)).toBe(dockerfile.split("\n").at(-2));
});

test("without a locked digest not a byte changes", () => {
  const dockerfile = "from a:1\nFROM b:1 as c\n";
  expect(lockBases(dockerfile, {}, () => undefined)).toBe(dockerfile);
});
