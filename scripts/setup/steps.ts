import { Listr, type ListrTask } from "listr2";
import { interruption } from "../interruption";
import { type Report, SetupError } from "./setup-error";

export interface Step {
  readonly title: string;
  /** A text it returns is shown beside the title. */
  run(report: Report): Promise<unknown>;
}

/** Runs steps one after another, showing what each one does and for how long. Stops at the first that fails. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  let failure: Error | undefined;
  const tasks = steps.map((step) =>
    asTask(step, (error) => {
      // A SetupError names its piece, which is more than the step's title says.
      failure = error instanceof SetupError ? error : new Error(`${step.title}: ${error.message}`);
    }),
  );
  const rendererOptions = { showErrorMessage: false, collapseErrors: false };
  // A step that is interrupted ends by itself and says so; Listr would end the process in the middle of it.
  const options = { rendererOptions, fallbackRenderer: "simple", registerSignalListeners: false } as const;
  await new Listr(tasks, options).run().catch(() => {
    throw failure;
  });
}

function asTask({ title, run }: Step, onFailure: (error: Error) => void): ListrTask {
  return {
    title,
    task: async (_, task) => {
      const start = Date.now();
      const elapsed = () => Math.round((Date.now() - start) / 1000);
      let doing = "";
      const show = () => {
        if (doing) task.output = `${doing} (${elapsed()} s)`;
      };
      // A log gets a line when something new begins; a terminal sees the seconds go by.
      const ticker = process.stdout.isTTY ? setInterval(show, 1000) : undefined;
      try {
        interruption.throwIfAborted();
        const result = await run((now) => {
          if (now === doing) return;
          doing = now;
          show();
        });
        const found = typeof result === "string" ? `: ${result}` : "";
        task.title = `${title}${found}${elapsed() > 1 ? ` (${elapsed()} s)` : ""}`;
      } catch (error) {
        onFailure(error as Error);
        // In full it is for who runs the steps to show: here it would be cut, or shown twice.
        throw new Error("see below");
      } finally {
        clearInterval(ticker);
      }
    },
  };
}
