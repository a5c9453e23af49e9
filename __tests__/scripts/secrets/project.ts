import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attempt, type Finished } from "../../../scripts/run";

const ROOT = join(__dirname, "..", "..", "..");

/** A project of its own in a temporary folder: two small systems that run on the real stacks and constructs. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "portolan-project-"));

  constructor() {
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    this.write(
      "main.ts",
      `
      import type { Construct } from "constructs";
      import { Network } from "${ROOT}/constructs/runtime/network";
      import { Secret } from "${ROOT}/constructs/secret";
      import type { Environment } from "${ROOT}/stacks/environment";
      import { EnvironmentStack } from "${ROOT}/stacks/environment-stack";
      import { synthesise } from "${ROOT}/stacks/synthesise";

      const system = (name: string, secrets: Record<string, number>) =>
        class extends EnvironmentStack {
          constructor(scope: Construct, environment: Environment) {
            super(scope, name, environment);
            Network.shared(this);
            for (const [secret, minLength] of Object.entries(secrets)) Secret.named(secret, { minLength }).valueIn(this);
          }
        };

      synthesise({
        "web-shop": system("web-shop", { API_KEY: 32, DB_PASSWORD: 24, LONG_KEY: 64 }),
        blog: system("blog", {}),
      });
      `,
    );
    for (const system of ["web-shop", "blog"]) {
      for (const name of ["local", "staging"]) {
        mkdirSync(join(this.folder, "environments", system), { recursive: true });
        this.write(`environments/${system}/${name}.json`, '{"domain": "shop.example"}');
      }
    }
  }

  write(file: string, text: string, mode = 0o600): void {
    writeFileSync(join(this.folder, file), text, { mode });
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  modeOf(file: string): number {
    return statSync(join(this.folder, file)).mode & 0o777;
  }

  /** The real command with nothing of this process's environment but PATH. */
  secrets(args: readonly string[], variables: Record<string, string> = {}): Promise<Finished> {
    const given = Object.entries({ PATH: process.env.PATH, ...variables }).map(([name, value]) => `${name}=${value}`);
    const command = [process.execPath, "--import", "tsx", join(ROOT, "scripts", "secrets.ts"), ...args];
    return attempt("env", ["-i", ...given, ...command], { cwd: this.folder });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
