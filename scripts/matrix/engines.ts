import { Deployment } from "../../__tests__/live/deployment";
import { Machine, type MachineOptions } from "../../__tests__/live/machines/machine";
import { publishReleases, STEPS } from "../../__tests__/live/machines/rehearsal";
import type { Row } from "./table";

const ENGINES: readonly Omit<MachineOptions, "name">[] = [
  { engine: "20.10" },
  { engine: "28", containerdStore: false },
  { engine: "28", containerdStore: true },
  { engine: "29", containerdStore: false },
  { engine: "29", containerdStore: true },
];

/** Every engine, on a machine of its own that is deployed to over SSH from where Docker isn't. */
export async function engines(): Promise<Row[]> {
  await publishReleases();
  return ENGINES.map((options) => {
    let machine: Machine;
    let deployment: Deployment;
    const start = async () => {
      machine = await Machine.start({ name: "matrix", ...options });
      deployment = await Deployment.create("matrix", {}, undefined, machine);
      deployment.dockerless = true;
      return (await machine.docker("info", "--format", "{{.ServerVersion}}, {{.Driver}}")).stdout.trim();
    };
    const steps = Object.entries(STEPS).map(([name, step]) => [name, () => step(deployment)] as const);
    return {
      name: `Docker ${options.engine}${options.containerdStore ? ", containerd store" : ""}`,
      cells: { start, ...Object.fromEntries(steps) },
      end: async () => {
        await deployment?.remove();
        await machine?.stop();
      },
    };
  });
}
