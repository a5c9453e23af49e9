import { engines } from "../../../package.json";
import { NODES } from "../../../scripts/matrix/node-versions";

test("the oldest and the newest Node that package.json allows are run", () => {
  const majors = Object.keys(NODES).map(Number);
  expect(engines.node).toBe(`>=${Math.min(...majors)} <${Math.max(...majors) + 1}`);
});
