import { builtFile, startProcess } from '#testing';
import { lastLine } from './go-tools.js';

/** What the auditors' program says of a log under a policy; `ok` begins its line when the quorum has cosigned and all else is whole. */
export async function audit(log: string, policy: string, ...more: readonly string[]): Promise<string> {
  const run = startProcess(await builtFile('apps/ledger-verifier/src/main.js'), ['--log', log, '--policy', policy, ...more]);
  await run.ended();
  return lastLine(run.output());
}

/** @throws Error unless the program found as many entries, cosigned by one witness */
export function assertCosigned(said: string, size: number): void {
  if (!said.startsWith('ok ') || !said.includes(` size=${size} `) || !said.includes(' cosigned=1'))
    throw new Error(`our verifier says: ${said}`);
}

/** Runs what must be refused, and returns how it was. @throws Error when nobody refused it, or for another reason than the right one */
export async function refusalOf(what: string, attempt: () => Promise<unknown>, reason: RegExp): Promise<string> {
  let refusal: string;
  try {
    await attempt();
    refusal = '';
  } catch (error) {
    refusal = error instanceof Error ? error.message : String(error);
  }
  const [found] = reason.exec(refusal) ?? [];
  if (found === undefined) throw new Error(refusal === '' ? `did not refuse ${what}` : `refused ${what} for another reason: ${refusal}`);
  return found;
}
