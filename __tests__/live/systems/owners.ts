import type { Construct } from "constructs";
import { DataVolume, Removal } from "../../../constructs/runtime";
import type { Environment } from "../../../stacks/environment";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { synthesise } from "../../../stacks/synthesise";

/** Data and nothing else, of systems of which one's name goes on where another's environment begins. */
function owning(system: string) {
  return class extends EnvironmentStack {
    constructor(scope: Construct, environment: Environment) {
      super(scope, system, environment);
      new DataVolume(this, "db-data", { removal: Removal.DESTROY_DATA });
    }
  };
}

synthesise({ "t-owner": owning("t-owner"), "t-owner-eu": owning("t-owner-eu") });
