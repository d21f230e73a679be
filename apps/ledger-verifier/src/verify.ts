import { Broken, Usage } from './broken.js';
import { checkLog, type LogCheck, type LogFindings } from './check-log.js';
import type { Opening } from './chains.js';
import { logKey, parseLogKey, type LogKey } from './checkpoint.js';
import { openSource, type LogSource } from './log-source.js';
import { checkProofFile, type ProofFindings } from './proof-file.js';

/** How far back an earlier year's log is looked for when chains go on from one. */
const YEARS_BACK_MAX = 30;

export interface VerifyOptions {
  readonly log: string;
  /** The log's key from a place that the auditor trusts. Without it the log's own word is taken. */
  readonly vkey?: string | undefined;
  readonly proof?: string | undefined;
  readonly anyEntries: boolean;
  readonly threads?: number;
}

/** Verifies a log, and a proof file under it, and returns the one line that says what was found. @throws Broken, Usage */
export async function verifyLog(options: VerifyOptions): Promise<string> {
  const started = monotonicMs();
  const source = openSource(options.log);
  const key = await keyOf(source, options.vkey);
  const proofs = options.proof === undefined ? undefined : await checkProofFile(options.proof, key);
  const check: LogCheck = {
    source,
    key,
    anyEntries: options.anyEntries,
    sizes: proofs?.heads.map((head) => head.size) ?? [],
    threads: options.threads ?? 0,
  };
  const findings = await checkLog(check);
  const earlier = await checkEarlierLogs(check, findings.chains.openings);
  if (proofs) checkHeads(proofs, findings);
  const seconds = Math.max(monotonicMs() - started, 1) / 1000;
  return lineOf(findings, earlier, seconds, options.vkey !== undefined, proofs);
}

/** Verifies a proof file by itself: it needs the key, and cannot say whether the log still stands by it. @throws Broken, Usage */
export async function verifyProofAlone(proof: string, vkey: string): Promise<string> {
  const key = givenKey(vkey);
  const { proofs, opened, heads } = await checkProofFile(proof, key);
  const sizes = heads.map((head) => head.size).join(',');
  return `ok origin=${key.name} proofs=${proofs} opened=${opened} size=${sizes} (the log itself was not read)`;
}

function monotonicMs(): number {
  // eslint-disable-next-line no-restricted-syntax -- this program shares no code with the system it judges, the clock included
  return performance.now();
}

async function keyOf(source: LogSource, given: string | undefined): Promise<LogKey> {
  if (given !== undefined) return givenKey(given);
  const served = await source.read('vkey');
  if (!served) throw new Broken('vkey', `missing in ${source.name}; give --vkey`);
  return parseLogKey(served.toString('utf8'), 'vkey');
}

/** A key that cannot be read is a slip of whoever typed the command, and says nothing about the log. */
function givenKey(vkey: string): LogKey {
  try {
    return parseLogKey(vkey, '--vkey');
  } catch (cause) {
    throw cause instanceof Broken ? new Usage(cause.message, { cause }) : cause;
  }
}

/** The checkpoints that proofs rest on must be heads of this very log, or someone has been shown another one. */
function checkHeads(proofs: ProofFindings, findings: LogFindings): void {
  for (const head of proofs.heads) {
    if (head.size > findings.checkpoint.size) {
      throw new Broken(`${head.place} checkpoint`, `covers ${head.size} entries, the log has ${findings.checkpoint.size}`);
    }
    if (!findings.roots.get(head.size)?.equals(head.root)) {
      throw new Broken(`${head.place} checkpoint`, `at size ${head.size} the log has another root: it was forked`);
    }
  }
}

/**
 * A chain whose first leaf here is not number 1 must go on from an earlier year. Those logs are signed by the same key under their own
 * origin, `…/<year>`, and are verified as wholly as this one.
 * @returns entries of earlier logs that were verified too
 */
async function checkEarlierLogs(check: LogCheck, openings: readonly Opening[]): Promise<number> {
  const year = Number(/\/(\d{4})$/.exec(check.key.name)?.[1] ?? NaN);
  let left: Opening[] = [...openings];
  let entries = 0;
  for (let back = 1; left.length > 0 && back <= YEARS_BACK_MAX && Number.isInteger(year); back++) {
    const source = check.source.ofYear(year - back);
    if (!(await source.read('checkpoint'))) continue;
    const key = logKey(check.key.name.replace(/\d{4}$/, String(year - back)), check.key.publicKey);
    const findings = await inLog(year - back, () => checkLog({ ...check, source, key, sizes: [] }));
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

function lineOf(findings: LogFindings, earlier: number, seconds: number, keyGiven: boolean, proofs: ProofFindings | undefined): string {
  const { origin, size, root } = findings.checkpoint;
  const parts = [
    `ok origin=${origin} size=${size} root=${root.toString('base64')} rate=${Math.round((size + earlier) / seconds)}/s`,
    ...(earlier > 0 ? [`earlier=${earlier}`] : []),
    ...(proofs ? [`proofs=${proofs.proofs} opened=${proofs.opened}`] : []),
    ...(keyGiven ? [] : ['key=from-the-log']),
  ];
  return parts.join(' ');
}
