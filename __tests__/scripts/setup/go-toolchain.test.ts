import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureToolchain } from "../../../scripts/setup/go-toolchain";

const cache = mkdtempSync(join(tmpdir(), "portolan-test-"));
let server: Server;
let modules: string;

beforeAll(async () => {
  server = createServer((_, response) => response.end("not the archive that Go published"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  modules = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(cache, { recursive: true });
});

const refusal = (from: string) => ensureToolchain(() => undefined, from, cache).catch((error: Error) => error.message);

test("an archive with another sum is refused, and leaves nothing that looks like a Go", async () => {
  expect(await refusal(modules)).toContain("SHA-256");
  expect(existsSync(join(cache, "go-1.26.8"))).toBe(false);
});

test("where no archive can be had, what to do is said", async () => {
  expect(await refusal("http://127.0.0.1:1")).toMatch(
    /^Go: the setup has to build from source here, .* does not answer\n\nWhat to do: install Go and put it on PATH$/,
  );
});
