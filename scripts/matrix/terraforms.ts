import { Deployment } from "../../__tests__/live/deployment";
import { run } from "../run";
import { ensureProvider } from "../setup/provider";
import { OPENTOFU } from "../setup/terraform";
import { built } from "./built";
import { NEWEST_TERRAFORM } from "./newest-terraform";
import type { Row } from "./table";

/** Terraform as it is on this machine, the newest that can be had, and OpenTofu. */
export async function terraforms(): Promise<Row[]> {
  return [
    await row("terraform"),
    await row(await built("terraform", NEWEST_TERRAFORM)),
    await row(await built("tofu", OPENTOFU)),
  ];
}

async function row(binary: string): Promise<Row> {
  const version = /(Terraform|OpenTofu) v\S+/.exec((await run(binary, ["version"])).stdout)?.[0] ?? binary;
  let deployment: Deployment;
  return {
    name: version,
    cells: {
      provider: () => ensureProvider(binary, () => undefined),
      "cdktf deploy": async () => {
        deployment = await Deployment.create("t-terraforms");
        deployment.extraEnv = { PORTOLAN_TERRAFORM: binary };
        await deployment.mustDeploy();
      },
      answer: async () => {
        const { status, body } = await deployment.ask("/api/health");
        if (status !== 200) throw new Error(`/api/health answers with ${status}: ${body}`);
      },
      "second plan empty": async () => {
        const { stdout, stderr } = await deployment.diff();
        if (!stdout.includes("No changes.")) throw new Error(stdout + stderr);
      },
    },
    end: async () => deployment?.remove(),
  };
}
