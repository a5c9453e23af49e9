import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Image, ImageSource, SecretVolume } from "../../../constructs/runtime";
import { Secret } from "../../../constructs/secret";
import { run } from "../../../scripts/run";
import { synthesised } from "../../synthesised";

test("gets secrets as files, by a job without a network, so that no container's variables show them", () => {
  const stack = synthesised((shop) => {
    new SecretVolume(shop, "secrets", {
      image: new Image(shop, "image", ImageSource.official("postgres:18")),
      files: { password: Secret.named("DB_PASSWORD"), "admin-password": Secret.named("DB_ADMIN_PASSWORD") },
    });
  });
  const job = stack.container("secrets/write");
  expect(job).toMatchObject({
    network_mode: "none",
    env: [],
    upload: [
      { file: "/secrets/password", content: "${var.DB_PASSWORD}" },
      { file: "/secrets/admin-password", content: "${var.DB_ADMIN_PASSWORD}" },
    ],
    mounts: [{ target: "/volume" }],
  });
  expect(job.command?.join(" ")).not.toContain("var.");
});

test("takes a secret that has left the code out of the volume", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    for (const path of ["secrets", "volume"]) mkdirSync(join(folder, path));
    writeFileSync(join(folder, "secrets", "password"), "new");
    for (const file of ["password", "retired"]) writeFileSync(join(folder, "volume", file), "old");
    const stack = synthesised((shop) => {
      const image = new Image(shop, "image", ImageSource.official("postgres:18"));
      new SecretVolume(shop, "secrets", { image, files: { password: Secret.named("DB_PASSWORD") } });
    });
    const command = stack.container("secrets/write").command?.join(" ") ?? "";
    await run("sh", ["-c", command.replace(/\/(?=secrets|volume)/g, `${folder}/`)]);
    expect(readdirSync(join(folder, "volume"))).toEqual(["password"]);
    expect(readFileSync(join(folder, "volume", "password"), "utf8")).toBe("new");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
