import { join } from "node:path";
import { REGISTRY, SECRETS } from "../__tests__/live/deployment";
import type { Target } from "../__tests__/live/load";
import { run } from "../scripts/run";
import type { Contender } from "./contender";
import { Releases } from "./releases";

const FILE = join(__dirname, "compose", "compose.yaml");

/** The same containers with Docker Compose. */
export class Compose implements Contender {
  readonly name = "docker compose up --wait";
  readonly target: Target;
  private readonly releases = new Releases();

  /** @param command how Compose is called here */
  constructor(
    private readonly command: readonly string[],
    https: number,
  ) {
    this.target = { address: "127.0.0.1", domain: "chenu.localhost", ports: { https } };
  }

  async prepareRelease(): Promise<void> {
    this.releases.next();
  }

  deploy(): Promise<void> {
    return this.compose("up", "--detach", "--wait");
  }

  remove(): Promise<void> {
    return this.compose("down", "--volumes", "--timeout", "1");
  }

  private async compose(...args: string[]): Promise<void> {
    const [command = "", ...options] = this.command;
    await run(command, [...options, "--file", FILE, ...args], {
      env: {
        ...SECRETS,
        REGISTRY: REGISTRY && `${REGISTRY.replace(/^https?:\/\//, "")}/`,
        RELEASE: this.releases.current,
        FRONTEND_RELEASE: Releases.FIRST,
        HTTPS_PORT: String(this.target.ports.https),
      },
    });
  }
}
