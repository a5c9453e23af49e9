import { eventsIn, phases } from "../../bench/apply-events";

/** A line of `terraform apply -json`. */
function line(second: number, type: string, addr?: string, action = "create"): string {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  return JSON.stringify({ "@timestamp": time, type, hook: addr && { resource: { addr }, action } });
}

const OUTPUT = [
  "not JSON: a warning of the CLI's own",
  line(0, "version"),
  line(1, "planned_change"),
  line(3, "planned_change"),
  line(3, "apply_start", "docker_container.proxy_config_release_C", "delete"),
  line(4, "apply_start", "docker_container.backend_release_A"),
  line(6, "apply_complete", "docker_container.backend_release_A"),
  line(9, "provision_start", "docker_container.backend_service_1_B"),
  line(13, "apply_complete", "docker_container.backend_service_1_B"),
  line(18, "provision_start", "docker_container.proxy_config_release_C"),
  line(24, "apply_complete", "docker_container.proxy_config_release_C"),
  line(31, "change_summary"),
].join("\n");

test("an apply falls into what came before a container, the container, and what came after it", () => {
  expect(phases(eventsIn(OUTPUT))).toEqual([
    { name: "image", seconds: 1 },
    { name: "migration", seconds: 2 },
    { name: "new container", seconds: 3 },
    { name: "its health", seconds: 4 },
    { name: "job for the routes", seconds: 5 },
    { name: "routes in use, clients moved", seconds: 6 },
    { name: "old container goes", seconds: 7 },
  ]);
});

test("what did not happen has no time", () => {
  expect(phases(eventsIn(line(0, "version")))).toEqual([]);
});
