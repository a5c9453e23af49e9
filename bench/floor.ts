import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PROJECT = join(__dirname, "..");

/**
 * A program that starts and loads what every synth must load: cdktf and exactly the provider classes that the constructs
 * and stacks use. No synth can be quicker.
 */
export function floorProgram(): string {
  const modules = ["constructs", "stacks"].flatMap((folder) => providerClasses(join(PROJECT, folder)));
  return ["cdktf", ...new Set(modules)]
    .map((module) => `import ${JSON.stringify(require.resolve(module))};\n`)
    .join("");
}

/** What the files of a folder import from a provider's bindings; types cost nothing. */
function providerClasses(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(IMPORT)].map(([, module = ""]) => module));
}

const IMPORT = /^import (?!type ).* from "(@cdktf\/provider-[^"]+)";$/gm;
