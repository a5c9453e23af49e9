const controller = new AbortController();

/** Aborted when somebody presses Ctrl-C, or ends this process otherwise. */
export const interruption = controller.signal;

/**
 * From now on such a signal ends the commands this process has started, rather than the process: it still has to say how
 * to go on. The commands are in process groups of their own, where a terminal's Ctrl-C doesn't reach them first.
 */
export function heedInterruption(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => controller.abort(new Error("interrupted")));
  }
}
