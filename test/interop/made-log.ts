import { builtFile, startProcess } from '#testing';
import { lastLine } from './go-tools.js';

/** A log that a real run made: its folder, its size, and the file of a checkpoint that was kept half-way. */
export interface MadeLog {
  readonly log: string;
  readonly older: string;
  readonly size: number;
}

/**
 * Makes a log by a real run of the ledger, or makes the one that is there longer.
 * @param policy file of the witnesses without whose quorum nothing may be published
 * @throws Error with what the run said, when a checkpoint was withheld for example
 */
export async function makeLog(folder: string, entries: number, policy?: string): Promise<MadeLog> {
  const args = [folder, String(entries), ...(policy === undefined ? [] : [policy])];
  const run = startProcess(await builtFile('apps/audit-ledger/src/testing/make-log.js'), args);
  const { code } = await run.ended();
  if (code !== 0) throw new Error(`no log could be made: ${run.output()}`);
  return JSON.parse(lastLine(run.output())) as MadeLog;
}
