import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTerraform, terraformVersion } from "../../../scripts/terraform/binary";

test("Terraform's version is read from its JSON", () => {
  expect(terraformVersion('{\n  "terraform_version": "1.11.4",\n  "platform": "linux_amd64"\n}')).toEqual([1, 11, 4]);
});

test("warnings before the JSON, as OpenTofu prints them, are passed over", () => {
  expect(terraformVersion('\nWarning: no file 9.9.9\n\n{"terraform_version":"1.12.6"}')).toEqual([1, 12, 6]);
});

describe("on PATH", () => {
  const before = { ...process.env };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "portolan-"));
    process.env = { ...before, PATH: `${folder}:/usr/bin:/bin` };
    delete process.env.TERRAFORM_BINARY_NAME;
  });

  afterEach(() => {
    process.env = before;
    rmSync(folder, { recursive: true });
  });

  function install(binary: string, version: string): void {
    writeFileSync(join(folder, binary), `#!/bin/sh\necho '{"terraform_version":"${version}"}'\n`, { mode: 0o755 });
  }

  test("a Terraform that is too old hides no OpenTofu that will do", async () => {
    install("terraform", "1.5.7");
    install("tofu", "1.12.6");
    expect(await findTerraform()).toBe("tofu");
  });

  test("all that are too old are named", async () => {
    install("terraform", "1.5.7");
    install("tofu", "1.6.0");
    await expect(findTerraform()).rejects.toThrow(
      "Terraform: terraform is version 1.5.7, and tofu is version 1.6.0; 1.10 or newer is needed\n\n" +
        "What to do: install a newer one, or remove it from PATH and let the setup fetch one",
    );
  });
});
