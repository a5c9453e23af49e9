import type { GoProgram } from "../setup/go";

const MODULE = "github.com/hashicorp/terraform";
/** The places for a state that are Go modules of their own, without a version that fits. */
const ELSEWHERE = ["azure", "consul", "cos", "gcs", "kubernetes", "oci", "oss", "pg", "s3"];

/** The newest Terraform whose source can be had as a Go module, with all but those places for a state. */
export const NEWEST_TERRAFORM: GoProgram = {
  module: MODULE,
  version: "v1.16.3",
  go: "1.26.8",
  replace: Object.fromEntries([
    ...ELSEWHERE.map((name) => [`${MODULE}/internal/backend/remote-state/${name}`, `./${name}`]),
    [`${MODULE}/internal/legacy`, "./legacy"],
  ]),
  files: Object.fromEntries([
    ...ELSEWHERE.flatMap((name) => [
      [`${name}/go.mod`, `module ${MODULE}/internal/backend/remote-state/${name}\n`],
      [`${name}/backend.go`, leftOut(name)],
    ]),
    ["legacy/go.mod", `module ${MODULE}/internal/legacy\n`],
  ]),
  variables: [`${MODULE}/version.dev=no`],
};

function leftOut(name: string): string {
  return `package ${name}

import "${MODULE}/internal/backend"

func New() backend.Backend { panic("this build cannot keep a state there") }
`;
}
