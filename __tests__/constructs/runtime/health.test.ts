import { execFileSync } from "node:child_process";
import { Health } from "../../../constructs/runtime";
import { labelOf, service, synthesised } from "../../synthesised";

test("asks over HTTP on the service's own port, inside the container, with what the image has", () => {
  const [kind, command = ""] = Health.http("/health").testFor(3000);
  expect(kind).toBe("CMD-SHELL");
  for (const tool of ["curl", "wget", "python3", "node"]) {
    expect(command).toContain(`if command -v ${tool}; then exec ${tool} `);
  }
  expect(command.match(/http:\/\/127\.0\.0\.1:3000\/health/g)).toHaveLength(4);
});

test("says what to do when an image has no tool to ask with", () => {
  const [, command = ""] = Health.http("/health").testFor(3000);
  const answer = () => execFileSync("/bin/sh", ["-c", command], { env: { PATH: "/nowhere" }, stdio: "pipe" });
  expect(answer).toThrow(expect.objectContaining({ status: 1 }));
  try {
    answer();
  } catch (error) {
    expect(String((error as { stdout: Buffer }).stdout)).toBe(
      "no curl, wget, python3 or node in this image: use Health.command\n",
    );
  }
});

test("runs a command in the container's shell, and one in parts without", () => {
  expect(Health.command("pg_isready -q").testFor()).toEqual(["CMD-SHELL", "pg_isready -q"]);
  expect(Health.command(["/healthy", "a b"]).testFor()).toEqual(["CMD", "/healthy", "a b"]);
});

test("checks every 10 seconds, gives up on an answer after 5, on a container after 3, and on a new one after 60", () => {
  const { healthcheck } = synthesised((stack) => {
    service(stack, "api");
  }).container("api");
  expect(healthcheck).toMatchObject({ interval: "10s", timeout: "5s", retries: 3, start_period: "1m0s" });
});

test("writes times as the provider reads them back, or every plan would replace the container", () => {
  const { healthcheck } = synthesised((stack) => {
    const health = Health.http("/", { intervalSeconds: 90, timeoutSeconds: 60, retries: 1, startSeconds: 3725 });
    service(stack, "api", { health });
  }).container("api");
  expect(healthcheck).toMatchObject({ interval: "1m30s", timeout: "1m0s", retries: 1, start_period: "1h2m5s" });
});

test("replaces the container when the check changes, which the provider ignores", () => {
  const label = (startSeconds: number) => {
    const stack = synthesised((shop) => {
      service(shop, "api", { health: Health.http("/", { startSeconds }) });
    });
    return labelOf(stack.container("api"), "replaces");
  };
  expect(label(60)).toBe(label(60));
  expect(label(60)).not.toBe(label(61));
});

test.each(["health", "", "/a b", "/'; rm -rf /; '", '/"', "/$(id)"])("refuses the path %p", (path) => {
  expect(() => Health.http(path)).toThrow(
    new Error(`health path "${path}" must start with "/" and have no spaces or quotes, like "/health"`),
  );
});

test.each(["intervalSeconds", "timeoutSeconds", "retries", "startSeconds"])("refuses %s below one", (option) => {
  expect(() => Health.http("/health", { [option]: 0 })).toThrow(
    new Error(`health ${option} must be a whole number of at least 1, got 0`),
  );
});
