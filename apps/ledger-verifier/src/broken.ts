/** Something in the log is not as it must be. `place` names the file, entry or line where that first shows. */
export class Broken extends Error {
  constructor(
    readonly place: string,
    readonly reason: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${place}: ${reason}`, options);
    this.name = 'Broken';
  }
}

/** The command was not understood, or asks for something that this program cannot do. */
export class Usage extends Error {}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
