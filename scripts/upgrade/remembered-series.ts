import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terraform } from "../terraform/terraform";

/** What the state says of a server's data. */
export interface Remembered {
  /** Like `postgres 17`. While an upgrade is under way, the one it leads to. */
  readonly series: string;
  readonly underWay?: "upgrade" | "way back";
  /** Where it began. */
  readonly from?: string;
}

/** The series of a server that has written its data, as constructs/data/series.ts has Terraform remember it. */
export class RememberedSeries {
  constructor(
    private readonly terraform: Terraform,
    private readonly address: string,
  ) {}

  async read(): Promise<Remembered | undefined> {
    const found = (await this.terraform.resources()).find(({ address }) => address === this.address);
    const text = found?.values.output;
    return typeof text === "string" ? rememberedIn(text) : undefined;
  }

  /** Notes the series that the code says; with `underWay`, no deploy may touch the data until the next note. */
  async note(underWay?: "upgrade" | "way back", from?: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "portolan-plan-"));
    try {
      const file = join(folder, "plan");
      await this.terraform.plan(file, {
        targets: [this.address],
        replace: [this.address],
        variables: { UPGRADE_UNDER_WAY: underWay ? ` (${underWay} from ${from} under way)` : "" },
      });
      await this.terraform.apply(file, () => undefined);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Of what the resource puts out. */
export function rememberedIn(text: string): Remembered {
  const [, series = text, underWay, from] = /^(.+?) \((upgrade|way back) from (.+) under way\)$/.exec(text) ?? [];
  return { series, underWay: underWay as Remembered["underWay"], from };
}
