import type { Construct } from "constructs";
import { InvalidInput } from "../invalid-input";
import type { Location } from "./locations";

/** Which requests go where: the locations of each host name. */
export class RouteTable {
  private readonly locations = new Map<string, Location[]>();
  private readonly moved = new Map<string, string>();

  constructor(private readonly scope: Construct) {}

  /** @throws InvalidInput when it can't be a host name */
  addHost(host: string): void {
    if (!/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(host)) {
      throw new InvalidInput(
        this.scope,
        `host name "${host}" must be lower-case letters, digits, dashes and dots, like "app.example.com"`,
      );
    }
    if (!this.locations.has(host)) this.locations.set(host, []);
  }

  /** Send all requests for one host name to another. @throws InvalidInput when there are routes for it */
  move(from: string, to: string): void {
    this.addHost(from);
    this.moved.set(from, to);
  }

  /** @throws InvalidInput when no request would ever get there, or the path is taken */
  add(host: string, location: Location): void {
    this.addHost(host);
    const { path } = location;
    this.checkPath("path", path);
    const moved = this.moved.get(host);
    if (moved) {
      throw new InvalidInput(this.scope, `route ${host}${path} is never used: all of ${host} is sent to ${moved}`);
    }
    if (/\/\.(?!well-known\/)/.test(path)) {
      throw new InvalidInput(
        this.scope,
        `route ${host}${path} is never used: names that begin with a dot are not served`,
      );
    }
    const locations = this.locations.get(host) ?? [];
    if (locations.some((other) => other.path === path)) {
      throw new InvalidInput(this.scope, `route ${host}${path} is there already; remove one of the two`);
    }
    locations.push(location);
  }

  /** @throws InvalidInput when it can't be the path of a request, as Nginx sees it: decoded, without "//" and "..". */
  checkPath(what: string, path: string): void {
    if (!/^\/[\w\-./~%]*$/.test(path)) {
      throw new InvalidInput(
        this.scope,
        `${what} "${path}" of a route must start with "/" and have no spaces, like "/api/"`,
      );
    }
    if (/\/(\.{0,2})\//.test(path) || /\/\.{1,2}$/.test(path)) {
      throw new InvalidInput(this.scope, `${what} "${path}" of a route must have no empty part, "." or ".."`);
    }
    if (path.includes("%")) {
      throw new InvalidInput(this.scope, `${what} "${path}" of a route must have no "%": paths are compared decoded`);
    }
  }

  get hosts(): readonly string[] {
    return [...this.locations.keys()];
  }

  get servers(): { host: string; locations: readonly Location[]; movedTo?: string }[] {
    return [...this.locations].map(([host, locations]) => ({ host, locations, movedTo: this.moved.get(host) }));
  }
}
