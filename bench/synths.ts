import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { floorProgram } from "./floor";
import { median, seconds } from "./stopwatch";
import { runProgram, synth } from "./synth";
import type { Comparison } from "./table";

const ROUNDS = 5;
const SIZES = [1, 10, 50] as const;

/**
 * Synthesises CHE·NU for ever more environments, in turns with a program that only loads what a synth loads. A synth is
 * one process that does nothing but compute, so its CPU time is what counts: other work on the machine doesn't change it.
 */
export async function measureSynths(): Promise<Comparison[]> {
  const folder = mkdtempSync(join(tmpdir(), "portolan-bench-"));
  try {
    const floor = join(folder, "floor.ts");
    writeFileSync(floor, floorProgram());
    for (const size of SIZES) writeEnvironments(join(folder, `${size}`), size);
    const [least, one, ten, fifty] = await medians([
      () => runProgram(floor),
      ...SIZES.map((size) => () => synth(join(folder, `${size}`), join(folder, `${size}-out`))),
    ]);
    const [further, early] = [(fifty - ten) / 40, (ten - one) / 9];
    return [
      { name: "synth of 1 environment / its floor", unit: "s", ours: one, other: least, target: 2 },
      { name: "synth of 10 environments / the same floor", unit: "s", ours: ten, other: least },
      { name: "synth of 50 environments / the same floor", unit: "s", ours: fifty, other: least, target: 8 },
      // Around 1 when the time grows linearly.
      { name: "one more environment after 10 / before 10", unit: "s", ours: further, other: early, target: 1.5 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Median CPU times. */
async function medians(programs: readonly (() => Promise<number>)[]): Promise<[number, number, number, number]> {
  const cpu = programs.map((): number[] => []);
  const clock = programs.map((): number[] => []);
  // The first round fills the loader's cache and does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, program] of programs.entries()) {
      const time = await seconds(async () => {
        const used = await program();
        if (round > 0) cpu[index]?.push(used);
      });
      if (round > 0) clock[index]?.push(time);
    }
  }
  const [floor, ...synths] = clock.map((times) => median(times).toFixed(1));
  console.log(`  by the clock: ${floor} s for the floor; ${synths.join(", ")} s for ${SIZES.join(", ")} environments`);
  return cpu.map(median) as [number, number, number, number];
}

function writeEnvironments(folder: string, count: number): void {
  mkdirSync(folder);
  for (let index = 1; index <= count; index++) {
    const environment = { domain: `b-${index}.example.com`, registry: "registry.example.com", release: "1.0.0" };
    writeFileSync(join(folder, `b-${index}.json`), JSON.stringify(environment));
  }
}
