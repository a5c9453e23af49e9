import { z } from "zod";
import { InvalidEnvironment, parsed } from "../../stacks/parsed";

const schema = z.strictObject({
  name: z.string("must be a name"),
  host: z.union([z.literal("local"), z.strictObject({ url: z.string("must be a URL") })], "must be local or a URL"),
  sizes: z.record(
    z.string().regex(/^[a-z]+$/, "must be lower-case"),
    z.strictObject({ memory: z.number("must be a number").optional() }),
    "must be an object",
  ),
});

const VALID = { name: "shop", host: "local", sizes: { db: { memory: 512 } } };

test("gives back what is valid", () => {
  expect(parsed(schema, VALID, "shop.json")).toEqual(VALID);
});

test.each([
  ["a missing value", { ...VALID, name: undefined }, '"name" must be a name, got nothing'],
  ["a wrong value", { ...VALID, name: 5 }, '"name" must be a name, got 5'],
  ["an unknown key", { ...VALID, nmae: "shop" }, 'unknown key "nmae"; allowed here: name, host, sizes'],
  [
    "unknown keys inside",
    { ...VALID, sizes: { db: { memroy: 512, cpu: 1 } } },
    'unknown key "sizes.db.memroy", "sizes.db.cpu"; allowed here: memory',
  ],
  ["a key that cannot be one", { ...VALID, sizes: { DB: {} } }, 'key "sizes.DB" must be lower-case'],
  ["a value that is none of several forms", { ...VALID, host: 1 }, '"host" must be local or a URL, got 1'],
  ["a mistake in the form that was meant", { ...VALID, host: { url: 1 } }, '"host.url" must be a URL, got 1'],
  [
    "an unknown key in the form that was meant",
    { ...VALID, host: { url: "x", uri: "x" } },
    'unknown key "host.uri"; allowed here: url',
  ],
  [
    "a text far too long to show",
    { ...VALID, name: ["x".repeat(99)] },
    `"name" must be a name, got ["${"x".repeat(57)}…`,
  ],
])("says where %s is, what is allowed and what it got", (_, data, message) => {
  expect(() => parsed(schema, data, "shop.json")).toThrow(new InvalidEnvironment(`shop.json: ${message}`));
});

test("says every mistake, in a line of its own", () => {
  expect(() => parsed(schema, { host: 1, sizes: {} }, "shop.json")).toThrow(
    new InvalidEnvironment(
      'shop.json: "name" must be a name, got nothing\nshop.json: "host" must be local or a URL, got 1',
    ),
  );
});

test("does not repeat a password that someone wrote into a URL", () => {
  const url = z.string().regex(/^https:/, "must be a URL");
  expect(() => parsed(url, "ssh://deploy:hunter2@shop.example", "shop.json")).toThrow(
    new InvalidEnvironment('shop.json: must be a URL, got "ssh://deploy:…@shop.example"'),
  );
});
