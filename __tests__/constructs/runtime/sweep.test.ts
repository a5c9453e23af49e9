import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt } from "../../../scripts/run";
import { Graph } from "../../stacks/graph";
import { service, synthesised } from "../../synthesised";

const SCRIPT = join(__dirname, "..", "..", "..", "constructs", "runtime", "sweep.sh");

/** What the script does to an engine that has some containers of the environment. */
async function swept(containers: readonly string[], kept: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-"));
  try {
    const docker = `#!/bin/sh
case $1 in
  ps) [ "$4" = label=portolan.environment=shop-test ] && printf '%s\\n' ${containers.join(" ")} ;;
  *) echo "$*" >>'${folder}/done' ;;
esac
`;
    writeFileSync(join(folder, "docker"), docker);
    chmodSync(join(folder, "docker"), 0o755);
    writeFileSync(join(folder, "done"), "");
    const { exitCode } = await attempt("sh", [SCRIPT, "shop-test", ...kept], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    expect(exitCode).toBe(0);
    return readFileSync(join(folder, "done"), "utf8").split("\n").filter(Boolean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("stops and removes the containers of the environment that the deploy does not know", async () => {
  expect(await swept(["api-1", "api-2", "db", "api"], ["api-2", "db"])).toEqual([
    "stop api-1 api",
    "rm --volumes api-1 api",
  ]);
});

test("touches nothing when the deploy knows all there are", async () => {
  expect(await swept(["api-1", "db"], ["db", "api-1"])).toEqual([]);
});

test("is told every container of the environment, and so comes after them all", () => {
  const stack = synthesised((shop) => {
    service(shop, "web").connectTo(service(shop, "api", { release: { command: ["migrate"] }, replicas: 2 }));
  });
  const { owner: _, ...data } = stack.resources("terraform_data");
  const [[name, sweep] = ["", {}]] = Object.entries(data);
  const containers = Object.keys(stack.allContainers).map((id) => `\${docker_container.${id}.name}`);
  expect(containers).toHaveLength(4);
  expect([...(sweep.triggers_replace as string[])].sort()).toEqual(containers.sort());
  const [{ "local-exec": run }] = sweep.provisioner as [{ "local-exec": { command: string } }];
  expect(run.command).toMatch(/^sh assets\/\S+\/sweep\.sh shop\/test \$\{/);
  for (const container of containers) expect(run.command).toContain(container);

  const graph = new Graph(stack);
  for (const id of Object.keys(stack.allContainers)) {
    expect(graph.dependenciesOf(`terraform_data.${name}`)).toContain(`docker_container.${id}`);
    expect(graph.dependenciesOf(`docker_container.${id}`)).not.toContain(`terraform_data.${name}`);
  }
});
