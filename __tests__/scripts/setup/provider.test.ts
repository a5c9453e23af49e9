import { sourceOf } from "../../../scripts/setup/provider";

test("a provider with a signature comes from a registry", () => {
  expect(sourceOf("- Installed kreuzwerker/docker v4.6.0 (self-signed, key ID BD080C4571C6104C)\n")).toBe("registry");
});

test("a provider without a signature comes from a mirror", () => {
  expect(sourceOf("- Installed kreuzwerker/docker v4.6.0 (unauthenticated)\n")).toBe("mirror");
  expect(sourceOf("- Installed kreuzwerker/docker v4.6.0 (verified checksum)\n")).toBe("mirror");
});
