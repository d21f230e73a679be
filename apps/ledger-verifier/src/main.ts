import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Broken, textOf, Usage } from './broken.js';
import { writeReport } from './report.js';
import { lineOf, verifyProofAlone, verifyWhole, type VerifyOptions } from './verify.js';

const USAGE = `usage: npm run -s verify -- --log <url|folder> [--vkey <vkey>] [--policy <file>] [--since <checkpoint>]… [--proof <file>]
                           [--orders <export>] [--state <file>] [--report <file.json>] [--any-entries]
  --log          a log's address (https://host/ledger, …/ledger/<year>) or folder (data/ledger/<year>)
  --vkey         the log's key as you got it by another way; without it the policy's, or else <log>/vkey at its word
  --policy       C2SP tlog-policy: which witnesses must have cosigned the checkpoint
  --since        a checkpoint that you kept: the log must continue it (may be given several times)
  --proof        also check a chakong-proof/v1 file against the log; with --vkey and without --log, by itself
  --orders       a chakong-orders/v1 export, held against the facts about orders both ways
  --state        go on from what an earlier run found good, and keep what this one finds
  --report       write the findings as JSON, and in words beside it (.txt)
  --any-entries  do not read the entries as leaves (for logs of other makers)
exit: 0 everything was derived again · 1 broken, with the first broken place · 2 usage`;

const THREADS_MAX = 8;
const PROGRESS_EVERY_MS = 250;

interface Command {
  readonly options: Omit<VerifyOptions, 'log'> & { readonly log?: string | undefined };
  readonly report: string | undefined;
}

function readCommand(args: string[]): Command {
  const text = { type: 'string' } as const;
  const named = { log: text, vkey: text, proof: text, policy: text, orders: text, state: text, report: text } as const;
  const known = { ...named, since: { type: 'string', multiple: true }, 'any-entries': { type: 'boolean' } } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof known }>>['values'];
  try {
    ({ values } = parseArgs({ args, options: known, strict: true, allowPositionals: false }));
  } catch (cause) {
    throw new Usage(`${textOf(cause)}\n${USAGE}`, { cause });
  }
  const { report, 'any-entries': anyEntries = false, ...rest } = values;
  if (anyEntries && rest.orders !== undefined) throw new Usage('--orders reads the entries, --any-entries does not');
  return { options: { ...rest, anyEntries }, report };
}

async function run(args: string[]): Promise<string> {
  const { options, report } = readCommand(args);
  const { log, proof, vkey } = options;
  if (log !== undefined) return verifyAndReport({ ...options, log }, report);
  const alone = Object.keys(options).every((name) => ['proof', 'vkey', 'anyEntries'].includes(name)) && report === undefined;
  if (proof !== undefined && vkey !== undefined && alone) return verifyProofAlone(proof, vkey);
  throw new Usage(USAGE);
}

async function verifyAndReport(asked: VerifyOptions, report: string | undefined): Promise<string> {
  const options = { ...asked, threads: Math.min(THREADS_MAX, availableParallelism()), onProgress: progress() };
  // eslint-disable-next-line no-restricted-syntax -- this program shares no code with the system it judges, the clock included
  const at = new Date().toISOString();
  try {
    const result = await verifyWhole(options);
    if (report !== undefined) await writeReport(report, { options, at, result });
    return lineOf(result);
  } catch (error) {
    if (error instanceof Broken && report !== undefined) await writeReport(report, { options, at, result: error });
    throw error;
  }
}

/** A line that moves, for a person who waits; nothing when standard error is no terminal. */
function progress(): VerifyOptions['onProgress'] {
  if (!process.stderr.isTTY) return undefined;
  let shown = -Infinity;
  return (done, size) => {
    // eslint-disable-next-line no-restricted-syntax -- as above
    const now = performance.now();
    if (done < size && now - shown < PROGRESS_EVERY_MS) return;
    shown = now;
    process.stderr.write(`\r${done} / ${size} (${size === 0 ? 100 : Math.floor((done / size) * 100)} %)${done === size ? '\n' : ''}`);
  };
}

try {
  process.stdout.write(`${await run(process.argv.slice(2))}\n`);
} catch (error) {
  if (error instanceof Usage) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else {
    // Whatever else went wrong, the log has not been verified, and nobody may take it for good.
    const place = error instanceof Broken ? error.message : `verifier: ${textOf(error)}`;
    process.stdout.write(`broken ${place}\n`);
    process.exitCode = 1;
  }
}
