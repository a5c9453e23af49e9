/** Which backup is meant; the newest when nothing is said. */
export interface Choice {
  readonly at?: string;
  readonly snapshot?: string;
  readonly offsite?: boolean;
}

/** The choice as the verbs take it. */
export function optionsOf({ at, snapshot, offsite }: Choice): string[] {
  return [
    ...(at === undefined ? [] : ["--at", at]),
    ...(snapshot === undefined ? [] : ["--snapshot", snapshot]),
    ...(offsite ? ["--offsite"] : []),
  ];
}
