import { inspection, remedy } from "../../../scripts/secrets/inspection";
import { SecretsText } from "../../../scripts/secrets/secrets-text";

const GOOD = "x".repeat(16);
const FILE = ".env.shop.staging";

function inspect(text: string, variables: NodeJS.ProcessEnv = {}, names = ["A"]) {
  const needed = names.map((name) => ({ name, minLength: 16 }));
  const found = inspection(needed, FILE, new SecretsText(text), variables);
  return { ...found, is: found.states.map(({ is }) => is), remedy: remedy(found, FILE, "staging") };
}

test("says where each secret comes from", () => {
  const found = inspect(`A="${GOOD}"\n`, { TF_VAR_B: GOOD }, ["A", "B"]);
  expect(found.is).toEqual(["set, from the file (line 1)", "set, from the variable TF_VAR_B"]);
  expect(found.warnings).toEqual([]);
  expect(found.remedy).toBeUndefined();
});

test.each<[string, NodeJS.ProcessEnv, string, string]>([
  ["", {}, "missing", "type: npm run secrets -- generate staging"],
  ["", { TF_VAR_A: "" }, "missing", "type: npm run secrets -- generate staging"],
  ['A=""', {}, "missing, line 1 is empty", "type: npm run secrets -- generate staging"],
  ["A=", {}, "missing, line 1 is empty", "type: npm run secrets -- generate staging"],
  [
    'A=""',
    { TF_VAR_A: GOOD },
    "missing, line 1 is empty",
    `correct or remove line 1 of ${FILE}, then type: npm run secrets -- generate staging`,
  ],
  [
    'A="fifteen-letters"',
    {},
    "too short, 15 of at least 16 characters (line 1)",
    `correct or remove line 1 of ${FILE}, then type: npm run secrets -- generate staging`,
  ],
  ["", { TF_VAR_A: "short" }, "too short, 5 of at least 16 characters (TF_VAR_A)", "give TF_VAR_A a longer value"],
  [
    `A=${GOOD}`,
    {},
    'unreadable, line 1 must read NAME="value"',
    `correct or remove line 1 of ${FILE}, then type: npm run secrets -- generate staging`,
  ],
])("with %j and %j: %s", (text, variables, is, todo) => {
  const found = inspect(text, variables);
  expect(found.is).toEqual([is]);
  expect(found.mistakes).toEqual([]);
  expect(found.remedy).toBe(todo);
});

test("names every remedy once, in the order to do them", () => {
  const found = inspect('A="short"\nnonsense\n', { TF_VAR_B: "short" }, ["A", "B", "C"]);
  expect(found.remedy).toBe(
    `correct or remove lines 1, 2 of ${FILE}, then give TF_VAR_B a longer value, then type: npm run secrets -- generate staging`,
  );
});

test("counts characters as Terraform does", () => {
  expect(inspect(`A="${"é".repeat(16)}"`).remedy).toBeUndefined();
  expect(inspect(`A="${"e\u0301".repeat(15)}"`).is[0]).toMatch("too short, 15 of");
  expect(inspect(`A="${"👩‍👩‍👧".repeat(15)}"`).is[0]).toMatch("too short, 15 of");
});

test("finds lines of others that make Terraform refuse the file", () => {
  const found = inspect(`A="${GOOD}"\nOTHER=x\nA="${GOOD}"\n`);
  expect(found.mistakes.map(({ number }) => number)).toEqual([2, 3]);
  expect(found.remedy).toMatch(`correct or remove lines 2, 3 of ${FILE}`);
});

test("warns of what nothing needs and of variables that the file hides", () => {
  const found = inspect(`A="${GOOD}"\nOLD="x"\n`, { TF_VAR_A: "another" });
  expect(found.warnings).toEqual([
    `TF_VAR_A is ignored, because line 1 of ${FILE} wins`,
    `nothing needs OLD in line 2 of ${FILE}; remove it`,
  ]);
  expect(found.remedy).toBeUndefined();
});

test("never repeats a value", () => {
  // A key over several lines has pieces that look like names.
  const text = 'A=canary\nB=\'canary\'\nC="can${ary}canary"\ncanary\ncanary==\ncanary==\nD="canary"\n';
  const found = inspect(text, { TF_VAR_E: "canary" }, ["A", "B", "C", "D", "E"]);
  const { mistakes, ...told } = found;
  expect(JSON.stringify([told, mistakes.map(({ mistake }) => mistake)])).not.toContain("canary");
});

test("says who gives a secret out, and where it goes", () => {
  const needed = [
    { name: "KEY", minLength: 8, from: "Stripe" },
    { name: "A", minLength: 16 },
  ];
  const found = inspection(needed, FILE, new SecretsText(""), {});
  expect(found.states.map(({ is }) => is)).toEqual(["missing, Stripe gives it out", "missing"]);
  expect(remedy(found, FILE, "staging")).toBe(
    `write KEY="…" into ${FILE}, then type: npm run secrets -- generate staging`,
  );
});

test("counts a shared secret where it stands in, and says when nothing needs it any more", () => {
  const needed = [
    { name: "A", minLength: 8, sharedName: "ALL", rotations: "A_ROTATIONS" },
    { name: "ALL", minLength: 8, shared: true },
  ];
  const found = (text: string) => inspection(needed, FILE, new SecretsText(text), {});
  const shared = found('ALL="set and long"');
  expect(shared.states.map(({ is }) => is)).toEqual(["ALL stands in for it", "set, from the file (line 1)"]);
  expect([shared.warnings, remedy(shared, FILE, "staging")]).toEqual([[], undefined]);
  expect(found("").states.map(({ name, is }) => [name, is])).toEqual([["A", "missing"]]);
  expect(found('A="set and long"\nALL="set and long"\nA_ROTATIONS="1"').warnings).toEqual([
    `nothing needs ALL in line 2 of ${FILE}; remove it`,
  ]);
});
