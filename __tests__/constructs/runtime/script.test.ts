import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { script } from "../../../constructs/runtime/script";

test("keeps what a shell expands from Terraform, which would take it for its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    const path = join(folder, "script.sh");
    writeFileSync(path, 'echo "${name#/} $name ${size%%{x}}" "%{http_code}"\n');
    expect(script(path)).toBe('echo "$${name#/} $name $${size%%%{x}}" "%%{http_code}"\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
