import { Deployment, freePort } from "./deployment";
import { publish } from "./releases";
import { SshServer } from "./ssh-server";

jest.setTimeout(600_000);

describe("a host reached over SSH", () => {
  let server: SshServer;
  let deployment: Deployment;

  beforeAll(async () => {
    await publish("good");
    server = await SshServer.start();
    deployment = await Deployment.create("t-ssh", { release: "good" });
    deployment.extraEnv = { SSH_AUTH_SOCK: server.agent };
  });

  afterAll(async () => {
    await deployment?.remove();
    await server?.stop();
  });

  test("gets nothing when it shows another key than the pinned one", async () => {
    deployment.configure({ host: { url: server.url, hostKeys: [server.otherKey] } });
    const { exitCode, stdout, stderr } = await deployment.deploy();
    expect(exitCode).not.toBe(0);
    expect(occurrences(stdout + stderr, `ssh://${server.user}@127.0.0.1:${server.port} is reachable`)).toBe(1);
    expect(stdout + stderr).toContain("REMOTE HOST IDENTIFICATION HAS CHANGED");
    expect(await deployment.containers()).toEqual([]);
  });

  test("gives one error that names it when nobody answers there", async () => {
    const url = `ssh://${server.user}@127.0.0.1:${await freePort()}`;
    deployment.configure({ host: { url, hostKeys: [server.hostKey] } });
    const { exitCode, stdout, stderr } = await deployment.deploy();
    expect(exitCode).not.toBe(0);
    expect(occurrences(stdout + stderr, `${url} is reachable`)).toBe(1);
    expect(stdout + stderr).toContain("Connection refused");
    expect(await deployment.containers()).toEqual([]);
  });

  test("is deployed to like this machine", async () => {
    deployment.configure({ host: { url: server.url, hostKeys: [server.hostKey] } });
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ status: "healthy" });
    expect((await deployment.diff()).stdout).toContain("No changes.");

    // Also while the connection of the deploy is still open.
    deployment.configure({ host: { url: server.url, hostKeys: [server.otherKey] } });
    const other = await deployment.diff();
    expect(other.exitCode).not.toBe(0);
    expect(other.stdout + other.stderr).toContain("REMOTE HOST IDENTIFICATION HAS CHANGED");
  });
});

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}
