import { Construct } from "constructs";
import { metricsVolume } from "../backup/metrics-volume";
import { type Image, Job, type Mount } from "../runtime";

const PATH = "/metrics";

/** The environment's metrics as a place where every user may write files of their own, and none those of others. */
export class WritableMetrics extends Construct {
  readonly mount: Mount;
  readonly owner: Job;

  constructor(scope: Construct, id: string, image: Image) {
    super(scope, id);
    this.mount = { volume: metricsVolume(this), path: PATH };
    this.owner = new Job(this, "owner", {
      image,
      anyImage: true,
      entrypoint: ["sh", "-c"],
      // Whoever used the volume first may own it, and only an owner may open it to others.
      command: [`chown 0:0 ${PATH} && chmod 1777 ${PATH}`],
      user: "0:0",
      capabilities: ["CHOWN"],
      mounts: [this.mount],
      resources: { memory: 16 },
    });
  }
}
