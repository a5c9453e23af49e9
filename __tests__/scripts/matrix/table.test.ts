import { runTable } from "../../../scripts/matrix/table";

beforeEach(() => jest.spyOn(console, "log").mockImplementation());
afterEach(() => jest.restoreAllMocks());

test("a row stops at its first failure, which is shown, and is ended all the same", async () => {
  const done: string[] = [];
  const cell = (name: string) => async () => void done.push(name);
  const { text, failed } = await runTable("machines", [
    {
      name: "one",
      cells: { start: async () => Promise.reject(new Error("no room")), deploy: cell("one deploy") },
      end: cell("one end"),
    },
    { name: "two", cells: { start: async () => "1.2.3", deploy: cell("two deploy") }, end: cell("two end") },
  ]);
  expect(failed).toBe(true);
  expect(done).toEqual(["one end", "two deploy", "two end"]);
  expect(text).toMatch(/│ one +│ NO +│ – +│/);
  expect(text).toMatch(/│ two +│ 1\.2\.3, 0 s │ yes, 0 s │/);
  expect(text).toContain("one, start:\nno room");
});

test("a table in which all went well did not fail", async () => {
  const { failed } = await runTable("machines", [{ name: "one", cells: { start: async () => undefined } }]);
  expect(failed).toBe(false);
});
