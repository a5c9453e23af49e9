import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate made for a test, as files and as text. */
export interface TestCertificate {
  readonly path: string;
  readonly pem: string;
  readonly key: string;
}

const folders: string[] = [];

const CURVE = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** @param newkey kind of the key, as `openssl req -newkey` takes it */
export function testCertificate(
  names: readonly string[],
  { days = 30, newkey = CURVE }: { readonly days?: number; readonly newkey?: readonly string[] } = {},
): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  folders.push(folder);
  const [path, key] = [join(folder, "fullchain.pem"), join(folder, "privkey.pem")];
  const subject = ["-subj", "/CN=test", "-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`];
  const files = ["-keyout", key, "-out", path];
  execFileSync("openssl", ["req", "-x509", "-newkey", ...newkey, "-nodes", ...subject, ...files], { stdio: "ignore" });
  // `req` makes none that has ended already.
  const again = ["x509", "-in", path, "-signkey", key, "-days", `${days}`, "-out", path];
  execFileSync("openssl", again, { stdio: "ignore" });
  return { path, pem: readFileSync(path, "utf8"), key: readFileSync(key, "utf8") };
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
