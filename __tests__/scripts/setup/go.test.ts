import { goMod, newestGoPackage } from "../../../scripts/setup/go";

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

test("the newest Go of the package archive is chosen by number", () => {
  const listed = "golang-1.9-go - Go\ngolang-1.21-go - Go\ngolang-1.23-go - Go\ngolang-1.22-go - Go\n";
  expect(newestGoPackage(listed)).toBe("golang-1.23-go");
});

test("a Go that cannot fetch newer toolchains is none", () => {
  expect(newestGoPackage("golang-1.19-go - Go programming language compiler\n")).toBeUndefined();
  expect(newestGoPackage("")).toBeUndefined();
});
