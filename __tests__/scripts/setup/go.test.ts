import { goMod } from "../../../scripts/setup/go";

test("a program is asked for with the replacements of its own go.mod", () => {
  const program = {
    module: "example.com/program",
    version: "v1.2.3",
    go: "1.25.8",
    replace: { "example.com/old": "example.com/new v0.1.0" },
    variables: [],
  };
  expect(goMod(program)).toBe(`module portolan/setup

go 1.25.8

require example.com/program v1.2.3

replace example.com/old => example.com/new v0.1.0
`);
});
