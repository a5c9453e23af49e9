import { quoted } from "./engine";

/** Which backup is meant; the newest when nothing is said. */
export interface Choice {
  readonly at?: string;
  readonly snapshot?: string;
  readonly offsite?: boolean;
  /** Whatever the other sources have. */
  readonly alone?: boolean;
}

/** The choice as the verbs take it. */
export function optionsOf({ at, snapshot, offsite }: Choice): string[] {
  return [
    ...(at === undefined ? [] : ["--at", at]),
    ...(snapshot === undefined ? [] : ["--snapshot", snapshot]),
    ...(offsite ? ["--offsite"] : []),
  ];
}

/** The choice as somebody types it. */
export function typed(choice: Choice): string[] {
  return [...optionsOf(choice).map(quoted), ...(choice.alone ? ["--alone"] : [])];
}
