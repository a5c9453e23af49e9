import { Load, type LoadResult } from "../__tests__/live/load";
import { type Contender, KINDS, type Kind } from "./contender";
import { median, seconds } from "./stopwatch";

const REQUESTS_PER_SECOND = 200;

/** Lets contenders deploy in turns, so that a busy moment of the machine hits all of them; returns median seconds. */
export async function race(
  contenders: readonly Contender[],
  rounds: number,
): Promise<Map<Contender, Record<Kind, number>>> {
  const times = new Map(contenders.map((contender) => [contender, KINDS.map((): number[] => [])]));
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      for (const [index, kind] of KINDS.entries()) {
        if (kind === "one-service deploy") await contender.prepareRelease();
        const time = await seconds(() => contender.deploy());
        console.log(`  ${contender.name}, ${kind}: ${time.toFixed(1)} s (${round}/${rounds})`);
        times.get(contender)?.[index]?.push(time);
      }
    }
  }
  return new Map([...times].map(([contender, kinds]) => [contender, byKind((index) => median(kinds[index] ?? []))]));
}

/** Deploys while requests come in, half of them writes; returns what became of them. */
export async function underLoad(contender: Contender): Promise<Record<Kind, LoadResult>> {
  const results: LoadResult[] = [];
  for (const kind of KINDS) {
    if (kind === "one-service deploy") await contender.prepareRelease();
    const load = await Load.start(contender.target, REQUESTS_PER_SECOND);
    try {
      await load.more(REQUESTS_PER_SECOND);
      await contender.deploy();
      await load.more(REQUESTS_PER_SECOND);
    } finally {
      results.push(await load.stop());
    }
    const { failed, requests, failures } = results.at(-1) as LoadResult;
    console.log(`  ${contender.name}, ${kind} under load: ${failed} of ${requests} requests failed`, ...failures);
  }
  return byKind((index) => results[index] as LoadResult);
}

function byKind<T>(value: (index: number) => T): Record<Kind, T> {
  return Object.fromEntries(KINDS.map((kind, index) => [kind, value(index)])) as Record<Kind, T>;
}
