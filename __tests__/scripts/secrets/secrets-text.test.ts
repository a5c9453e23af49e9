import { SecretsText } from "../../../scripts/secrets/secrets-text";

function mistakes(text: string): (string | undefined)[] {
  return new SecretsText(text).lines.map(({ mistake }) => mistake).filter(Boolean);
}

test("reads lines that Terraform and dotenv read alike", () => {
  const text = new SecretsText('# made by hand\n\nA="one"\n  B = "t#wo $x" # why\nC=""\n');
  expect(text.lines.filter(({ name }) => name)).toEqual([
    { number: 3, name: "A", value: "one" },
    { number: 4, name: "B", value: "t#wo $x" },
    { number: 5, name: "C", value: "" },
  ]);
  expect(mistakes('# made by hand\n\nA="one"\r\nB = "two"\n')).toEqual([]);
});

test.each([
  ["A=one", 'must read NAME="value"'],
  ["A='one'", 'must read NAME="value"'],
  ["A=", 'must read NAME="value"'],
  ['A="one', 'must read NAME="value"'],
  ['A="one" two', 'must read NAME="value"'],
  ['export A="one"', 'must read NAME="value"'],
  ['A="o"ne"', "has a quote or a backslash in its value, which Terraform would interpret"],
  ['A="o\\ne"', "has a quote or a backslash in its value, which Terraform would interpret"],
  ['A="o\\"ne"', "has a quote or a backslash in its value, which Terraform would interpret"],
  ['A="o${n}e"', "has ${ in its value, which Terraform would interpret"],
  ['A="o%{n}e"', "has %{ in its value, which Terraform would interpret"],
  ['A="o$${n}e"', "has ${ in its value, which Terraform would interpret"],
  ["one", 'is neither NAME="value" nor a # comment'],
  ["// one", 'is neither NAME="value" nor a # comment'],
])("refuses %s", (line, mistake) => {
  expect(mistakes(`# first\n${line}\n`)).toEqual([mistake]);
});

test("gives no value where readers would disagree about it", () => {
  for (const line of ["A=one", 'A="o\\ne"', 'A="${one}"']) {
    expect(new SecretsText(line).find("A")?.value).toBeUndefined();
  }
});

test("refuses a name that is set twice", () => {
  expect(mistakes('A="one"\nB="two"\nA="three"\n')).toEqual(["sets the same name as line 1"]);
});

test("appends values and leaves everything else byte for byte", () => {
  const text = '# mine\r\n\r\n  B = "two" # why\r\nnonsense';
  expect(new SecretsText(text).with(new Map([["A", "one"]]))).toBe(`${text}\nA="one"\n`);
  expect(new SecretsText("").with(new Map([["A", "one"]]))).toBe('A="one"\n');
  expect(new SecretsText('B="two"\n').with(new Map([["A", "one"]]))).toBe('B="two"\nA="one"\n');
  expect(new SecretsText(text).with(new Map())).toBe(text);
});

test("fills an empty line where it is", () => {
  const text = 'A="" # from the template\r\nB=\nC="three"\n';
  const values = new Map([
    ["A", "one"],
    ["B", "two"],
  ]);
  expect(new SecretsText(text).with(values)).toBe('A="one" # from the template\r\nB="two"\nC="three"\n');
});

test("never writes into a line that has a value", () => {
  const text = "A=one\nexport A=\nA='one'\n";
  expect(new SecretsText(text).with(new Map([["A", "new"]]))).toBe(`${text}A="new"\n`);
});

test("changes lines where they are, and takes lines away", () => {
  const text = new SecretsText('# mine\nA="old"\nB="gone"\nC="stays"\n');
  const values = new Map([
    ["A", "new"],
    ["B", undefined],
    ["D", "added"],
  ]);
  expect(text.changed(values)).toBe('# mine\nA="new"\nC="stays"\nD="added"\n');
});
