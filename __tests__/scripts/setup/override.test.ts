import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironment, writeImages } from "../../../scripts/setup/override";

let folder: string;
let file: string;
let override: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-test-"));
  file = join(folder, "local.json");
  override = join(folder, "local.override.json");
  writeFileSync(file, JSON.stringify({ domain: "chenu.localhost", ports: { http: 8080, https: 8443 } }));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("without an override the environment is what its file says", () => {
  expect(readEnvironment(file)).toEqual({ domain: "chenu.localhost", ports: { http: 8080, https: 8443 } });
});

test("an override is laid over the environment's file", () => {
  writeFileSync(override, JSON.stringify({ ports: { http: 81, https: 444 } }));
  expect(readEnvironment(file)).toEqual({ domain: "chenu.localhost", ports: { http: 81, https: 444 } });
});

test("an environment without ports has the usual ones", () => {
  writeFileSync(file, JSON.stringify({ domain: "chenu.localhost" }));
  expect(readEnvironment(file).ports).toEqual({ http: 80, https: 443 });
});

test("the registry is written without touching the environment's file", () => {
  const before = readFileSync(file, "utf8");
  writeImages(file, { registry: "http://127.0.0.1:5000" });
  expect(JSON.parse(readFileSync(override, "utf8"))).toEqual({ registry: "http://127.0.0.1:5000" });
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("what else an override says stays when the registry is written", () => {
  writeFileSync(override, JSON.stringify({ ports: { http: 81, https: 444 }, registry: "registry.example" }));
  writeImages(file, { registry: "http://127.0.0.1:5000" });
  expect(JSON.parse(readFileSync(override, "utf8"))).toEqual({
    ports: { http: 81, https: 444 },
    registry: "http://127.0.0.1:5000",
  });
});

test("a broken override is named", () => {
  writeFileSync(override, "{");
  expect(() => readEnvironment(file)).toThrow(`${override} is not JSON`);
});
