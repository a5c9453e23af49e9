import type { ZoneModel } from "./nginx-config";
import type { RateLimit } from "./rate-limit";

/** The rate limits in use, each with a zone that is called after the first route that has it. */
export class RateZones {
  private readonly zones = new Map<RateLimit, ZoneModel>();

  nameFor(limit: RateLimit, route: string): string {
    const zone = this.zones.get(limit) ?? { name: this.unusedName(route), rate: limit.rate };
    this.zones.set(limit, zone);
    return zone.name;
  }

  get models(): ZoneModel[] {
    return [...this.zones.values()];
  }

  /** The dot keeps it apart from the zones of upstreams. */
  private unusedName(route: string): string {
    const name = `rate.${route.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "")}`;
    const taken = this.models.filter((zone) => zone.name === name || zone.name.startsWith(`${name}.`)).length;
    return taken === 0 ? name : `${name}.${taken + 1}`;
  }
}
