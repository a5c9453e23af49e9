import { table } from "../../../scripts/backups/table";

test("columns are as wide as they must be, numbers end at the right, and no line ends in spaces", () => {
  expect(
    table(
      ["Table", "Rows", "Note"],
      [
        ["users", 1_234_567, "large"],
        ["écoles", 12, ""],
      ],
    ),
  ).toBe(["Table        Rows  Note", "users   1,234,567  large", "écoles         12"].join("\n"));
});
