import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { App } from "cdktf";
import { Image, ImageSource } from "../../../constructs/runtime";
import type { EnvironmentData } from "../../../stacks/environment";
import { service, shop, synthesised } from "../../synthesised";

/** A folder with a Dockerfile, for as long as a test uses it. */
function withContext<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Built {
  readonly name: string;
  readonly build: { readonly context: string; readonly dockerfile?: string };
}

function imageOf(source: ImageSource, data: Partial<EnvironmentData> = {}): Record<string, unknown> {
  const stack = synthesised((shop) => {
    new Image(shop, "image", source);
  }, data);
  const [image = {}] = Object.values(stack.resources("docker_image"));
  return image;
}

const DIGEST = `sha256:${"1".repeat(64)}`;

/** A file that locks images, for as long as a test uses it. */
function withLock<T>(references: readonly string[], use: (file: string) => T): T {
  return withContext((folder) => {
    const file = join(folder, "images.lock.json");
    const image = { digest: DIGEST, platforms: { "linux/amd64": DIGEST } };
    writeFileSync(file, JSON.stringify(Object.fromEntries(references.map((reference) => [reference, image]))));
    return use(file);
  });
}

test("of a server we do not build is the very one that is locked, from whichever registry", () => {
  withLock(["postgres:18"], (imagesLock) => {
    const nameOf = (reference: string, registry?: string) =>
      imageOf(ImageSource.official(reference), { imagesLock, registry }).name;
    expect(nameOf("postgres:18")).toBe(`postgres:18@${DIGEST}`);
    expect(nameOf("postgres:18", "http://127.0.0.1:5000")).toBe(`127.0.0.1:5000/postgres:18@${DIGEST}`);
    expect(nameOf("redis:8")).toBe("redis:8");
    const own = `redis:8@sha256:${"2".repeat(64)}`;
    expect(nameOf(own)).toBe(own);
  });
});

test("of a folder stands on the locked bases, and is another one when they are", () => {
  withContext((folder) => {
    writeFileSync(join(folder, "Dockerfile"), "ARG REGISTRY\nFROM ${REGISTRY}golang:1.27\n");
    const builtWith = (imagesLock: string) => {
      const stack = synthesised(
        (shop) => {
          new Image(shop, "image", ImageSource.build(folder));
        },
        { imagesLock },
      );
      const [image] = Object.values(stack.resources("docker_image")) as unknown[] as Built[];
      return { image, folder: resolve(App.of(stack.stack).outdir, "stacks", "test"), json: stack.json };
    };
    const unlocked = builtWith("nowhere.json");
    expect(unlocked.image?.build.dockerfile).toBeUndefined();
    withLock(["golang:1.27"], (imagesLock) => {
      const { image, folder: stack } = builtWith(imagesLock);
      const { context, dockerfile = "" } = image?.build ?? { context: "" };
      expect(readFileSync(resolve(stack, context, dockerfile), "utf8")).toBe(
        `ARG REGISTRY\nFROM \${REGISTRY}golang:1.27@${DIGEST}\n`,
      );
      expect(image?.name).not.toBe(unlocked.image?.name);
    });
  });
});

test("the stack tells the operator's commands of what others build", () => {
  withContext((folder) => {
    writeFileSync(join(folder, "Dockerfile"), "FROM golang:1.27 AS build\nFROM python\n");
    const { stack } = synthesised(
      (shop) => {
        new Image(shop, "one", ImageSource.build(folder));
        new Image(shop, "two", ImageSource.official("redis:8"));
        new Image(shop, "three", ImageSource.registry("ghcr.io/shop/api", "1.0.0"));
      },
      { imagesLock: "nowhere.json", registry: "registry.example" },
    );
    expect(stack.toTerraform()["//"].images).toEqual({
      lock: "nowhere.json",
      registry: "registry.example",
      references: ["golang:1.27", "python:latest", "redis:8"],
    });
  });
});

test("of a server we do not build, and for which none is locked, is what its tag was when it was first pulled", () => {
  expect(imageOf(ImageSource.official("postgres:18"))).toMatchObject({ name: "postgres:18", keep_locally: true });
});

test("of a release is what the registry has under its tag now, to the digest", () => {
  const stack = synthesised((shop) => {
    new Image(shop, "image", ImageSource.registry("ghcr.io/shop/api", "1.0.0"));
  });
  const [[id, published] = []] = Object.entries(stack.json.data?.docker_registry_image ?? {});
  expect(published).toEqual({ name: "ghcr.io/shop/api:1.0.0" });
  expect(Object.values(stack.resources("docker_image"))).toMatchObject([
    { name: `ghcr.io/shop/api@\${data.docker_registry_image.${id}.sha256_digest}`, keep_locally: true },
  ]);
});

test("of a folder is built by the host's engine, with the registry for what it is based on", () => {
  withContext((folder) => {
    const stack = synthesised(
      (shop) => {
        new Image(shop, "image", ImageSource.build(folder));
      },
      { registry: "registry.example:5000" },
    );
    expect(Object.values(stack.resources("docker_image"))).toMatchObject([
      {
        name: expect.stringMatching(/^shop-test-image:[0-9a-f]{12}$/),
        build: {
          context: expect.any(String),
          build_args: { REGISTRY: "registry.example:5000/" },
          use_legacy_builder: true,
        },
        keep_locally: true,
      },
    ]);
  });
});

test("of a folder is found from the stack's own folder, so that a path of this machine gets into no state", () => {
  withContext((folder) => {
    const stack = synthesised((shop) => {
      new Image(shop, "image", ImageSource.build(folder));
    });
    const [image] = Object.values(stack.resources("docker_image")) as { build: { context: string } }[];
    const context = image?.build.context ?? "";
    expect(isAbsolute(context)).toBe(false);
    expect(resolve(App.of(stack.stack).outdir, "stacks", "test", context)).toBe(folder);
  });
});

test("of a folder is the same whatever of a mode Git does not keep, and another one when a file becomes executable", () => {
  withContext((folder) => {
    const nameWithMode = (mode: number) => {
      chmodSync(join(folder, "Dockerfile"), mode);
      return imageOf(ImageSource.build(folder)).name;
    };
    expect(nameWithMode(0o600)).toBe(nameWithMode(0o664));
    expect(nameWithMode(0o700)).not.toBe(nameWithMode(0o600));
  });
});

test("of a folder is another one when a file's name or content changes, and the same wherever the folder lies", () => {
  withContext((folder) => {
    const names = [imageOf(ImageSource.build(folder)).name];
    writeFileSync(join(folder, "main.py"), "print()\n");
    names.push(imageOf(ImageSource.build(folder)).name);
    writeFileSync(join(folder, "main.py"), "print(1)\n");
    names.push(imageOf(ImageSource.build(folder)).name);
    withContext((copy) => {
      cpSync(folder, copy, { recursive: true });
      expect(imageOf(ImageSource.build(copy)).name).toBe(names[2]);
    });
    expect(new Set(names).size).toBe(3);
  });
});

test.each([".git", "node_modules", "__pycache__"])("of a folder does not change with what is in %s", (ignored) => {
  withContext((folder) => {
    const before = imageOf(ImageSource.build(folder)).name;
    mkdirSync(join(folder, "app", ignored), { recursive: true });
    writeFileSync(join(folder, "app", ignored, "file"), "");
    expect(imageOf(ImageSource.build(folder)).name).toBe(before);
  });
});

test("refuses a folder that is not there", () => {
  expect(() => new Image(shop(), "image", ImageSource.build("/nowhere/api"))).toThrow(
    new Error(
      "test/image: cannot read the build context /nowhere/api: ENOENT: no such file or directory, scandir '/nowhere/api'",
    ),
  );
});

test("refuses to be none, which only types would notice", () => {
  expect(() => service(shop(), "api", { image: undefined })).toThrow(
    new Error("test/api: has no image; add `image: …`"),
  );
});
