import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, type Finished } from "../../../scripts/run";
import { testWith } from "../../needs";
import { testCertificate } from "./test-certificates";

const SCRIPT = readFileSync(join(__dirname, "..", "..", "..", "constructs", "proxy", "pair.sh"), "utf8");

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-"));
  for (const path of ["pair", "volume"]) mkdirSync(join(folder, path));
  writeFileSync(join(folder, "volume/files.pem"), "the one before");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function paired(certificate: string, key: string): Promise<Finished> {
  writeFileSync(join(folder, "pair/fullchain.pem"), certificate);
  writeFileSync(join(folder, "pair/key"), key);
  const script = SCRIPT.replace(/(?<=[\s>])\/(pair|volume)(?=\/)/g, `${folder}/$1`);
  return attempt("sh", ["-c", script, "pair.sh", "TLS_KEY"]);
}

function result(): string {
  return readFileSync(join(folder, "volume/files.pem"), "utf8");
}

testWith("openssl").each(["as it is", "in base64"])("a certificate and its key, %s, become one file", async (form) => {
  const { pem, key } = testCertificate(["shop.example"]);
  const given = form === "in base64" ? Buffer.from(key).toString("base64") : key;
  expect(await paired(pem, given)).toMatchObject({ stdout: "", exitCode: 0 });
  expect(result()).toBe(`${key}\n${pem}`);
});

testWith("openssl")("the key of another certificate changes nothing", async () => {
  const { stdout, exitCode } = await paired(testCertificate(["a.example"]).pem, testCertificate(["a.example"]).key);
  expect(stdout).toBe("the certificate does not match its key, the secret TLS_KEY; what was served before still is\n");
  expect(exitCode).toBe(1);
  expect(result()).toBe("the one before");
});

testWith("openssl").each(["canary, no key at all", "Y2FuYXJ5"])(
  "%p for a key changes nothing, and is not shown",
  async (key) => {
    const finished = await paired(testCertificate(["a.example"]).pem, key);
    expect(finished).toEqual({
      stdout: "secret TLS_KEY is no private key; set it to what `openssl base64 -A -in <key file>` prints\n",
      stderr: "",
      exitCode: 1,
    });
    expect(result()).toBe("the one before");
  },
);
