import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "../../../scripts/images/registry";

const CONFIG = JSON.stringify({
  os: "linux",
  architecture: "amd64",
  created: "2026-11-03T10:20:30Z",
  config: { Env: ["PATH=/bin", "NJS_VERSION=0.9", "NGINX_VERSION=1.30.1"] },
});
const AMD64 = JSON.stringify({ schemaVersion: 2, config: { digest: digestOf(CONFIG) }, layers: [] });
const INDEX = JSON.stringify({
  schemaVersion: 2,
  manifests: [
    { digest: `sha256:${"b".repeat(64)}`, platform: { os: "linux", architecture: "arm64", variant: "v8" } },
    { digest: digestOf(AMD64), platform: { os: "linux", architecture: "amd64" } },
    { digest: `sha256:${"c".repeat(64)}`, platform: { os: "unknown", architecture: "unknown" } },
  ],
});
const LOCKED = { version: "1.30.1", built: "2026-11-03" };

/** A registry with one repository. It wants a token, which another address of it gives to whoever has the login. */
const folder = mkdtempSync(join(tmpdir(), "portolan-"));
let server: Server;
let address: string;
let wantsToken: boolean;
let wantsLogin: boolean;

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "", `http://${address}`);
    const { authorization } = request.headers;
    if (url.pathname === "/token") {
      const scoped = url.searchParams.get("scope") === "repository:mirror/nginx:pull";
      const allowed = !wantsLogin || authorization === `Basic ${btoa("ops:secret")}`;
      response.statusCode = scoped && allowed ? 200 : 403;
      response.end(JSON.stringify({ token: "for-a-while" }));
      return;
    }
    if (wantsToken && authorization !== "Bearer for-a-while") {
      const scope = "repository:mirror/nginx:pull";
      response.setHeader("www-authenticate", `Bearer realm="http://${address}/token",service="it",scope="${scope}"`);
      response.statusCode = 401;
      response.end();
      return;
    }
    const found = {
      "/v2/mirror/nginx/manifests/1.30": INDEX,
      "/v2/mirror/nginx/manifests/1.30-amd64": AMD64,
      [`/v2/mirror/nginx/manifests/${digestOf(AMD64)}`]: AMD64,
      [`/v2/mirror/nginx/blobs/${digestOf(CONFIG)}`]: CONFIG,
    }[url.pathname];
    response.statusCode = found ? 200 : 404;
    response.end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.DOCKER_CONFIG = folder;
});

beforeEach(() => {
  wantsToken = true;
  wantsLogin = false;
  rmSync(join(folder, "config.json"), { force: true });
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test("an image for several platforms is its list's digest, and each platform's own", async () => {
  expect(await new Registry(`http://${address}/mirror`).image("nginx:1.30")).toEqual({
    digest: digestOf(INDEX),
    platforms: { "linux/amd64": digestOf(AMD64), "linux/arm64/v8": `sha256:${"b".repeat(64)}` },
    ...LOCKED,
  });
});

test("an image for one platform is its own digest, and needs no token where none is wanted", async () => {
  wantsToken = false;
  expect(await new Registry(`http://${address}/mirror/`).image("nginx:1.30-amd64")).toEqual({
    digest: digestOf(AMD64),
    platforms: { "linux/amd64": digestOf(AMD64) },
    ...LOCKED,
  });
});

test("a private registry gets the login that `docker login` left", async () => {
  wantsLogin = true;
  const registry = () => new Registry(`http://${address}/mirror`).image("nginx:1.30");
  await expect(registry()).rejects.toThrow(new Error(`http://${address}: 403 Forbidden`));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [address]: { auth: btoa("ops:secret") } } }));
  expect(await registry()).toMatchObject({ digest: digestOf(INDEX) });
});

test("says which address has no such tag", async () => {
  await expect(new Registry(`http://${address}/mirror`).image("nginx:1.31")).rejects.toThrow(
    new Error(`http://${address}/v2/mirror/nginx/manifests/1.31: 404 Not Found`),
  );
});

test("says which registry does not answer", async () => {
  await expect(new Registry("http://127.0.0.1:1").image("nginx:1.30")).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:1 cannot be asked: /,
  );
});

test.each([
  [undefined, "nginx:1.30", "https://registry-1.docker.io/v2/library/nginx/manifests/1.30"],
  [undefined, "restic/restic:0.19.0", "https://registry-1.docker.io/v2/restic/restic/manifests/0.19.0"],
  [undefined, "docker.io/library/redis:8", "https://registry-1.docker.io/v2/library/redis/manifests/8"],
  [undefined, "ghcr.io/shop/api:1", "https://ghcr.io/v2/shop/api/manifests/1"],
  ["registry.example:5000/team", "nginx:1.30", "https://registry.example:5000/v2/team/nginx/manifests/1.30"],
])("with registry %s, %s lies where Docker looks for it", async (prefix, reference, url) => {
  const asked = jest.spyOn(globalThis, "fetch").mockResolvedValue(new Response("", { status: 404 }));
  await expect(new Registry(prefix).image(reference)).rejects.toThrow(url);
  expect(asked).toHaveBeenCalledWith(url, expect.anything());
  asked.mockRestore();
});

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
