import { readFileSync } from "node:fs";

/** The text of a shell script, in the form in which Terraform leaves it as it is: `${` and `%{` are its own. */
export function script(path: string): string {
  return readFileSync(path, "utf8")
    .replaceAll("${", () => "$${")
    .replaceAll("%{", () => "%%{");
}
