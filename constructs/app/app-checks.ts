import type { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import type { AppServiceProps } from "./app-service-props";
import type { Mountable } from "./connection";

/** A name, or numbers above 0; what Docker reads as root in other ways, like +0, is neither. */
const USER = /^([a-z_][\w-]*|[1-9]\d*)(:([a-z_][\w-]*|\d+))?$/;

/** @throws InvalidInput for what of an application's props can't be meant */
export function checkProps(app: Construct, { release, user }: AppServiceProps): void {
  if (release && release.command.length === 0) {
    throw new InvalidInput(app, 'release has an empty command; write it in parts, like ["python", "migrate.py"]');
  }
  if (user !== undefined && (!USER.test(user) || /^root(:|$)/.test(user))) {
    const mistake = user === "" || !/^(root|[+-]?0+)(:|$)/.test(user) ? "is no name or uid:gid" : "is root";
    throw new InvalidInput(app, `user "${user}" ${mistake}; give another, like the default "10001:10001"`);
  }
}

/** @throws InvalidInput for a volume whose files the application couldn't write */
export function checkOwners(app: Construct, volumes: readonly Mountable[], appUser: string): void {
  const stranger = volumes.find(({ user }) => user !== undefined && user !== appUser);
  if (!stranger) return;
  throw new InvalidInput(
    app,
    `runs as ${appUser}, but the files of one of its volumes belong to ${stranger.user}; give both the same \`user\``,
  );
}
