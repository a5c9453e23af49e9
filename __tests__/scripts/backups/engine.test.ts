import { quoted } from "../../../scripts/backups/engine";
import { run } from "../../../scripts/run";

test("a word reaches the other side's shell as it is", async () => {
  const words = ["plain", "two words", "it's", '"$HOME"', "`id`", "a\nb", "*", "-n", "", "é\\"];
  const { stdout } = await run("sh", ["-c", `printf '%s|' ${words.map(quoted).join(" ")}`]);
  expect(stdout).toBe(words.map((word) => `${word}|`).join(""));
});
