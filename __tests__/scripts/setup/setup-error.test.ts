import { SetupError } from "../../../scripts/setup/setup-error";

test("a piece that is missing says which one, why, and what to type", () => {
  expect(new SetupError("Docker Engine", "no answer\n", "systemctl start docker").message).toBe(
    "Docker Engine: no answer\n\nWhat to do: systemctl start docker",
  );
});
