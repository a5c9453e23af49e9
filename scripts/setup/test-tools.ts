import { installed, installPackages } from "./debian";
import type { Report } from "./setup-error";

/** Programs that only the tests run, and the Debian packages they are in. */
const TOOLS: Readonly<Record<string, string>> = {
  curl: "curl",
  ip: "iproute2",
  openssl: "openssl",
  shellcheck: "shellcheck",
  "ssh-agent": "openssh-client",
  sshd: "openssh-server",
};

export async function ensureTestTools(report: Report): Promise<void> {
  const missing = Object.entries(TOOLS).flatMap(([program, name]) => (installed(program) ? [] : [name]));
  if (missing.length > 0) await installPackages("Tools of the tests", missing, report);
}
