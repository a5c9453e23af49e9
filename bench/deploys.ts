import { Deployment, freePort } from "../__tests__/live/deployment";
import { phases } from "./apply-events";
import { Compose } from "./compose";
import { KINDS } from "./contender";
import { findCompose } from "./find-compose";
import { Cdktf, TerraformAlone } from "./portolan";
import { race, underLoad } from "./race";
import { Releases } from "./releases";
import { median, seconds } from "./stopwatch";
import type { Comparison } from "./table";

const ROUNDS = 3;

export interface DeployResult {
  readonly comparisons: readonly Comparison[];
  /** Where the seconds of our one-service deploy go. */
  readonly parts: readonly { name: string; seconds: number }[];
}

/** Deploys CHE·NU to the real engine: with our CLI, with Terraform alone and with Docker Compose. */
export async function measureDeploys(): Promise<DeployResult> {
  const compose = new Compose(await findCompose(), await freePort());
  await Releases.publish();
  await compose.remove();
  const deployment = await Deployment.create("b-deploy", { release: Releases.FIRST });
  try {
    const releases = new Releases();
    const cdktf = new Cdktf(deployment, releases);
    const terraform = new TerraformAlone(deployment, releases);
    await cdktf.deploy();
    await compose.deploy();

    const times = await race([cdktf, terraform, compose], ROUNDS);
    const [ours, part, peer] = [cdktf, terraform, compose].map((contender) => times.get(contender));
    if (!ours || !part || !peer) throw new Error("nobody deployed anything");
    const parts = await partsOf(ours["one-service deploy"], part["one-service deploy"], terraform);

    const [lost, lostByPeer] = [await underLoad(cdktf), await underLoad(compose)];
    const comparisons = KINDS.flatMap((kind): Comparison[] => [
      {
        name: `${kind}: cdktf / compose`,
        unit: "s",
        ours: ours[kind],
        other: peer[kind],
        ...(kind === "one-service deploy" && { target: 4 }),
      },
      { name: `${kind}: Terraform alone / compose`, unit: "s", ours: part[kind], other: peer[kind] },
      {
        name: `${kind}: requests lost, of ${lost[kind].requests} and ${lostByPeer[kind].requests}`,
        unit: "count",
        ours: lost[kind].failed,
        other: lostByPeer[kind].failed,
        target: 0,
      },
    ]);
    return { comparisons, parts };
  } finally {
    await compose.remove();
    await deployment.remove();
  }
}

async function partsOf(whole: number, withTerraform: number, terraform: TerraformAlone) {
  const repeated = async (act: () => Promise<void>) => {
    const times = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await seconds(act));
    return median(times);
  };
  const events = terraform.events;
  const synth = await repeated(() => terraform.synth());
  const init = await repeated(() => terraform.init());
  const plan = await repeated(() => terraform.plan());
  const planWithoutRefresh = await repeated(() => terraform.plan("-refresh=false"));
  return [
    { name: "cdktf's own CLI", seconds: whole - withTerraform - synth - init },
    { name: "synth", seconds: synth },
    { name: "terraform init", seconds: init },
    { name: "terraform start and plan", seconds: planWithoutRefresh },
    { name: "provider reads what is there (2 s of it wait for networks)", seconds: plan - planWithoutRefresh },
    ...phases(events),
  ];
}
