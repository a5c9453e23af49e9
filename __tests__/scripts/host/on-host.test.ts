import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { portsOf } from "../../../scripts/host/on-host";
import { shellOn } from "../../../scripts/host/run-on-host";
import { testWith } from "../../needs";

const FOLDER = join(__dirname, "..", "..", "..", "scripts", "host");
const SCRIPTS = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sh"));

test("the shell is that of this machine, or of the environment's over SSH with its own options", () => {
  expect(shellOn({ json: { "//": {} } })).toEqual({ command: "sh", args: ["-c"] });
  const docker = { host: "ssh://deploy@shop.example:2222", ssh_opts: ["-o", "BatchMode=yes"] };
  expect(shellOn({ json: { "//": {}, provider: { docker: [docker] } } })).toEqual({
    command: "ssh",
    args: ["-o", "BatchMode=yes", "-p", "2222", "deploy@shop.example"],
  });
});

test("the firewall lets in the ports that everybody may reach, each once", () => {
  const proxy = {
    name: "proxy",
    ports: [
      { external: 80, ip: "0.0.0.0" },
      { external: 443, ip: "0.0.0.0" },
      { external: 443, ip: "::" },
    ],
  };
  const inner = { name: "inner", ports: [{ external: 9090, ip: "127.0.0.1" }] };
  expect(portsOf({ json: { "//": {}, resource: { docker_container: { proxy, inner } } } })).toEqual(["80", "443"]);
});

testWith("shellcheck").each(SCRIPTS)("shellcheck has nothing against %s", (script) => {
  const { error, stdout } = spawnSync("shellcheck", [join(FOLDER, script)], { encoding: "utf8" });
  expect({ error, stdout }).toEqual({ error: undefined, stdout: "" });
});
