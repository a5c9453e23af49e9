import type { Synthesised } from "../synthesised";

/** Every named thing in Docker, a line each: its address in Terraform and its name, with the time of the plan as "…". */
export function namesOf(stack: Synthesised): string {
  return ["docker_container", "docker_network", "docker_volume"]
    .flatMap((type) =>
      Object.entries(stack.resources(type)).map(([id, { name, for_each = {} }]) => {
        const names = name === "${each.key}" ? Object.keys(for_each as object).join(", ") || "none" : String(name);
        return `${type}.${id} = ${names.replace(/\$\{formatdate\(.*\)\}/, "…")}`;
      }),
    )
    .join("\n");
}
