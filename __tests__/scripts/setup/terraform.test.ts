import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { architecture } from "../../../scripts/setup/machine";
import { downloadTerraform } from "../../../scripts/setup/terraform";

describe("the download", () => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-test-"));
  const archive = "not the archive that was published";
  let sum = "";
  let server: Server;
  let releases: string;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const file = (request.url ?? "").split("/").pop()?.replace("SHA256SUMS", `linux_${architecture()}.zip`);
      response.end(request.url?.endsWith("SHA256SUMS") ? `${sum}  ${file}\n` : archive);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    releases = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  test("is refused when its sum is not the published one", async () => {
    sum = createHash("sha256").update("the archive that was published").digest("hex");
    await expect(downloadTerraform(folder, () => {}, releases)).rejects.toThrow("SHA-256");
  });

  test("is the one for this machine's system", async () => {
    const { platform } = process;
    Object.defineProperty(process, "platform", { value: "darwin" });
    try {
      await expect(downloadTerraform(folder, () => {}, releases)).rejects.toThrow(`_darwin_${architecture()}.zip`);
      expect(asked.at(-1)).toContain(`_darwin_${architecture()}.zip`);
    } finally {
      Object.defineProperty(process, "platform", { value: platform });
    }
  });

  test("is left out when the release server cannot be reached", async () => {
    await expect(downloadTerraform(folder, () => {}, "http://127.0.0.1:1")).resolves.toBe(false);
  });
});
