/** A piece that could not be had: which one, why, and what to type. */
export class SetupError extends Error {
  constructor(piece: string, reason: string, remedy: string) {
    super(`${piece}: ${reason.trimEnd()}\n\nWhat to do: ${remedy}`);
    this.name = "SetupError";
  }
}

/** Tells whoever watches what is being done right now. */
export type Report = (doing: string) => void;
