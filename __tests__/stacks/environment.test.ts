import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { Environment } from "../../stacks/environment";
import { environmentSchema } from "../../stacks/environment-schema";
import { InvalidEnvironment } from "../../stacks/parsed";

const DOMAIN = "shop.example";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA";

describe("a host", () => {
  test("is this machine unless it says otherwise", () => {
    expect(Environment.parse("test", { domain: DOMAIN }).ssh).toBeUndefined();
    expect(Environment.parse("test", { domain: DOMAIN, host: "local" }).ssh).toBeUndefined();
  });

  test.each([
    ["ssh://deploy@shop.example:2222", { user: "deploy", host: "shop.example", port: 2222 }],
    ["ssh://root@10.0.0.1", { user: "root", host: "10.0.0.1", port: 22 }],
  ])("is read from %s", (url, address) => {
    const { ssh } = Environment.parse("test", { domain: DOMAIN, host: { url, hostKeys: [KEY] } });
    expect(ssh).toEqual({ ...address, hostKeys: [KEY] });
  });

  test.each([
    "deploy@shop.example",
    "ssh://shop.example",
    "ssh://deploy@shop.example:99999",
    "ssh://deploy@shop.example/path",
    "ssh://deploy@$(id)",
    "https://deploy@shop.example",
    "ssh://deploy@shop.example -oProxyCommand=id",
  ])("is not read from %s", (url) => {
    expect(() => Environment.parse("test", { domain: DOMAIN, host: { url, hostKeys: [KEY] } })).toThrow(
      new Error(`test: "host.url" must read ssh://user@host[:port], got "${url}"`),
    );
  });

  test("is not reached over SSH without its keys", () => {
    const url = "ssh://deploy@shop.example";
    expect(() => Environment.parse("test", { domain: DOMAIN, host: { url } })).toThrow(
      new Error(
        "test: \"host.hostKeys\" must have the host's keys, which ssh-keyscan prints and the host's console confirms, got nothing",
      ),
    );
    expect(() => Environment.parse("test", { domain: DOMAIN, host: { url, hostKeys: [] } })).toThrow(
      new Error(
        'test: "host.hostKeys" must have at least one key, which ssh-keyscan prints and the host\'s console confirms, got []',
      ),
    );
    expect(() => Environment.parse("test", { domain: DOMAIN, host: { url, hostKeys: [`shop ${KEY}`] } })).toThrow(
      new Error(`test: "host.hostKeys.0" must read like "ssh-ed25519 AAAA…", without a host name, got "shop ${KEY}"`),
    );
  });

  test("has no keys but those it knows", () => {
    const host = { url: "ssh://deploy@shop.example", hostKeys: [KEY], port: 22 };
    expect(() => Environment.parse("test", { domain: DOMAIN, host })).toThrow(
      new Error('test: unknown key "host.port"; allowed here: url, hostKeys'),
    );
  });

  test("has one of the forms there are", () => {
    expect(() => Environment.parse("test", { domain: DOMAIN, host: "shop.example" })).toThrow(
      new Error(
        'test: "host" must be "local", "unix:///path/of/docker.sock" or {"url": "ssh://user@host[:port]", "hostKeys": […]}, got "shop.example"',
      ),
    );
  });
});

describe("mistakes", () => {
  test.each([
    [
      "an unknown key",
      { domian: "x" },
      'unknown key "domian"; allowed here: host, domain, release, registry, imagesLock, acme, ports, maintenance, backups, state, sizes',
    ],
    [
      "a misspelt size",
      { sizes: { db: { memroy: 512 } } },
      'unknown key "sizes.db.memroy"; allowed here: memory, cpus, replicas',
    ],
    [
      "an unknown port",
      { ports: { http: 80, https: 443, ftp: 21 } },
      'unknown key "ports.ftp"; allowed here: http, https',
    ],
    [
      "an unknown state",
      { state: { gcs: {} } },
      'unknown key "state.gcs"; allowed here: s3',
      '"state.s3" must be {"bucket": …, "region": …}, got nothing',
    ],
    [
      "a missing domain",
      { domain: undefined },
      '"domain" must be a host name in lower case, like app.example.com, got nothing',
    ],
    [
      "an upper-case domain",
      { domain: "Shop.example" },
      '"domain" must be a host name in lower case, like app.example.com, got "Shop.example"',
    ],
    ["a release that is no tag", { release: "v1 beta" }, '"release" must be an image tag, like 1.4.2, got "v1 beta"'],
    [
      "a registry with a query",
      { registry: "reg?x" },
      '"registry" must read like registry.example.com/team, got "reg?x"',
    ],
    [
      "a port out of range",
      { ports: { http: 0, https: 443 } },
      '"ports.http" must be a whole number from 1 to 65535, got 0',
    ],
    [
      "a port as text",
      { ports: { http: "80", https: 443 } },
      '"ports.http" must be a whole number from 1 to 65535, got "80"',
    ],
    ["maintenance in words", { maintenance: "on" }, '"maintenance" must be true or false, got "on"'],
    ["one port of two", { ports: { http: 8080 } }, '"ports.https" must be a whole number from 1 to 65535, got nothing'],
    [
      "the same port twice",
      { ports: { http: 80, https: 80 } },
      '"ports" must have one port for http and another for https, got {"http":80,"https":80}',
    ],
    [
      "too little memory",
      { sizes: { db: { memory: 5 } } },
      '"sizes.db.memory" must be a whole number of at least 6, got 5',
    ],
    ["no CPU", { sizes: { db: { cpus: 0 } } }, '"sizes.db.cpus" must be a number above 0, got 0'],
    [
      "no replicas",
      { sizes: { api: { replicas: 0 } } },
      '"sizes.api.replicas" must be a whole number from 1 to 50, got 0',
    ],
    [
      "a service that cannot be",
      { sizes: { API: {} } },
      'key "sizes.API" must have at most 20 lower-case letters, digits and dashes and start with a letter',
    ],
    [
      "state without a bucket",
      { state: { s3: { region: "auto" } } },
      '"state.s3.bucket" must be the name of a bucket, got nothing',
    ],
  ])("are told apart: %s", (_, data, ...messages) => {
    const expected = messages.map((message) => `environments/shop/test.json: ${message}`).sort();
    expect(
      linesOf(() => Environment.parse("test", { domain: DOMAIN, ...data }, "environments/shop/test.json")),
    ).toEqual(expected);
  });

  test.each([[[]], ["local"], [null], [3]])("in a file that is %j as a whole", (data) => {
    expect(() => Environment.parse("test", data)).toThrow(
      new Error(`test: must be an object, like {"domain": "app.example.com"}, got ${JSON.stringify(data)}`),
    );
  });

  test.each(["Staging", "2nd", "pre_prod", "", "a".repeat(21)])("in a name like %p", (name) => {
    expect(() => Environment.parse(name, { domain: DOMAIN })).toThrow(
      new Error(
        `${name}: environment name "${name}" must have at most 20 lower-case letters, digits and dashes and start with a letter`,
      ),
    );
  });
});

describe("an image", () => {
  test("is built from source where there is no release", () => {
    expect(String(Environment.parse("local", { domain: DOMAIN }).image("shop/api", "api"))).toBe("api");
  });

  test("is the release's elsewhere", () => {
    expect(String(Environment.parse("prod", { domain: DOMAIN, release: "1.0.0" }).image("shop/api", "api"))).toBe(
      "shop/api:1.0.0",
    );
  });
});

describe("sizes", () => {
  test("lie over what the system gives a service everywhere, each for itself", () => {
    const environment = Environment.parse("test", {
      domain: DOMAIN,
      sizes: { db: { memory: 2048 }, api: { replicas: 3 } },
    });
    expect(environment.resources("db", { memory: 512, cpus: 2 })).toEqual({ memory: 2048, cpus: 2 });
    expect(environment.resources("cache", { memory: 128 })).toEqual({ memory: 128, cpus: undefined });
    expect(environment.replicas("api")).toBe(3);
    expect(environment.replicas("web")).toBe(1);
  });

  test("that nobody asked for are known, so that a misspelt service is not silently the default", () => {
    const environment = Environment.parse("test", { domain: DOMAIN, sizes: { db: { memory: 2048, replicas: 2 } } });
    environment.resources("db", {});
    expect(environment.unusedSizes).toEqual({ unused: ["db.replicas"], used: ["db.memory", "db.cpus"] });
  });
});

describe("a folder", () => {
  test("has an environment for each file, in the order of their names", () => {
    const names = inFolder(
      { "staging.json": { domain: DOMAIN }, "production.json": { domain: DOMAIN }, "notes.md": {} },
      (folder) => Environment.all(folder).map(({ name }) => name),
    );
    expect(names).toEqual(["production", "staging"]);
  });

  test("may have overrides, which are laid over their environment and are none themselves", () => {
    const environments = inFolder(
      {
        "test.json": { domain: DOMAIN, release: "1.0.0" },
        "test.override.json": { registry: "http://127.0.0.1:5000" },
      },
      Environment.all,
    );
    expect(environments).toMatchObject([
      { name: "test", domain: DOMAIN, release: "1.0.0", registry: "http://127.0.0.1:5000" },
    ]);
  });

  test("gets another release where releases are deployed, and only there", () => {
    const environments = inFolder(
      { "local.json": { domain: DOMAIN }, "staging.json": { domain: DOMAIN, release: "1.0.0" } },
      (folder) => Environment.all(folder, "1.1.0"),
    );
    expect(environments.map(({ name, release }) => [name, release])).toEqual([
      ["local", undefined],
      ["staging", "1.1.0"],
    ]);
  });

  test("without an environment says how to add one", () => {
    inFolder({}, (folder) => {
      const message = new Error(`${folder}: no environment; add one as ${folder}/staging.json`);
      expect(() => Environment.all(folder)).toThrow(message);
    });
    expect(() => Environment.all("nowhere")).toThrow(
      new Error("nowhere: no environment; add one as nowhere/staging.json"),
    );
  });

  test("names the file that is wrong", () => {
    inFolder({ "test.json": { domain: "" }, "test.override.json": { colour: "red" } }, (folder) => {
      const source = `${folder}/test.json with ${folder}/test.override.json`;
      expect(linesOf(() => Environment.all(folder))).toEqual([
        `${source}: "domain" must be a host name in lower case, like app.example.com, got ""`,
        `${source}: unknown key "colour"; allowed here: host, domain, release, registry, imagesLock, acme, ports, maintenance, backups, state, sizes`,
      ]);
    });
  });

  test("names the file that is no JSON, or no object", () => {
    inFolder({ "test.json": [] }, (folder) => {
      expect(() => Environment.all(folder)).toThrow(
        new Error(`${folder}/test.json: must be an object, like {"domain": "app.example.com"}, got []`),
      );
      writeFileSync(join(folder, "test.json"), "{");
      expect(() => Environment.all(folder)).toThrow(new RegExp(`^${folder}/test\\.json: .*JSON`));
    });
  });
});

/** A folder of JSON files, for as long as a test uses it. */
function inFolder<T>(files: Record<string, unknown>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(data));
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The lines of what something throws, whose order says nothing. */
function linesOf(wrong: () => unknown): string[] {
  try {
    wrong();
  } catch (error) {
    return (error as Error).message.split("\n").sort();
  }
  return [];
}

describe("the place of backups elsewhere", () => {
  const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHv6uKqj1mNfZc0oYtXwEr5sLdPb3gVaQiUh8xR2kTyM";
  const parse = (offsite: unknown) => Environment.parse("test", { domain: "shop.example", backups: { offsite } });

  test.each([
    ["s3:https://s3.example/backups", "s3:https://s3.example/backups/shop-test-db"],
    ["s3:http://127.0.0.1:9000/backups/shop/", "s3:http://127.0.0.1:9000/backups/shop/shop-test-db"],
    ["rest:https://keep.example:8000/shop", "rest:https://keep.example:8000/shop/shop-test-db"],
    [
      { url: "sftp://keep@nas.example:2222/srv/backups", hostKeys: [HOST_KEY] },
      "sftp://keep@nas.example:2222//srv/backups/shop-test-db",
    ],
  ])("%j", (offsite, address) => {
    expect(parse(offsite).offsite?.addressOf("shop-test-db")).toBe(address);
  });

  test("is none unless it is said", () => {
    expect(Environment.parse("test", { domain: "shop.example" }).offsite).toBeUndefined();
  });

  test.each(["ftp://keep.example/x", "/repository", "s3:s3.example/backups", "s3:https://me:pw@s3.example/b", 7])(
    "can't be %p",
    (offsite) => {
      expect(() => parse(offsite)).toThrow(/^test: "backups\.offsite" must /);
    },
  );

  test("may let the host remove nothing, when the file says so", () => {
    const parsed = (more: object) =>
      Environment.parse("test", {
        domain: "shop.example",
        backups: { offsite: "rest:https://keep.example", ...more },
      }).offsite?.appendOnly;
    expect(parsed({})).toBe(false);
    expect(parsed({ appendOnly: true })).toBe(true);
    expect(() => parsed({ appendOnly: "yes" })).toThrow('test: "backups.appendOnly" must be true or false');
  });

  test("needs the keys of an SSH server", () => {
    expect(() => parse({ url: "sftp://keep@nas.example/srv" })).toThrow(
      'test: "backups.offsite.hostKeys" must have the host\'s keys',
    );
  });
});

describe("takes every text as it is, and none for an expression of Terraform", () => {
  const KEY = "ssh-ed25519 AAAA";
  const given = (expression: string): Record<string, object> => ({
    domain: { domain: `a${expression}.example.com` },
    release: { release: `1${expression}` },
    registry: { registry: `r.example.com/${expression}` },
    imagesLock: { imagesLock: `images.${expression}.json` },
    host: { host: `unix:///run/${expression}` },
    "host.url": { host: { url: `ssh://ops@h${expression}`, hostKeys: [KEY] } },
    "host.hostKeys": { host: { url: "ssh://ops@h", hostKeys: [`${KEY}${expression}`] } },
    "acme.email": { acme: { email: `${expression}@example.com` } },
    "acme.server": { acme: { email: "ops@example.com", server: `https://ca.example/${expression}` } },
    "backups.offsite": { backups: { offsite: `s3:https://s3.example/${expression}` } },
    "backups.offsite.url": { backups: { offsite: { url: `sftp://ops@h/${expression}`, hostKeys: [KEY] } } },
    "backups.offsite.hostKeys": { backups: { offsite: { url: "sftp://ops@h/b", hostKeys: [`${KEY}${expression}`] } } },
    "state.s3.bucket": { state: { s3: { bucket: `abc${expression}`, region: "eu" } } },
    "state.s3.region": { state: { s3: { bucket: "abc", region: expression } } },
    "state.s3.endpoint": {
      state: { s3: { bucket: "abc", region: "eu", endpoint: `https://s3.example/${expression}` } },
    },
    "state.s3.key": { state: { s3: { bucket: "abc", region: "eu", key: expression } } },
  });

  test("there is no text that this does not try", () => {
    expect([...textsOf(z.toJSONSchema(environmentSchema, { io: "input" }) as JsonSchema)].sort()).toEqual(
      Object.keys(given("")).sort(),
    );
  });

  describe.each(['${file("/etc/passwd")}', "%{if true}x%{endif}", "$${a}"])("%s", (expression) => {
    test.each(Object.entries(given(expression)))("in %s", (_, data) => {
      expect(() => Environment.parse("staging", { domain: "a.example.com", ...data })).toThrow(InvalidEnvironment);
    });
  });

  test("and says so where nothing else is wrong with it", () => {
    const data = { domain: "a.example.com", backups: { offsite: "s3:https://s3.example/${var.DB_PASSWORD}" } };
    expect(() => Environment.parse("staging", data)).toThrow(
      'staging: "backups.offsite" must have neither "${" nor "%{", which begin an expression of Terraform, got "s3:https://s3.example/${var.DB_PASSWORD}"',
    );
  });

  function textsOf(schema: JsonSchema, path: string[] = []): Set<string> {
    const below = [
      ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [...textsOf(value, [...path, key])]),
      ...(schema.anyOf ?? []).flatMap((value) => [...textsOf(value, path)]),
      ...(schema.items ? textsOf(schema.items, path) : []),
    ];
    return new Set(schema.type === "string" && schema.const === undefined ? [path.join(".")] : below);
  }
});

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly properties?: Record<string, JsonSchema>;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
}
