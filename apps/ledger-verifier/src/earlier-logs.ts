import { Broken } from './broken.js';
import type { Opening } from './chains.js';
import { checkLog, type LogCheck } from './check-log.js';
import { logKey } from './checkpoint.js';

/** How far back an earlier year's log is looked for when chains go on from one. */
const YEARS_BACK_MAX = 30;

/**
 * A chain whose first leaf here is not number 1 must go on from an earlier year. Those logs are signed by the same key under their own
 * origin, `…/<year>`, and are verified as wholly as this one.
 * @returns entries of earlier logs that were verified too
 */
export async function checkEarlierLogs({ source: log, key, anyEntries, threads }: LogCheck, openings: readonly Opening[]): Promise<number> {
  const year = Number(/\/(\d{4})$/.exec(key.name)?.[1] ?? NaN);
  let left: Opening[] = [...openings];
  let entries = 0;
  for (let back = 1; left.length > 0 && back <= YEARS_BACK_MAX && Number.isInteger(year); back++) {
    const source = log.ofYear(year - back);
    if (!(await source.read('checkpoint'))) continue;
    const earlier = logKey(key.name.replace(/\d{4}$/, String(year - back)), key.publicKey);
    const findings = await inLog(year - back, () => checkLog({ source, key: earlier, anyEntries, threads, sizes: [] }));
    left = [...findings.chains.continueInto(left), ...findings.chains.openings];
    entries += findings.checkpoint.size;
  }
  const [first] = left;
  if (first) throw new Broken(`entry ${first.index}`, `number ${first.seq} of (${first.chain}) has nothing before it`);
  return entries;
}

async function inLog<T>(year: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Broken) throw new Broken(`log of ${year}, ${error.place}`, error.reason, { cause: error });
    throw error;
  }
}
