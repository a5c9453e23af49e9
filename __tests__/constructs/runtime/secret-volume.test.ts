import { Image, ImageSource, SecretVolume } from "../../../constructs/runtime";
import { Secret } from "../../../constructs/secret";
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
