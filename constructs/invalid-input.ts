import type { IConstruct } from "constructs";

/**
 * Something the user wrote cannot work. The message says what is wrong, the value got, what is allowed and what to
 * type; the construct's path says where. `main.ts` prints it without a stack trace.
 */
export class InvalidInput extends Error {
  constructor(scope: IConstruct, message: string) {
    super(`${scope.node.path}: ${message}`);
    this.name = "InvalidInput";
  }
}
