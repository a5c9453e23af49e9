import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Connectable } from "../../constructs/app/connection";
import { NginxProxy } from "../../constructs/proxy/nginx-proxy";
import { Tls } from "../../constructs/proxy/tls";
import { DataVolume, Health, Image, ImageSource, Job, Network, Replacement, Service } from "../../constructs/runtime";
import type { EnvironmentStack } from "../../stacks/environment-stack";
import { service, synthesised } from "../synthesised";
import { COPIES, synthesisedSystem } from "../systems";
import { Graph } from "./graph";

describe.each(COPIES)("$system in $environment", ({ system, environment }) => {
  test("never creates a second container beside one that holds data or a port of the host", () => {
    const graph = new Graph(synthesisedSystem(system, environment));
    expect(graph.createdFirst.size).toBeGreaterThan(0);
    expect(graph.unsafe).toEqual([]);
  });

  test("writes the proxy's configuration while the proxy runs, neither after it nor before its own predecessor goes", () => {
    const graph = new Graph(synthesisedSystem(system, environment));
    expect(graph.configWriters.length).toBeGreaterThan(0);
    for (const { proxy, writer } of graph.configWriters) {
      expect(graph.dependenciesOf(writer)).not.toContain(proxy);
      expect(graph.createdFirst).not.toContain(writer);
    }
  });
});

/** A server with data, as one could write it by hand. */
function server(stack: EnvironmentStack): Service {
  return new Service(
    stack,
    "server",
    {
      image: new Image(stack, "image", ImageSource.official("postgres:18")),
      user: "postgres",
      health: Health.command("true"),
      networks: [{ network: Network.shared(stack) }],
      mounts: [{ volume: new DataVolume(stack, "data"), path: "/data" }],
    },
    { replacement: Replacement.STOP_FIRST },
  );
}

/** Something to connect to that lets nobody start before `startAfter`. */
function behind(stack: EnvironmentStack, ...startAfter: ITerraformDependable[]): Connectable {
  const connection = { network: Network.shared(stack), environment: {}, startAfter };
  return Object.assign(new Construct(stack, "behind"), { connection: () => connection });
}

describe("the guard itself", () => {
  test("finds an application that starts after the container of its database", () => {
    const stack = synthesised((shop) => {
      service(shop, "api").connectTo(behind(shop, ...server(shop).dependables));
    });
    expect(new Graph(stack).unsafe).toEqual([expect.stringMatching(/^docker_container\.server_1_/)]);
  });

  test("finds an application that names the container of its database in a variable", () => {
    const stack = synthesised((shop) => {
      const [name = ""] = server(shop).containerNames;
      service(shop, "api", { environment: { DATABASE_URL: `postgresql://${name}:5432/shop` } });
    });
    expect(new Graph(stack).unsafe).toEqual([expect.stringMatching(/^docker_container\.server_1_/)]);
  });

  test("finds the container of a database behind a job that the application waits for", () => {
    const stack = synthesised((shop) => {
      const image = new Image(shop, "tool", ImageSource.official("postgres:18"));
      const job = new Job(shop, "job", { image, user: "postgres", replacedWith: server(shop).dependables });
      service(shop, "api").connectTo(behind(shop, job));
    });
    expect(new Graph(stack).unsafe).toEqual([expect.stringMatching(/^docker_container\.server_1_/)]);
  });

  test("finds an application that refers to the proxy, which holds ports", () => {
    const stack = synthesised((shop) => {
      const proxy = new NginxProxy(shop, "proxy", { domain: "shop.example", tls: Tls.selfSigned() });
      const [name = ""] = (proxy.node.findChild("server") as Service).containerNames;
      service(shop, "api", { environment: { PROXY: name } });
    });
    expect(new Graph(stack).unsafe).toEqual([expect.stringMatching(/^docker_container\.proxy_server_1_/)]);
  });

  test("has nothing against a server that nobody refers to", () => {
    const stack = synthesised((shop) => {
      service(shop, "api", { environment: { DATABASE_HOST: server(shop).hostName } });
    });
    expect(new Graph(stack).unsafe).toEqual([]);
  });
});
