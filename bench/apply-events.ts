/** Something `terraform apply -json` reported. */
export interface Event {
  /** In seconds, since whenever. */
  readonly at: number;
  readonly type: string;
  readonly address?: string;
  readonly action?: string;
}

export function eventsIn(output: string): Event[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => {
      const { "@timestamp": time, type, hook } = JSON.parse(line);
      return { at: Date.parse(time) / 1000, type, address: hook?.resource?.addr, action: hook?.action };
    });
}

/** Seconds that the steps of a container's creation took, with what came before it and after it. */
export function phases(events: readonly Event[]): { name: string; seconds: number }[] {
  const when = (type: string, resource: RegExp, action = "create") =>
    events.find((it) => it.type === type && resource.test(it.address ?? "") && (it.action ?? action) === action)?.at;
  const marks: [string, number | undefined][] = [
    ["start and plan", events.filter(({ type }) => type === "planned_change").at(-1)?.at],
    ["image", when("apply_start", MIGRATION)],
    ["migration", when("apply_complete", MIGRATION)],
    ["new container", when("provision_start", BACKEND)],
    ["its health", when("apply_complete", BACKEND)],
    ["job for the routes", when("provision_start", ROUTES)],
    ["routes in use, clients moved", when("apply_complete", ROUTES)],
    ["old container goes", events.at(-1)?.at],
  ];
  return marks.slice(1).flatMap(([name, end], index) => {
    const begin = marks[index]?.[1];
    return begin === undefined || end === undefined ? [] : [{ name, seconds: end - begin }];
  });
}

const MIGRATION = /^docker_container\.backend_release_/;
const BACKEND = /^docker_container\.backend_service_/;
const ROUTES = /^docker_container\.proxy_config_release_/;
