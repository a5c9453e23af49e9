import type { Target } from "../__tests__/live/load";

/** One way to deploy CHE·NU to this machine. */
export interface Contender {
  readonly name: string;

  /** Where its site answers. */
  readonly target: Target;

  /** Get another release of the backend ready, as far as that is not part of a deploy. */
  prepareRelease(): Promise<void>;

  /** Bring what is prepared into service. */
  deploy(): Promise<void>;
}

/** A deploy that changes nothing, and one that replaces one service. */
export const KINDS = ["no-op deploy", "one-service deploy"] as const;
export type Kind = (typeof KINDS)[number];
