import { generation, type Step } from "../../../scripts/secrets/generation";
import { SecretsText } from "../../../scripts/secrets/secrets-text";

const NONE = new SecretsText("");

function generated(step: Step | undefined): string {
  return step?.does === "generate" ? step.value : "";
}

test("generates what is missing, as long as it must be and at least 32 characters", () => {
  for (const [minLength, length] of [
    [1, 43],
    [24, 43],
    [43, 44],
    [44, 44],
    [64, 64],
    [65, 66],
    [1000, 1000],
  ] as const) {
    const [step] = generation([{ name: "A", minLength }], NONE, {});
    expect(generated(step)).toHaveLength(length);
    expect(generated(step)).toMatch(/^[\w-]+$/);
  }
});

test("generates another value every time", () => {
  const needed = Array.from({ length: 200 }, (_, i) => ({ name: `S${i}`, minLength: 16 }));
  expect(new Set(generation(needed, NONE, {}).map(generated)).size).toBe(200);
});

test.each(['A="set"', 'A="x"', "A=unquoted", 'A="${x}"', 'A=""\nA="set"', "export A="])("keeps %s", (text) => {
  expect(generation([{ name: "A", minLength: 16 }], new SecretsText(text), { TF_VAR_A: "other" })).toEqual([
    { does: "keep", name: "A" },
  ]);
});

test.each(['A=""', "A=", '# A="old"', 'AB="other"'])("takes %s for missing", (text) => {
  expect(generation([{ name: "A", minLength: 16 }], new SecretsText(text), {})[0]?.does).toBe("generate");
});

test("leaves a secret to the variable that has it, which a line in the file would hide", () => {
  expect(generation([{ name: "A", minLength: 16 }], NONE, { TF_VAR_A: "set" })).toEqual([
    { does: "leave", name: "A", variable: "TF_VAR_A" },
  ]);
  expect(generation([{ name: "A", minLength: 16 }], NONE, { TF_VAR_A: "" })[0]?.does).toBe("generate");
});

test("asks for what somebody else gives out", () => {
  expect(generation([{ name: "A", minLength: 8, from: "Stripe" }], NONE, {})).toEqual([
    { does: "ask", name: "A", from: "Stripe" },
  ]);
});

test("makes no value where a shared one stands in, and no shared one", () => {
  const needed = [
    { name: "A", minLength: 8, sharedName: "ALL" },
    { name: "ALL", minLength: 8, shared: true },
  ];
  expect(generation(needed, NONE, {}).map(({ does, name }) => [does, name])).toEqual([["generate", "A"]]);
  expect(generation(needed, new SecretsText('ALL="set"'), {})).toEqual([
    { does: "leave", name: "A", variable: "ALL" },
    { does: "keep", name: "ALL" },
  ]);
  expect(generation(needed, NONE, { TF_VAR_ALL: "set" })[0]).toEqual({ does: "leave", name: "A", variable: "ALL" });
});
