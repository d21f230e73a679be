import { builtFile, startProcess } from '#testing';

export interface Verdict {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the verifier's command as an auditor would. */
export async function verify(...args: readonly string[]): Promise<Verdict> {
  const run = startProcess(await builtFile('apps/ledger-verifier/src/main.js'), args);
  const { code } = await run.ended();
  return { code, output: run.output() };
}
