import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tls } from "../../../constructs/proxy/tls";
import { testWith } from "../../needs";

testWith("openssl")("makes a certificate for all its domains once, and keeps it", () => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    const prepare = Tls.selfSigned().prepare(["shop.example", "api.shop.example"]).replaceAll("/certificates", folder);
    execFileSync("sh", ["-euc", prepare]);
    const certificate = join(folder, "fullchain.pem");
    const names = execFileSync("openssl", ["x509", "-in", certificate, "-noout", "-ext", "subjectAltName"], {
      encoding: "utf8",
    });
    expect(names).toContain("DNS:shop.example, DNS:api.shop.example");

    const before = readFileSync(certificate, "utf8");
    execFileSync("sh", ["-euc", prepare]);
    expect(readFileSync(certificate, "utf8")).toBe(before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
