import type { ContainerJson } from "../synthesised-stack";

/**
 * What Nginx will read, as one text for each proxy of a stack. Names of containers that only a deploy can know end in
 * "…".
 */
export function proxyConfigs(containers: Readonly<Record<string, ContainerJson>>): string[] {
  return Object.values(containers).flatMap(({ upload = [] }) => {
    const file = (name: string) => upload.find((it) => it.file === `/release/${name}`)?.content;
    const [config, upstreams] = [file("nginx.conf"), file("upstreams.conf")];
    return config === undefined || upstreams === undefined ? [] : [joined(config, upstreams, containers)];
  });
}

function joined(config: string, upstreams: string, containers: Readonly<Record<string, ContainerJson>>): string {
  const named = upstreams.replace(/\$\{docker_container\.(\w+)\.name\}/g, (_, id) =>
    (containers[id]?.name ?? id).replace(/\$\{.*?\}/, "…"),
  );
  return config
    .replace("  include /tmp/upstreams.conf;\n", named.replace(/^(?=.)/gm, "  "))
    .replace(/([$%])\1\{/g, "$1{");
}
