import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../../scripts/run";
import { Deployment, SECRETS } from "./deployment";
import { eventually } from "./eventually";
import { publish } from "./releases";

jest.setTimeout(600_000);

interface Inspection {
  readonly Name: string;
  readonly Config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Labels: Record<string, string>;
    readonly Healthcheck?: { readonly Test: readonly string[] };
  };
  readonly HostConfig: {
    readonly CapDrop: readonly string[];
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[];
    readonly Memory: number;
    readonly ReadonlyRootfs: boolean;
    readonly LogConfig: { readonly Config: Record<string, string> };
    readonly RestartPolicy: { readonly Name: string };
    readonly PortBindings: Record<string, readonly { readonly HostIp: string }[]>;
  };
}

describe("CHE·NU on a real engine", () => {
  let deployment: Deployment;

  beforeAll(async () => {
    await publish("good");
    await publish("better");
    deployment = await Deployment.create("t-chenu", { release: "good" });
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
  });

  afterAll(() => deployment?.remove());

  // The first: each synthesis mends what it finds.
  test("leaves no state that others may read", () => {
    expect(deployment.stateModes).toEqual({ tfstate: "600", "tfstate.backup": "600" });
  });

  test("answers over HTTPS: the page, and a health check that asks database and cache", async () => {
    expect(await deployment.ask("/")).toMatchObject({ status: 200, body: expect.stringContaining("CHE·NU") });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toEqual({
      status: "healthy",
      database: "ok",
      redis: "ok",
      version: "good",
    });
  });

  test("sends HTTP to HTTPS, and knows no other host name", async () => {
    const asked = (host: string, ...options: string[]) =>
      attempt("curl", ["-sk", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", ...options, host]);
    const { http, https } = deployment.ports;
    const resolve = [`${deployment.domain}:${http}:127.0.0.1`, `stranger.localhost:${https}:127.0.0.1`];
    const through = resolve.flatMap((entry) => ["--resolve", entry]);

    const moved = await asked(`http://${deployment.domain}:${http}/a?b=c`, ...through);
    expect(moved.stdout).toBe(`308 https://${deployment.domain}:${https}/a?b=c`);
    // 35: the TLS handshake was refused; 52: an empty reply.
    expect((await asked(`https://stranger.localhost:${https}/`, ...through)).exitCode).toBe(35);
    expect((await asked(`http://127.0.0.1:${http}/`)).exitCode).toBe(52);
  });

  test("has nothing to change right after it was deployed", async () => {
    const diff = await deployment.diff();
    expect(diff.exitCode).toBe(0);
    expect(diff.stdout).toContain("No changes.");
  });

  test("keeps what was written through a restart of everything and a redeploy", async () => {
    const posted = await deployment.ask("/api/v1/threads", {
      method: "POST",
      body: { title: "Kept", founding_intent: "To be read again", sphere_id: "personal" },
    });
    expect(posted.status).toBe(201);
    const path = `/api/v1/threads/${JSON.parse(posted.body).id}`;

    await run("docker", ["restart", ...(await running())]);
    await eventually(async () => expect((await deployment.ask(path)).status).toBe(200));

    deployment.configure({ release: "better" });
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await deployment.ask(path)).body)).toMatchObject({ title: "Kept" });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ version: "better" });
  });

  test("runs every container with as few rights as it can do with", async () => {
    for (const { Name, Config, HostConfig } of await inspections()) {
      const what = { name: Name, user: Config.User };
      const owner = Name.includes("-owner-");
      const uploads = /-(release|write)-/.test(Name) && !Name.includes("-backend-release-");
      // Root without rights: it may only write what root owns, and give away volumes where that is all it is for.
      expect({ ...what, root: /^(0|root|$)/.test(Config.User) }).toEqual({ ...what, root: owner || uploads });
      expect({ ...what, drop: HostConfig.CapDrop }).toEqual({ ...what, drop: ["ALL"] });
      expect({ ...what, add: HostConfig.CapAdd ?? [] }).toEqual({ ...what, add: owner ? ["CAP_CHOWN"] : [] });
      expect({ ...what, options: HostConfig.SecurityOpt }).toEqual({ ...what, options: ["no-new-privileges:true"] });
      expect({ ...what, limited: HostConfig.Memory > 0 }).toEqual({ ...what, limited: true });
      expect({ ...what, logs: HostConfig.LogConfig.Config }).toEqual({
        ...what,
        logs: { "max-size": "10m", "max-file": "5" },
      });
      expect({ ...what, readOnly: HostConfig.ReadonlyRootfs }).toEqual({ ...what, readOnly: !uploads });
    }
  });

  test("checks the health of every service and starts it again; only the proxy listens beyond this machine", async () => {
    const services = (await inspections()).filter(({ HostConfig }) => HostConfig.RestartPolicy.Name !== "no");
    expect(services.map(({ Config }) => Config.Labels["portolan.construct"]).sort()).toEqual([
      "t-chenu/backend",
      "t-chenu/cache",
      "t-chenu/db",
      "t-chenu/db/backup",
      "t-chenu/db/backup/proof",
      "t-chenu/frontend",
      "t-chenu/proxy",
    ]);
    for (const { Name, Config, HostConfig } of services) {
      expect({ name: Name, restart: HostConfig.RestartPolicy.Name }).toEqual({ name: Name, restart: "unless-stopped" });
      expect({ name: Name, test: Config.Healthcheck?.Test[0] }).toEqual({ name: Name, test: "CMD-SHELL" });
      const addresses = Object.values(HostConfig.PortBindings ?? {}).flatMap((bindings) =>
        bindings.map(({ HostIp }) => HostIp),
      );
      const proxy = Config.Labels["portolan.construct"] === "t-chenu/proxy";
      expect({ name: Name, addresses }).toEqual({ name: Name, addresses: proxy ? ["0.0.0.0", "0.0.0.0"] : [] });
    }
  });

  test("shows its secrets to nobody who doesn't need them", async () => {
    const canaries = Object.values(SECRETS);
    const holders = (text: string) => canaries.filter((canary) => text.includes(canary));

    for (const file of filesIn(deployment.stack).filter((path) => !path.includes(".terraform"))) {
      // The saved plan is Terraform's own, and sensitive as a whole.
      if (!file.endsWith("plan"))
        expect({ file, found: holders(readFileSync(file, "utf8")) }).toEqual({ file, found: [] });
    }
    deployment.secrets = { ...SECRETS, JWT_SECRET: `${SECRETS.JWT_SECRET}-changed` };
    const { stdout, stderr } = await deployment.terraform("plan", "-input=false");
    deployment.secrets = { ...SECRETS };
    expect(stdout).toContain("must be replaced");
    expect(holders(stdout + stderr)).toEqual([]);

    for (const { Name, Config, ...rest } of await inspections()) {
      const construct = Config.Labels["portolan.construct"] ?? "";
      // Only the release job may change the schema.
      const database = construct === "t-chenu/backend/release" ? SECRETS.DB_PASSWORD : SECRETS.DB_ROWS_PASSWORD;
      const needs = construct.startsWith("t-chenu/backend")
        ? [database, SECRETS.CACHE_PASSWORD, SECRETS.JWT_SECRET]
        : [];
      const found = holders(JSON.stringify({ Config, ...rest }));
      expect({ name: Name, found: found.sort() }).toEqual({ name: Name, found: needs.sort() });
      const { stdout: logs } = await run("sh", ["-c", `docker logs ${Name.slice(1)} 2>&1`]);
      expect({ name: Name, logged: holders(logs) }).toEqual({ name: Name, logged: [] });
    }
  });

  test("lets a changed password in: the role gets it, and the application with it", async () => {
    deployment.secrets = {
      ...SECRETS,
      DB_PASSWORD: `${SECRETS.DB_PASSWORD}-@:/?#[]%`,
      DB_ROWS_PASSWORD: `${SECRETS.DB_ROWS_PASSWORD}-@:/?#[]%`,
      CACHE_PASSWORD: `${SECRETS.CACHE_PASSWORD}-rotated`,
    };
    expect(await deployment.deploy()).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await deployment.ask("/api/health")).body)).toMatchObject({ database: "ok", redis: "ok" });
  });

  async function running(): Promise<string[]> {
    const { stdout } = await run("docker", ["ps", "--format", "{{.Names}}", "--filter", `name=^${deployment.prefix}-`]);
    return stdout.split("\n").filter(Boolean);
  }

  async function inspections(): Promise<Inspection[]> {
    return JSON.parse((await run("docker", ["inspect", ...(await deployment.containers())])).stdout);
  }
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
