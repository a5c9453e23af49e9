import { table } from "../../bench/table";

test("sets ours beside the other, and says what misses its target", () => {
  expect(
    table([
      { name: "synth", unit: "s", ours: 1.5, other: 1, target: 2 },
      { name: "deploy", unit: "s", ours: 9, other: 2, target: 4 },
      { name: "no-op deploy", unit: "s", ours: 6, other: 2 },
      { name: "requests", unit: "s", ours: 0.2, other: 0.19 },
      { name: "requests lost", unit: "count", ours: 0, other: 12, target: 0 },
      { name: "requests lost", unit: "count", ours: 1, other: 12, target: 0 },
      { name: "memory", unit: "count", ours: 12.5, target: 40 },
    ]),
  ).toBe(`                  ours    other  ratio  target
synth           1.50 s   1.00 s  1.50x   <= 2x      ok
deploy          9.00 s   2.00 s  4.50x   <= 4x  MISSED
no-op deploy    6.00 s   2.00 s  3.00x
requests       0.200 s  0.190 s  1.05x
requests lost        0       12           <= 0      ok
requests lost        1       12           <= 0  MISSED
memory            12.5                   <= 40      ok`);
});
