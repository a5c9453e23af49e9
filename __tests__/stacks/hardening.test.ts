import { type ContainerJson, labelOf } from "../synthesised";
import { COPIES, synthesisedSystem } from "../systems";

const isJob = ({ must_run }: ContainerJson) => must_run === false;

describe.each(COPIES)("$system in $environment", ({ system, environment }) => {
  /** Containers, by their name in Terraform, of which something does not hold. */
  function except(holds: (container: ContainerJson) => boolean): string[] {
    const containers = Object.entries(synthesisedSystem(system, environment).allContainers);
    expect(containers.length).toBeGreaterThan(0);
    return containers.flatMap(([name, container]) => (holds(container) ? [] : [name]));
  }

  test("says the user of every container", () => {
    expect(except(({ user }) => Boolean(user))).toEqual([]);
  });

  test("runs no service as root", () => {
    expect(except((container) => isJob(container) || !/^(root|0)(:|$)/.test(container.user ?? ""))).toEqual([]);
  });

  test("drops every capability of every container, and gives CHOWN back to jobs that own volumes alone", () => {
    const owns = (container: ContainerJson) => labelOf(container, "construct").endsWith("/owner");
    expect(
      except((container) =>
        same(
          container.capabilities,
          isJob(container) && owns(container) ? { add: ["CAP_CHOWN"], drop: ["ALL"] } : { drop: ["ALL"] },
        ),
      ),
    ).toEqual([]);
  });

  test("lets no container gain privileges", () => {
    expect(
      except(({ security_opts, privileged }) => same(security_opts, ["no-new-privileges:true"]) && !privileged),
    ).toEqual([]);
  });

  test("gives a root filesystem that can be written to nothing but jobs that get files", () => {
    expect(
      except((container) => container.read_only === !(isJob(container) && container.upload !== undefined)),
    ).toEqual([]);
  });

  test("bounds the memory of every container, without swap, and its CPU time", () => {
    expect(
      except(({ memory, memory_swap, cpus }) => Number(memory) >= 6 && memory_swap === memory && Number(cpus) > 0),
    ).toEqual([]);
  });

  test("bounds the logs of every container", () => {
    expect(
      except(
        ({ log_driver, log_opts }) =>
          log_driver === "json-file" && same(log_opts, { "max-file": "5", "max-size": "10m" }),
      ),
    ).toEqual([]);
  });

  test("restarts services unless they were stopped, and never a job", () => {
    expect(except((container) => container.restart === (isJob(container) ? "no" : "unless-stopped"))).toEqual([]);
  });

  test("checks the health of every service", () => {
    expect(except((container) => isJob(container) || container.healthcheck !== undefined)).toEqual([]);
  });

  test("runs an init in every container", () => {
    expect(except(({ init }) => init === true)).toEqual([]);
  });

  test("gives no container Docker's default network or the host's", () => {
    expect(
      except(({ network_mode, networks_advanced }) =>
        networks_advanced?.length ? network_mode === "bridge" : network_mode === "none",
      ),
    ).toEqual([]);
  });

  test("publishes ports on an address that others reach for the proxy alone", () => {
    expect(except(({ ports = [] }) => ports.every(({ ip }) => ip === "127.0.0.1"))).toEqual([
      expect.stringMatching(/^proxy_server_1_/),
    ]);
  });

  test("names every container after system and environment", () => {
    expect(except(({ name }) => name.startsWith(`${system}-${environment}-`))).toEqual([]);
  });
});

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
