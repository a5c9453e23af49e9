import { setTimeout as wait } from "node:timers/promises";

/** Repeats an assertion until it holds; after the deadline its own failure counts. */
export async function eventually(assertion: () => Promise<void>, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await wait(200);
    }
  }
}
