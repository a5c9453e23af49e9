import { mistakeOf } from "../../../scripts/deploy/check-host";
import { type HostFacts, hostFactsIn } from "../../../scripts/deploy/host-facts";

const GB = 1024 ** 3;
const well: HostFacts = {
  engine: "28.5.2",
  api: "1.51",
  oldestApi: "1.24",
  platform: "linux/amd64",
  freeBytes: 20 * GB,
  ownWay: false,
  missing: [],
};

function mistake(facts: Partial<HostFacts>, builds = false): string | undefined {
  return mistakeOf({ ...well, ...facts }, { host: "shop.example", builds });
}

test("nothing is said of a host that can take the deploy", () => {
  const image = { reference: "postgres:18", platforms: [{ platform: "linux/amd64", bytes: 2 * GB }] };
  expect(mistake({ missing: [image] }, true)).toBeUndefined();
});

test("an engine that is too old", () => {
  expect(mistake({ engine: "19.03.15", api: "1.40" })).toBe(
    "shop.example has Docker Engine 19.03.15, and 20.10 or newer is needed; upgrade it, see docs.docker.com/engine/install",
  );
});

test("an engine that no longer speaks what the provider does", () => {
  expect(mistake({ engine: "33.0.0", api: "1.70", oldestApi: "1.52" })).toBe(
    "shop.example has Docker Engine 33.0.0, which speaks API 1.52 or newer, and the Docker provider speaks 1.51; " +
      "install an older engine, or a newer Portolan",
  );
});

test("an engine for other containers than Linux's", () => {
  expect(mistake({ platform: "windows/amd64" })).toBe(
    "shop.example runs windows/amd64 containers; an engine with Linux containers is needed",
  );
});

test("an image for another platform", () => {
  const image = { reference: "ghcr.io/shop/api:1.0.0", platforms: [{ platform: "linux/arm64", bytes: 1 }] };
  expect(mistake({ missing: [image] })).toBe(
    "ghcr.io/shop/api:1.0.0 is for linux/arm64, and shop.example is linux/amd64; build it for the host, type: " +
      "docker buildx build --platform linux/amd64 --push --tag ghcr.io/shop/api:1.0.0 …",
  );
});

test("a locked image that the registry hasn't got", () => {
  const reference = `registry.example/nginx:1.30@sha256:${"1".repeat(64)}`;
  const failure = `no such manifest: registry.example/nginx@sha256:${"1".repeat(64)}`;
  expect(mistake({ missing: [{ reference, platforms: [], failure }] })).toBe(
    `the registry has no ${reference}, which is locked; copy it there (docs/air-gapped.md), or lock what it has, type: ` +
      "npm run images -- update",
  );
});

test("a registry out of reach", () => {
  const failure = "Get https://ghcr.io/v2/: dial tcp: lookup ghcr.io on 10.0.0.1:53: no such host";
  expect(mistake({ missing: [{ reference: "ghcr.io/shop/api:1.0.0", platforms: [], failure }] })).toBe(
    `shop.example cannot reach the registry of ghcr.io/shop/api:1.0.0 (${failure}); let it reach the internet, or name a ` +
      '"registry" that it reaches in the environment\'s file (docs/air-gapped.md)',
  );
});

test("a registry that only the engine's own proxy or mirror reaches is left to the engine", () => {
  const failure = "Get https://ghcr.io/v2/: dial tcp: i/o timeout";
  expect(mistake({ ownWay: true, missing: [{ reference: "ghcr.io/a:1", platforms: [], failure }] })).toBeUndefined();
});

test("what a registry keeps from the host is left to the provider's own login", () => {
  const failure = "unauthorized: authentication required";
  expect(mistake({ missing: [{ reference: "ghcr.io/shop/api:1.0.0", platforms: [], failure }] })).toBeUndefined();
});

test("too little room for the layers that will come", () => {
  const image = { reference: "postgres:18", platforms: [{ platform: "linux/amd64", bytes: GB / 4 }] };
  expect(mistake({ missing: [image], freeBytes: GB / 2 })).toBe(
    "shop.example has 0.5 GB free where Docker keeps images, and this deploy needs about 0.8 GB; remove what nobody " +
      "uses, type there: docker image prune --all",
  );
  expect(mistake({ freeBytes: GB / 2 }, true)).toContain("needs about 1.0 GB");
  expect(mistake({ missing: [image], freeBytes: undefined })).toBeUndefined();
});

test("the facts are read from what the script prints, for images of one platform and of several", () => {
  const descriptor = (architecture: string) => ({ platform: { architecture, os: "linux" } });
  const one = { Ref: "a", Descriptor: descriptor("amd64"), SchemaV2Manifest: { layers: [{ size: 3 }, { size: 4 }] } };
  const two = { Ref: "b", Descriptor: descriptor("arm64"), OCIManifest: { layers: [{ size: 5 }] } };
  const output = [
    '{"Version":"28.5.2","ApiVersion":"1.51","MinAPIVersion":"1.24","Os":"linux","Arch":"amd64"}',
    "1000",
    "own",
    "@ 0 shop/api:1",
    JSON.stringify(one, null, 1),
    "@ 0 postgres:18",
    JSON.stringify([one, two], null, 1),
    "@ 1 shop/web:1",
    "no such manifest",
  ].join("\n");
  expect(hostFactsIn(output)).toEqual({
    engine: "28.5.2",
    api: "1.51",
    oldestApi: "1.24",
    platform: "linux/amd64",
    freeBytes: 1_024_000,
    ownWay: true,
    missing: [
      { reference: "shop/api:1", platforms: [{ platform: "linux/amd64", bytes: 7 }] },
      {
        reference: "postgres:18",
        platforms: [
          { platform: "linux/amd64", bytes: 7 },
          { platform: "linux/arm64", bytes: 5 },
        ],
      },
      { reference: "shop/web:1", platforms: [], failure: "no such manifest" },
    ],
  });
});

test("what cannot be read of an image, or what a shell says to who logs in, stops nothing", () => {
  const version = '{"Version":"28.5.2","ApiVersion":"1.51","Os":"linux","Arch":"amd64"}';
  const said = `Welcome!\n${version}\nunknown\nsame\n@ 0 a:1\nWARNING: odd\n@ 0 b:1\n[{"Descriptor":{}}]`;
  expect(hostFactsIn(said).missing).toEqual([
    { reference: "a:1", platforms: [], failure: "its description cannot be read" },
    { reference: "b:1", platforms: [] },
  ]);
  expect(() => hostFactsIn("sh: docker: not found\n")).toThrow(
    "the host did not say which Docker Engine it has, but: sh: docker: not found",
  );
});

test("room that cannot be seen from the host is not counted", () => {
  const output = '{"Version":"28.5.2","ApiVersion":"1.51","Os":"linux","Arch":"arm64"}\nunknown\n';
  expect(hostFactsIn(output)).toMatchObject({ platform: "linux/arm64", freeBytes: undefined, missing: [] });
});
