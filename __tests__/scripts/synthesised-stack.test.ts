import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withStack } from "../../scripts/synthesised-stack";

test("a stack is read where only OpenTofu is on PATH", async () => {
  const before = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  const said = 'OpenTofu v1.12.6\n{"terraform_version": "1.12.6"}';
  writeFileSync(join(folder, "tofu"), `#!/bin/sh\necho '${said}'\n`, { mode: 0o755 });
  process.env.PATH = `${folder}:/usr/bin:/bin`;
  delete process.env.TERRAFORM_BINARY_NAME;
  try {
    expect(await withStack("local", ({ environment }) => environment)).toBe("local");
  } finally {
    process.env = before;
    rmSync(folder, { recursive: true });
  }
}, 60_000);
