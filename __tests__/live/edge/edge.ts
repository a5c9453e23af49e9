import type { EnvironmentData } from "../../../stacks/environment";
import { Deployment } from "../deployment";

export const ADMIN_PASSWORD = "canary:admin-0123456789";

/** A deployed copy of the system in `systems/edge.ts`, whose clients may say in X-Forwarded-For who they are. */
export async function deployEdge(name: string, data: Partial<EnvironmentData> = {}): Promise<Deployment> {
  const deployment = await Deployment.create(name, data);
  deployment.app = "__tests__/live/systems/edge.ts";
  deployment.secrets = { ADMIN_PASSWORD };
  await deployment.mustDeploy();
  return deployment;
}
