import { BACKUP, NEEDED, SYSTEMS } from "../../scripts/setup/images/catalogue";
import { ensureStandIns } from "../../scripts/setup/images/images";
import type { EnvironmentData } from "../../stacks/environment";
import { canaries, Deployment } from "./deployment";
import type { CrowdOptions } from "./edge/crowd";
import { HERE, type Place } from "./place";
import { publishPart } from "./releases";

const SECRETS = canaries(
  "BACKUP_PASSWORD",
  "DB_ADMIN_PASSWORD",
  "DB_BACKUP_PASSWORD",
  "DB_PASSWORD",
  "DB_ROWS_PASSWORD",
  "JWT_SECRET",
  "SENDGRID_API_KEY",
  "STRIPE_SECRET_KEY",
  "STRIPE_WEBHOOK_SECRET",
);

export const ORDER = { titre: "Élégie pour un 📚", email: "autrice@example.com", pages: 312 };

/** A deployed copy of Staka Livres with its stand-in application. */
export async function deployStakaLivres(
  name: string,
  data: Partial<EnvironmentData> = {},
  moreSecrets: Readonly<Record<string, string>> = {},
  place: Place = HERE,
): Promise<Deployment> {
  await ensureStandIns(() => undefined, [...NEEDED, ...BACKUP, ...SYSTEMS]);
  await publishStakaLivres("one");
  const system = { system: "staka-livres", secrets: { ...SECRETS, ...moreSecrets } };
  const deployment = await Deployment.create(name, { release: "one", ...data }, system, place);
  // Another machine is deployed to by one that needs no Docker.
  deployment.dockerless = place !== HERE;
  await deployment.mustDeploy();
  return deployment;
}

export async function publishStakaLivres(release: string): Promise<void> {
  await publishPart("staka-livres/backend", release, [`RELEASE=${release}`]);
  await publishPart("staka-livres/frontend", release);
}

/** Path of a new order. */
export async function placeOrder(deployment: Deployment): Promise<string> {
  const { status, body } = await deployment.ask("/api/commandes", { method: "POST", body: ORDER });
  if (status !== 201) throw new Error(`${status}: ${body}`);
  return `/api/commandes/${JSON.parse(body).id}`;
}

/** People who look at the page and at an order, and place one of their own. */
export function visitors(order: string): CrowdOptions["question"] {
  const newOrder = {
    path: "/api/commandes",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(ORDER),
  };
  const questions = [{ path: "/" }, { path: order }, newOrder] as const;
  return (person, time) => questions[(person + time) % questions.length] ?? newOrder;
}
