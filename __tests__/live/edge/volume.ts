import { attempt, type Finished } from "../../../scripts/run";
import { type Deployment, REGISTRY } from "../deployment";

/**
 * Runs a script where the proxy's configuration volume can be written to and its status be asked for, as `$status`. The
 * release in use lies in /config/current.
 */
export function inConfigVolume({ prefix }: Deployment, script: string): Promise<Finished> {
  const image = `${REGISTRY?.replace(/^https?:\/\//, "")}/nginx:1.30`;
  const mount = `type=volume,source=${prefix}-proxy-config-volume,target=/config`;
  const options = [
    "--rm",
    "--network",
    `${prefix}-network`,
    "--mount",
    mount,
    "--env",
    `status=http://${prefix}-proxy:8081`,
  ];
  return attempt("docker", ["run", ...options, image, "sh", "-euc", `${PUT}\n${script}`]);
}

/** Puts a changed copy of the release in use into its place, as release.sh would. */
const PUT = `
put() {
  cp -R "$(readlink -f /config/current)" "/config/releases/$1.new"
  [ -z "$2" ] || sed -i "$2" "/config/releases/$1.new/nginx.conf"
  mv "/config/releases/$1.new" "/config/releases/$1"
  point_at "$1"
}
point_at() {
  ln -sfn "releases/$1" /config/current.new
  mv -T /config/current.new /config/current
}
version() { curl -fsS "$status/version"; }
until_version() { until [ "$(version)" = "$1" ]; do sleep 0.05; done; }
`;
