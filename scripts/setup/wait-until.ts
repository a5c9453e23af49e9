import { setTimeout as pause } from "node:timers/promises";

/** Asks again and again until the condition holds; false when it still doesn't at the deadline. */
export async function waitUntil(condition: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await pause(250);
  }
  return true;
}
