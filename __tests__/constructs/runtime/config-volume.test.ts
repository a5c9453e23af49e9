import { ConfigVolume, type ConfigVolumeProps, Image, ImageSource, Network } from "../../../constructs/runtime";
import type { EnvironmentStack } from "../../../stacks/environment-stack";
import { service, synthesised } from "../../synthesised";

function config(stack: EnvironmentStack, props: Omit<ConfigVolumeProps, "image">): ConfigVolume {
  return new ConfigVolume(stack, "config", {
    image: new Image(stack, "image", ImageSource.official("nginx:1.30")),
    ...props,
  });
}

/** The version of some files, as the job that writes them is told. */
function versionOf(files: Record<string, string>): unknown {
  const stack = synthesised((shop) => {
    config(shop, { files: () => files });
  });
  return stack.container("config/release").command?.[1];
}

test("is written by a job that gets the files, without a network and without a capability", () => {
  const stack = synthesised((shop) => {
    config(shop, { files: () => ({ "app.conf": "colour = blue\n" }) });
  });
  expect(stack.container("config/release")).toMatchObject({
    command: ["/release.sh", expect.stringMatching(/^[0-9a-f]{12}$/)],
    network_mode: "none",
    capabilities: { drop: ["ALL"] },
    mounts: [{ source: expect.stringMatching(/^\$\{docker_volume\.config_volume_\w+\.name\}$/), target: "/config" }],
    upload: [
      { file: "/release.sh", content: expect.stringContaining("#!/bin/sh") },
      { file: "/release/app.conf", content: "colour = blue\n" },
    ],
  });
});

test("has a line where a file has nothing, which the provider would take for no file", () => {
  const stack = synthesised((shop) => {
    config(shop, { files: () => ({ "empty.conf": "" }) });
  });
  expect(stack.container("config/release").upload).toContainEqual({ file: "/release/empty.conf", content: "\n" });
});

test("takes files until the stack is synthesised", () => {
  const files: Record<string, string> = {};
  const stack = synthesised((shop) => {
    config(shop, { files: () => files });
    files["late.conf"] = "here\n";
  });
  expect(stack.container("config/release").upload).toContainEqual({ file: "/release/late.conf", content: "here\n" });
});

test("has another version when a file's name or content changes, and only then", () => {
  const different = [
    versionOf({ a: "1" }),
    versionOf({ a: "2" }),
    versionOf({ b: "1" }),
    versionOf({ a: "1", b: "1" }),
  ];
  expect(new Set(different).size).toBe(different.length);
  expect(versionOf({ a: "1" })).toBe(different[0]);
});

test("has another version when an expression in its files gets another value, which Terraform alone knows", () => {
  const stack = synthesised((shop) => {
    const { containerNames } = service(shop, "api", { replicas: 2 });
    config(shop, {
      files: () => ({ "app.conf": containerNames.map((name) => `server ${name}:3000;\n`).join("") }),
      references: () => containerNames,
    });
  });
  // References outside quotes: inside, they would be text that never changes.
  expect(stack.container("config/release").command?.[1]).toMatch(
    /^\$\{substr\(sha256\(join\(" ", \["[0-9a-f]{12}", docker_container\.api_service_1_\w+\.name, docker_container\.api_service_2_\w+\.name\]\)\), 0, 12\)\}$/,
  );
});

test("is found under its version, so that a container that reads it once is replaced when it changes", () => {
  const stack = synthesised((shop) => {
    const volume = config(shop, { files: () => ({ "app.conf": "" }) });
    service(shop, "api", { command: ["api", volume.pathOf("app.conf", "/etc/api")] });
  });
  const [, version] = stack.container("config/release").command ?? [];
  expect(stack.container("api").command).toEqual(["api", `/etc/api/releases/${version}/app.conf`]);
});

test("is released only when its reader uses it, where it says how to tell", () => {
  const stack = synthesised((shop) => {
    config(shop, {
      files: () => ({ "app.conf": "" }),
      activation: { command: ["sh", "/wait.sh"], networks: [{ network: Network.shared(shop) }], timeoutSeconds: 90 },
    });
  });
  const { command, network_mode, provisioner } = stack.container("config/release");
  expect(command?.slice(2)).toEqual(["sh", "/wait.sh"]);
  expect(network_mode).toBe("bridge");
  expect(provisioner[0]["local-exec"].command).toMatch(/ completed \$\{self\.id\} 90$/);
});
