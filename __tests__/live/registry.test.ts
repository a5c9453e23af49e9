import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { attempt } from "../../scripts/run";
import { ensureRegistry } from "../../scripts/setup/images/registry";
import { freePort } from "./deployment";

jest.setTimeout(300_000);

describe("the set-up's registry on loopback", () => {
  const container = `portolan-t-registry-${randomUUID().slice(0, 8)}`;

  afterAll(async () => {
    await attempt("docker", ["rm", "--force", container]);
    await attempt("docker", ["volume", "rm", container]);
  });

  function ensure(port: number): Promise<void> {
    return ensureRegistry(() => undefined, container, `127.0.0.1:${port}`);
  }

  test("is not another user's that answers there", async () => {
    const stranger = createServer((_, response) => {
      response.setHeader("docker-distribution-api-version", "registry/2.0").end("{}");
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const { port } = stranger.address() as AddressInfo;
    const answer = await ensure(port).then(
      () => "trusted",
      ({ message }: Error) => message,
    );
    stranger.close();
    expect(answer).toBe(
      `Local registry: what answers on 127.0.0.1:${port} is not the container ${container}, and would choose the images ` +
        "that run here\n\nWhat to do: stop it, or if you trust it, name it in environments/chenu/local.override.json: " +
        `{ "registry": "http://localhost:${port}" }`,
    );
  });

  test("is the one that the set-up started, again and again", async () => {
    const port = await freePort();
    await ensure(port);
    await ensure(port);
    expect((await fetch(`http://127.0.0.1:${port}/v2/`)).status).toBe(200);
  });
});
