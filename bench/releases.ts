import { publish } from "../__tests__/live/releases";

const NAMES = ["b-1", "b-2"] as const;

/** The two releases that a site is moved between; only their backends differ. */
export class Releases {
  static async publish(): Promise<void> {
    for (const name of NAMES) await publish(name);
  }

  static readonly FIRST = NAMES[0];
  current: (typeof NAMES)[number] = NAMES[0];

  next(): string {
    this.current = this.current === NAMES[0] ? NAMES[1] : NAMES[0];
    return this.current;
  }
}
