import { Image, ImageSource, Job, type JobWorkload } from "../../../constructs/runtime";
import type { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesised } from "../../synthesised";

function job(stack: EnvironmentStack, id: string, workload: Partial<JobWorkload> = {}): Job {
  return new Job(stack, id, {
    image: new Image(stack, `${id}-image`, ImageSource.official("busybox:1")),
    user: "1000:1000",
    ...workload,
  });
}

test("runs to its end once, and is not expected to run on", () => {
  const container = synthesised((stack) => {
    job(stack, "tidy");
  }).container("tidy");
  expect(container).toMatchObject({ must_run: false, restart: "no", read_only: true });
  expect(container.healthcheck).toBeUndefined();
});

test("lets the deploy wait until it is completed, ten minutes unless it says otherwise", () => {
  const stack = synthesised((shop) => {
    job(shop, "tidy");
    job(shop, "quick", { timeoutSeconds: 30 });
  });
  const commands = ["tidy", "quick"].map((path) => stack.container(path).provisioner[0]["local-exec"].command);
  expect(commands).toEqual([
    expect.stringMatching(/ completed \$\{self\.id\} 600$/),
    expect.stringMatching(/ completed \$\{self\.id\} 30$/),
  ]);
});

test("has a name that is never used twice, and whose change changes nothing", () => {
  const { name, lifecycle } = synthesised((stack) => {
    job(stack, "tidy");
  }).container("tidy");
  expect(name).toBe('shop-test-tidy-${formatdate("YYMMDDhhmmss", plantimestamp())}');
  expect(lifecycle).toEqual({ ignore_changes: ["name"] });
});

test("does not run again for another image, where any will do", () => {
  const { lifecycle } = synthesised((stack) => {
    job(stack, "tidy", { anyImage: true });
  }).container("tidy");
  expect(lifecycle).toEqual({ ignore_changes: ["name", "image"] });
});

test("can be written to when it gets files: Docker puts none into a container with a read-only root", () => {
  const container = synthesised((stack) => {
    job(stack, "tidy", { files: () => [{ path: "/hello", content: "world" }] });
  }).container("tidy");
  expect(container).toMatchObject({ read_only: false, upload: [{ file: "/hello", content: "world" }] });
});

test("runs after others, and again with others", () => {
  const stack = synthesised((shop) => {
    const first = job(shop, "first");
    const second = job(shop, "second");
    job(shop, "third", { replacedWith: [second] }).startAfter(first);
  });
  const third = stack.container("third");
  expect(third.depends_on).toEqual([stack.addressOf("first")]);
  expect(third.lifecycle.replace_triggered_by).toEqual([stack.addressOf("second")]);
});
