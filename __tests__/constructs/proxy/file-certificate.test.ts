import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { NginxProxy } from "../../../constructs/proxy/nginx-proxy";
import { Tls } from "../../../constructs/proxy/tls";
import { Secret } from "../../../constructs/secret";
import { testWith } from "../../needs";
import { Synthesised, shop } from "../../synthesised";
import { testCertificate } from "./test-certificates";

const KEY = Secret.named("TLS_KEY", { minLength: 100 });

/** @param key as the environment's file of secrets has it */
function proxied(certificate: string, key?: string): Synthesised {
  const stack = shop();
  const folder = join(App.of(stack).outdir, "stacks", "test");
  mkdirSync(folder, { recursive: true });
  if (key) writeFileSync(join(folder, "secrets.auto.tfvars"), `TLS_KEY="${key}"\n`);
  new NginxProxy(stack, "proxy", { domain: "shop.example", tls: Tls.files(certificate, KEY) });
  return new Synthesised(stack);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

testWith("openssl")("goes to the proxy with its key, which is in no JSON", () => {
  const { path, pem, key } = testCertificate(["shop.example"]);
  const stack = proxied(path, base64(key));
  expect(stack.container("proxy/certificate/write").upload?.slice(1)).toEqual([
    { file: "/pair/fullchain.pem", content: pem },
    { file: "/pair/key", content: "${var.TLS_KEY}" },
  ]);
  const release = stack.container("proxy/config/release");
  expect(release.upload).toContainEqual({ file: "/release/certificates", content: "files shop.example\n" });
  expect(JSON.stringify(stack.json)).not.toContain(base64(key).slice(0, 60));
});

testWith("openssl")("is there before the release that is to be served with it", () => {
  const stack = proxied(testCertificate(["shop.example"]).path);
  expect(stack.container("proxy/config/release").depends_on).toContain(stack.addressOf("proxy/certificate/write"));
});

testWith("openssl")("makes a new release when it is another one", () => {
  const [before, after] = [1, 2].map(() =>
    proxied(testCertificate(["shop.example"]).path).container("proxy/config/release"),
  );
  expect(before?.command?.[1]).not.toBe(after?.command?.[1]);
});

testWith("openssl")("may be for all names of a domain", () => {
  expect(() => proxied(testCertificate(["*.shop.example", "shop.example"]).path)).not.toThrow();
});

describe("is refused", () => {
  testWith("openssl")("when it does not match its key", () => {
    const { path } = testCertificate(["shop.example"]);
    expect(() => proxied(path, base64(testCertificate(["shop.example"]).key))).toThrow(
      new Error(`test/proxy/certificate: ${path} does not match its key, the secret TLS_KEY`),
    );
  });

  testWith("openssl")("when the key is none, without a word of it", () => {
    expect(() => proxied(testCertificate(["shop.example"]).path, "canary".repeat(20))).toThrow(
      new Error(
        "test/proxy/certificate: secret TLS_KEY is no private key; set it to what `openssl base64 -A -in <key file>` prints",
      ),
    );
  });

  testWith("openssl")("when it is for another name", () => {
    const { path } = testCertificate(["shop.example.org", "www.shop.example.org"]);
    expect(() => proxied(path)).toThrow(
      `test/proxy/certificate: ${path} is not for "shop.example", but for DNS:shop.example.org, DNS:www.shop.example.org`,
    );
  });

  testWith("openssl")("when it has expired", () => {
    const { path } = testCertificate(["shop.example"]);
    jest.useFakeTimers({ now: Date.now() + 31 * 86_400_000 });
    try {
      expect(() => proxied(path)).toThrow(
        /^test\/proxy\/certificate: .*fullchain.pem has expired on .* GMT; renew it$/,
      );
    } finally {
      jest.useRealTimers();
    }
  });

  testWith("openssl")("when the key is in the file with it", () => {
    const { path, key } = testCertificate(["shop.example"]);
    writeFileSync(path, key, { flag: "a" });
    expect(() => proxied(path)).toThrow(
      `test/proxy/certificate: ${path} has a private key in it; keep the certificate alone, and the key as a secret`,
    );
  });

  testWith("openssl")("when its chain breaks off", () => {
    const { path, pem } = testCertificate(["shop.example"]);
    writeFileSync(path, `Subject: a CA\n${pem.slice(0, 300)}`, { flag: "a" });
    expect(() => proxied(path)).toThrow(
      `test/proxy/certificate: ${path} has, as number 2, no certificate in PEM form ("-----BEGIN CERTIFICATE-----")`,
    );
  });

  test("when there is no such file, or something else in it", () => {
    expect(() => proxied("/nowhere/fullchain.pem")).toThrow(
      "test/proxy/certificate: cannot read the certificate: ENOENT: no such file or directory, open '/nowhere/fullchain.pem'",
    );
    expect(() => proxied(__filename)).toThrow(/is no certificate in PEM form|has a private key/);
  });
});
