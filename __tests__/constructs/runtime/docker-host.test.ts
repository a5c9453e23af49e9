import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { PostgresDatabase } from "../../../constructs/data/postgres-database";
import { DockerHost, Image, ImageSource, Volume } from "../../../constructs/runtime";
import { Graph } from "../../stacks/graph";
import { service, shop, synthesised, testApp } from "../../synthesised";

const SSH = { url: "ssh://deploy@shop.example:2222", hostKeys: ["ssh-ed25519 AAAA"] };

test("is this machine's engine unless the environment names a host", () => {
  expect(synthesised().json.provider.docker).toEqual([{ host: "unix:///var/run/docker.sock" }]);
});

test("demands a provider whose plan does not delete stopped containers", () => {
  expect(synthesised().json.terraform.required_providers?.docker).toEqual({
    source: "kreuzwerker/docker",
    version: ">= 4.5.0, < 5.0.0",
  });
});

test("is asked before anything else: a host that can't be reached is one error in the plan", () => {
  const stack = synthesised((shop) => {
    const db = new PostgresDatabase(shop, "db", { version: "18" });
    service(shop, "api").connectTo(db);
  });
  const graph = new Graph(stack);
  const unasked = Object.entries(stack.json.resource)
    .flatMap(([type, byName]) => Object.keys(byName).map((name) => `${type}.${name}`))
    .filter((address) => ![...graph.dependenciesOf(address)].some((it) => it.startsWith("data.docker_network.host_")));
  expect(unasked).toEqual([]);
});

test("is reached over SSH with the pinned host keys alone", () => {
  const stack = shop({ host: SSH });
  const [docker = {}] = synthesised(() => undefined, { host: SSH }).json.provider.docker ?? [];
  expect(docker.host).toBe("ssh://deploy@shop.example:2222");
  expect(docker.ssh_opts).toEqual(["-F", "../../ssh/test", "-o", "ConnectTimeout=20"]);
  expect(readFileSync(join(App.of(stack).outdir, "ssh", "test"), "utf8")).toContain(
    "  UserKnownHostsFile ../../known_hosts/test\n",
  );
  expect(readFileSync(join(App.of(stack).outdir, "known_hosts", "test"), "utf8")).toBe(
    "[shop.example]:2222 ssh-ed25519 AAAA\n",
  );
});

test("pins a host at SSH's own port by its bare name, and each of its keys", () => {
  const hostKeys = ["ssh-ed25519 AAAA", "ecdsa-sha2-nistp256 BBBB"];
  const stack = shop({ host: { url: "ssh://deploy@shop.example", hostKeys } });
  expect(readFileSync(join(App.of(stack).outdir, "known_hosts", "test"), "utf8")).toBe(
    "shop.example ssh-ed25519 AAAA\nshop.example ecdsa-sha2-nistp256 BBBB\n",
  );
});

test("leaves no known_hosts behind when it is local", () => {
  expect(existsSync(join(App.of(shop()).outdir, "known_hosts"))).toBe(false);
});

test("waits for its containers with a script on this machine's engine", () => {
  const { provisioner } = synthesised((stack) => {
    service(stack, "api");
  }).container("api");
  expect(provisioner[0]["local-exec"]).toEqual({
    command: expect.stringMatching(/^sh assets\/\S+\/await\.sh healthy \$\{self\.id\} 60$/),
    environment: { DOCKER_HOST: "unix:///var/run/docker.sock" },
  });
});

test("waits for its containers on the host itself when that is reached over SSH", () => {
  const { provisioner } = synthesised(
    (stack) => {
      service(stack, "api");
    },
    { host: SSH },
  ).container("api");
  expect(provisioner[0]["local-exec"]).toEqual({
    command: expect.stringMatching(
      /^ssh -F \.\.\/\.\.\/ssh\/test -o ConnectTimeout=20 -p 2222 deploy@shop\.example sh -s healthy \$\{self\.id\} 60 <assets\/\S+\/await\.sh$/,
    ),
  });
});

test("puts its registry before every image, and asks one of http:// without TLS", () => {
  const stack = synthesised(
    (shop) => {
      new Image(shop, "official", ImageSource.official("postgres:18"));
      new Image(shop, "own", ImageSource.registry("shop/api", "1.0.0"));
    },
    { registry: "http://registry.example:5000/team" },
  );
  const names = Object.values(stack.resources("docker_image")).map(({ name }) => name);
  expect(names).toEqual([
    "registry.example:5000/team/postgres:18",
    expect.stringMatching(/^registry\.example:5000\/team\/shop\/api@\$\{/),
  ]);
  expect(Object.values(stack.json.data?.docker_registry_image ?? {})).toEqual([
    { name: "registry.example:5000/team/shop/api:1.0.0" },
  ]);
  expect(stack.json.provider.docker?.[0]?.registry_auth).toEqual([
    { address: "http://registry.example:5000/team", auth_disabled: true },
  ]);
});

test("names a construct after system, environment and the construct's path", () => {
  const stack = shop();
  expect(DockerHost.of(stack).nameOf(new Construct(new Construct(stack, "db"), "data"))).toBe("shop-test-db-data");
});

test("gives a container that starts before its predecessor goes the time of the plan as part of its name", () => {
  const { name, lifecycle } = synthesised((stack) => {
    service(stack, "api");
  }).container("api");
  expect(name).toBe('shop-test-api-${formatdate("YYMMDDhhmmss", plantimestamp())}');
  expect(lifecycle).toEqual({ create_before_destroy: true, ignore_changes: ["name"] });
});

test("refuses an id that is no part of a Docker name, wherever it stands in the path", () => {
  const stack = shop();
  const scope = new Construct(stack, "Web_Site");
  expect(() => new Volume(scope, "files")).toThrow(
    new Error('test/Web_Site/files: id "Web_Site" must have lower-case letters, digits and dashes only'),
  );
});

test("refuses a name too long for Docker's DNS", () => {
  const id = "a".repeat(54);
  expect(() => new Volume(shop(), id)).toThrow(
    new Error(`test/${id}: Docker name "shop-test-${id}" has 64 characters, at most 63 are allowed; shorten an id`),
  );
});

test("refuses a name that the time of the plan would make too long", () => {
  const id = "a".repeat(41);
  expect(() => service(shop(), id)).toThrow(
    new Error(`test/${id}: Docker name "shop-test-${id}" has 51 characters, at most 50 are allowed; shorten an id`),
  );
});

test("counts the number of a replica in the length of its name", () => {
  const id = "a".repeat(40);
  expect(() => service(shop(), id, { replicas: 2 })).toThrow(
    new Error(`test/${id}: Docker name "shop-test-${id}" has 50 characters, at most 48 are allowed; shorten an id`),
  );
});

test("refuses two constructs whose paths make the same Docker name: they would share a volume unnoticed", () => {
  const stack = shop();
  new Volume(new Construct(stack, "web"), "files");
  expect(() => new Volume(stack, "web-files")).toThrow(
    new Error('test/web-files: Docker name "shop-test-web-files" is also that of test/web/files; rename one of them'),
  );
});

test("is found in no stack but one made from EnvironmentStack", () => {
  const stack = new TerraformStack(testApp(), "plain");
  expect(() => new Volume(stack, "files")).toThrow(
    new Error("plain/files: its stack has no DockerHost; derive the stack from EnvironmentStack"),
  );
});
