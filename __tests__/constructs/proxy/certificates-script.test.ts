import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, type Finished } from "../../../scripts/run";
import { testWith } from "../../needs";
import { testCertificate } from "./test-certificates";

jest.setTimeout(30_000);

const FOLDER = join(__dirname, "..", "..", "..", "constructs", "proxy");
const SELF_SIGNED = readFileSync(join(FOLDER, "self-signed.sh"), "utf8");

/** Certificates that somebody else puts into a folder. */
const FROM_FOLDER = 'offered() { cat "$offers/$2.pem"; }';

/** The part of proxy.sh that sees to certificates, alone in a folder. */
class CertificateKeeper {
  readonly folder = mkdtempSync(join(tmpdir(), "portolan-"));

  constructor(private readonly offered: string) {
    for (const path of ["bin", "certificates", "offers", "metrics", "tmp", "releases/v1"]) {
      mkdirSync(join(this.folder, path), { recursive: true });
    }
    const nginx = `#!/bin/sh\n[ ! -e '${this.folder}/refusal' ] || { cat '${this.folder}/refusal' >&2; exit 1; }\n`;
    writeFileSync(join(this.folder, "bin", "nginx"), nginx, { mode: 0o755 });
  }

  list(text: string): void {
    writeFileSync(join(this.folder, "releases/v1/certificates"), text);
  }

  offer(name: string, pem: string): void {
    writeFileSync(join(this.folder, "offers", `${name}.pem`), pem);
  }

  /** What Nginx says of every certificate from now on. */
  refuse(words: string): void {
    writeFileSync(join(this.folder, "refusal"), words);
  }

  /** @param used the release in use; none when the proxy starts */
  adopt(used = "none"): Promise<Finished> {
    const parts = ["metrics.sh", "certificates.sh"].map((file) => readFileSync(join(FOLDER, file), "utf8"));
    const script = parts.join("\n").replace(/(?<=[\s"=>.])\/(certificates|metrics|tmp)(?=\/)/g, `${this.folder}/$1`);
    const offered = this.offered.replaceAll("=/certificates/", `=${this.folder}/certificates/`);
    const variables = `proxy=shop-test-proxy volume=${this.folder} offers=${this.folder}/offers used=${used}`;
    return attempt("sh", ["-euc", `${variables}\n${script}\n${offered}\nadopt v1`], {
      env: { PATH: `${join(this.folder, "bin")}:${process.env.PATH}` },
    });
  }

  used(name: string): string {
    return readFileSync(join(this.folder, "certificates", `${name}.pem`), "utf8");
  }

  get metrics(): string {
    return readFileSync(join(this.folder, "metrics", "shop-test-proxy-certificates.prom"), "utf8");
  }
}

let proxy: CertificateKeeper;

afterEach(() => rmSync(proxy.folder, { recursive: true, force: true }));

function pair(...names: string[]): string {
  const { pem, key } = testCertificate(names);
  return key + pem;
}

testWith("openssl")("takes a certificate with its key into use, and says until when", async () => {
  proxy = new CertificateKeeper(FROM_FOLDER);
  proxy.list("shop shop.example\n");
  const offered = pair("shop.example");
  proxy.offer("shop", offered);
  const { stdout, exitCode } = await proxy.adopt();
  const { validFrom, validTo } = new X509Certificate(offered);
  expect(stdout).toMatch(/^certificate shop: in use, valid until \d{4}-\d\d-\d\d \d\d:\d\d\n$/);
  expect(exitCode).toBe(0);
  expect(proxy.used("shop")).toBe(offered);
  const sample = (metric: string, time: string) =>
    `portolan_certificate_${metric}_timestamp_seconds{proxy="shop-test-proxy",name="shop"} ${Date.parse(time) / 1000}\n`;
  expect(proxy.metrics).toContain(sample("expiry", validTo));
  expect(proxy.metrics).toContain(sample("issued", validFrom));
});

testWith("openssl")("has nothing to say about a certificate that it uses already", async () => {
  proxy = new CertificateKeeper(FROM_FOLDER);
  proxy.list("shop shop.example\n");
  proxy.offer("shop", pair("shop.example"));
  await proxy.adopt();
  expect(await proxy.adopt("v1")).toMatchObject({ stdout: "", exitCode: 0 });
});

testWith("openssl")("leaves the one before in use when Nginx can't serve the new one", async () => {
  proxy = new CertificateKeeper(FROM_FOLDER);
  proxy.list("shop shop.example\n");
  const good = pair("shop.example");
  proxy.offer("shop", good);
  await proxy.adopt();
  proxy.offer("shop", pair("shop.example"));
  proxy.refuse("2026/11/20 15:00:00 [emerg] 12#12: PEM_read_bio_X509() failed\nnginx: configuration file test failed");
  expect(await proxy.adopt("v1")).toMatchObject({
    stdout: "certificate shop: cannot be served: PEM_read_bio_X509() failed\n",
    exitCode: 1,
  });
  expect(proxy.used("shop")).toBe(good);
});

testWith("openssl")("makes one of its own until there is another, which its metrics call expired", async () => {
  proxy = new CertificateKeeper(FROM_FOLDER);
  proxy.list("shop shop.example api.shop.example\n");
  expect(await proxy.adopt()).toMatchObject({
    stdout: "certificate shop: none yet, a self-signed one takes its place\n",
    exitCode: 0,
  });
  expect(new X509Certificate(proxy.used("shop")).subjectAltName).toBe("DNS:shop.example, DNS:api.shop.example");
  expect(proxy.metrics).toContain('expiry_timestamp_seconds{proxy="shop-test-proxy",name="shop"} 0\n');

  proxy.offer("shop", pair("shop.example"));
  expect(await proxy.adopt("v1")).toMatchObject({ stdout: expect.stringContaining("in use"), exitCode: 0 });
  expect(proxy.metrics).not.toContain('name="shop"} 0\n');
});

testWith("openssl")("goes on with the certificate that most of the hosts had from another source", async () => {
  proxy = new CertificateKeeper(FROM_FOLDER);
  proxy.list("shop.example shop.example\napi.shop.example api.shop.example\n");
  const [shop, api] = [pair("shop.example"), pair("api.shop.example")];
  proxy.offer("shop.example", shop);
  proxy.offer("api.shop.example", api);
  await proxy.adopt();

  proxy.list("_.shop.example *.shop.example shop.example\n");
  expect(await proxy.adopt("v1")).toMatchObject({
    stdout: "certificate _.shop.example: none yet, that of shop.example takes its place\n",
    exitCode: 0,
  });
  expect(proxy.used("_.shop.example")).toBe(shop);
  expect(proxy.metrics).not.toContain('name="_.shop.example"} 0\n');
});

testWith("openssl")("goes on with a wildcard until a host has its own certificate", async () => {
  proxy = new CertificateKeeper(FROM_FOLDER);
  proxy.list("_.shop.example *.shop.example shop.example\n");
  const wildcard = pair("*.shop.example", "shop.example");
  proxy.offer("_.shop.example", wildcard);
  await proxy.adopt();
  proxy.list("new.shop.example new.shop.example\n");
  await proxy.adopt("v1");
  expect(proxy.used("new.shop.example")).toBe(wildcard);

  const own = pair("new.shop.example");
  proxy.offer("new.shop.example", own);
  await proxy.adopt("v1");
  expect(proxy.used("new.shop.example")).toBe(own);
});

testWith("openssl")("goes on with no certificate that has expired, was made by itself, or is for others", async () => {
  proxy = new CertificateKeeper(FROM_FOLDER);
  proxy.list("expired shop.example\nplaceholder shop.example\nother other.example\n");
  const { pem, key } = testCertificate(["shop.example"], { days: -1 });
  proxy.offer("expired", key + pem);
  proxy.offer("other", pair("other.example"));
  await proxy.adopt();
  proxy.list("shop shop.example\n");
  expect(await proxy.adopt("v1")).toMatchObject({
    stdout: "certificate shop: none yet, a self-signed one takes its place\n",
    exitCode: 0,
  });
});

describe.each([
  ["does not match its key", () => testCertificate(["shop.example"]).key + testCertificate(["shop.example"]).pem],
  ["cannot be read", () => "-----BEGIN CERTIFICATE-----\nhalf of it"],
])("a certificate that %s", (fault, broken) => {
  testWith("openssl")("stays out of use, and the release with it", async () => {
    proxy = new CertificateKeeper(FROM_FOLDER);
    proxy.list("shop shop.example\n");
    const good = pair("shop.example");
    proxy.offer("shop", good);
    await proxy.adopt();
    proxy.offer("shop", broken());
    expect(await proxy.adopt("v1")).toMatchObject({ stdout: `certificate shop: ${fault}\n`, exitCode: 1 });
    expect(proxy.used("shop")).toBe(good);
  });

  testWith("openssl")("keeps no proxy that has another from starting", async () => {
    proxy = new CertificateKeeper(FROM_FOLDER);
    proxy.list("shop shop.example\n");
    proxy.offer("shop", broken());
    expect(await proxy.adopt()).toMatchObject({ exitCode: 1 });

    proxy.offer("shop", pair("shop.example"));
    await proxy.adopt();
    proxy.offer("shop", broken());
    expect(await proxy.adopt()).toMatchObject({ stdout: `certificate shop: ${fault}\n`, exitCode: 0 });
  });
});

testWith("openssl")(
  "makes its own certificate once for all its host names, and again when there is another",
  async () => {
    proxy = new CertificateKeeper(SELF_SIGNED);
    proxy.list("self-signed shop.example\n");
    await proxy.adopt();
    const first = proxy.used("self-signed");
    await proxy.adopt("v1");
    expect(proxy.used("self-signed")).toBe(first);

    proxy.list("self-signed shop.example api.shop.example\n");
    await proxy.adopt("v1");
    expect(new X509Certificate(proxy.used("self-signed")).subjectAltName).toBe(
      "DNS:shop.example, DNS:api.shop.example",
    );
  },
);

testWith("openssl")("follows no link that somebody else has planted among the metrics", async () => {
  proxy = new CertificateKeeper(FROM_FOLDER);
  proxy.offer("shop", pair("shop.example"));
  proxy.list("shop shop.example\n");
  const [victim, folder] = [join(proxy.folder, "victim"), join(proxy.folder, "elsewhere")];
  writeFileSync(victim, "untouched");
  mkdirSync(folder);
  symlinkSync(victim, join(proxy.folder, "metrics", ".shop-test-proxy-certificates"));
  symlinkSync(folder, join(proxy.folder, "metrics", "shop-test-proxy-certificates.prom"));
  expect(await proxy.adopt()).toMatchObject({ exitCode: 0 });
  expect(readFileSync(victim, "utf8")).toBe("untouched");
  expect(readdirSync(folder)).toEqual([]);
  expect(proxy.metrics).toContain("portolan_certificate_expiry");
});
